"""Every kind of act in the access log, in words: what was done, what was tried, and which kind of act it is.

The key is the `action` of a record. Whoever records a new action writes it in here: a test finds those that are not.
The sentences are whole, so that another language may put its words in another order.
"""

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_noop as _

WHO, WHAT = "%(who)s", "%(what)s"


@dataclass(frozen=True, slots=True)
class Act:
    """The sentences for an act that was done and for one that was refused, in English: gettext translates them."""

    did: str
    tried_to: str
    kind: str

    @property
    def done(self) -> str:
        """The words between who and what, in the reader's language: "looked at"."""
        return _bare(gettext(self.did))

    def done_to(self, what: str) -> str:
        """The same and to what: "added a photograph to this entry"."""
        return _bare(gettext(self.did).replace(WHAT, what))

    @property
    def tried(self) -> str:
        """The same of the sentence about a refused act: "tried to look at"."""
        return _bare(gettext(self.tried_to))


def _bare(sentence: str) -> str:
    return sentence.replace(WHO, "").replace(WHAT, "").replace("%%", "%").strip()


KINDS = {
    "look": gettext_lazy("Looking"),
    "decide": gettext_lazy("Deciding"),
    "list": gettext_lazy("The watchlist"),
    "allow": gettext_lazy("Who may see what"),
    "door": gettext_lazy("Signing in and out"),
    "export": gettext_lazy("Taking copies"),
    "system": gettext_lazy("Cameras, keeping and settings"),
}

ACTS = {
    "looked at": Act(_("%(who)s looked at %(what)s"), _("%(who)s tried to look at %(what)s"), "look"),
    "opened": Act(_("%(who)s opened %(what)s"), _("%(who)s tried to open %(what)s"), "look"),
    "looked for": Act(_("%(who)s looked for %(what)s"), _("%(who)s tried to find %(what)s"), "look"),
    "looked at the face of": Act(
        _("%(who)s looked at the camera's picture of the face of %(what)s"),
        _("%(who)s tried to look at the face of %(what)s"),
        "look",
    ),
    "looked at the frame of": Act(
        _("%(who)s looked at the whole camera picture of %(what)s"),
        _("%(who)s tried to look at the camera picture of %(what)s"),
        "look",
    ),
    "followed": Act(_("%(who)s followed %(what)s"), _("%(who)s tried to follow %(what)s"), "look"),
    "looked at the timeline of": Act(
        _("%(who)s looked at the timeline of %(what)s"), _("%(who)s tried to look at the timeline of %(what)s"), "look"
    ),
    "asked to watch": Act(_("%(who)s asked to watch %(what)s"), _("%(who)s tried to ask to watch %(what)s"), "look"),
    "watched": Act(_("%(who)s watched %(what)s"), _("%(who)s tried to watch %(what)s"), "look"),
    "watched the clip of": Act(
        _("%(who)s watched the clip of %(what)s"), _("%(who)s tried to watch the clip of %(what)s"), "look"
    ),
    "looked at the map of": Act(
        _("%(who)s looked at the map of %(what)s"), _("%(who)s tried to look at the map of %(what)s"), "look"
    ),
    "asked for a snapshot of": Act(
        _("%(who)s asked for a snapshot of %(what)s"), _("%(who)s tried to ask for a snapshot of %(what)s"), "look"
    ),
    "drew an area for": Act(
        _("%(who)s drew an area for %(what)s"), _("%(who)s tried to draw an area for %(what)s"), "system"
    ),
    "removed an area of": Act(
        _("%(who)s removed an area of %(what)s"), _("%(who)s tried to remove an area of %(what)s"), "system"
    ),
    "accepted the view of": Act(
        _("%(who)s accepted the view of %(what)s"), _("%(who)s tried to accept the view of %(what)s"), "system"
    ),
    "placed on the plan": Act(
        _("%(who)s placed on the plan %(what)s"), _("%(who)s tried to place on the plan %(what)s"), "system"
    ),
    "changed the plan of": Act(
        _("%(who)s changed the plan of %(what)s"), _("%(who)s tried to change the plan of %(what)s"), "system"
    ),
    "requested": Act(_("%(who)s requested %(what)s"), _("%(who)s tried to request %(what)s"), "system"),
    "recorded an appeal against": Act(
        _("%(who)s recorded an appeal against %(what)s"),
        _("%(who)s tried to record an appeal against %(what)s"),
        "list",
    ),
    "acknowledged": Act(_("%(who)s acknowledged %(what)s"), _("%(who)s tried to acknowledge %(what)s"), "list"),
    "printed the notice of": Act(
        _("%(who)s printed the notice of %(what)s"), _("%(who)s tried to print the notice of %(what)s"), "look"
    ),
    "checked": Act(_("%(who)s checked %(what)s"), _("%(who)s tried to check %(what)s"), "list"),
    "added a document to": Act(
        _("%(who)s added a document to %(what)s"), _("%(who)s tried to add a document to %(what)s"), "list"
    ),
    "proposed to renew": Act(
        _("%(who)s proposed to renew %(what)s"), _("%(who)s tried to propose to renew %(what)s"), "list"
    ),
    "turned down the renewal of": Act(
        _("%(who)s turned down the renewal of %(what)s"),
        _("%(who)s tried to turn down the renewal of %(what)s"),
        "list",
    ),
    "proposed to withdraw": Act(
        _("%(who)s proposed to withdraw %(what)s"), _("%(who)s tried to propose to withdraw %(what)s"), "list"
    ),
    "renewed": Act(_("%(who)s renewed %(what)s"), _("%(who)s tried to renew %(what)s"), "list"),
    "raised": Act(_("%(who)s raised %(what)s"), _("%(who)s tried to raise %(what)s"), "decide"),
    "cut a clip for": Act(
        _("%(who)s cut a clip for %(what)s"), _("%(who)s tried to cut a clip for %(what)s"), "decide"
    ),
    "took back an answer on": Act(
        _("%(who)s took back an answer on %(what)s"), _("%(who)s tried to take back an answer on %(what)s"), "decide"
    ),
    "wrote a note on": Act(
        _("%(who)s wrote a note on %(what)s"), _("%(who)s tried to write a note on %(what)s"), "decide"
    ),
    "corrected an answer on": Act(
        _("%(who)s corrected an answer on %(what)s"), _("%(who)s tried to correct an answer on %(what)s"), "decide"
    ),
    "escalated": Act(
        _("%(who)s passed on, since nobody answered, %(what)s"), _("%(who)s tried to pass on %(what)s"), "decide"
    ),
    "closed undecided": Act(
        _("%(who)s closed undecided %(what)s"), _("%(who)s tried to close undecided %(what)s"), "decide"
    ),
    "notified": Act(_("%(who)s notified %(what)s"), _("%(who)s tried to notify %(what)s"), "decide"),
    "decided": Act(_("%(who)s answered %(what)s"), _("%(who)s tried to answer %(what)s"), "decide"),
    "proposed": Act(_("%(who)s proposed %(what)s"), _("%(who)s tried to propose %(what)s"), "list"),
    "approved": Act(_("%(who)s approved %(what)s"), _("%(who)s tried to approve %(what)s"), "list"),
    "withdrew": Act(_("%(who)s withdrew %(what)s"), _("%(who)s tried to withdraw %(what)s"), "list"),
    "let expire": Act(_("%(who)s let expire %(what)s"), _("%(who)s tried to let expire %(what)s"), "list"),
    "added a photograph to": Act(
        _("%(who)s added a photograph to %(what)s"), _("%(who)s tried to add a photograph to %(what)s"), "list"
    ),
    "removed a photograph from": Act(
        _("%(who)s removed a photograph from %(what)s"), _("%(who)s tried to remove a photograph from %(what)s"), "list"
    ),
    "evaluated": Act(_("%(who)s evaluated %(what)s"), _("%(who)s tried to evaluate %(what)s"), "list"),
    "kept": Act(_("%(who)s kept %(what)s"), _("%(who)s tried to keep %(what)s"), "list"),
    "signed": Act(_("%(who)s signed %(what)s"), _("%(who)s tried to sign %(what)s"), "allow"),
    "granted": Act(_("%(who)s gave a grant to %(what)s"), _("%(who)s tried to give a grant to %(what)s"), "allow"),
    "revoked": Act(_("%(who)s took a grant from %(what)s"), _("%(who)s tried to take a grant from %(what)s"), "allow"),
    "cleared away": Act(
        _("%(who)s cleared away an ended grant of %(what)s"),
        _("%(who)s tried to clear away an ended grant of %(what)s"),
        "allow",
    ),
    "broke the glass": Act(
        _("%(who)s broke the glass for %(what)s"), _("%(who)s tried to break the glass for %(what)s"), "allow"
    ),
    "saw that the glass was broken by": Act(
        _("%(who)s saw that the glass was broken by %(what)s"),
        _("%(who)s tried to answer for having seen that the glass was broken by %(what)s"),
        "allow",
    ),
    "made a welcome link for": Act(
        _("%(who)s made a welcome link for %(what)s"), _("%(who)s tried to make a welcome link for %(what)s"), "door"
    ),
    "removed a second factor from": Act(
        _("%(who)s removed a second factor from %(what)s"),
        _("%(who)s tried to remove a second factor from %(what)s"),
        "door",
    ),
    "proved again to be": Act(
        _("%(who)s proved again to be %(what)s"), _("%(who)s tried to prove again to be %(what)s"), "door"
    ),
    "set a new password for": Act(
        _("%(who)s set a new password for %(what)s"), _("%(who)s tried to set a new password for %(what)s"), "door"
    ),
    "signed in": Act(_("%(who)s signed in as %(what)s"), _("%(who)s tried to sign in as %(what)s"), "door"),
    "signed out": Act(_("%(who)s signed out as %(what)s"), _("%(who)s tried to sign out as %(what)s"), "door"),
    "archived": Act(
        _("%(who)s archived what is older than six years in %(what)s"),
        _("%(who)s tried to archive what is old in %(what)s"),
        "export",
    ),
    "exported": Act(_("%(who)s exported %(what)s"), _("%(who)s tried to export %(what)s"), "export"),
    "asked for": Act(_("%(who)s asked for %(what)s"), _("%(who)s tried to ask for %(what)s"), "export"),
    "agreed to": Act(_("%(who)s agreed to %(what)s"), _("%(who)s tried to agree to %(what)s"), "export"),
    "refused": Act(_("%(who)s said no to %(what)s"), _("%(who)s tried to say no to %(what)s"), "export"),
    "made": Act(_("%(who)s made %(what)s"), _("%(who)s tried to make %(what)s"), "export"),
    "downloaded": Act(_("%(who)s downloaded %(what)s"), _("%(who)s tried to download %(what)s"), "export"),
    "downloaded the manifest of": Act(
        _("%(who)s downloaded the manifest of %(what)s"),
        _("%(who)s tried to download the manifest of %(what)s"),
        "export",
    ),
    "printed the letter about": Act(
        _("%(who)s printed the letter about %(what)s"), _("%(who)s tried to print the letter about %(what)s"), "export"
    ),
    "signed off": Act(_("%(who)s signed off %(what)s"), _("%(who)s tried to sign off %(what)s"), "decide"),
    "verified": Act(_("%(who)s verified %(what)s"), _("%(who)s tried to verify %(what)s"), "system"),
    "deleted early": Act(_("%(who)s deleted early %(what)s"), _("%(who)s tried to delete early %(what)s"), "system"),
    "ended": Act(_("%(who)s ended %(what)s"), _("%(who)s tried to end %(what)s"), "system"),
    "set back": Act(_("%(who)s set back %(what)s"), _("%(who)s tried to set back %(what)s"), "system"),
    "exchanged": Act(_("%(who)s exchanged %(what)s"), _("%(who)s tried to exchange %(what)s"), "system"),
    "retired the old": Act(
        _("%(who)s retired the old %(what)s"), _("%(who)s tried to retire the old %(what)s"), "system"
    ),
    "set up": Act(_("%(who)s set up %(what)s"), _("%(who)s tried to set up %(what)s"), "system"),
    "tried": Act(_("%(who)s tried out %(what)s"), _("%(who)s tried to try out %(what)s"), "system"),
    "removed": Act(_("%(who)s removed %(what)s"), _("%(who)s tried to remove %(what)s"), "system"),
    "added": Act(_("%(who)s added %(what)s"), _("%(who)s tried to add %(what)s"), "system"),
    "changed": Act(_("%(who)s changed %(what)s"), _("%(who)s tried to change %(what)s"), "system"),
    "deleted": Act(_("%(who)s deleted %(what)s"), _("%(who)s tried to delete %(what)s"), "system"),
    "made the demonstration at": Act(
        _("%(who)s made the demonstration at %(what)s"),
        _("%(who)s tried to make the demonstration at %(what)s"),
        "system",
    ),
}
# Of one's own account: who and what are the same.
OF_ONESELF = {
    "signed in": Act(_("%(who)s signed in"), _("%(who)s tried to sign in"), "door"),
    "signed out": Act(_("%(who)s signed out"), _("%(who)s tried to sign out"), "door"),
}


def act_of(action: str, *, of_oneself: bool = False) -> Act:
    """The sentences for an action; an old record's action that has gone from the table speaks for itself."""
    found = (OF_ONESELF.get(action) if of_oneself else None) or ACTS.get(action)
    if found:
        return found
    words = action.replace("%", "%%")
    return Act(f"{WHO} {words} {WHAT}", f"{WHO} tried to do this: {words} {WHAT}", "")


def words_shown(english: str) -> str:
    """`Act.done` as it is in English, in the reader's language."""
    return next((act.done for act in ACTS.values() if _bare(act.did) == english), english)


def actions_of(kind: str) -> list[str]:
    """The actions of a kind."""
    return [action for action, act in ACTS.items() if act.kind == kind]
