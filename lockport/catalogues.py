"""Translations as Python reads them (.mo), made from those that people write (.po) without gettext's own tools."""

import os
from pathlib import Path

import polib


def is_stale(source: Path) -> bool:
    """Whether the .mo beside this .po is missing or older."""
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime


def stale_catalogues(folder: Path) -> list[Path]:
    """The .po files below `folder` whose .mo is missing or older."""
    return [source for source in sorted(folder.glob("*/LC_MESSAGES/*.po")) if is_stale(source)]


def compile_catalogues(folder: Path) -> list[Path]:
    """Compile what is stale below `folder`; the .po files that were."""
    sources = stale_catalogues(folder)
    for source in sources:
        compiled = source.with_suffix(".mo")
        fresh = compiled.with_suffix(f".{os.getpid()}.mo")  # another process may be reading, or doing the same
        polib.pofile(str(source)).save_as_mofile(str(fresh))
        fresh.replace(compiled)
    return sources
