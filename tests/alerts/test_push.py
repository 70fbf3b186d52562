"""Web push: encrypted for the browser that asked, signed, tried again, and off once the browser is gone."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django.utils import timezone

from alerts.destinations import Destination
from alerts.models import Alert, AlertEvent
from alerts.notices import Notice
from alerts.notifying import destination_test
from alerts.push import public_key, subscription
from alerts.sending import notices_send
from alerts.telling import notices_make
from audit.services import Actor
from cameras.addresses import AddressRefused
from tests.alerts.push_service import Browser, PushService, push_service, to_bytes
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
State = Notice.State


@pytest.fixture(autouse=True)
def own_key(settings, tmp_path):
    settings.LOCKPORT_DEVELOPMENT = True
    settings.LOCKPORT_PUSH_KEY_FILE = tmp_path / "push.key"


@pytest.fixture
def service():
    with push_service() as running:
        yield running


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture
def place(cast: Cast, browser: Browser, service: PushService) -> Destination:
    values = {"name": "This browser", "kind": "webpush", "address": browser.subscription(service.endpoint)}
    return Destination.objects.create(owner=cast.north_principal, **values)


def raised(alert: Alert) -> Notice:
    AlertEvent.objects.create(alert=alert, kind=AlertEvent.Kind.RAISED)
    notices_make()
    return Notice.objects.get()


def test_the_browser_of_these_tests_reads_the_example_of_rfc_8291():
    number = int.from_bytes(to_bytes("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"))
    browser = Browser(ec.derive_private_key(number, ec.SECP256R1()), to_bytes("BTBZMqHH6r4Tts7J_aSIgg"))
    body = (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru"
        "3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert browser.read(to_bytes(body)) == b"When I grow up, I want to be a watermelon"


def test_an_alert_reaches_the_browser_with_its_place_and_a_link_and_nothing_of_the_person(
    place: Destination, alert: Alert, browser: Browser, service: PushService
):
    raised(alert)
    assert (notices_send(), notices_send()) == (1, 0)
    headers, body = service.arrived[0]
    said = json.loads(browser.read(body))
    assert said["body"].startswith("Possible match at North Park, Front door")
    assert said["url"] == f"/alerts/{alert.pk}/" and said["url"] not in said["body"]
    assert alert.entry.name not in str(said) and alert.category.name not in str(said)
    assert headers["Content-Encoding"] == "aes128gcm" and headers["Urgency"] == "high" and int(headers["TTL"]) > 0
    assert Notice.objects.get().state == State.SENT


def test_the_message_is_signed_with_the_key_that_the_page_shows(
    client: Client, cast: Cast, place: Destination, service: PushService
):
    destination_test(destination=place, actor=Actor.from_person(cast.north_principal))
    assert notices_send() == 1
    key, claims = service.signed_by(0)
    client.force_login(cast.north_principal)
    assert key == public_key() and f'data-push="{key}"' in client.get("/notifications/").content.decode()
    assert claims["sub"].startswith(("mailto:", "https://"))
    assert 0 < claims["exp"] - timezone.now().timestamp() < 24 * 60 * 60


def test_a_push_service_that_is_down_is_asked_again(place: Destination, alert: Alert, service: PushService):
    notice = raised(alert)
    service.status = 503
    assert notices_send() == 0
    notice.refresh_from_db()
    assert notice.state == State.WAITING and "503" in notice.problem
    service.status = 201
    Notice.objects.update(not_before=timezone.now())
    assert notices_send() == 1 and len(service.arrived) == 2


def test_a_redirect_is_not_followed(place: Destination, alert: Alert, service: PushService):
    service.status = 307
    raised(alert)
    assert notices_send() == 0 and len(service.arrived) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_switched_off_and_its_owner_sees_that(
    status: int, client: Client, cast: Cast, place: Destination, alert: Alert, service: PushService
):
    service.status = status
    notice = raised(alert)
    assert notices_send() == 0
    notice.refresh_from_db()
    assert notice.state == State.FAILED
    client.force_login(cast.north_principal)
    text = client.get("/notifications/").content.decode()
    assert "takes no messages any more" in text and "Send a test" not in text
    AlertEvent.objects.create(alert=alert, kind=AlertEvent.Kind.RAISED)
    notices_make()
    assert Notice.objects.count() == 1 and notices_send() == 0 and len(service.arrived) == 1


def test_a_browser_is_added_on_the_page(client: Client, cast: Cast, browser: Browser, service: PushService):
    client.force_login(cast.north_principal)
    form = {"name": "My browser", "address": browser.subscription(service.endpoint)}
    assert client.post("/notifications/", form).status_code == 302
    row = Destination.objects.get()
    assert (row.kind, row.kind_words, row.owner) == ("webpush", "A browser", cast.north_principal)


@pytest.mark.parametrize(
    "endpoint", ["https://127.0.0.1/x", "https://[::1]/x", "https://169.254.169.254/latest", "https://0.0.0.0/x"]
)
def test_no_subscription_leads_to_the_server_itself_or_to_a_cloud_s_metadata(endpoint: str, browser, settings):
    settings.LOCKPORT_DEVELOPMENT = False
    with pytest.raises(AddressRefused, match="leads to"):
        subscription(browser.subscription(endpoint))


@pytest.mark.parametrize(
    "address",
    [
        "webpush:",
        "webpush:[]",
        "webpush:null",
        'webpush:{"endpoint": "https://192.0.2.1/"}',
        'webpush:{"endpoint": 7, "keys": {"p256dh": "", "auth": ""}}',
        'webpush:{"endpoint": "https://192.0.2.1/", "keys": {"p256dh": "AAAA", "auth": "AAAA"}}',
        Browser().subscription("http://192.0.2.1/x"),
        Browser().subscription("https://user:word@192.0.2.1/x"),
        Browser().subscription("file:///etc/passwd"),
        Browser().subscription("https://192.0.2.1:99999/x"),
        Browser(secret=b"short").subscription("https://192.0.2.1/x"),
    ],
)
def test_what_no_browser_would_say_is_refused_and_not_repeated(address: str, settings):
    settings.LOCKPORT_DEVELOPMENT = False
    with pytest.raises(AddressRefused) as refusal:
        subscription(address)
    assert "192.0.2.1" not in str(refusal.value)


def test_the_worker_is_at_the_root_and_needs_nobody_signed_in(client: Client):
    answer = client.get("/push-worker.js")
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/javascript")
    assert b"showNotification" in answer.content
