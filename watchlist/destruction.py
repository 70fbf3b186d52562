"""Clearing the files of entries out of the vault. Their key is destroyed first, so nothing here is urgent or secret.

A file is touched only after the transaction that gave it up has been committed. What a crash leaves behind is
found by `sweep`, which runs with every expiry.
"""

from datetime import timedelta
from typing import cast

from django.core.files.storage import Storage
from django.utils import timezone

from retention.vault import Vault, destroy_key
from watchlist.models import Document, Entry, Photograph

KIND = "entries"
GRACE = timedelta(hours=1)  # for files whose photograph is being saved by a transaction that is still open


def remove_files(owner: str) -> None:
    """Delete all files of this owner ("entries/<id>"), known or forgotten. Raises OSError."""
    vault = _vault()
    for folder in _folders(vault, owner):
        for name in _files(vault, folder):
            vault.delete(name)
        vault.delete(folder)
    vault.delete(owner)


def sweep() -> None:
    """Finish what was interrupted: files of ended entries, and files that no photograph refers to. Raises OSError."""
    ended = {Entry.Status.WITHDRAWN, Entry.Status.EXPIRED}
    for owner in _folders(_vault(), KIND):
        number = owner.rpartition("/")[2]
        entry = Entry.objects.filter(pk=number).only("status").first() if number.isdecimal() else None
        if entry is not None and entry.status in ended:
            destroy_key(owner)
            remove_files(owner)
        else:
            _remove_unreferenced(owner)


def _remove_unreferenced(owner: str) -> None:
    vault = _vault()
    rows = Photograph.objects.filter(file__startswith=f"{owner}/").values_list("file", "template")
    documents = Document.objects.filter(file__startswith=f"{owner}/").values_list("file", flat=True)
    referenced = {name for row in rows for name in row} | set(documents)
    for folder in _folders(vault, owner):
        for name in _files(vault, folder):
            if name not in referenced and vault.base.get_modified_time(name) < timezone.now() - GRACE:
                vault.delete(name)


def _vault() -> Vault:
    return cast(Vault, Photograph._meta.get_field("file").storage)


def _folders(vault: Storage, path: str) -> list[str]:
    return [f"{path}/{name}" for name in _listed(vault, path)[0]]


def _files(vault: Storage, path: str) -> list[str]:
    return [f"{path}/{name}" for name in _listed(vault, path)[1]]


def _listed(vault: Storage, path: str) -> tuple[list[str], list[str]]:
    try:
        return vault.listdir(path)
    except FileNotFoundError:
        return [], []
