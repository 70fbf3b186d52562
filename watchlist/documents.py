"""Documents behind an entry: what may be uploaded, and how it gets into the vault."""

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from audit.services import Actor, record_access
from watchlist.models import Entry
from watchlist.papers import Document
from watchlist.refusals import Refused

LARGEST = 10 * 1024 * 1024  # bytes
# By what a file begins with, never by its name or by what the browser says of it.
KINDS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
SUFFIXES = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


def kind_of(content: bytes) -> str:
    """The media type of an uploaded document. Raises Refused for what is not a PDF, a JPEG or a PNG, or too large."""
    if len(content) > LARGEST:
        raise Refused(
            _("The document is too large: at most %(largest)s MB. Scan it in fewer colours."),
            largest=LARGEST // 1024 // 1024,
        )
    for beginning, kind in KINDS.items():
        if content.startswith(beginning):
            return kind
    raise Refused(_("This is not a PDF, JPEG or PNG file, whatever its name says. Save or scan the document as PDF."))


@transaction.atomic
def document_add(*, entry: Entry, content: bytes, actor: Actor) -> Document:
    """Keep a document under the entry's key. Whoever has the approval page open must look again. Raises Refused."""
    row = Entry.objects.select_for_update().get(pk=entry.pk)
    if row.has_ended:
        raise Refused(_("This entry has ended and its data is destroyed. Propose a new one."))
    document = Document(entry=row, kind=kind_of(content))
    try:
        document.file.save("document.bin", ContentFile(content), save=False)
        document.save()
        record_access(actor=actor, action="added a document to", subject=row)
        if row.status == Entry.Status.PROPOSED:
            Entry.objects.filter(pk=row.pk).update(version=F("version") + 1)
    except BaseException:
        if document.file.name:
            document.file.storage.delete(document.file.name)
        raise
    return document
