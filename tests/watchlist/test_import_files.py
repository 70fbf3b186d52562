"""What is uploaded for an import is not trusted: neither archives, nor names, nor signatures, nor cells."""

import hashlib
import io
import zipfile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from watchlist.importing import files
from watchlist.importing.files import ImportProblem, Upload, check_signature, read_photographs, read_signature
from watchlist.importing.rows import Known, read_rows
from watchlist.models import Category

HEADER = "reference,name,category,basis,schools,photographs,order_by,order_number,birth_date"
GOOD = "7,Robin Vale,banned,Order 7,every school,robin.jpg,court,CV-7,"


def archive(members: dict[str, bytes], **flags: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = flags.get("external_attr", 0)
            opened.writestr(info, content)
    return stream.getvalue()


def test_an_archive_is_read_by_the_bare_names_of_its_pictures():
    content = archive({"faces/robin.jpg": b"one", "faces/kim.jpg": b"two"})
    assert read_photographs([("faces.zip", content), ("ash.jpg", b"three")]) == {
        "robin.jpg": b"one",
        "kim.jpg": b"two",
        "ash.jpg": b"three",
    }


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a/../../b.jpg", "..\\b.jpg", "C:/b.jpg"])
def test_a_path_that_leads_out_of_the_archive_is_refused(name):
    with pytest.raises(ImportProblem, match="leads out of it"):
        read_photographs([("faces.zip", archive({name: b"x"}))])


def test_a_link_in_the_archive_is_refused():
    with pytest.raises(ImportProblem, match="a link"):
        read_photographs([("faces.zip", archive({"robin.jpg": b"/etc/passwd"}, external_attr=0o120777 << 16))])


def test_an_archive_that_would_unpack_to_gigabytes_is_refused_before_it_is():
    bomb = archive({f"{number}.jpg": bytes(9 * 1024 * 1024) for number in range(8)})
    assert len(bomb) < 100_000
    with pytest.raises(ImportProblem, match="more than 60 MB"):
        read_photographs([("bomb.zip", bomb)])


def test_one_member_that_is_too_large_is_refused():
    with pytest.raises(ImportProblem, match="too large: at most 10 MB"):
        read_photographs([("faces.zip", archive({"robin.jpg": bytes(11 * 1024 * 1024)}))])


def test_an_archive_that_lies_about_its_sizes_is_refused():
    honest = archive({"robin.jpg": bytes(5 * 1024 * 1024)})
    lying = honest.replace((5 * 1024 * 1024).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != honest
    with pytest.raises(ImportProblem, match="damaged"):
        read_photographs([("faces.zip", lying)])


def test_too_many_members_are_refused(monkeypatch):
    monkeypatch.setattr(files, "MOST_PHOTOGRAPHS", 3)
    with pytest.raises(ImportProblem, match="holds 4 files"):
        read_photographs([("faces.zip", archive({f"{number}.jpg": b"x" for number in range(4)}))])


def test_two_photographs_of_one_name_are_refused():
    with pytest.raises(ImportProblem, match="Two photographs"):
        read_photographs([("faces.zip", archive({"a/robin.jpg": b"x", "b/robin.jpg": b"y"}))])


def test_a_damaged_archive_is_refused_in_words():
    with pytest.raises(ImportProblem, match="damaged"):
        read_photographs([("faces.zip", b"PK\x03\x04 and then nothing")])


# Signatures


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def public(key: Ed25519PrivateKey) -> dict[str, str]:
    return {"State registry": key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()}


def test_a_list_signed_by_the_trusted_key_is_accepted(key):
    signature = read_signature(key.sign(b"list"))
    assert check_signature(Upload("State registry", b"list", {}, signature), public(key))
    assert read_signature(key.sign(b"list").hex().encode() + b"\n") == signature


def test_an_altered_list_and_anothers_signature_are_refused(key):
    for upload in (
        Upload("State registry", b"list, altered", {}, key.sign(b"list")),
        Upload("State registry", b"list", {}, Ed25519PrivateKey.generate().sign(b"list")),
    ):
        with pytest.raises(ImportProblem, match="does not fit"):
            check_signature(upload, public(key))


def test_a_list_that_has_a_key_is_refused_without_its_signature(key):
    with pytest.raises(ImportProblem, match="must be signed"):
        check_signature(Upload("State registry", b"list", {}), public(key))


def test_a_signature_that_nobody_can_check_is_refused(key):
    with pytest.raises(ImportProblem, match="No key is set"):
        check_signature(Upload("Another list", b"list", {}, key.sign(b"list")), public(key))


def test_an_unsigned_list_without_a_key_is_said_to_be_unsigned():
    assert check_signature(Upload("County list", b"list", {}), {}) is False


def test_what_is_no_signature_is_refused():
    with pytest.raises(ImportProblem, match="not an Ed25519 signature"):
        read_signature(b"-----BEGIN SIGNATURE-----")


def test_the_digest_names_exactly_these_files():
    one = Upload("List", b"rows", {"a.jpg": b"x"})
    others = [
        Upload("Other", b"rows", {"a.jpg": b"x"}),
        Upload("List", b"rows2", {"a.jpg": b"x"}),
        Upload("List", b"rows", {"a.jpg": b"y"}),
        Upload("List", b"rows", {"b.jpg": b"x"}),
        Upload("List", b"rows", {"a.jpg": b"x"}, b"s"),
    ]
    assert len({one.digest, *(other.digest for other in others)}) == 6
    assert one.digest == Upload("List", b"rows", {"a.jpg": b"x"}).digest
    assert len(bytes.fromhex(one.digest)) == hashlib.sha256().digest_size


# Rows


def rows(*lines: str, header: str = HEADER):
    known = Known({"banned": Category(slug="banned", name="Banned", days_to_keep=365)}, {})
    content = "\n".join([header, *lines]).encode()
    return read_rows(content, list_name="County list", known=known)


def test_a_good_row_becomes_what_is_to_be_proposed():
    (row,) = rows(GOOD)
    assert row.problems == []
    assert (row.proposal.name, row.proposal.every_school, row.photographs) == ("Robin Vale", True, ["robin.jpg"])
    assert row.proposal.particulars == {"order_by": "court", "order_number": "CV-7"}
    assert row.proposal.listed == ("County list", "7")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (GOOD.replace("Robin Vale", "=HYPERLINK(1)"), "name: it begins with '='"),
        (GOOD.replace("Order 7", "@SUM(A1)"), "basis: it begins with '@'"),
        (GOOD.replace("Order 7", "+1+cmd"), "basis: it begins with '+'"),
        (GOOD.replace("Robin Vale", "Robin\x07Vale"), "name: it holds control characters"),
        (GOOD.replace("banned", "wanted"), "category: use one of banned"),
        (GOOD.replace("every school", "Hogwarts"), "schools: not known here: Hogwarts"),
        (GOOD.replace("court", "me"), "order_by: "),
        (GOOD.replace("Robin Vale", ""), "name: it must not be empty"),
        (GOOD + "yesterday", "birth_date: write the day"),
        (GOOD.replace("robin.jpg", "a;b;c;d;e;f"), "At most 5 photographs"),
    ],
)
def test_each_row_says_what_is_wrong_with_it(line, expected):
    (row,) = rows(line)
    assert row.proposal is None
    assert any(words.startswith(expected) for words in row.problems), row.problems


def test_one_bad_row_does_not_spoil_the_others():
    bad, good = rows(GOOD.replace("7,", "8,", 1).replace("court", ""), GOOD)
    assert bad.problems and not good.problems


def test_a_reference_is_there_once():
    first, second = rows(GOOD, GOOD)
    assert not first.problems
    assert "in line 2 already" in second.problems[0]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"name,category\n", "lacks the columns: reference"),
        (f"{HEADER},religion\n".encode(), "not known here: religion"),
        (f"{HEADER},name\n".encode(), "there twice"),
        (HEADER.encode(), "empty"),
        (b"\xff\xfe\x00n", "not in UTF-8"),
        (f'{HEADER}\n"7,Robin'.encode(), "not a CSV file"),
        (f"{HEADER}\n7,Robin".encode(), "as many cells"),
        (f"{HEADER}\n{GOOD},one more".encode(), "as many cells"),
        (b"x" * (1024 * 1024 + 1), "too large"),
        ("\n".join([HEADER, *[GOOD] * 101]).encode(), "at most 100 rows"),
    ],
)
def test_a_file_that_is_no_such_list_is_refused_as_a_whole(content, expected):
    with pytest.raises(ImportProblem, match=expected):
        read_rows(content, list_name="x", known=Known({}, {}))
