"""What the review room writes into the log: templates for showing it in the reader's language (audit/stored.py)."""

from django.utils.translation import gettext_noop as _

from audit.stored import register, register_reasons

SUBJECTS = [
    _("live alerts"),
    _("own notifications"),
    _("a test"),
    _("notifications by %(way)s for %(person)s"),
    _("notifications by %(way)s"),
    _("escalation: %(rule)s"),
    _("the figures of %(school)s"),
    _("the figures page: no school granted"),
    _("list of alerts"),
    _("list of alerts: nothing in it"),
    _("list of alerts: %(numbers)s"),
    _("review queue, alerts"),
    _("review queue, alerts: nothing in it"),
    _("review queue, alerts: %(numbers)s"),
]
REASONS = {
    "closed undecided": [_("The entry has ended.")],
    "decided": [_("Same person"), _("Not this person"), _("Cannot tell")],
    "escalated": [_("to %(person)s")],
    "corrected an answer on": [
        _("Same person → Not this person: %(reason)s"),
        _("Same person → Cannot tell: %(reason)s"),
        _("Not this person → Same person: %(reason)s"),
        _("Not this person → Cannot tell: %(reason)s"),
        _("Cannot tell → Same person: %(reason)s"),
        _("Cannot tell → Not this person: %(reason)s"),
    ],
}


def register_words() -> None:
    register(SUBJECTS)
    register_reasons(REASONS)
