"""What the watchlist holds in the vault, and how an ended entry is cleared out of it.

A file is touched only after the transaction that gave it up has been committed. What a crash leaves behind is found by
`sweep`, which runs with every expiry, and by retention's sweeper.
"""

from collections.abc import Collection, Iterable
from datetime import timedelta

from django.utils import timezone

from retention.files import delete_files, files_under, listed, modified_at, remove_folder
from retention.vault import destroy_key
from watchlist.models import Document, Entry, Photograph

KIND = "entries"
GRACE = timedelta(hours=1)  # for files whose photograph is being saved by a transaction that is still open
ENDED = (Entry.Status.WITHDRAWN, Entry.Status.EXPIRED)


def remove_files(owner: str) -> None:
    """Delete all files of this owner ("entries/<id>"), known or forgotten. Raises OSError."""
    if errors := remove_folder(owner):
        raise OSError("; ".join(errors))


def sweep() -> None:
    """Finish what was interrupted: files of ended entries, and files that no photograph refers to. Raises OSError."""
    for owner in listed(KIND)[0]:
        entry = Entry.objects.filter(vault_id=_id(owner)).only("status").first()
        if entry is not None and entry.status in ENDED:
            destroy_key(owner)
            remove_files(owner)
        else:
            _remove_unreferenced(owner)


def names_of(owner: str) -> set[str]:
    """The names of the files that photographs of this owner refer to."""
    rows = Photograph.objects.filter(file__startswith=f"{owner}/").values_list("file", "template")
    documents = Document.objects.filter(file__startswith=f"{owner}/").values_list("file", flat=True)
    return {name for row in rows for name in row} | set(documents)


def existing(owners: Collection[str]) -> set[str]:
    """Of these owners, those that are entries and have not ended."""
    rows = Entry.objects.filter(vault_id__in=[_id(owner) for owner in owners]).exclude(status__in=ENDED)
    return {row.owner for row in rows.only("vault_id")}


def owners() -> Iterable[str]:
    """The owners of all entries that have photographs."""
    rows = Entry.objects.filter(photographs__isnull=False).exclude(status__in=ENDED).only("vault_id").distinct()
    return (row.owner for row in rows)


def _remove_unreferenced(owner: str) -> None:
    referenced = names_of(owner)
    for name in files_under(owner):
        written = modified_at(name)
        if name not in referenced and written is not None and written < timezone.now() - GRACE:
            delete_files([name])


def _id(owner: str) -> str:
    return owner.rpartition("/")[2]
