"""The map of a school: its cameras, how they are, where alerts wait."""

from django.urls import reverse

from audit.services import Actor
from cameras.aiming import plan_set
from cameras.models import Camera
from tests.alerts.conftest import make_alert, make_entry
from tests.cameras.test_aiming import a_picture


def test_it_shows_the_cameras_of_the_school_and_where_an_alert_waits(client, cast, banned, front_door, south):
    plan_set(school=front_door.school, file=a_picture((320, 200)), actor=Actor.command())
    Camera.objects.filter(pk=front_door.pk).update(plan_x=0.25, plan_y=0.5)
    Camera.objects.create(school=south, name="South gate", address="usb:3")
    make_alert(make_entry(cast, banned), front_door)
    client.force_login(cast.north_principal)
    assert client.get(reverse("alerts:first-map"))["Location"] == reverse("alerts:map", args=[front_door.school_id])
    page = client.get(reverse("alerts:map", args=[front_door.school_id])).content.decode()
    assert 'cx="80.0" cy="100.0"' in page
    assert "1 possible match waiting" in page
    assert "South gate" not in page


def test_another_school_s_map_is_not_there(client, cast, south):
    client.force_login(cast.north_principal)
    assert client.get(reverse("alerts:map", args=[south.pk])).status_code == 404


def test_without_a_plan_or_a_school_it_says_so(client, cast, north):
    client.force_login(cast.north_principal)
    assert b"no floor plan yet" in client.get(reverse("alerts:map", args=[north.pk])).content
    client.force_login(cast.superuser)
    assert b"No school has been granted" in client.get(reverse("alerts:first-map")).content
