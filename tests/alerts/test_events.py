"""What happens to an alert is written down, and woken for."""

import logging

import pytest
import redis
from django.conf import settings as django_settings
from django.db import transaction

from alerts.events import CHANNEL, announce
from alerts.models import Alert, AlertEvent

pytestmark = pytest.mark.django_db(transaction=True)


def listener() -> redis.client.PubSub:
    subscription = redis.Redis.from_url(django_settings.REDIS_URL).pubsub(ignore_subscribe_messages=False)
    subscription.subscribe(CHANNEL)
    assert subscription.get_message(timeout=5)["type"] == "subscribe"
    return subscription


def test_an_announced_event_is_a_row_and_a_bare_number_on_the_channel(alert: Alert):
    heard = listener()
    event = announce(alert, AlertEvent.Kind.RAISED)
    assert list(alert.events.values_list("pk", "kind")) == [(event.pk, "raised")]
    assert heard.get_message(timeout=5)["data"] == str(event.pk).encode()


def test_nothing_is_sent_before_the_commit(alert: Alert):
    heard = listener()
    with transaction.atomic():
        event = announce(alert, AlertEvent.Kind.SEEN)
        assert heard.get_message(timeout=0.2) is None
    assert heard.get_message(timeout=5)["data"] == str(event.pk).encode()


def test_nothing_is_sent_or_kept_when_the_change_is_rolled_back(alert: Alert):
    heard = listener()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        announce(alert, AlertEvent.Kind.SEEN)
        raise ZeroDivisionError
    assert heard.get_message(timeout=0.2) is None
    assert not AlertEvent.objects.exists()


def test_a_redis_that_is_away_is_logged_without_its_password_and_stops_nobody(alert: Alert, settings, caplog):
    settings.REDIS_URL = "redis://:hidden-word@127.0.0.1:9/0"
    with caplog.at_level(logging.WARNING, logger="alerts.events"):
        event = announce(alert, AlertEvent.Kind.DECIDED)
    assert AlertEvent.objects.filter(pk=event.pk).exists()
    assert "could not be woken" in caplog.text
    assert "hidden-word" not in caplog.text
