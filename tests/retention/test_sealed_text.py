import json
import logging

import pytest
from django.core import serializers
from django.db import connection

from cameras.models import Camera
from retention.keys import Unreadable

pytestmark = pytest.mark.django_db
SECRET = "s3cret-word"


def raw(camera: Camera) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM cameras_camera WHERE id = %s", [camera.pk])
        return bytes(cursor.fetchone()[0])


def test_python_sees_the_text_and_the_database_does_not(front_door):
    assert SECRET in Camera.objects.get().address
    assert SECRET.encode() not in raw(front_door)


def test_the_same_text_looks_different_for_each_row(front_door, south):
    twin = Camera.objects.create(school=south, name="Gate", address=front_door.address)
    assert raw(front_door) != raw(twin)


def test_an_altered_value_is_refused(front_door):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cameras_camera SET address = %s", [raw(front_door)[:-1] + b"x"])
    with pytest.raises(Unreadable):
        Camera.objects.get()


def test_a_dump_of_the_data_does_not_show_it(front_door):
    dumped = json.loads(serializers.serialize("json", Camera.objects.all()))
    assert dumped[0]["fields"]["address"] == "(sealed)"


def test_the_text_of_queries_does_not_show_it(front_door, caplog, settings):
    settings.DEBUG = True
    with caplog.at_level(logging.DEBUG, logger="django.db.backends"):
        front_door.address = f"rtsp://viewer:{SECRET}-2@192.0.2.7/x"
        front_door.save()
    assert "UPDATE" in caplog.text
    assert SECRET not in caplog.text


def test_neither_repr_nor_str_of_a_camera_shows_it(front_door):
    assert SECRET not in f"{front_door!r} {front_door}"
