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
    "looked at the face of": Act("looked at the camera's picture of the face of", "look at the face of", "look"),
    "looked at the frame of": Act("looked at the whole camera picture of", "look at the camera picture of", "look"),
    "followed": Act("followed", "follow", "look"),
    "raised": Act("raised", "raise", "decide"),
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
    "broke the glass": Act("broke the glass for", "break the glass for", "allow"),
    "set a new password for": Act("set a new password for", "set a new password for", "door"),
    "signed in": Act("signed in as", "sign in as", "door"),
    "signed out": Act("signed out as", "sign out as", "door"),
    "exported": Act("exported", "export", "export"),
    "signed off": Act("signed off", "sign off", "decide"),
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
