"""What the watchlist writes into the log: templates for showing it in the reader's language (audit/stored.py)."""

from django.utils.translation import gettext_noop as _

from audit.stored import register, register_reasons
from watchlist.category_words import WORDS as CATEGORIES

SUBJECTS = [
    _("who can see what"),
    _("who can see what, accounts"),
    _("who can see what, accounts: nothing in it"),
    _("who can see what, accounts: %(numbers)s"),
    _("clocks of the appeals"),
    _("the evaluation (there is none)"),
    _("evaluation of %(day)s, gallery of %(count)s"),
    _("recognition, on photographs in %(folders)s"),
    _("import of the list %(list)s"),
    _("document %(number)s of %(entry)s"),
    _("appeal %(number)s against %(entry)s"),
    _("appeal %(number)s"),
    *CATEGORIES,
    _("entry %(number)s (%(pseudonym)s)"),
    _("Authorisation of %(school)s until %(day)s"),
]
GRANTS = [
    _("school %(name)s, until %(moment)s UTC, broken glass"),
    _("category %(name)s, until %(moment)s UTC, broken glass"),
    _("school %(name)s, until %(moment)s UTC, %(reason)s"),
    _("category %(name)s, until %(moment)s UTC, %(reason)s"),
    _("school %(name)s, until %(moment)s UTC"),
    _("category %(name)s, until %(moment)s UTC"),
    _("school %(name)s"),
    _("category %(name)s"),
]
# Kept with the entry, too, and shown at the desk.
LISTED = [_("No longer in the list “%(list)s”."), _("The list “%(list)s” has them until then.")]
UNTIL = _("until %(day)s")
# What of an entry was changed, and lists of what was looked at.
PARTS = [
    *(_("name"), _("birth date"), _("category"), _("basis"), _("particulars"), _("every school"), _("expires at")),
    *(_("schools"), _("entries"), _("categories"), _("authorisations"), _("appeals"), _("users")),
]
# Why photographs of an evaluation could not be used, without figures (evaluating/pictures.py).
UNUSABLE = [
    _("The file cannot be read"),
    _("The file is damaged"),
    _("This is not a JPEG"),
    _("The picture is too large"),
    _("The picture is too small"),
    _("The picture shows several faces"),
    _("No face was found in the picture"),
    _("The face is too small"),
    _("The face is too dark"),
    _("The face is overexposed"),
    _("The face is blurred"),
    _("The face is turned to the side"),
    _("The face looks up or down"),
    _("There is too little contrast on the face"),
    _("Cut a little closer or wider"),
]
REASONS = {
    "proposed to withdraw": LISTED,
    "proposed": [_("from the list %(list)s")],
    "proposed to renew": [UNTIL],
    "renewed": [UNTIL],
    "withdrew": [_("Appeal %(number)s was upheld.")],
    "let expire": [_("It had ended before the database was restored.")],
    "recorded an appeal against": [_("appeal %(number)s")],
    "checked": [
        _("%(count)s rows, signed, sha256 %(digest)s"),
        _("%(count)s rows, not signed, sha256 %(digest)s"),
    ],
    "granted": GRANTS,
    "revoked": GRANTS,
    "cleared away": [_("the grant of %(what)s, which ended at %(moment)s UTC"), *GRANTS],
    "changed": PARTS,
}
# Refusals that name something; those that do not are found as they are.
REFUSALS = [
    _(
        "%(school)s is in %(jurisdiction)s, where face recognition in schools is forbidden. It cannot be authorised "
        "here "
        "by anybody."
    ),
    _(
        "By which law recognition would be authorised at %(school)s is not known: its jurisdiction must be the code of "
        "the state, such as US-PA."
    ),
    _("Entries of “%(category)s” stay for at most %(days)s days and are then renewed: choose %(day)s or earlier."),
    _("The suspension ends on %(day)s: the entry cannot outlast it."),
    _("The entry stays until %(moment)s anyway. Choose a later day."),
    _("“%(category)s” is switched off in this district: nobody of it is looked for."),
]


def register_words() -> None:
    register([*SUBJECTS, *LISTED, *PARTS, *UNUSABLE])
    register_reasons(REASONS | dict.fromkeys(("approved", "renewed"), [UNTIL, *REFUSALS]))
