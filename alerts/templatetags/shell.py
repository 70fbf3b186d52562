"""What the frame around every page shows: how many alerts wait for this person, and the state of the cameras."""

from django import template
from django.utils.translation import gettext

from alerts import selectors
from cameras.selectors import Overview, overview
from lockport.access import Person
from lockport.break_glass import open_ones, with_zones
from lockport.keyfiles import KeyProblem
from lockport.models import BrokenGlass
from watchlist.evaluations import Verdict, recognition_allowed
from watchlist.models import Entry

register = template.Library()


@register.simple_tag
def waiting_count(person: Person, known: int | str | None = None) -> int:
    """How many open alerts this person has not answered. `known` saves asking twice; "" where a page does not say."""
    if isinstance(known, int):
        return known
    return selectors.waiting_for(person).count() if person.has_perm("alerts.view_alert") else 0


@register.simple_tag
def cameras_of(person: Person, known: Overview | None = None) -> Overview | None:
    """The person's cameras, or None where the role has nothing to do with cameras. `known` saves asking twice."""
    if not person.has_perm("cameras.view_camera"):
        return None
    return known or overview(person)


@register.simple_tag
def recognition() -> Verdict:
    """Whether faces are compared at all, and the sentence that says why or why not."""
    try:
        return recognition_allowed(Entry.objects.active().count())
    except KeyProblem:  # its words name a file of the server
        return Verdict(False, gettext("The key that evaluations are signed with cannot be used. Nobody is looked for."))


@register.simple_tag
def broken_glass(person: Person) -> list[BrokenGlass] | None:
    """What rings at the privacy officer, on every page: who let themselves see a school, until it is answered for."""
    return with_zones(open_ones()) if person.has_perm("audit.view_accessrecord") and not person.is_superuser else None
