"""Every kind of act in the access log, in words: what was done, what was tried, and which kind of act it is.

The key is the `action` of a record. Whoever records a new action writes it in here: a test finds those that are not.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Act:
    """`done` follows a name ("Maria Lopez looked at …"), `tried` follows "tried to"; both come before the subject."""

    done: str
    tried: str
    kind: str


KINDS = {
    "look": "Looking",
    "decide": "Deciding",
    "list": "The watchlist",
    "allow": "Who may see what",
    "door": "Signing in and out",
    "export": "Taking copies",
    "system": "Cameras, keeping and settings",
}

ACTS = {
    "looked at": Act("looked at", "look at", "look"),
    "opened": Act("opened", "open", "look"),
    "looked for": Act("looked for", "find", "look"),
    "looked at the face of": Act("looked at the camera's picture of the face of", "look at the face of", "look"),
    "looked at the frame of": Act("looked at the whole camera picture of", "look at the camera picture of", "look"),
    "followed": Act("followed", "follow", "look"),
    "looked at the timeline of": Act("looked at the timeline of", "look at the timeline of", "look"),
    "asked to watch": Act("asked to watch", "ask to watch", "look"),
    "watched": Act("watched", "watch", "look"),
    "watched the clip of": Act("watched the clip of", "watch the clip of", "look"),
    "looked at the map of": Act("looked at the map of", "look at the map of", "look"),
    "asked for a snapshot of": Act("asked for a snapshot of", "ask for a snapshot of", "look"),
    "drew an area for": Act("drew an area for", "draw an area for", "system"),
    "removed an area of": Act("removed an area of", "remove an area of", "system"),
    "accepted the view of": Act("accepted the view of", "accept the view of", "system"),
    "placed on the plan": Act("placed on the plan", "place on the plan", "system"),
    "changed the plan of": Act("changed the plan of", "change the plan of", "system"),
    "requested": Act("requested", "request", "system"),
    "recorded an appeal against": Act("recorded an appeal against", "record an appeal against", "list"),
    "acknowledged": Act("acknowledged", "acknowledge", "list"),
    "printed the notice of": Act("printed the notice of", "print the notice of", "look"),
    "checked": Act("checked", "check", "list"),
    "added a document to": Act("added a document to", "add a document to", "list"),
    "proposed to renew": Act("proposed to renew", "propose to renew", "list"),
    "turned down the renewal of": Act("turned down the renewal of", "turn down the renewal of", "list"),
    "proposed to withdraw": Act("proposed to withdraw", "propose to withdraw", "list"),
    "renewed": Act("renewed", "renew", "list"),
    "raised": Act("raised", "raise", "decide"),
    "cut a clip for": Act("cut a clip for", "cut a clip for", "decide"),
    "took back an answer on": Act("took back an answer on", "take back an answer on", "decide"),
    "corrected an answer on": Act("corrected an answer on", "correct an answer on", "decide"),
    "escalated": Act("passed on, since nobody answered,", "pass on", "decide"),
    "closed undecided": Act("closed undecided", "close undecided", "decide"),
    "notified": Act("notified", "notify", "decide"),
    "decided": Act("answered", "answer", "decide"),
    "proposed": Act("proposed", "propose", "list"),
    "approved": Act("approved", "approve", "list"),
    "withdrew": Act("withdrew", "withdraw", "list"),
    "let expire": Act("let expire", "let expire", "list"),
    "added a photograph to": Act("added a photograph to", "add a photograph to", "list"),
    "removed a photograph from": Act("removed a photograph from", "remove a photograph from", "list"),
    "evaluated": Act("evaluated", "evaluate", "list"),
    "kept": Act("kept", "keep", "list"),
    "signed": Act("signed", "sign", "allow"),
    "granted": Act("gave a grant to", "give a grant to", "allow"),
    "revoked": Act("took a grant from", "take a grant from", "allow"),
    "cleared away": Act("cleared away an ended grant of", "clear away an ended grant of", "allow"),
    "broke the glass": Act("broke the glass for", "break the glass for", "allow"),
    "saw that the glass was broken by": Act(
        "saw that the glass was broken by", "answer for having seen that the glass was broken by", "allow"
    ),
    "made a welcome link for": Act("made a welcome link for", "make a welcome link for", "door"),
    "removed a second factor from": Act("removed a second factor from", "remove a second factor from", "door"),
    "proved again to be": Act("proved again to be", "prove again to be", "door"),
    "set a new password for": Act("set a new password for", "set a new password for", "door"),
    "signed in": Act("signed in as", "sign in as", "door"),
    "signed out": Act("signed out as", "sign out as", "door"),
    "archived": Act("archived what is older than six years in", "archive what is old in", "export"),
    "exported": Act("exported", "export", "export"),
    "asked for": Act("asked for", "ask for", "export"),
    "agreed to": Act("agreed to", "agree to", "export"),
    "refused": Act("said no to", "say no to", "export"),
    "made": Act("made", "make", "export"),
    "downloaded": Act("downloaded", "download", "export"),
    "downloaded the manifest of": Act("downloaded the manifest of", "download the manifest of", "export"),
    "printed the letter about": Act("printed the letter about", "print the letter about", "export"),
    "signed off": Act("signed off", "sign off", "decide"),
    "verified": Act("verified", "verify", "system"),
    "deleted early": Act("deleted early", "delete early", "system"),
    "ended": Act("ended", "end", "system"),
    "set back": Act("set back", "set back", "system"),
    "exchanged": Act("exchanged", "exchange", "system"),
    "retired the old": Act("retired the old", "retire the old", "system"),
    "set up": Act("set up", "set up", "system"),
    "tried": Act("tried out", "try out", "system"),
    "removed": Act("removed", "remove", "system"),
    "added": Act("added", "add", "system"),
    "changed": Act("changed", "change", "system"),
    "deleted": Act("deleted", "delete", "system"),
    "made the demonstration at": Act("made the demonstration at", "make the demonstration at", "system"),
}


def act_of(action: str) -> Act:
    """The words for an action; an old record's action that has gone from the table speaks for itself."""
    return ACTS.get(action) or Act(action, f"do this: {action}", "")


def actions_of(kind: str) -> list[str]:
    """The actions of a kind."""
    return [action for action, act in ACTS.items() if act.kind == kind]
