"""Notices leave once, to real servers; what does not get through is tried again, and what is not needed stays."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from alerts.deciding import decide
from alerts.models import Alert
from alerts.notices import Notice
from alerts.sending import CLAIM, back_off, notices_send
from audit.models import AccessRecord
from audit.services import Actor
from lockport import access
from tests.alerts.notices import Received, destination_of, http_server, mail_server
from tests.conftest import Cast, make_person

Kind, State = Notice.Kind, Notice.State


@pytest.fixture(autouse=True)
def local_servers_are_allowed(settings):
    settings.LOCKPORT_DEVELOPMENT = True


@pytest.fixture
def phone():
    with http_server() as server:
        yield server


def notice_of(alert: Alert | None, person, server: Received, kind: Notice.Kind = Kind.RAISED) -> Notice:
    return Notice.objects.create(
        destination=destination_of(person, f"json://127.0.0.1:{server.port}/x"), alert=alert, kind=kind
    )


def again(notice: Notice) -> Notice:
    notice.refresh_from_db()
    return notice


@pytest.mark.django_db
def test_a_notice_arrives_once_and_is_recorded(cast: Cast, alert: Alert, phone: Received):
    notice = notice_of(alert, cast.north_principal, phone)
    assert notices_send() == 1
    assert notices_send() == 0
    assert len(phone.texts) == 1 and phone.texts[0].startswith("Possible match at North Park, Front door")
    assert again(notice).state == State.SENT
    record = AccessRecord.objects.get(action="notified")
    assert (record.subject_id, record.reason) == (str(alert.pk), "possible match, to maria by Webhook")


@pytest.mark.django_db
def test_mail_arrives_through_a_real_server(cast: Cast, alert: Alert):
    with mail_server() as server:
        address = f"mailto://127.0.0.1:{server.port}?from=lockport@example.org&to=maria@example.org"
        Notice.objects.create(destination=destination_of(cast.north_principal, address), alert=alert, kind=Kind.RAISED)
        assert notices_send() == 1
    assert server.messages[0]["to"] == ["maria@example.org"]
    assert "Possible match at North Park, Front door" in server.messages[0]["message"].replace("=\r\n", "")


@pytest.mark.django_db
def test_ntfy_of_ones_own_is_told(cast: Cast, alert: Alert, phone: Received):
    place = destination_of(cast.north_principal, f"ntfy://127.0.0.1:{phone.port}/school")
    Notice.objects.create(destination=place, alert=alert, kind=Kind.RAISED)
    assert notices_send() == 1
    assert phone.messages[0]["topic"] == "school"


@pytest.mark.django_db
def test_what_is_not_taken_is_tried_again_later_and_arrives(cast: Cast, alert: Alert, phone: Received):
    phone.status = 503
    notice = notice_of(alert, cast.north_principal, phone)
    assert notices_send() == 0
    assert again(notice).state == State.WAITING and notice.attempts == 1
    assert timedelta(seconds=5) < notice.not_before - timezone.now() <= timedelta(seconds=10)
    assert "did not take the message" in notice.problem
    phone.status = 200
    assert notices_send() == 0, "not before its time"
    Notice.objects.update(not_before=timezone.now())
    assert notices_send() == 1
    assert again(notice).state == State.SENT


def test_waiting_times_double_up_to_a_quarter_of_an_hour():
    assert [back_off(number).total_seconds() for number in (1, 2, 3, 7, 8, 99)] == [10, 20, 40, 640, 900, 900]


@pytest.mark.django_db
def test_after_a_day_it_is_given_up_and_says_so(cast: Cast, alert: Alert, phone: Received):
    phone.status = 503
    notice = notice_of(alert, cast.north_principal, phone)
    Notice.objects.update(created_at=timezone.now() - timedelta(hours=25))
    notices_send()
    assert again(notice).state == State.FAILED and notice.problem


@pytest.mark.django_db
def test_what_was_decided_meanwhile_is_not_sent(cast: Cast, alert: Alert, phone: Received):
    notice = notice_of(alert, cast.north_principal, phone)
    sam = cast.north_security
    decide(person=sam, actor=Actor.from_person(sam), alert_pk=alert.pk, answer="different")
    assert notices_send() == 0 and not phone.messages
    assert again(notice).state == State.CANCELLED


@pytest.mark.django_db
def test_whoever_lost_the_grant_meanwhile_is_not_told(cast: Cast, alert: Alert, phone: Received):
    from guardian.shortcuts import remove_perm

    notice_of(alert, cast.north_principal, phone)
    notice_of(alert, make_person("tess", access.SECURITY), phone)
    remove_perm("cameras.review_school", cast.north_principal, alert.camera.school)
    assert notices_send() == 0 and not phone.messages


@pytest.mark.django_db
def test_a_redirect_is_not_followed(cast: Cast, alert: Alert, phone: Received):
    with http_server() as inside:
        phone.status, phone.location = 307, f"http://127.0.0.1:{inside.port}/"
        notice_of(alert, cast.north_principal, phone)
        assert notices_send() == 0
        assert len(phone.messages) == 1 and not inside.messages


@pytest.mark.django_db
def test_an_address_that_leads_elsewhere_by_now_is_not_opened(cast: Cast, alert: Alert, phone: Received, settings):
    notice = notice_of(alert, cast.north_principal, phone)
    settings.LOCKPORT_DEVELOPMENT = False
    assert notices_send() == 0 and not phone.messages
    assert "the server itself" in again(notice).problem


@pytest.mark.django_db
def test_what_a_dead_worker_left_half_way_is_sent_again_and_says_so(cast: Cast, alert: Alert, phone: Received):
    notice = notice_of(alert, cast.north_principal, phone)
    Notice.objects.update(state=State.SENDING, claimed_at=timezone.now() - CLAIM / 2)
    assert notices_send() == 0, "it may still be at work"
    Notice.objects.update(claimed_at=timezone.now() - CLAIM * 1.1)
    assert notices_send() == 1
    assert phone.texts[0].endswith("(This may reach you twice.)")
    assert again(notice).state == State.SENT


@pytest.mark.django_db
def test_what_cannot_be_recorded_is_not_sent(cast: Cast, alert: Alert, phone: Received, monkeypatch):
    from django.db import DatabaseError

    def fail(**_: object) -> None:
        raise DatabaseError("the disk is full")

    notice_of(alert, cast.north_principal, phone)
    monkeypatch.setattr("alerts.sending.record_access", fail)
    with pytest.raises(DatabaseError):
        notices_send()
    assert not phone.messages


@pytest.mark.django_db
def test_no_log_and_no_row_repeats_the_password_of_an_address(cast: Cast, alert: Alert, caplog):
    place = destination_of(cast.north_principal, "json://user:s3cret-word@127.0.0.1:9/x")
    notice = Notice.objects.create(destination=place, alert=alert, kind=Kind.RAISED)
    assert notices_send() == 0
    assert "s3cret-word" not in caplog.text + again(notice).problem
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM alerts_destination")
        assert b"s3cret-word" not in bytes(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_send_each_notice_once(cast: Cast, alert: Alert, phone: Received):
    for _ in range(12):
        notice_of(alert, cast.north_principal, phone)

    def work() -> None:
        try:
            notices_send()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(phone.messages) == 12
    assert not Notice.objects.exclude(state=State.SENT).exists()
