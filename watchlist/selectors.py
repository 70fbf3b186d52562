"""Reads of the watchlist, always through what the person was granted."""

from lockport.access import Person, granted
from watchlist.evaluations import Evaluation
from watchlist.models import Photograph, PhotographQuerySet


def photographs_for(person: Person) -> PhotographQuerySet:
    """Photographs in the person's categories; for reviewers only of people with an alert at a school of theirs."""
    rows = Photograph.objects.visible_to(person).select_related("entry")
    if person.has_perm("watchlist.view_photograph"):
        return rows
    schools = granted(person, "cameras.review_school").values("pk")
    # By name only: alerts stand above this app, but they are what entitles a reviewer to a photograph.
    return rows.filter(entry__alerts__camera__school__in=schools).distinct()


def newest_evaluation() -> Evaluation | None:
    """The evaluation that recognition relies on; it holds figures about groups of people and concerns everybody."""
    return Evaluation.objects.first()
