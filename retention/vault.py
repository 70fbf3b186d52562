"""The vault: a Django Storage that encrypts whatever it is given, on top of any other Storage.

Files are named `<kind>/<id>/<rest>`; the first two parts are the owner, which has a data key of its own. The file's
ciphertext is bound to its full name, so a file copied over another is refused.
"""

import secrets
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage
from django.db import IntegrityError, transaction
from django.utils.deconstruct import deconstructible

from retention.keys import KEY_BYTES, Unreadable, master_key, seal, unseal
from retention.models import DataKey

MAGIC = b"LKV1"


class KeyDestroyed(Unreadable):
    """The owner's data key is gone: what it encrypted cannot be read any more, by anyone."""


@deconstructible
class Vault(Storage):
    """Encrypts with AES-256-GCM under the owner's data key. `base` holds the ciphertexts (a folder by default)."""

    def __init__(self, base: Storage | None = None) -> None:
        self._base = base

    @property
    def base(self) -> Storage:
        # Not kept: fields hold one Vault for good, and the folder is a setting that tests change.
        return self._base or FileSystemStorage(
            location=settings.LOCKPORT_VAULT, file_permissions_mode=0o600, directory_permissions_mode=0o700
        )

    def _open(self, name: str, mode: str = "rb") -> File:
        if mode not in {"r", "rb"}:
            raise ValueError("The vault's files are written by save, once, and opened for reading only.")
        with self.base.open(name, "rb") as stream:
            sealed = stream.read()
        if not sealed.startswith(MAGIC):
            raise Unreadable(f"{name} is not a file of the vault: it was altered or put there by somebody else.")
        return ContentFile(unseal(data_key(owner_of(name)), sealed[len(MAGIC) :], name), name=name)

    def _save(self, name: str, content: File | IO[Any]) -> str:
        content.seek(0)
        plaintext = content.read()
        key = data_key(owner_of(name), create=True)
        saved = self.base.save(name, ContentFile(MAGIC + seal(key, plaintext, name)))
        if saved != name:  # another file took the name meanwhile; the ciphertext is bound to the name it asked for
            self.base.delete(saved)
            raise FileExistsError(f"The vault already holds {name}.")
        return name

    def exists(self, name: str) -> bool:
        return self.base.exists(name)

    def delete(self, name: str) -> None:
        self.base.delete(name)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        return self.base.listdir(path)

    def size(self, name: str) -> int:
        """Bytes of the ciphertext, a few more than of the plaintext."""
        return self.base.size(name)

    def url(self, name: str | None) -> str:
        raise ValueError(
            "Nothing in the vault has an address of its own: it is shown by a view that records who looks."
        )


def owner_of(name: str) -> str:
    """The first two parts of a vault name. Raises SuspiciousFileOperation when there are no three."""
    parts = name.split("/")
    if len(parts) < 3 or not all(parts):
        raise SuspiciousFileOperation(f"A vault name is <kind>/<id>/<rest>, not {name!r}.")
    return "/".join(parts[:2])


def data_key(owner: str, *, create: bool = False) -> bytes:
    """The owner's 32-byte key, made if `create`. Raises KeyDestroyed when there is none."""
    row = DataKey.objects.filter(owner=owner).first()
    if row is None and create:
        row = _make_key(owner)
    if row is None:
        raise KeyDestroyed(f"The key of {owner} has been destroyed: what it encrypted is gone for good.")
    return unseal(master_key(), bytes(row.wrapped), owner)


def _make_key(owner: str) -> DataKey:
    wrapped = seal(master_key(), secrets.token_bytes(KEY_BYTES), owner)
    try:
        with transaction.atomic():
            return DataKey.objects.create(owner=owner, wrapped=wrapped)
    except IntegrityError:  # another process was first; its key counts
        return DataKey.objects.get(owner=owner)


def destroy_key(owner: str) -> None:
    """Make everything under this owner unreadable for good, as part of the transaction that is open."""
    DataKey.objects.filter(owner=owner).delete()


def destroy(owner: str, names: list[str], storage: Storage) -> None:
    """Destroy the owner's key first, then its files: whatever is interrupted, what remains cannot be read."""
    destroy_key(owner)
    for name in names:
        storage.delete(name)
