"""The vault in an object store that speaks S3: a real server on loopback, django-storages and boto3."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.checks import run_checks
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from moto.server import ThreadedMotoServer

from alerts.models import Alert
from retention.files import files_under, vault
from retention.keys import Unreadable
from retention.purging import purge
from retention.sweeping import sweep
from retention.vault import has_key
from tests.alerts.conftest import make_alert, make_entry
from tests.invariants.conftest import recordings, wall  # noqa: F401 - fixtures
from tests.invariants.recordings import can_be_read
from watchlist.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "alerts/7/face.jpg"
SIXTY_ONE = timedelta(days=61)


@pytest.fixture
def server(settings, monkeypatch) -> Iterator[ThreadedMotoServer]:
    """An S3 server with a bucket, and what LOCKPORT_VAULT_STORAGE and LOCKPORT_VAULT_OPTIONS make of settings."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    options = {
        "bucket_name": "lockport-vault",
        "file_overwrite": False,
        "endpoint_url": f"http://{host}:{port}",
        "region_name": "us-east-1",
        "access_key": "for-the-test",
        "secret_key": "for-the-test",
    }
    settings.STORAGES = settings.STORAGES | {
        "ciphertexts": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    }
    storages["ciphertexts"].connection.create_bucket(Bucket="lockport-vault")
    storages["ciphertexts"].bucket.objects.all().delete()  # servers of one process share what they hold
    yield running
    running.stop()


def test_it_holds_ciphertext_only_and_what_is_altered_there_is_refused(server, settings):
    vault().save(NAME, ContentFile(b"a face"))
    bucket = storages["ciphertexts"].bucket
    (stored,) = bucket.objects.all()
    content = stored.get()["Body"].read()
    assert stored.key == NAME and content.startswith(b"LKV1") and b"a face" not in content
    assert vault().open(NAME).read() == b"a face" and vault().size(NAME) == len(content)
    assert not settings.LOCKPORT_VAULT.exists(), "nothing lies on this disk"
    bucket.put_object(Key=NAME, Body=content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(Unreadable):
        vault().open(NAME)
    with pytest.raises(FileNotFoundError):
        vault().open("alerts/7/none.jpg")


def test_what_is_due_is_purged_there_and_what_is_planted_is_swept(
    server,
    wall,  # noqa: F811
    recordings,  # noqa: F811
    cast,
    banned,
    front_door,
    monkeypatch,  # noqa: F811
):
    recording, alert = recordings.add(wall.now), make_alert(make_entry(cast, banned), front_door)
    Entry.objects.update(expires_at=wall.now + timedelta(days=300))
    wall.now += SIXTY_ONE
    run = purge()
    assert run.errors == [] and run.destroyed["recordings"]["count"] == run.destroyed["alerts"]["count"] == 1
    assert not can_be_read(recording) and not list(files_under("recordings")) and not list(files_under("alerts"))
    storages["ciphertexts"].bucket.put_object(Key="alerts/x/stray.jpg", Body=b"plain")
    monkeypatch.setattr("retention.sweeping.GRACE", timedelta(days=-62))  # what lies there is as old as the server says
    assert any("stray.jpg" in sentence and "not encrypted" in sentence for sentence in sweep().findings)
    assert not list(files_under("alerts")) and not has_key(alert.owner)


def test_while_the_store_is_away_keys_are_destroyed_all_the_same_and_the_run_says_so(
    server,
    wall,  # noqa: F811
    cast,
    banned,
    front_door,  # noqa: F811
):
    alert = make_alert(make_entry(cast, banned), front_door)
    Entry.objects.update(expires_at=wall.now + timedelta(days=300))
    wall.now += SIXTY_ONE
    server.stop()
    run = purge()
    assert not has_key(alert.owner) and not Alert.objects.exists()
    assert any("EndpointConnectionError" in error for error in run.errors)


def test_a_store_that_would_write_over_files_is_refused_by_the_checks(server, settings):
    assert not [error for error in run_checks() if error.id == "retention.E002"]
    options = settings.STORAGES["ciphertexts"]["OPTIONS"] | {"file_overwrite": True}
    settings.STORAGES = settings.STORAGES | {
        "ciphertexts": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    }
    assert [error.id for error in run_checks() if error.id == "retention.E002"] == ["retention.E002"]
