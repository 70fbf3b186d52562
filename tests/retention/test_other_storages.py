"""The vault on another storage than a folder: one that keeps nothing on this disk."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage

from retention.files import remove_folder, vault
from retention.keys import Unreadable
from retention.sweeping import sweep
from retention.vault import Vault
from tests.alerts.conftest import make_alert, make_entry
from tests.invariants.recordings import can_be_read

pytestmark = pytest.mark.django_db
NAME = "alerts/7/face.jpg"


@pytest.fixture
def memory(settings) -> InMemoryStorage:
    settings.STORAGES = settings.STORAGES | {
        "ciphertexts": {"BACKEND": "django.core.files.storage.InMemoryStorage", "OPTIONS": {}}
    }
    from django.core.files.storage import storages

    return storages["ciphertexts"]


def test_it_holds_ciphertext_only_and_refuses_what_was_altered(memory, settings):
    vault().save(NAME, ContentFile(b"a face"))
    assert b"a face" not in memory.open(NAME).read()
    assert vault().open(NAME).read() == b"a face"
    assert not settings.LOCKPORT_VAULT.exists()
    content = memory.open(NAME).read()
    memory.delete(NAME)
    memory.save(NAME, ContentFile(content[:-1] + b"x"))
    with pytest.raises(Unreadable):
        vault().open(NAME)


def test_alerts_are_kept_and_removed_and_the_sweeper_finds_what_was_planted(
    memory, cast, banned, front_door, monkeypatch
):
    alert = make_alert(make_entry(cast, banned), front_door)
    memory.save("alerts/x/stray.jpg", ContentFile(b"plain"))
    assert sweep().findings == []
    monkeypatch.setattr("retention.sweeping.GRACE", timedelta(seconds=-1))
    assert any("stray.jpg" in sentence for sentence in sweep().findings)
    assert not memory.exists("alerts/x/stray.jpg") and can_be_read(alert.face.name)
    remove_folder(alert.owner)
    assert not memory.exists(alert.face.name)


def test_a_storage_can_be_given_in_code_too():
    storage = InMemoryStorage()
    Vault(storage).save(NAME, ContentFile(b"a face"))
    assert storage.open(NAME).read()[:4] == b"LKV1"
