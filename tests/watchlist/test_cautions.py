"""An entry that resembles another, or that cameras will mostly miss, is pointed out."""

import pytest
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import remove_perm

from audit.models import AccessRecord
from cameras.vision.histogram import Histogram
from cameras.vision.passing import Batch, Subject, Tally
from cameras.vision.prior import DEFAULT_PRIOR
from tests.watchlist.conftest import approve, enrolment, ordinary
from watchlist.cautions import enrolled, misses_caution, passers_by_words, rejections_words, similar_entries
from watchlist.enrolment import MOST_UNSTEADY, EnrolmentProblem, refuse_unsteady
from watchlist.learning import count_stranger, store
from watchlist.models import Category, Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def twins(propose, cast) -> tuple[Entry, Entry]:
    """Robin Vale is on the list; Kim Vale, who looks the same, is proposed."""
    robin = approve(propose(), cast.second_administrator)
    return robin, propose("Kim Vale", photographs=[enrolment(1, away=0.05)])


def test_an_entry_too_similar_to_another_is_pointed_out_by_name(twins, cast):
    robin, kim = twins
    found = similar_entries(enrolled(kim), cast.administrator)
    assert (found.named, found.others) == ((robin,), 0)
    assert "Robin Vale" in found.sentences[0]


def test_an_entry_like_nobody_else_is_not(propose, cast):
    robin = propose()
    propose("Kim Ash", photographs=[enrolment(2)])
    assert similar_entries(enrolled(robin), cast.administrator).sentences == []


def test_who_it_is_is_not_said_to_whom_may_not_see_the_category(twins, cast, banned):
    _, kim = twins
    remove_perm("watchlist.review_category", cast.administrator, banned)
    found = similar_entries(enrolled(kim), cast.administrator)
    assert (found.named, found.others) == ((), 1)
    assert "Robin" not in found.sentences[0]


def test_the_page_to_approve_on_names_the_similar_entry_and_records_that_it_did(twins, cast, client):
    robin, kim = twins
    client.force_login(cast.second_administrator)
    page = client.get(reverse("admin:watchlist_entry_approve", args=[kim.pk])).content.decode()
    assert "can hardly tell this face from that of Robin Vale" in page
    looked = AccessRecord.objects.filter(action="looked at", subject_id=str(robin.pk))
    assert looked.exists()


def test_an_entry_that_passers_by_resemble_too_much_says_so(propose, cast):
    entry = approve(propose(photographs=[ordinary()]), cast.second_administrator)
    subject = enrolled(entry)
    assert misses_caution(subject) == ""
    expected = float(DEFAULT_PRIOR.crowding(subject.template[None])[0])
    twin = Tally(Histogram.of([expected - 0.1] * 400 + [1.0] * 400))
    store(Batch({Subject(entry.pk, subject.mark): twin}, {}))
    assert "Cameras will miss about" in misses_caution(subject)
    assert passers_by_words(entry).startswith("800 passers-by")


def test_the_entry_page_says_of_how_many_matches_people_said_that_it_was_somebody_else(active, cast, client):
    assert rejections_words(active) == ""
    page = reverse("admin:watchlist_entry_change", args=[active.pk])
    client.force_login(cast.administrator)
    assert "somebody else" not in client.get(page).content.decode()
    for _ in range(2):
        count_stranger(entry=active.pk, matched_at=timezone.now(), more=1)
    assert "2 possible matches with this face were decided to be somebody else" in client.get(page).content.decode()


def test_the_entry_page_says_how_many_passers_by_were_counted(proposed, cast, client):
    client.force_login(cast.administrator)
    page = client.get(reverse("admin:watchlist_entry_change", args=[proposed.pk])).content.decode()
    assert "No passers-by have been counted" in page


@pytest.mark.parametrize(("unsteady", "refused"), [(-0.001, False), (0.0, False), (0.001, True)])
def test_a_photograph_whose_crops_disagree_is_refused_with_advice(unsteady, refused):
    if not refused:
        refuse_unsteady(MOST_UNSTEADY + unsteady)
        return
    with pytest.raises(EnrolmentProblem, match="Use a sharper photograph"):
        refuse_unsteady(MOST_UNSTEADY + unsteady)


def test_the_category_of_students_exists_under_the_name_the_rule_knows():
    from watchlist.particulars import STUDENTS

    assert Category.objects.filter(slug=STUDENTS).exists()
