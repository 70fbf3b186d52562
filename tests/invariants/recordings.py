"""Recordings of any moment for the tests of the clock: rows, files and keys as the recorder leaves them."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.core.files.base import ContentFile

from cameras.models import Export, Segment, recording_owner
from retention.files import vault
from retention.keys import Unreadable

LENGTH = timedelta(seconds=10)


class Recordings:
    """Of one camera, by its primary key."""

    def __init__(self, camera: int) -> None:
        self.camera = camera

    def add(self, start: datetime, content: bytes = b"the video of ten seconds") -> str:
        """Store ten seconds, the file before its row, as the recorder does; the vault's name of the file."""
        row = Segment(
            camera_id=self.camera,
            start=start,
            end=start + LENGTH,
            codec="h264",
            track="abcdef01",
            size=len(content),
            has_motion=False,
        )
        vault().save(row.name, ContentFile(content))
        row.save(force_insert=True)
        return row.name

    def owner(self, start: datetime) -> str:
        return recording_owner(self.camera, start)

    def rows(self) -> set[str]:
        """The names of the files that the index knows."""
        return {row.name for row in Segment.objects.filter(camera=self.camera)}

    def forget(self) -> None:
        """Empty the index, as if nothing had been recorded."""
        Segment.objects.all().delete()


def export_of(camera: int, by: User, start: datetime) -> Export:
    """An export of ten seconds that is ready, asked for now."""
    row = Export(camera_id=camera, start=start, end=start + LENGTH, reason="For the police", asked_by=by)
    row.status = Export.Status.READY
    row.file.save("video.mp4", ContentFile(b"what leaves the building"), save=False)
    row.manifest.save("manifest.json", ContentFile(b"{}"), save=False)
    row.save()
    return row


def can_be_read(name: str) -> bool:
    """Whether a file of the vault can be opened and decrypted."""
    try:
        with vault().open(name) as stream:
            return bool(stream.read())
    except (Unreadable, FileNotFoundError):
        return False
