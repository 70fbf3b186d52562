"""What retention writes into runs and the log: templates for showing it in the reader's language (audit/stored.py)."""

from django.utils.translation import gettext_noop as _

from audit.stored import register, register_reasons

SUBJECTS = [
    _("retention"),
    _("retention, runs"),
    _("retention, runs: nothing in it"),
    _("retention, runs: %(numbers)s"),
    _("the last destruction certificate"),
    _("legal holds"),
    _("list of legal holds"),
    _("retention's clock"),
    _("hold %(number)s on %(what)s"),
    _("alert %(number)s"),
    _("camera %(number)s"),
    _("camera %(number)s, %(from_moment)s to %(to_moment)s UTC"),
    _("%(what)s, %(from_moment)s to %(to_moment)s UTC"),
]
LAST_DAY = _("Its last day has come.")
REASONS = {
    "ended": [LAST_DAY],
    "let expire": [LAST_DAY],
    "deleted early": [_("The disk of the vault was nearly full.")],
}
KINDS = [_("alerts"), _("recordings"), _("exports"), _("entries"), _("holds")]
FINDINGS = [
    _("%(owner)s was destroyed before and had come back"),
    _("%(owner)s had a key, but no row"),
    _("%(file)s is not encrypted: somebody put it there in place of what was stored"),
    _("%(file)s is missing, but there is a row for it"),
    _("%(owner)s has rows, but its key is missing: what was stored cannot be read"),
    _("%(owner)s had rows, but its key is destroyed"),
    _("%(file)s belonged to nothing"),
    _("%(file)s belonged to nothing and was not encrypted"),
]


def register_words() -> None:
    register([*SUBJECTS, *KINDS, *FINDINGS])
    register_reasons(REASONS)
