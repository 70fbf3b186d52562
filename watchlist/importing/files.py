"""Reading what was uploaded for an import. Everything stays in memory, and nothing in a file is trusted.

An archive says how large its members are, but may lie: members are read up to a limit whatever it says. Names in it are
only ever compared, never opened, so that none can point elsewhere; those that try are refused all the same.
"""

import hashlib
import io
import stat
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.utils.translation import gettext_lazy as _

from audit.stored import Sentence

LARGEST_LIST = 1024 * 1024  # bytes
LARGEST_PHOTOGRAPH = 10 * 1024 * 1024  # bytes
LARGEST_TOTAL = 60 * 1024 * 1024  # bytes, of all photographs unpacked
MOST_PHOTOGRAPHS = 500
SIGNATURE_BYTES = 64
ENCRYPTED = 0x1  # the flag in a zip's directory


class ImportProblem(Sentence, ValueError):
    """The import as a whole cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True, repr=False)
class Upload:
    """What was sent: the list's name and bytes, its photographs by file name, its signature if there is one."""

    list_name: str
    content: bytes
    photographs: Mapping[str, bytes]
    signature: bytes = b""

    @property
    def digest(self) -> str:
        """A name for exactly these files: what was checked is what may then be proposed."""
        whole = hashlib.sha256(self.list_name.encode() + b"\0" + hashlib.sha256(self.content).digest())
        whole.update(self.signature)
        for name in sorted(self.photographs):
            whole.update(name.encode() + b"\0" + hashlib.sha256(self.photographs[name]).digest())
        return whole.hexdigest()


def read_photographs(files: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
    """Pictures and zip archives of pictures, by their bare names. Raises ImportProblem."""
    found: dict[str, bytes] = {}
    for name, content in files:
        members = _unpacked(name, content) if content.startswith(b"PK") else [(bare_name(name), content)]
        for member, picture in members:
            if member in found:
                raise ImportProblem(
                    _("Two photographs are called %(member)s: rename one, here and in the list."), member=repr(member)
                )
            found[member] = picture
            if len(found) > MOST_PHOTOGRAPHS or sum(map(len, found.values())) > LARGEST_TOTAL:
                raise ImportProblem(
                    _(
                        "Too many photographs for one import: at most %(most)s, of "
                        "%(largest)s MB in all once they are unpacked. Split the list."
                    ),
                    most=MOST_PHOTOGRAPHS,
                    largest=LARGEST_TOTAL >> 20,
                )
    return found


def bare_name(name: str) -> str:
    """The last part of a path in an archive. Raises ImportProblem for one that leads out of it."""
    parts = name.split("/")
    if name.startswith("/") or "\\" in name or ":" in name or ".." in parts or "\0" in name:
        raise ImportProblem(
            _("The archive holds %(name)s, a path that leads out of it. It is refused as a whole."),
            name=repr(name[:80]),
        )
    return parts[-1]


def check_signature(upload: Upload, keys: Mapping[str, str]) -> bool:
    """Whether the list is signed by the key that the district trusts for this name; False where none is set.

    A list that has a key is refused without its signature, and a signature nobody can check is refused, too. Raises
    ImportProblem.
    """
    key = keys.get(upload.list_name)
    if key is None:
        if upload.signature:
            raise ImportProblem(
                _(
                    "No key is set for the list “%(list_name)s”, so its signature cannot be checked. Ask "
                    "your system administrator to set it in LOCKPORT_REGISTRY_KEYS, or check the list's "
                    "name."
                ),
                list_name=upload.list_name,
            )
        return False
    if not upload.signature:
        raise ImportProblem(
            _("The list “%(list_name)s” must be signed. Add the signature file that came with it."),
            list_name=upload.list_name,
        )
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(upload.signature, upload.content)
    except (InvalidSignature, ValueError):
        raise ImportProblem(
            _(
                "The signature does not fit this list: the list was altered, or another key signed it. Do "
                "not use it; get it again from its source."
            )
        ) from None
    return True


def read_signature(content: bytes) -> bytes:
    """64 bytes, as they are or in hexadecimal. Raises ImportProblem."""
    try:
        raw = content if len(content) == SIGNATURE_BYTES else bytes.fromhex(content.decode().strip())
    except ValueError:
        raw = b""
    if len(raw) != SIGNATURE_BYTES:
        raise ImportProblem(_("This is not an Ed25519 signature: it takes 64 bytes, or 128 hexadecimal digits."))
    return raw


def _unpacked(archive: str, content: bytes) -> Sequence[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            members = [member for member in opened.infolist() if not member.is_dir()]
            _refuse_archive(members)
            return [(bare_name(member.filename), _read(opened, member)) for member in members]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
        raise ImportProblem(
            _("%(archive)s: the archive is damaged or of an unknown kind. Make a plain .zip."), archive=archive
        ) from None


def _refuse_archive(members: Sequence[zipfile.ZipInfo]) -> None:
    if len(members) > MOST_PHOTOGRAPHS:
        raise ImportProblem(
            _("The archive holds %(count)s files; at most %(most)s are taken at a time."),
            count=len(members),
            most=MOST_PHOTOGRAPHS,
        )
    if sum(member.file_size for member in members) > LARGEST_TOTAL:
        raise ImportProblem(
            _("The archive would unpack to more than %(largest)s MB. Split the list."),
            largest=LARGEST_TOTAL >> 20,
        )
    for member in members:
        bare_name(member.filename)
        if stat.S_ISLNK(member.external_attr >> 16):
            raise ImportProblem(
                _("The archive holds a link, %(filename)s. It is refused as a whole."),
                filename=repr(member.filename[:80]),
            )
        if member.flag_bits & ENCRYPTED:
            raise ImportProblem(_("The archive is encrypted. Unpack it and make one without a password."))


def _read(opened: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with opened.open(member) as stream:
        content = stream.read(LARGEST_PHOTOGRAPH + 1)
    if len(content) > LARGEST_PHOTOGRAPH:
        raise ImportProblem(
            _("%(filename)s is too large: at most %(largest)s MB a photograph."),
            filename=member.filename[:80],
            largest=LARGEST_PHOTOGRAPH >> 20,
        )
    return content
