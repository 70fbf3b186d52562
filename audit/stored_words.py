"""What this room writes into the log, findings and the state of the log: templates for showing it (stored.py)."""

from django.utils.translation import gettext_noop as _

from audit import state, unusual
from audit.sentences import SOMEBODY
from audit.stored import register, register_reasons

FACTORS = [_("recovery codes"), _("totp authenticator"), _("webauthn")]
SUBJECTS = [
    SOMEBODY,
    _("alert %(number)s"),
    _("alert %(number)s, %(place)s"),
    _("entry %(number)s"),
    _("photograph %(number)s of %(entry)s"),
    _("the access log"),
    _("the access log, records"),
    _("the access log, records: nothing in it"),
    _("the access log, records: %(numbers)s"),
    _("the page %(path)s"),
    _("key of the access log's codes"),
    _("the list of weekly reviews"),
    _("the review of week %(week)s"),
    _("review of week %(week)s"),
    _("%(list)s, continued: %(numbers)s"),
    _("list of %(rows)s: nothing in it"),
    _("list of %(rows)s: %(numbers)s"),
    _("a name that nobody has"),
    _("an account that was not named"),
]
REASONS = {
    "signed in": [
        _("a wrong code"),
        _("too many wrong answers"),
        _("too many tries from this address"),
        _("a passkey that does not fit"),
        _("signed on with the district, but has no account here"),
    ],
    "signed out": [_("a day after signing in"), _("nothing was done for too long")],
    "looked at": [_("searched for: %(query)s"), _("grants"), _("its history")],
    "changed": [
        _("roles: %(roles)s; active"),
        _("roles: %(roles)s; active, superuser"),
        _("roles: %(roles)s; switched off"),
        _("roles: %(roles)s; switched off, superuser"),
    ],
    "removed a second factor from": [_("lost"), *FACTORS],
    "added a second factor to": FACTORS,
    "made new recovery codes for": FACTORS,
    "opened": [_("not allowed")],
    "looked for": [_("nothing there that they may see")],
    "signed off": [_("%(count)s pointed out; %(note)s")],
}
# What verifier.py says, which stands alone and knows no languages, and those that call it.
PROBLEMS = [
    _("Record %(number)s at position %(place_number)s was not written by Lockport as it stands."),
    _("Record %(number)s, not in the chain, was not written by Lockport as it stands, or is a copy."),
    _("Position %(place_number)s (record %(number)s) comes after position %(after_number)s: out of order, or twice."),
    _("Position %(place_number)s is missing."),
    _("Positions %(first_number)s–%(last_number)s are missing."),
    _("Record %(number)s at position %(place_number)s was deleted."),
    _(
        "Record %(number)s at position %(place_number)s was changed, moved or put in: its hash does not follow from "
        "what it says and what stands before it (%(hash)s)."
    ),
    _(
        "The log is not the one that was signed: head %(number)s of %(at)s says that position %(place_number)s has the "
        "hash %(hash)s, here it has %(here)s. What differs lies in the positions %(first_number)s–%(last_number)s."
    ),
    _(
        "The end of the log is missing: head %(number)s of %(at)s says that there were %(there_count)s records, here "
        "there are %(here_count)s. Cut off, or rolled back to an older copy."
    ),
    _("Head %(number)s of %(at)s is not signed by a key that was given (%(key)s)."),
    _(
        "Two histories were signed: head %(number)s of %(at)s and head %(other_number)s of %(other_at)s differ "
        "(%(hash)s at position %(place_number)s, %(other_hash)s at position %(other_place_number)s). Different people "
        "were shown different logs, or the log was set back."
    ),
    _("Line %(number)s of %(file)s is not a signed head."),
    _("Line %(number)s of %(file)s is not a checkpoint."),
    _(
        "Records left the log before six years were over: head %(number)s of %(at)s knew %(count)s records, the "
        "checkpoint of %(checkpoint_at)s lets go of all up to position %(place_number)s."
    ),
    _("The checkpoint of %(at)s at position %(place_number)s is not signed by a key that was given."),
    _("What stood up to position %(place_number)s is archived: a checkpoint of %(at)s says so."),
    _(
        "The checkpoint of %(at)s says that position %(place_number)s has the hash %(hash)s; here the log has come to "
        "position %(here_number)s with the hash %(here)s."
    ),
    _(
        "Position %(place_number)s (record %(number)s) was archived and is in the log again: put there, or a backup of "
        "before."
    ),
    _("%(count)s records have waited more than %(minutes_number)s minutes for their place in the chain."),
    _("A witness has taken no head since %(at)s (%(number)s attempts): %(problem)s"),
    _("The log once had the hash %(hash)s at position %(number)s, and has it no more: it was set back."),
    _("Triggers that forbid changes are gone from the database: %(triggers)s. Run manage.py migrate."),
    _(
        "Position %(place_number)s of the access log (record %(number)s) was not put there by Lockport. Nothing is "
        'chained behind it and no head is published: see docs/access-log.md, "When something is wrong".'
    ),
    _("%(path)s cannot be written: %(error)s."),
    _("%(path)s cannot be read: %(error)s."),
    _("The mail server did not take it: %(error)s."),
    _("No mail server is set: EMAIL_URL."),
]


def register_words() -> None:
    register([*SUBJECTS, *unusual.SENTENCES, *state.SENTENCES, *PROBLEMS])
    register_reasons(REASONS)
