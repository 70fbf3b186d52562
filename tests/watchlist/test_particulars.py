"""What each category needs to know, and that students are looked for only where the district says so."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.watchlist.conftest import PARTICULARS, approve
from watchlist.gallery import load_gallery
from watchlist.models import Category, Entry
from watchlist.particulars import NEEDS, problems, stated
from watchlist.refusals import Refused

pytestmark = pytest.mark.django_db
BORN = timezone.localdate().replace(day=1) - timedelta(days=365 * 16)


def category(slug: str) -> Category:
    return Category.objects.get(slug=slug)


@pytest.fixture
def students(db) -> Category:
    """The district has switched them on."""
    Category.objects.filter(slug="suspended-student").update(enabled=True)
    return category("suspended-student")


def last_day(days: int) -> dict[str, str]:
    return {"suspension_ends": f"{timezone.localdate() + timedelta(days=days):%Y-%m-%d}"}


def test_each_of_the_five_categories_says_what_it_needs():
    assert set(NEEDS) == set(Category.objects.values_list("slug", flat=True)) == set(PARTICULARS)


@pytest.mark.parametrize("slug", sorted(PARTICULARS))
def test_what_is_needed_is_found_missing_and_what_is_stated_is_found_good(slug):
    assert set(problems(slug, {})) == {need.name for need in NEEDS[slug]}
    assert problems(slug, PARTICULARS[slug]) == {}


@pytest.mark.parametrize(
    ("slug", "wrong", "expected"),
    [
        ("sex-offender", {"risk_level": "1"}, "Nobody of level 1"),
        ("staff", {"staff_status": "employed"}, "terminated"),
        ("banned", {"order_by": "a neighbour"}, "'school' or 'court'"),
        ("suspended-student", {"suspension_ends": "until easter"}, "year-month-day"),
        ("credible-threat", {"source": "x" * 201}, "at most 200"),
    ],
)
def test_what_cannot_be_is_refused_in_words(slug, wrong, expected):
    (words,) = problems(slug, PARTICULARS[slug] | wrong).values()
    assert expected in words


def test_facts_of_other_categories_are_not_kept():
    assert stated("banned", PARTICULARS["banned"] | PARTICULARS["staff"]) == PARTICULARS["banned"]


def test_nobody_is_proposed_without_what_the_category_needs(propose):
    with pytest.raises(Refused, match="This category needs it"):
        propose(particulars={"order_by": "court"})
    assert not Entry.objects.exists()


def test_a_threat_is_believed_for_30_days_at_a_time(propose):
    threat = category("credible-threat")
    assert propose(category=threat, expires_at=timezone.now() + timedelta(days=30))
    with pytest.raises(Refused, match="at most 30 days"):
        propose(category=threat, expires_at=timezone.now() + timedelta(days=32))


def test_students_are_switched_off_in_a_new_district(propose):
    with pytest.raises(Refused, match="switched off"):
        propose(category=category("suspended-student"), birth_date=BORN, particulars=last_day(10))


def test_a_students_entry_cannot_outlast_the_suspension(propose, students):
    words = {"category": students, "birth_date": BORN, "particulars": last_day(10)}
    with pytest.raises(Refused, match="cannot outlast"):
        propose(**words, expires_at=timezone.now() + timedelta(days=12))
    assert propose(**words, expires_at=timezone.now() + timedelta(days=9))


def test_when_students_are_switched_off_again_no_camera_looks_for_them(
    propose, students, cast, front_door, authorisation
):
    until = timezone.now() + timedelta(days=9)
    entry = propose(category=students, birth_date=BORN, particulars=last_day(10), expires_at=until)
    approve(entry, cast.second_administrator)
    assert load_gallery(front_door.pk).entries == (entry.pk,)
    Category.objects.filter(pk=students.pk).update(enabled=False)
    assert load_gallery(front_door.pk).entries == ()


def test_a_proposal_of_a_category_that_was_switched_off_meanwhile_is_not_approved(propose, students, cast):
    until = timezone.now() + timedelta(days=9)
    entry = propose(category=students, birth_date=BORN, particulars=last_day(10), expires_at=until)
    Category.objects.filter(pk=students.pk).update(enabled=False)
    with pytest.raises(Refused, match="switched off"):
        approve(entry, cast.second_administrator)


def test_where_must_be_said(propose, north):
    with pytest.raises(Refused, match="every school"):
        propose(every_school=False, schools=[])
    with pytest.raises(Refused, match="not both"):
        propose(every_school=True, schools=[north])


def test_an_entry_that_says_nowhere_is_looked_for_nowhere(active, front_door, authorisation):
    assert load_gallery(front_door.pk).entries == (active.pk,)
    Entry.objects.update(every_school=False)
    assert load_gallery(front_door.pk).entries == ()


def test_all_of_it_is_forgotten_when_the_entry_ends(active, cast):
    from audit.services import Actor
    from watchlist.services import entry_withdraw

    entry_withdraw(entry=active, reason="Lifted.", actor=Actor.from_person(cast.administrator))
    row = Entry.objects.get()
    assert (row.particulars, row.basis, row.list_reference) == ({}, "", "")
