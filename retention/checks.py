"""What `manage.py check` says about retention: no setting may keep anything longer than the law of this house."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.files.storage import storages

from retention.policy import Policy


@register()
def nothing_is_kept_longer(**kwargs: Any) -> list[CheckMessage]:
    try:
        policy()
    except ValueError as error:
        return [Error(str(error), hint="Set LOCKPORT_…_DAYS to that or less.", id="retention.E001")]
    return []


@register()
def nothing_is_written_over(**kwargs: Any) -> list[CheckMessage]:
    """An object store's storage writes over a file of the same name unless told otherwise."""
    if getattr(storages["ciphertexts"], "file_overwrite", False):
        hint = 'Add "file_overwrite": false to LOCKPORT_VAULT_OPTIONS.'
        return [Error("The vault's storage writes over files that are there.", hint=hint, id="retention.E002")]
    return []


def policy() -> Policy:
    """How long things are kept under the settings. Raises ValueError."""
    return Policy(
        recording_days=settings.LOCKPORT_RECORDING_DAYS,
        alert_days=settings.LOCKPORT_ALERT_DAYS,
        export_days=settings.LOCKPORT_EXPORT_DAYS,
    )
