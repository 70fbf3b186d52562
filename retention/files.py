"""Finding and deleting files of the vault by name, wherever they lie. A file that is gone already is no error."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import cast

from django.core.files.storage import Storage, storages

from retention.vault import Vault


def vault() -> Vault:
    return cast(Vault, storages["vault"])


def listed(path: str, storage: Storage | None = None) -> tuple[list[str], list[str]]:
    """Full names of the folders and files in a folder of the vault; nothing when there is no such folder."""
    try:
        folders, files = (storage or vault()).listdir(path)
    except FileNotFoundError:
        return [], []
    within = f"{path}/" if path else ""
    return [f"{within}{name}" for name in folders if name], [f"{within}{name}" for name in files if name]


def files_under(path: str) -> Iterator[str]:
    """The names of all files under a folder of the vault, however deep."""
    folders, files = listed(path)
    yield from files
    for folder in folders:
        yield from files_under(folder)


def delete_files(names: Iterable[str]) -> tuple[str, ...]:
    """Delete files by name; returns what could not be deleted, with why.

    An object store that is away has errors of its own: then the rest is left to the sweeper, rather than waiting for
    each of thousands; and no error keeps a key from being destroyed.
    """
    storage, errors = vault(), []
    for name in names:
        try:
            storage.delete(name)
        except OSError as error:
            errors.append(f"{name}: {error.strerror or type(error).__name__}")
        except Exception as error:
            errors.append(f"{name}, and what comes after it: {type(error).__name__}")
            break
    return tuple(errors)


def remove_folder(path: str) -> tuple[str, ...]:
    """Delete all files under a folder, and the folder; returns what could not be deleted, with why."""
    try:
        folders, files = listed(path)
    except Exception as error:  # of an object store that is away
        return (f"{path}: {type(error).__name__}",)
    errors = delete_files(files)
    for folder in folders:
        errors += remove_folder(folder)
    return errors + delete_files([path])


def size_of(name: str) -> int:
    """Bytes of a file's ciphertext; 0 when it is gone, or the storage is away."""
    try:
        return vault().size(name)
    except Exception:  # the last, of an object store: it raises what it likes
        return 0


def size_under(path: str) -> int:
    """Bytes of the ciphertexts under a folder; 0 when it is gone, or the storage is away."""
    try:
        return sum(size_of(name) for name in files_under(path))
    except Exception:
        return 0


def modified_at(name: str) -> datetime | None:
    """When a file was written (aware); None when it is gone."""
    try:
        return vault().base.get_modified_time(name)
    except OSError:
        return None
