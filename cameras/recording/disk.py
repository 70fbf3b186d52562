"""Room on the disk of the vault. What is reserved stays free for the database and for alerts."""

import shutil

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages


def free_bytes() -> int | None:
    """Bytes free where the vault's files lie; None where that is no disk of ours (an object store)."""
    base = getattr(storages["vault"], "base", None)
    if not isinstance(base, FileSystemStorage):
        return None
    settings.LOCKPORT_VAULT.mkdir(parents=True, exist_ok=True, mode=0o700)
    return shutil.disk_usage(settings.LOCKPORT_VAULT).free


def missing_bytes(wanted: int) -> int:
    """How many bytes have to go before `wanted` more may be written; 0 when there is room."""
    free = free_bytes()
    return 0 if free is None else max(0, settings.LOCKPORT_DISK_RESERVE + wanted - free)
