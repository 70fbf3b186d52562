"""Every bit of what is stored: flipped, it is refused with a clear error, never read as something else."""

import pytest
from django.core.files.base import ContentFile

from retention.files import vault
from retention.keyfolder import path_of
from retention.keys import Unreadable, canary_file, forget_keys, key_ring

pytestmark = pytest.mark.django_db
NAME = "alerts/7/face.jpg"


def each_bit(content: bytes):
    for place in range(len(content)):
        for bit in range(8):
            changed = bytearray(content)
            changed[place] ^= 1 << bit
            yield bytes(changed)


def test_of_a_file(settings):
    vault().save(NAME, ContentFile(b"a face"))
    path = settings.LOCKPORT_VAULT / NAME
    content = path.read_bytes()
    for changed in each_bit(content):
        path.write_bytes(changed)
        with pytest.raises(Unreadable, match="altered"):
            vault().open(NAME)
    path.write_bytes(content)
    assert vault().open(NAME).read() == b"a face"


def test_of_a_wrapped_key():
    vault().save(NAME, ContentFile(b"a face"))
    path = path_of("alerts/7")
    content = path.read_bytes()
    for changed in each_bit(content):
        path.write_bytes(changed)
        with pytest.raises(Unreadable, match="cannot be opened"):
            vault().open(NAME)
    path.write_bytes(content)
    assert vault().open(NAME).read() == b"a face"


def test_of_the_canary():
    from lockport.keyfiles import KeyProblem

    key_ring()
    content = canary_file().read_bytes()
    for changed in each_bit(content):
        canary_file().write_bytes(changed)
        forget_keys()
        with pytest.raises(KeyProblem, match="not the master key"):
            key_ring()
    canary_file().write_bytes(content)
    assert key_ring()
