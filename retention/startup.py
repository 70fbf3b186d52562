"""What is checked before anything is written: `run`, the web server, workers and the sweeper do not start without."""

import logging

from django.db import DatabaseError

from lockport.keyfiles import KeyProblem
from retention import keyfolder
from retention.destroying import finish_pending, replay
from retention.keys import WRAPPED, key_ring
from retention.models import Destruction

logger = logging.getLogger(__name__)


def refuse_wrong_keys() -> None:
    """Raise SystemExit, with a sentence, when the master key is lost or wrong, or the key folder is not the one in use.

    Then destroys again what a restored backup brought back. A database that is away, or not migrated yet, is not this
    check's business.
    """
    try:
        key_ring()
        _refuse_empty_folder()
        finish_pending()
        replay()
    except (KeyProblem, OSError) as error:
        raise SystemExit(f"Lockport does not start: {error}") from None
    except DatabaseError as error:
        logger.warning("The destroyed keys cannot be compared with the database now: %s", type(error).__name__)


def _refuse_empty_folder() -> None:
    """A folder without log, where the database knows of destroyed keys, is not mounted, or is another one."""
    if keyfolder.log_file().exists() or (keyfolder.folder() / WRAPPED).exists():
        return
    if Destruction.objects.filter(done_at__isnull=False).exists():
        raise KeyProblem(
            f"The key folder {keyfolder.folder()} is empty, but there were keys before. Mount it, or set "
            "LOCKPORT_KEYS_FOLDER to where it is. If it is lost, so is what was in the vault: then make it anew by "
            f"creating the folder {keyfolder.folder() / WRAPPED}."
        )
