"""The rule by which answers become a status. Pure: answers in, status out."""

from collections.abc import Iterable

from alerts.models import Alert, Decision

Answer = Decision.Answer
Status = Alert.Status

OPEN = (Status.WAITING, Status.SECOND, Status.UNCLEAR)


def standing(rows: Iterable[Decision]) -> list[Decision]:
    """What each person says now, in the order in which they first answered; `rows` are all rows, the oldest first."""
    last: dict[int, Decision] = {}
    for row in rows:
        last[row.by_id] = row
    return [row for row in last.values() if row.answer != Answer.UNDONE]


def status_after(answers: list[str], *, told: int = 0, two_to_reject: bool = False) -> Alert.Status:
    """Where an alert stands when people say this, each counted once.

    Two people must say "same" to confirm, each without having been shown that another does; `told` of those who say
    "same" had been, and only keep the alert open. "Different" rejects alone where nobody says "same" and the category
    does not ask for two; else it takes one more than those who say "same": a third person decides between two.
    "Cannot tell" counts for neither side and leaves the alert to somebody else.
    """
    same, different = answers.count(Answer.SAME), answers.count(Answer.DIFFERENT)
    if same - told >= 2:
        return Status.CONFIRMED
    if different >= max(same + 1, 2 if two_to_reject else 1):
        return Status.REJECTED
    if same or different:
        return Status.SECOND
    return Status.UNCLEAR if answers else Status.WAITING


def confirmers(rows: list[Decision]) -> list[Decision]:
    """Those of the standing answers that confirm: "same", given independently."""
    return [row for row in rows if row.answer == Answer.SAME and row.independent]


def may_object(alert: Alert, rows: list[Decision]) -> bool:
    """Whether somebody else may still contradict: one person alone has said that it is not this person."""
    said = [row.answer for row in rows]
    return alert.status == Status.REJECTED and said.count(Answer.DIFFERENT) == 1 and Answer.SAME not in said
