"""Pointing out from the log itself: each thing once, however often it is searched."""

from datetime import timedelta

import pytest

from audit.findings import findings_renew
from audit.models import Finding
from audit.tasks import point_out_unusual
from tests.audit.records import MORNING, keep

pytestmark = pytest.mark.django_db
NOW = MORNING + timedelta(hours=12)
NIGHT = MORNING - timedelta(hours=6)  # 02:14


def found() -> dict[str, tuple[str, int]]:
    return {row.rule: (row.words, row.count) for row in Finding.objects.all()}


def test_everything_unusual_is_found_in_the_log(north, south):
    for n in range(20):
        keep(school="South Hill", at=MORNING - timedelta(days=10, minutes=n))
    for n in range(40):
        keep(subject=f"alert {n}", at=MORNING + timedelta(seconds=n))
    keep(at=NIGHT)
    keep(action="decided", result="refused")
    keep(
        action="revoked", actor_id=9, subject_kind="user", subject_id="7", reason="school North Park", school="", at=NOW
    )
    findings_renew(NOW)
    assert found() == {
        "first": ("Maria Lopez used something of North Park for the first time.", 1),
        "night": ("Maria Lopez used something of North Park at night, once, first at 02:14 EST.", 1),
        "many": ("Maria Lopez looked at 40 different things in a row.", 40),
        "elsewhere": ("Maria Lopez, mostly at South Hill, used something of North Park.", 41),
        "ending": ("Maria Lopez looked at 41 different things in the day before a grant ended: school North Park.", 41),
        "refused": ("Maria Lopez was refused once.", 1),
    }


def test_searching_again_changes_nothing_and_what_grows_is_counted_on(north):
    keep(at=NIGHT)
    assert findings_renew(NOW) == 2
    before = list(Finding.objects.order_by("pk").values_list())
    assert findings_renew(NOW) == 0
    assert list(Finding.objects.order_by("pk").values_list()) == before
    keep(at=NIGHT + timedelta(minutes=5))
    assert findings_renew(NOW) == 1
    assert Finding.objects.get(rule="night").count == 2


def test_what_leaves_the_two_days_is_neither_forgotten_nor_cut(north):
    keep(at=NIGHT)
    keep(at=NIGHT + timedelta(minutes=5))
    findings_renew(NOW)
    findings_renew(NIGHT + timedelta(days=2, minutes=1))
    assert Finding.objects.get(rule="night").count == 2


def test_workers_are_not_people(north):
    keep(actor_kind="worker", actor_id=None, at=NIGHT)
    assert findings_renew(NOW) == 0


def test_the_clock_has_a_task_for_it(north, settings):
    assert "audit.tasks.point_out_unusual" in {job["task"] for job in settings.CELERY_BEAT_SCHEDULE.values()}
    point_out_unusual()
