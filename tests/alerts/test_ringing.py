"""Broken glass rings at the privacy officers: by e-mail and wherever they said, once, again until it got through."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from alerts.notices import Notice, pushed
from alerts.ringing import glass_ring
from alerts.sending import GIVE_UP, notices_send
from alerts.tasks import send_notices
from audit.models import AccessRecord
from lockport import access
from lockport.break_glass import glass_seen
from lockport.models import BrokenGlass
from tests.alerts.conftest import make_alert, make_entry
from tests.alerts.notices import destination_of, http_server, mail_server
from tests.conftest import Cast, make_person

pytestmark = pytest.mark.django_db

WHY = "Robin Vale is at the door and the principal cannot be reached"


@pytest.fixture
def glass(cast: Cast, north, front_door, banned) -> BrokenGlass:
    """Root broke it, with a reason that names an enrolled person."""
    make_alert(make_entry(cast, banned, "Robin Vale"), front_door)
    cast.privacy_officer.email = "priya@example.org"
    cast.privacy_officer.save()
    root = Client()
    root.force_login(cast.superuser)
    assert root.post("/watchlist/break-glass/", {"school": north.pk, "reason": WHY}).status_code == 302
    return BrokenGlass.objects.get()


def test_it_mails_every_privacy_officer_once_through_a_real_server(cast: Cast, glass: BrokenGlass, settings):
    make_person("paul", access.PRIVACY_OFFICER)  # who has no address
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        send_notices()
        send_notices()
    (message,) = server.messages
    assert message["to"] == ["priya@example.org"]
    text = message["message"].replace("=\r\n", "").replace("\r\n", " ")
    assert "The glass was broken: root may see everything at North Park" in text
    assert "/watchlist/who-can-see/" in text
    record = AccessRecord.objects.get(action="notified")
    assert (record.subject, record.reason) == ("broken glass at North Park", "broken glass, to priya by E-mail")


def test_in_a_browser_it_leads_to_the_page_where_it_is_answered(glass: BrokenGlass):
    glass_ring()
    message = pushed(Notice.objects.get())
    assert message["url"] == "/watchlist/who-can-see/"
    assert message["body"].endswith("say that you have seen it")


def test_it_says_neither_why_nor_whom_a_camera_saw(glass: BrokenGlass):
    send_notices()
    (message,) = mail.outbox
    for secret in ("Vale", "principal cannot", "banned"):
        assert secret not in message.subject + message.body
    assert not message.attachments


def test_it_goes_to_the_places_that_an_officer_has_set_up_as_well(cast: Cast, glass: BrokenGlass, settings):
    settings.LOCKPORT_DEVELOPMENT = True
    with http_server() as phone:
        destination_of(cast.privacy_officer, f"json://127.0.0.1:{phone.port}/x")
        destination_of(cast.north_principal, f"json://127.0.0.1:{phone.port}/x")
        send_notices()
    assert len(phone.texts) == 1 and phone.texts[0].startswith("The glass was broken: root")


def test_it_is_tried_again_until_the_mail_server_answers(glass: BrokenGlass, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    send_notices()
    notice = Notice.objects.get()
    assert notice.state == Notice.State.WAITING and "mail server did not take it" in notice.problem
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Notice.objects.update(not_before=timezone.now())
    assert notices_send() == 1 and len(mail.outbox) == 1


def test_without_a_mail_server_it_does_not_count_as_sent(glass: BrokenGlass, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    send_notices()
    assert Notice.objects.get().problem == "No mail server is set: EMAIL_URL."
    Notice.objects.update(not_before=timezone.now(), created_at=timezone.now() - GIVE_UP - timedelta(minutes=1))
    send_notices()
    assert Notice.objects.get().state == Notice.State.FAILED


def test_once_an_officer_has_seen_it_nobody_else_is_rung_at(cast: Cast, glass: BrokenGlass):
    glass_ring()
    from audit.services import Actor

    glass_seen(glass=glass, by=cast.privacy_officer, actor=Actor.from_person(cast.privacy_officer))
    assert notices_send() == 0 and not mail.outbox
    assert Notice.objects.get().state == Notice.State.CANCELLED


def test_the_officers_page_says_who_gets_no_mail(cast: Cast, settings):
    priya = Client()
    priya.force_login(cast.privacy_officer)
    assert "because their accounts have no address: priya" in priya.get("/watchlist/who-can-see/").content.decode()
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    assert "no mail server is set (EMAIL_URL)" in priya.get("/watchlist/who-can-see/").content.decode()


def test_nobody_is_told_of_their_own(cast: Cast, north, caplog):
    both = make_person("both", access.PRIVACY_OFFICER)
    both.email = "both@example.org"
    both.save()
    BrokenGlass.objects.create(person=both, school="North Park", reason=WHY, until=timezone.now())
    send_notices()
    assert not mail.outbox and "nobody can be told" in caplog.text


def test_an_officer_sets_up_where_to_be_told_and_sees_what_became_of_it(cast: Cast, glass: BrokenGlass):
    priya = Client()
    priya.force_login(cast.privacy_officer)
    page = priya.get("/notifications/").content.decode()
    assert "when somebody breaks the glass" in page and "Only these schools" not in page
    assert 'href="/notifications/"' in priya.get("/watchlist/who-can-see/").content.decode()
