"""What the cameras' room writes into the log: templates for showing it in the reader's language (audit/stored.py)."""

from django.utils.translation import gettext_noop as _

from audit.stored import register, register_reasons

SUBJECTS = [
    _("export %(number)s of %(camera)s"),
    _("plan of %(school)s"),
    _("list of exports: %(numbers)s"),
    _("list of cameras"),
    _("list of cameras: nothing in it"),
    _("list of cameras: %(numbers)s"),
    _("cameras page, cameras"),
    _("cameras page, cameras: nothing in it"),
    _("cameras page, cameras: %(numbers)s"),
    _("%(count)s recordings of %(camera)s, %(from_moment)s to %(to_moment)s UTC"),
    _("cameras"),
]
REASONS = {
    "watched": [_("%(from_moment)s to %(to_moment)s UTC: %(reason)s")],
    "asked to watch": [_("%(from_moment)s to %(to_moment)s UTC: %(reason)s")],
    "asked for": [
        _("%(from_moment)s to %(to_moment)s UTC, faces blurred: %(reason)s"),
        _("%(from_moment)s to %(to_moment)s UTC, faces not blurred: %(reason)s"),
    ],
}


def register_words() -> None:
    register(SUBJECTS)
    register_reasons(REASONS)
