"""What the access log adds to the page of an alert: measured inside the page, and as the page with and without it."""

import statistics
import time
from collections.abc import Callable
from typing import Any
from unittest import mock

PAGES = 200
WARM = 20  # the first pages compile templates


def added_to_a_page() -> dict[str, float]:
    """Milliseconds. The page is asked for as by a browser, in turns with and without its record: what else the machine
    does falls on both. `record_…` is the time inside the page from asking who acts until the record is on the disk.
    """
    from django.conf import settings
    from django.test import Client

    from alerts import views
    from audit.models import AccessRecord
    from tests.bench.access_log import somebody_with_an_alert

    person, alert = somebody_with_an_alert()
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    browser = Client(SERVER_NAME="localhost", HTTP_USER_AGENT="x" * 110)
    browser.force_login(person)
    inside, real_actor, real_record = Clock(), views.Actor, views.record_access
    timed = mock.Mock(from_request=inside.timed(real_actor.from_request))
    whole, bare = Clock(), Clock()
    ask = lambda: browser.get(f"/alerts/{alert.pk}/")  # noqa: E731
    for _ in range(WARM + PAGES):
        with mock.patch.multiple(views, Actor=timed, record_access=inside.timed(real_record)):
            assert whole.timed(ask)().status_code == 200
        inside.lap(), whole.lap()
        unwritten = mock.Mock(return_value=AccessRecord.objects.latest("pk"))
        with mock.patch.multiple(views, Actor=mock.Mock(), record_access=unwritten):
            bare.timed(ask)()
        bare.lap()
    return {
        "record_ms_median": statistics.median(inside.wall[WARM:]),
        "record_ms_p95": statistics.quantiles(inside.wall[WARM:], n=20)[18],
        "record_processor_ms": statistics.mean(inside.processor[WARM:]),
        "page_without_ms_median": statistics.median(bare.wall[WARM:]),
        "page_with_ms_median": statistics.median(whole.wall[WARM:]),
    }


class Clock:
    """Adds up what calls take, in milliseconds of the wall's clock and of this process; a lap ends one sum."""

    def __init__(self) -> None:
        self.wall: list[float] = []
        self.processor: list[float] = []
        self._spent = (0.0, 0.0)

    def timed(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def measured(*args: Any, **kwargs: Any) -> Any:
            wall, processor = time.perf_counter(), time.process_time()
            try:
                return call(*args, **kwargs)
            finally:
                self._spent = (
                    self._spent[0] + (time.perf_counter() - wall) * 1000,
                    self._spent[1] + (time.process_time() - processor) * 1000,
                )

        return measured

    def lap(self) -> None:
        self.wall.append(self._spent[0])
        self.processor.append(self._spent[1])
        self._spent = (0.0, 0.0)
