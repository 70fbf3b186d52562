"""Which addresses messages may be sent to, and the page on which people set them up."""

import pytest
from django.test import Client

from alerts.destinations import Destination, service
from alerts.notices import Notice
from audit.models import AccessRecord
from cameras.addresses import AddressRefused
from cameras.models import School
from tests.alerts.notices import destination_of
from tests.conftest import Cast
from tests.second_factor import with_app

NTFY = "ntfys://ntfy.invalid/topic"


@pytest.fixture
def anywhere(monkeypatch):
    """Every name is found, at an ordinary number: the tests ask no name server."""
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("192.0.2.10", 443))])


@pytest.mark.parametrize(
    "address",
    [
        "json://127.0.0.1/x",
        "jsons://[::1]/x",
        "json://169.254.169.254/latest/meta-data",
        "ntfy://127.0.0.1/topic",
        "mailto://user:word@127.0.0.1?from=b@example.org&to=a@example.org",
        "mailto://user:word@example.org?smtp=127.0.0.1&to=a@example.org",
        "gotify://127.0.0.1/tokentoken12345",
        "json://0.0.0.0/x",
    ],
)
def test_no_address_leads_to_the_server_itself_or_to_a_cloud_s_metadata(address: str, settings):
    settings.LOCKPORT_DEVELOPMENT = False
    with pytest.raises(AddressRefused, match="leads to"):
        service(address)


@pytest.mark.parametrize("address", ["file:///etc/passwd", "exec://x", "syslog://", "dbus://", "http://x/", "", "x"])
def test_kinds_that_are_not_on_the_list_are_refused_with_the_list(address: str):
    with pytest.raises(AddressRefused, match="Begin the address with one of: .*mailtos://"):
        service(address)


@pytest.mark.parametrize("option", ["redirect=yes", "verify=no", "retry=99", "wait=60", "method=DELETE", "RTO=900"])
def test_options_that_lockport_decides_itself_are_refused(option: str):
    with pytest.raises(AddressRefused, match="Leave out the option"):
        service(f"json://192.0.2.1/x?{option}")


def test_what_is_refused_is_not_repeated():
    with pytest.raises(AddressRefused) as refusal:
        service("slack://my-secret-token")
    assert "my-secret" not in str(refusal.value)


def test_ordinary_addresses_are_accepted_and_follow_no_redirect(anywhere):
    for address in (NTFY, "ntfy://a-public-topic", "jsons://192.0.2.1/x", "mailtos://u:p@mail.invalid?to=a@b.invalid"):
        assert service(address).redirects is False


@pytest.mark.django_db
def test_a_place_is_added_tried_and_removed(client: Client, cast: Cast, north: School, anywhere):
    client.force_login(cast.north_principal)
    page = "/notifications/"
    answer = client.post(
        page,
        {"name": "My phone", "address": NTFY, "schools": [north.pk], "quiet_from": "21:00", "quiet_until": "06:30"},
    )
    assert answer.status_code == 302
    place = Destination.objects.get()
    assert (place.owner, place.address, list(place.schools.all())) == (cast.north_principal, NTFY, [north])
    text = client.get(page).content.decode()
    assert "My phone" in text and "ntfy" in text and "21:00" in text
    assert "ntfy.invalid" not in text, "an address is not shown again"
    client.post(f"/notifications/{place.pk}/test")
    assert Notice.objects.get().kind == Notice.Kind.TEST
    client.post(f"/notifications/{place.pk}/remove")
    assert not Destination.objects.exists() and not Notice.objects.exists()
    actions = AccessRecord.objects.filter(subject__contains="notifications by ntfy").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == ["set up", "tried", "removed"]
    assert not AccessRecord.objects.filter(subject__contains="ntfy.invalid").exists()


@pytest.mark.django_db
def test_a_refused_address_says_why_and_nothing_is_saved(client: Client, cast: Cast, settings):
    settings.LOCKPORT_DEVELOPMENT = False
    with_app(cast.north_principal)
    client.force_login(cast.north_principal)
    answer = client.post("/notifications/", {"name": "x", "address": "json://127.0.0.1/"})
    assert answer.status_code == 422
    assert "the server itself" in answer.content.decode()
    assert not Destination.objects.exists()


@pytest.mark.django_db
def test_quiet_hours_begin_and_end(client: Client, cast: Cast, anywhere):
    client.force_login(cast.north_principal)
    answer = client.post("/notifications/", {"name": "x", "address": NTFY, "quiet_from": "21:00"})
    assert answer.status_code == 422 and "when they end" in answer.content.decode()


@pytest.mark.django_db
def test_schools_that_were_not_granted_cannot_be_chosen(client: Client, cast: Cast, south: School, anywhere):
    client.force_login(cast.north_principal)
    assert "South Hill" not in client.get("/notifications/").content.decode()
    assert client.post("/notifications/", {"name": "x", "address": NTFY, "schools": [south.pk]}).status_code == 422


@pytest.mark.django_db
def test_what_others_set_up_is_neither_shown_nor_touched(client: Client, cast: Cast):
    place = destination_of(cast.north_security)
    client.force_login(cast.north_principal)
    assert "place-" not in client.get("/notifications/").content.decode()
    for what in ("test", "remove"):
        assert client.post(f"/notifications/{place.pk}/{what}").status_code == 404
    assert Destination.objects.exists() and not Notice.objects.exists()


@pytest.mark.django_db
def test_the_number_of_queries_of_the_page_does_not_grow(client: Client, cast: Cast, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(cast.north_principal)

    def fill(number: int) -> None:
        for _ in range(number):
            place = destination_of(cast.north_principal)
            Notice.objects.create(destination=place, kind=Notice.Kind.TEST)

    fill(1)
    client.get("/notifications/")
    with CaptureQueriesContext(connection) as few:
        client.get("/notifications/")
    fill(6)
    with django_assert_max_num_queries(len(few)):
        client.get("/notifications/")
