"""Invariant 4: what is done to any line of the log is found by a verifier that needs neither Django nor goodwill."""

import hashlib
import json
import random
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from audit import verifier
from tests.audit import attacker

pytestmark = pytest.mark.django_db
LINES = 12


@pytest.fixture
def export(tmp_path: Path) -> list[bytes]:
    """The lines of a log whose end is vouched for by a head, and the files of the witness and the key."""
    attacker.written_and_published(LINES, 5)
    assert attacker.outside(tmp_path) == ""
    return (tmp_path / "export.jsonl").read_bytes().splitlines(keepends=True)


def verdict(folder: Path, lines: list[bytes]) -> int:
    (folder / "export.jsonl").write_bytes(b"".join(lines))
    words = [str(folder / "export.jsonl"), "--public-key", str(folder / "public.pem")]
    return verifier.main([*words, "--heads", str(attacker.witness_files()[1])])


def rechained(lines: list[bytes]) -> list[bytes]:
    """The same lines with positions and hashes that follow from each other: all that can be done without a key."""
    links, before = [], verifier.START
    for position, link in enumerate(verifier.read_links(lines, "lines"), 1):
        before = verifier.link_hash(before, position, link.record, link.mac, link.content or b"")
        links.append(link._replace(position=position, hash=before))
    return [verifier.line_of(link) for link in links]


def test_an_untouched_export_holds(export, tmp_path):
    assert verdict(tmp_path, export) == 0
    assert rechained(export) == export


@pytest.mark.parametrize("fit", [False, True], ids=["as they are", "with hashes that fit"])
def test_any_line_left_out_doubled_exchanged_or_cut_off_is_found(export, tmp_path, capsys, fit):
    for at in range(LINES):
        tampered = [
            export[:at] + export[at + 1 :],
            export[: at + 1] + export[at:],
            export[:at],
            *([[*export[:at], export[at + 1], export[at], *export[at + 2 :]]] if at + 1 < LINES else []),
        ]
        for lines in tampered:
            found = verdict(tmp_path, rechained(lines) if fit else lines)
            says = capsys.readouterr().out
            # What is put behind the newest head, only the next head can tell from a genuine record.
            assert found != 0 or (len(lines) > LINES and "For the last 1 no signed head vouches yet." in says), at


def test_any_byte_that_is_changed_is_found(export, tmp_path, capsys):
    chance = random.Random(7)
    for at, line in enumerate(export):
        for _ in range(20):
            place = chance.randrange(len(line) - 1)
            changed = bytearray(line)
            changed[place] ^= 1 << chance.randrange(7)
            if bytes(changed).lower() == line.lower() and place < 180:
                continue  # hexadecimal digits in capitals are refused as well, but say the same
            assert verdict(tmp_path, [*export[:at], bytes(changed), *export[at + 1 :]]) != 0, (at, place)
    capsys.readouterr()


def test_every_field_of_every_record_counts(export, tmp_path, capsys):
    for at, line in enumerate(export):
        said = json.loads(line)
        for name in verifier.FIELDS:
            record = said["record"] | {name: "else"}
            content = verifier.encode(record[field] for field in verifier.FIELDS)
            link = next(verifier.read_links([line], "line"))._replace(content=content)
            lines = [*export[:at], verifier.line_of(link), *export[at + 1 :]]
            assert verdict(tmp_path, lines) == 1, (at, name)
            assert verdict(tmp_path, rechained(lines)) == 1, (at, name)
    capsys.readouterr()


def test_somebody_elses_verifier_written_from_the_description_agrees(export, tmp_path):
    """docs/access-log.md, followed to the letter with nothing of ours."""
    before = bytes(32)
    for line in export:
        said = json.loads(line)
        text = json.dumps(said["record"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        place = said["position"].to_bytes(8, "big") + said["id"].to_bytes(8, "big")
        before = hashlib.sha256(before + place + bytes.fromhex(said["mac"]) + text.encode()).digest()
        assert before.hex() == said["hash"]
    said = json.loads(attacker.witness_files()[0].read_text().splitlines()[-1])
    statement = json.dumps(said["head"], sort_keys=True, separators=(",", ":")).encode()
    key = load_pem_public_key((tmp_path / "public.pem").read_bytes())
    key.verify(bytes.fromhex(said["signature"]), b"lockport access log head 1\n" + statement)
    assert (said["head"]["position"], said["head"]["hash"]) == (LINES, before.hex())
