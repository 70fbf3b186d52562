"""The folder in which the vault's ciphertexts lie, unless settings name another storage."""

import os
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible

from retention.disk import write_new


@deconstructible
class Folder(FileSystemStorage):
    """Like Django's, but a file is there whole or not at all, is never written over, and only its owner may read it."""

    @property
    def base_location(self) -> str:
        return str(settings.LOCKPORT_VAULT)  # not kept: a setting that tests change

    @property
    def location(self) -> str:
        return os.path.abspath(self.base_location)

    def _save(self, name: str, content: File | IO[Any]) -> str:
        content.seek(0)
        while True:
            try:
                write_new(Path(self.path(name)), content.read())
                return str(name).replace("\\", "/")
            except FileExistsError:
                content.seek(0)
                name = self.get_available_name(name)
