from pathlib import Path

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from retention.keyfolder import owners_with_keys, path_of
from retention.keys import Unreadable, seal, unseal
from retention.vault import KeyDestroyed, Vault, data_key, destroy

pytestmark = pytest.mark.django_db
SECRET = b"the face of somebody, as it happens" * 20
NAME = "entries/7/photographs/one.jpg"


@pytest.fixture
def vault() -> Vault:
    return Vault()


@pytest.fixture
def stored(vault: Vault, settings) -> Path:
    vault.save(NAME, ContentFile(SECRET))
    return Path(settings.LOCKPORT_VAULT) / NAME


def test_what_is_stored_is_read_back(vault, stored):
    assert vault.open(NAME).read() == SECRET


def test_on_the_disk_lies_nothing_of_it_and_only_the_owner_may_read_the_file(stored, settings):
    assert SECRET[:16] not in stored.read_bytes()
    assert stored.stat().st_mode & 0o077 == 0
    assert stored.parent.stat().st_mode & 0o077 == 0


def test_the_same_content_looks_different_each_time(vault, stored, settings):
    vault.save("entries/7/photographs/two.jpg", ContentFile(SECRET))
    assert (stored.parent / "two.jpg").read_bytes() != stored.read_bytes()


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(min_value=0), change=st.integers(1, 255))
def test_a_file_with_one_changed_byte_is_refused(vault, settings, place, change):
    path = Path(settings.LOCKPORT_VAULT) / NAME
    if not vault.exists(NAME):
        vault.save(NAME, ContentFile(SECRET))
    original = path.read_bytes()
    changed = bytearray(original)
    changed[place % len(changed)] ^= change
    path.write_bytes(bytes(changed))
    try:
        with pytest.raises(Unreadable):
            vault.open(NAME)
    finally:
        path.write_bytes(original)


@pytest.mark.parametrize("length", [0, 3, 4, 10, 16, 30])
def test_a_file_cut_short_is_refused(vault, stored, length):
    stored.write_bytes(stored.read_bytes()[:length])
    with pytest.raises(Unreadable):
        vault.open(NAME)


def test_a_file_copied_over_another_is_refused(vault, stored):
    vault.save("entries/7/photographs/two.jpg", ContentFile(b"somebody else"))
    (stored.parent / "two.jpg").write_bytes(stored.read_bytes())
    with pytest.raises(Unreadable):
        vault.open("entries/7/photographs/two.jpg")


def test_a_file_moved_to_another_owner_is_refused(vault, stored, settings):
    vault.save("entries/8/photographs/one.jpg", ContentFile(b"somebody else"))
    (Path(settings.LOCKPORT_VAULT) / "entries/8/photographs/one.jpg").write_bytes(stored.read_bytes())
    with pytest.raises(Unreadable):
        vault.open("entries/8/photographs/one.jpg")


def test_a_key_moved_to_another_owner_opens_nothing(vault, stored):
    data_key("entries/8", create=True)
    path_of("entries/8").write_bytes(path_of("entries/7").read_bytes())
    with pytest.raises(Unreadable):
        data_key("entries/8")


def test_without_its_key_a_file_is_gone_even_if_somebody_kept_a_copy(vault, stored):
    copy = stored.read_bytes()
    destroy("entries/7", [NAME], vault)
    assert not stored.exists()
    stored.write_bytes(copy)
    with pytest.raises(KeyDestroyed, match="entries/7"):
        vault.open(NAME)


def test_the_key_goes_first_so_that_an_interruption_leaves_nothing_readable(vault, stored):
    class Broken(Vault):
        def delete(self, name: str) -> None:
            raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        destroy("entries/7", [NAME], Broken())
    assert stored.exists()
    with pytest.raises(KeyDestroyed):
        vault.open(NAME)


def test_reading_makes_no_key(vault):
    with pytest.raises(KeyDestroyed):
        data_key("entries/9")
    assert not list(owners_with_keys())


def test_each_owner_has_a_key_of_its_own_and_its_file_does_not_show_it(vault, stored):
    vault.save("entries/8/photographs/one.jpg", ContentFile(SECRET))
    keys = [data_key("entries/7"), data_key("entries/8")]
    assert keys[0] != keys[1]
    for owner, key in zip(("entries/7", "entries/8"), keys, strict=True):
        assert key not in path_of(owner).read_bytes()


@pytest.mark.parametrize("name", ["a.jpg", "entries/a.jpg", "entries//a.jpg", "//a.jpg"])
def test_a_file_without_an_owner_is_refused(vault, name):
    with pytest.raises(SuspiciousFileOperation):
        vault.save(name, ContentFile(SECRET))


def test_a_name_that_leads_out_of_the_vault_is_refused(vault):
    with pytest.raises(SuspiciousFileOperation):
        vault.save("entries/7/../../../outside.jpg", ContentFile(SECRET))


def test_nothing_is_overwritten(vault, stored):
    saved = vault.save(NAME, ContentFile(b"another"))
    assert saved != NAME
    assert vault.open(NAME).read() == SECRET
    assert vault.open(saved).read() == b"another"


def test_nothing_in_the_vault_has_an_address_and_nothing_is_opened_for_writing(vault, stored):
    with pytest.raises(ValueError, match="address of its own"):
        vault.url(NAME)
    with pytest.raises(ValueError, match="written by save"):
        vault.open(NAME, "wb")


@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_is_sealed_opens_only_with_its_key_and_its_owner(plaintext, owner):
    sealed = seal(b"k" * 32, plaintext, owner)
    assert unseal(b"k" * 32, sealed, owner) == plaintext
    for key, other in ((b"q" * 32, owner), (b"k" * 32, owner + "x")):
        with pytest.raises(Unreadable) as caught:
            unseal(key, sealed, other)
        assert "k" * 32 not in str(caught.value)
