"""The sequence of changes to alerts, and the wake-up call to the browsers that follow it."""

import logging
from functools import cache

import redis
from django.conf import settings
from django.db import transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

from alerts.models import Alert, AlertEvent

logger = logging.getLogger(__name__)

CHANNEL = "lockport:alerts"


def announce(alert: Alert, kind: AlertEvent.Kind) -> AlertEvent:
    """Write down that something happened to an alert and, once that is committed, wake the live streams.

    Only the event's number goes through Redis. A wake-up that cannot be sent is logged and never raised: the row is
    there, and streams look by themselves every few seconds.
    """
    event = AlertEvent.objects.create(alert=alert, kind=kind)
    transaction.on_commit(lambda: _wake(event.pk))
    return event


def _wake(number: int) -> None:
    try:
        _client(settings.REDIS_URL).publish(CHANNEL, str(number))
    except redis.RedisError as error:
        # The message of a Redis error may hold the address with its password: only its kind is logged.
        logger.warning("Live streams could not be woken for event %s: %s", number, type(error).__name__)


@cache
def _client(url: str) -> redis.Redis:
    # No retries: whoever announces must not wait for a Redis that is away, and the browsers look by themselves.
    return redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1, retry=Retry(NoBackoff(), 0))
