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
    assert 'transform="translate(80.0 100.0)' in page
    assert "1 possible match waiting" in page
    assert "South gate" not in page


def test_the_open_map_is_renewed_without_the_plan(client, cast, front_door):
    plan_set(school=front_door.school, file=a_picture((320, 200)), actor=Actor.command())
    client.force_login(cast.north_principal)
    address = reverse("alerts:map", args=[front_door.school_id])
    assert reverse("cameras:plan", args=[front_door.school_id]) in client.get(address).content.decode()
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "Front door" in part and "not on the plan yet" in part
    assert "Nobody passing here would be noticed." in part
    assert reverse("cameras:plan", args=[front_door.school_id]) not in part and "<html" not in part


def test_another_school_s_map_is_not_there(client, cast, south):
    client.force_login(cast.north_principal)
    assert client.get(reverse("alerts:map", args=[south.pk])).status_code == 404


def test_without_a_plan_or_a_school_it_says_so(client, cast, north):
    client.force_login(cast.north_principal)
    assert b"no floor plan yet" in client.get(reverse("alerts:map", args=[north.pk])).content
    client.force_login(cast.superuser)
    assert b"No school has been granted" in client.get(reverse("alerts:first-map")).content
