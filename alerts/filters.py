"""Which part of the queue somebody wants to see: remembered in their session until they choose otherwise."""

from dataclasses import dataclass

from django.http import HttpRequest

from alerts.models import AlertQuerySet
from cameras.models import School
from lockport.access import Person
from watchlist.models import Category

REMEMBERED = "review_filter"


@dataclass(frozen=True, slots=True)
class Filter:
    """Primary keys, or None for all that were granted."""

    school: int | None = None
    category: int | None = None

    def of(self, rows: AlertQuerySet) -> AlertQuerySet:
        if self.school is not None:
            rows = rows.filter(camera__school=self.school)
        return rows if self.category is None else rows.filter(category=self.category)

    @property
    def is_set(self) -> bool:
        return self != EVERYTHING


EVERYTHING = Filter()


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen, and what is."""

    schools: list[School]
    categories: list[Category]
    chosen: Filter

    @property
    def are_any(self) -> bool:
        return len(self.schools) > 1 or len(self.categories) > 1


def choices_for(request: HttpRequest) -> Choices:
    """The filter in the address, else the remembered one; what was taken away meanwhile is forgotten."""
    schools, categories = _granted(request.user)
    if "school" in request.GET or "category" in request.GET:
        request.session[REMEMBERED] = [request.GET.get("school", ""), request.GET.get("category", "")]
    school, category = request.session.get(REMEMBERED, ["", ""])
    chosen = Filter(_one_of(school, [row.pk for row in schools]), _one_of(category, [row.pk for row in categories]))
    return Choices(schools, categories, chosen)


def _granted(person: Person) -> tuple[list[School], list[Category]]:
    return list(School.objects.within_reach_of(person)), list(Category.objects.visible_to(person))


def _one_of(text: str, numbers: list[int]) -> int | None:
    number = int(text) if text.isdecimal() and len(text) < 19 else None
    return number if number in numbers else None
