"""The vault: a Django Storage that encrypts whatever it is given, on top of any other Storage.

Files are named `<kind>/<id>/<rest>`; the first two parts are the owner, which has a data key of its own. The file's
ciphertext is bound to its full name, so a file copied over another is refused.
"""

from typing import IO, Any

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, storages
from django.utils.deconstruct import deconstructible

from retention import keyfolder
from retention.destroying import destroy, destroy_key, discard, is_destroyed
from retention.keys import Unreadable, seal, unseal

__all__ = ["KeyDestroyed", "Vault", "data_key", "destroy", "destroy_key", "discard", "has_key", "owner_of"]

MAGIC = b"LKV1"


class KeyDestroyed(Unreadable):
    """The owner's data key is gone: what it encrypted cannot be read any more, by anyone."""


@deconstructible
class Vault(Storage):
    """Encrypts with AES-256-GCM under the owner's data key. `base` holds the ciphertexts (see settings.STORAGES)."""

    def __init__(self, base: Storage | None = None) -> None:
        self._base = base

    @property
    def base(self) -> Storage:
        return self._base or storages["ciphertexts"]

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
    """The owner's 32-byte key, made if `create`. Raises KeyDestroyed when there is none, or never again."""
    if not is_destroyed(owner):
        key = keyfolder.read_key(owner)
        if key is None and create:
            key = keyfolder.make_key(owner)
        if key is not None:
            return key
    raise KeyDestroyed(f"The key of {owner} has been destroyed: what it encrypted is gone for good.")


def has_key(owner: str) -> bool:
    """Whether what lies under this owner can still be read."""
    return not is_destroyed(owner) and keyfolder.has_key(owner)
