"""Verify an export of Lockport's access log. One file; needs Python 3.11 and `cryptography`, no Django, no database.

    python verifier.py export.jsonl --heads heads.jsonl --public-key public.pem
    python verifier.py archive.jsonl --archive --heads heads.jsonl --public-key public.pem

Exit status 0: nothing is wrong. 1: something is; each line says where. 2: a file cannot be read or is not what it
should be. docs/access-log.md describes the formats, so that you need not believe this program: write your own.
"""

import argparse
import hashlib
import hmac
import json
import re
import sys
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain as joined
from itertools import zip_longest
from json.encoder import encode_basestring as quoted
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

START = bytes(32)  # what stands before the first record, in place of a hash
HEAD_PREFIX = b"lockport access log head 1\n"
CHECKPOINT_PREFIX = b"lockport access log checkpoint 1\n"
KEPT_DAYS = 2192  # six years: nothing leaves the log earlier
MOST_PROBLEMS = 1000  # a log that is wrong throughout need not be listed throughout

# What a record says, in the order in which it is encoded: that of the names.
FIELDS = (
    "about", "action", "actor_id", "actor_kind", "actor_name", "address", "at", "grant", "reason", "request_id",
    "result", "role", "school", "subject", "subject_id", "subject_kind", "user_agent",
)  # fmt: skip
_CONTENT = "{" + ",".join(f'"{name}":%s' for name in FIELDS) + ',"v":1}'
_LINE = re.compile(
    rb'\{"position":(\d{1,18}),"id":(\d{1,18}),"mac":"([0-9a-f]{64})","hash":"([0-9a-f]{64})","record":(\{.*\}|null)\}\r?\n?'
)


class Unreadable(Exception):
    """A file is not what it should be; the message says which line and why."""


class Link(NamedTuple):
    """One record in its place. `content` is its canonical encoding, None when the record itself is gone."""

    position: int
    record: int
    mac: bytes
    hash: bytes
    content: bytes | None


class Head(NamedTuple):
    """A signed statement: at this time the log had `position` records and ended with `hash`."""

    number: int
    position: int
    hash: str
    at: str
    key: str
    signature: str


class Checkpoint(NamedTuple):
    """A signed statement: what stood up to `position`, where the hash was `hash`, is of before `until` and archived."""

    position: int
    hash: str
    until: str
    at: str
    key: str
    signature: str


class Problem(NamedTuple):
    """What is wrong, and where: `position` in the chain and number of the `record`, where they are known."""

    kind: str
    words: str
    position: int | None = None
    record: int | None = None


@dataclass(slots=True)
class Report:
    """How far the log was read, up to where (`vouched`) a signed head agrees with it, and what is wrong with it."""

    position: int = 0
    hash: bytes = START
    records: int = 0
    heads: int = 0
    vouched: int = 0
    problems: list[Problem] = field(default_factory=list)
    begins: Checkpoint | None = None  # where the log was cut short, and where an archive ends
    ends: Checkpoint | None = None

    def go_on(self, after: "Report") -> None:
        """Take over the report of the part that follows."""
        self.position, self.hash = after.position, after.hash
        self.records, self.heads = self.records + after.records, self.heads + after.heads
        self.vouched, self.ends = max(self.vouched, after.vouched), after.ends
        self.problems = (self.problems + after.problems)[:MOST_PROBLEMS]

    def add(self, kind: str, words: str, position: int | None = None, record: int | None = None) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(kind, words, position, record))


def encode(values: Iterable[str | int | None]) -> bytes:
    """The canonical encoding of a record, given the values of FIELDS: JSON as RFC 8785 has it, in UTF-8."""
    return (_CONTENT % tuple(map(word, values))).encode()


def word(value: str | int | None) -> str:
    """One value of it, as JSON."""
    return quoted(value) if isinstance(value, str) else "null" if value is None else str(value)


def code_of(key: bytes, content: bytes) -> bytes:
    """The 32-byte code that only a holder of `key` can give a record: HMAC-SHA256 over its encoding."""
    return hmac.digest(key, content, "sha256")


def coder(key: bytes) -> Callable[[bytes], bytes]:
    """`code_of` with a key that is prepared once (RFC 2104): twice as fast, where millions of codes are checked."""
    padded = key.ljust(64, b"\0")
    inner, outer = (hashlib.sha256(bytes(byte ^ pad for byte in padded)) for pad in (0x36, 0x5C))

    def code(content: bytes) -> bytes:
        within, around = inner.copy(), outer.copy()
        within.update(content)
        around.update(within.digest())
        return around.digest()

    return code


def checker(keys: Iterable[tuple[bytes, int | None]]) -> Callable[[bytes, bytes, int], bool]:
    """Whether something (its bytes, its code, its position) carries a code of one of the keys.

    The first key is the one in use; each other one counts up to a position, or still everywhere (None).
    """
    (newest, _), *older = [(coder(key), up_to) for key, up_to in keys]

    def ours(said: bytes, code: bytes, position: int) -> bool:
        if newest(said) == code:
            return True
        return any((up_to is None or position <= up_to) and make(said) == code for make, up_to in older)

    return ours


def old_code_keys(text: str) -> list[tuple[bytes, int | None]]:
    """The keys of codes that are not in use any more, one a line: base64, then the position up to which it counts.

    Raises ValueError.
    """
    lines = [line.split() for line in text.splitlines() if line.strip()]
    return [(b64decode(key, validate=True), int(up_to[0]) if up_to else None) for key, *up_to in lines]


def link_hash(previous: bytes, position: int, record: int, mac: bytes, content: bytes) -> bytes:
    """The 32-byte hash of a record in its place, which depends on everything before it."""
    place = position.to_bytes(8, "big") + record.to_bytes(8, "big")
    return hashlib.sha256(b"".join((previous, place, mac, content))).digest()


def head_bytes(head: Head) -> bytes:
    """What is signed: a prefix and the statement, JSON with sorted names and no spaces."""
    return HEAD_PREFIX + _statement(head)


def checkpoint_bytes(checkpoint: Checkpoint) -> bytes:
    """The same for a checkpoint; another prefix, so that no head can pass for a leave to cut the log short."""
    return CHECKPOINT_PREFIX + _statement(checkpoint)


def _statement(said: Head | Checkpoint) -> bytes:
    statement = {name: value for name, value in said._asdict().items() if name != "signature"}
    return json.dumps(statement, sort_keys=True, separators=(",", ":")).encode()


def key_id(key: Ed25519PublicKey) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of the 32 raw bytes of a public key."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


class Chain:
    """Follows the links one after another; what is wrong is in `report` as soon as it is seen.

    `heads` by position are what the log must agree with. `ours`, a checker, shows records that Lockport did not write.
    `keys` are the public keys that may have signed checkpoints, `now` the clock by which a checkpoint came too early.
    """

    def __init__(
        self,
        *,
        heads: Mapping[int, Head] | None = None,
        ours: Callable[[bytes, bytes, int], bool] | None = None,
        position: int = 0,
        previous: bytes = START,
        keys: Mapping[str, Ed25519PublicKey] | None = None,
        now: datetime | None = None,
    ) -> None:
        self.heads, self.keys, self.now = heads or {}, keys or {}, now or datetime.now(UTC)
        self.ours = ours
        self.report = Report(position=position, hash=previous, vouched=position)

    def follow(self, links: Iterable[Link | Checkpoint]) -> Report:
        report, heads, ours = self.report, self.heads, self.ours
        position, previous = report.position, report.hash
        for link in links:
            report.ends = None
            if isinstance(link, Checkpoint):
                position, previous = self._cut(link, position, previous)
                continue
            if link.position != position + 1 or link.content is None:
                previous = self._out_of_line(link, position, previous)
                position = max(position, link.position)
            else:
                position += 1
                if link_hash(previous, position, link.record, link.mac, link.content) != link.hash:
                    self._changed(link)
                previous = link.hash
            if ours and link.content is not None and not ours(link.content, link.mac, link.position):
                words = f"Record {link.record} at position {link.position} was not written by Lockport as it stands."
                report.add("forged", words, link.position, link.record)
            if link.position in heads:
                self._compare(heads[link.position], link.hash, link.record)
            report.records += 1
        report.position, report.hash = position, previous
        return report

    def _out_of_line(self, link: Link, position: int, previous: bytes) -> bytes:
        """A link that does not follow the one before it, or has no record. Returns the hash to go on with."""
        report, at = self.report, link.position
        if at <= position:
            words = f"Position {at} (record {link.record}) comes after position {position}: out of order, or twice."
            report.add("order", words, at, link.record)
            return previous
        if at > position + 1:
            missing = f"Position {position + 1} is" if at == position + 2 else f"Positions {position + 1}–{at - 1} are"
            report.add("missing", f"{missing} missing.", position + 1)
        if link.content is None:
            report.add("missing", f"Record {link.record} at position {at} was deleted.", at, link.record)
        return link.hash

    def _cut(self, checkpoint: Checkpoint, position: int, previous: bytes) -> tuple[int, bytes]:
        """A checkpoint: what a shortened log begins with, and an archive ends with. Returns where to go on."""
        report, at = self.report, checkpoint.position
        wrong = check_checkpoint(checkpoint, self.keys, self.heads.values(), self.now)
        report.problems += wrong
        if any(problem.kind == "signature" for problem in wrong):
            return position, previous
        if position == report.records == 0:
            report.begins, report.vouched = checkpoint, at
            position, previous = at, bytes.fromhex(checkpoint.hash)
            if at in self.heads:
                self._compare(self.heads[at], previous)
        elif (position, previous.hex()) != (at, checkpoint.hash):
            words = (
                f"The checkpoint of {checkpoint.at} says that position {at} has the hash {checkpoint.hash}; here the "
                f"log has come to position {position} with the hash {previous.hex()}."
            )
            report.add("rewritten", words, at)
        else:
            report.ends, report.vouched = checkpoint, at
        return position, previous

    def _changed(self, link: Link) -> None:
        words = (
            f"Record {link.record} at position {link.position} was changed, moved or put in: its hash does not follow "
            f"from what it says and what stands before it ({link.hash.hex()})."
        )
        self.report.add("changed", words, link.position, link.record)

    def _compare(self, head: Head, digest: bytes, record: int | None = None) -> None:
        self.report.heads += 1
        if head.hash == digest.hex():
            self.report.vouched = head.position
            return
        earlier = max((place for place in self.heads if place < head.position), default=0)
        words = (
            f"The log is not the one that was signed: head {head.number} of {head.at} says that position "
            f"{head.position} has the hash {head.hash}, here it has {digest.hex()}. What differs lies in the "
            f"positions {earlier + 1}–{head.position}."
        )
        self.report.add("rewritten", words, head.position, record)


def ended(report: Report, heads: Mapping[int, Head]) -> Report:
    """No more links: say what the heads know of and the log does not have."""
    beyond = [head for place, head in heads.items() if place > report.position]
    if beyond:
        last = max(beyond, key=lambda head: head.position)
        words = (
            f"The end of the log is missing: head {last.number} of {last.at} says that there were {last.position} "
            f"records, here there are {report.position}. Cut off, or rolled back to an older copy."
        )
        report.add("truncated", words, report.position + 1)
    return report


def check_heads(heads: Iterable[Head], keys: Mapping[str, Ed25519PublicKey]) -> tuple[dict[int, Head], list[Problem]]:
    """The heads whose signatures are right, by position, and what is wrong with the others or between them."""
    by_number: dict[int, Head] = {}
    by_position: dict[int, Head] = {}
    problems = []
    for head in set(heads):
        if not _signed(head, keys):
            words = f"Head {head.number} of {head.at} is not signed by a key that was given ({head.key})."
            problems.append(Problem("signature", words, head.position))
            continue
        for other in (by_number.get(head.number), by_position.get(head.position)):
            if other and (other.position, other.hash) != (head.position, head.hash):
                words = (
                    f"Two histories were signed: head {other.number} of {other.at} and head {head.number} of {head.at} "
                    f"differ ({other.hash} at position {other.position}, {head.hash} at position {head.position}). "
                    "Different people were shown different logs, or the log was set back."
                )
                if all(problem.words != words for problem in problems):
                    problems.append(Problem("fork", words, min(head.position, other.position)))
        by_number[head.number] = by_position[head.position] = head
    by_position.pop(0, None)  # a log that was still empty says nothing about any record
    return by_position, problems


def check_checkpoint(
    checkpoint: Checkpoint, keys: Mapping[str, Ed25519PublicKey], heads: Iterable[Head], now: datetime
) -> list[Problem]:
    """Whether it is signed, and whether a witness's head shows that what it lets go was younger than six years."""
    at = checkpoint.position
    if not _signed(checkpoint, keys):
        words = f"The checkpoint of {checkpoint.at} at position {at} is not signed by a key that was given."
        return [Problem("signature", words, at)]
    # A head that was signed before the last archived record had its place cannot be younger than that record. A day
    # is left for records that waited for their place.
    oldest = (now - timedelta(days=KEPT_DAYS - 1)).astimezone(UTC).isoformat()
    young = max((head for head in heads if head.position < at), key=lambda head: head.at, default=None)
    if young is None or young.at < oldest:
        return []
    words = (
        f"Records left the log before six years were over: head {young.number} of {young.at} knew {young.position} "
        f"records, the checkpoint of {checkpoint.at} lets go of all up to position {at}."
    )
    return [Problem("early", words, young.position + 1)]


def _signed(said: Head | Checkpoint, keys: Mapping[str, Ed25519PublicKey]) -> bool:
    told = head_bytes(said) if isinstance(said, Head) else checkpoint_bytes(said)
    try:
        keys[said.key].verify(bytes.fromhex(said.signature), told)
    except (KeyError, ValueError, InvalidSignature):
        return False
    return True


def read_export(lines: Iterable[bytes], name: str) -> Iterator[Link | Checkpoint]:
    """The links and checkpoints of an export. Raises Unreadable at the first line that is neither."""
    for count, line in enumerate(lines, 1):
        found = _LINE.fullmatch(line)
        if not found:
            if line.startswith(b'{"checkpoint":'):
                yield _checkpoint_of(line, count, name)
                continue
            raise Unreadable(f"Line {count} of {name} is not a line of an export.")
        position, record, mac, digest, content = found.groups()
        yield Link(
            int(position), int(record), bytes.fromhex(mac.decode()), bytes.fromhex(digest.decode()), _there(content)
        )


def read_links(lines: Iterable[bytes], name: str) -> Iterator[Link]:
    """The links of an export alone. Raises Unreadable."""
    return (link for link in read_export(lines, name) if isinstance(link, Link))


def _checkpoint_of(line: bytes, count: int, name: str) -> Checkpoint:
    try:
        said = json.loads(line)
        found = Checkpoint(**said["checkpoint"], signature=said["signature"])
        if not isinstance(found.position, int) or len(bytes.fromhex(found.hash)) != len(START):
            raise ValueError(found)
    except (ValueError, TypeError, KeyError):
        raise Unreadable(f"Line {count} of {name} is not a checkpoint.") from None
    return found


def checkpoint_line(checkpoint: Checkpoint) -> bytes:
    """The first line of a shortened export, and the last of an archive."""
    said = checkpoint._asdict()
    signature = said.pop("signature")
    words = json.dumps({"checkpoint": said, "signature": signature}, sort_keys=True, separators=(",", ":"))
    return words.encode() + b"\n"


def _there(content: bytes) -> bytes | None:
    return None if content == b"null" else content


def line_of(link: Link) -> bytes:
    """One line of an export; of a record that is gone, `null` is left."""
    mac = link.mac or bytes(32)
    start = f'{{"position":{link.position},"id":{link.record},"mac":"{mac.hex()}","hash":"{link.hash.hex()}"'
    return start.encode() + b',"record":' + (link.content or b"null") + b"}\n"


def read_heads(lines: Iterable[bytes | str], name: str) -> Iterator[Head]:
    """The heads of a witness. Raises Unreadable at the first line that is not one."""
    for count, line in enumerate(lines, 1):
        try:
            yield head_of(json.loads(line))
        except (ValueError, TypeError, KeyError):
            raise Unreadable(f"Line {count} of {name} is not a signed head.") from None


def head_of(said: dict[str, Any]) -> Head:
    head = Head(**said["head"], signature=said["signature"])
    if not isinstance(head.number, int) or not isinstance(head.position, int):
        raise TypeError("A head's number and position are whole numbers.")
    return head


def head_line(head: Head) -> str:
    """One line of a witness."""
    said = head._asdict()
    return json.dumps({"signature": said.pop("signature"), "head": said}, sort_keys=True, separators=(",", ":")) + "\n"


def compare(one: Iterable[Link], two: Iterable[Link]) -> Problem | None:
    """The first place where two exports of one log differ, in words. One may begin later, or be longer."""
    one, two = iter(one), iter(two)
    first, second = next(one, None), next(two, None)
    while first and second and first.position < second.position:
        first = next(one, None)
    while first and second and second.position < first.position:
        second = next(two, None)
    for a, b in zip_longest(joined([first], one), joined([second], two)):
        if a is None or b is None:
            return None
        if a == b:
            continue
        fields = _fields_that_differ(a.content, b.content)
        words = f"The two exports differ from position {a.position} on (records {a.record} and {b.record}): {fields}."
        return Problem("fork", words, a.position, a.record)
    return None


def _fields_that_differ(one: bytes | None, two: bytes | None) -> str:
    first, second = json.loads(one or b"{}"), json.loads(two or b"{}")
    names = [name for name in FIELDS if first.get(name) != second.get(name)]
    return ", ".join(f"{name} {first.get(name)!r} and {second.get(name)!r}" for name in names) or "place or code"


def verify_files(
    export: str,
    *,
    heads: Iterable[str],
    keys: Mapping[str, Ed25519PublicKey],
    code_keys: Sequence[tuple[bytes, int | None]] = (),
    archive: bool = False,
) -> Report:
    """Verify an export (or an archive) against the heads in all the files of `heads`. Raises OSError and Unreadable."""
    said: list[Head] = []
    for name in heads:
        with open(name, "rb") as stream:
            said += read_heads(stream, name)
    by_position, problems = check_heads(said, keys)
    chain = Chain(heads=by_position, ours=checker(code_keys) if code_keys else None, keys=keys)
    with open(export, "rb") as stream:
        report = chain.follow(read_export(stream, export))
    if not archive:
        ended(report, by_position)
    elif report.ends is None:
        report.add(
            "truncated", "This is no whole archive: no signed checkpoint stands at its end.", report.position + 1
        )
    report.problems[:0] = problems
    return report


def keys_from(files: Iterable[str]) -> dict[str, Ed25519PublicKey]:
    """Public keys (PEM, Ed25519) by their ids. Raises OSError and Unreadable."""
    keys = {}
    for name in files:
        with open(name, "rb") as stream:
            try:
                key = load_pem_public_key(stream.read())
            except ValueError:
                key = None
        if not isinstance(key, Ed25519PublicKey):
            raise Unreadable(f"{name} does not hold an Ed25519 public key in PEM.")
        keys[key_id(key)] = key
    return keys


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Verify an export of Lockport's access log.")
    parser.add_argument("export", help="what `manage.py audit_export` wrote")
    parser.add_argument("--heads", action="append", required=True, help="a witness's heads; say it for each witness")
    parser.add_argument("--public-key", action="append", required=True, help="PEM, from `manage.py audit_public_key`")
    parser.add_argument("--code-key", help="file with the key of the records' codes, for those who hold it")
    parser.add_argument("--archive", action="store_true", help="the file is what `manage.py audit_archive` wrote")
    parser.add_argument("--old-code-keys", help="file with the keys of codes before that one")
    parser.add_argument("--compare", help="another export of the same log, given to somebody else or earlier")
    said = parser.parse_args(words)
    try:
        code_keys: list[tuple[bytes, int | None]] = []
        for name in (said.code_key, said.old_code_keys):
            code_keys += old_code_keys(Path(name).read_text()) if name else []
        keys = keys_from(said.public_key)
        report = verify_files(said.export, heads=said.heads, keys=keys, code_keys=code_keys, archive=said.archive)
        if said.compare:
            with open(said.export, "rb") as one, open(said.compare, "rb") as two:
                if found := compare(read_links(one, said.export), read_links(two, said.compare)):
                    report.problems.append(found)
    except (OSError, ValueError, Unreadable) as error:
        print(f"Cannot verify: {error}", file=sys.stderr)
        return 2
    for problem in report.problems:
        print(problem.words)
    print(f"{report.records} records read, {report.heads} signed heads compared, {len(report.problems)} problems.")
    if begins := report.begins:
        print(f"What stood up to position {begins.position} is archived: a checkpoint of {begins.at} says so.")
    if after := report.position - report.vouched:
        print(f"For the last {after} no signed head vouches yet.")
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
