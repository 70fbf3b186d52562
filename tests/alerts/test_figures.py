"""The figures of a school: counted right, said in words, drawn without a script."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from alerts.figures import FalseAlarms, figures_of, lasted
from alerts.models import Alert
from alerts.plots import Bar, bars, rate
from audit.models import AccessRecord
from audit.sentences import plain
from cameras.models import Camera, School, Traffic
from tests.alerts.conftest import make_alert
from tests.conftest import Cast
from watchlist.models import Entry

BUDGET = 0.001


@pytest.fixture
def settled(cast: Cast, entry: Entry, front_door: Camera) -> list[Alert]:
    """Three alerts of North Park: wrong after 1 min, wrong after 3 min, confirmed after 5 min; and one that waits."""
    made = []
    for minutes, status in ((1, "rejected"), (3, "rejected"), (5, "confirmed"), (None, "waiting")):
        alert = make_alert(entry, front_door)
        if minutes:
            first, second = cast.north_principal, cast.north_security
            both = {"confirmed_first_by": first, "confirmed_second_by": second} if status == "confirmed" else {}
            Alert.objects.filter(pk=alert.pk).update(
                status=status,
                looked_at=alert.created_at + timedelta(seconds=20),
                answered_at=alert.created_at + timedelta(seconds=40),
                settled_at=alert.created_at + timedelta(minutes=minutes),
                **both,
            )
        made.append(alert)
    Traffic.objects.create(camera=front_door, day=timezone.localdate(), passers_by=10_000)
    return made


@pytest.mark.django_db
def test_alerts_are_counted_by_outcome_and_times_from_when_they_were_raised(cast: Cast, settled, north: School):
    figures = figures_of(cast.north_principal, north)
    assert {row.name: row.number for row in figures.outcomes} == {
        "Confirmed by two people": 1,
        "Not this person": 2,
        "Entry ended first": 0,
        "Not decided yet": 1,
    }
    times = {row.name: (row.number, round(row.median)) for row in figures.times}
    assert times == {
        "To the first look": (3, 20),
        "To the first answer": (3, 40),
        "To the decision": (3, 180),
        "To the confirmation": (1, 300),
    }
    assert (figures.false_alarms.rejected, figures.false_alarms.passers_by) == (2, 10_000)


@pytest.mark.django_db
def test_other_schools_and_older_alerts_are_not_counted(cast: Cast, settled, north: School, south_alert: Alert):
    assert figures_of(cast.south_principal, north).total == 0
    Alert.objects.update(first_seen=timezone.now() - timedelta(days=61))
    assert figures_of(cast.north_principal, north).total == 0


@pytest.mark.parametrize(
    ("rejected", "passers_by", "words"),
    [
        (2, 10_000, "keeps within its budget of 1 in 1,000"),
        (100, 10_000, "is over its budget of 1 in 1,000"),
        (1, 1_000, "cannot yet be told from its budget"),
        (0, 0, "Too few passers-by"),
        (5, 3, "Too few passers-by"),
    ],
)
def test_the_rate_is_held_against_the_budget_by_its_interval(rejected: int, passers_by: int, words: str):
    assert words in FalseAlarms(rejected, passers_by, BUDGET).sentence


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (59, "59 s"), (60, "1 min"), (200, "3 min 20 s"), (7500, "2 h 5 min"), (4e5, "4 days")],
)
def test_durations_in_words(seconds: float, words: str):
    assert lasted(seconds) == words


@pytest.mark.django_db
def test_the_page_says_it_in_sentences_tables_and_plots(client: Client, cast: Cast, settled):
    client.force_login(cast.north_principal)
    text = client.get("/figures/").content.decode()
    assert "4 possible matches" in text and "keeps within its budget" in text and "3 min" in text
    assert text.count('<svg class="plot"') == 3 and text.count('<table class="numbers"') == 3
    assert "style=" not in text and "<script>" not in text
    assert AccessRecord.objects.get(action="looked at").subject == "the figures of North Park"


@pytest.mark.django_db
def test_the_page_of_a_school_without_alerts_says_so(client: Client, cast: Cast):
    client.force_login(cast.north_principal)
    text = client.get("/figures/").content.decode()
    assert "0 possible matches" in text and "Nobody has looked at an alert" in text and "Too few passers-by" in text


@pytest.mark.django_db
def test_a_school_that_was_not_granted_is_not_shown(client: Client, cast: Cast, south: School):
    client.force_login(cast.north_principal)
    assert "South Hill" not in client.get(f"/figures/?school={south.pk}").content.decode()


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow_with_the_alerts(
    client: Client, cast: Cast, settled, entry: Entry, front_door: Camera, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(cast.north_principal)
    client.get("/figures/")
    with CaptureQueriesContext(connection) as few:
        client.get("/figures/")
    for _ in range(8):
        make_alert(entry, front_door)
    with django_assert_max_num_queries(len(few)):
        client.get("/figures/")


def test_names_in_plots_are_text_and_never_markup():
    drawn = bars([Bar("<script>", 3, "3")], title='"><script>')
    assert "<script>" not in drawn and "&lt;script&gt;" in drawn


def test_a_long_name_has_the_whole_width_above_its_bar_and_begins_inside_the_plot():
    drawn = bars([Bar("Confirmed by two people", 1, "1")], title="x")
    assert '<text x="0" y="24">Confirmed by two people</text>' in drawn and "end" not in drawn


def test_the_longest_bar_fills_the_room_and_others_are_in_proportion():
    drawn = bars([Bar("a", 10, "10"), Bar("b", 5, "5"), Bar("c", 0, "0")], title="x")
    assert 'width="490.0"' in drawn and 'width="245.0"' in drawn and 'width="1.0"' in drawn


def test_the_interval_and_the_budget_share_one_scale():
    drawn = rate(0.5, (0.0, 1.0), 1.0, title="x")
    assert drawn.count("538.8") == 3, "the budget's line and its word, and the end of the interval"


def test_a_look_at_the_figures_is_said_in_the_readers_language(client: Client, cast: Cast):
    client.force_login(cast.north_principal)
    client.get("/figures/")
    record = AccessRecord.objects.get(subject="the figures of North Park")
    with translation.override("es"):
        assert plain(record).startswith("Maria Lopez miró las cifras de North Park")
