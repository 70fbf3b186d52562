"""What the chain is read as is what was written, whatever stands in it."""

import pytest

from audit.encoding import content_of_record
from audit.models import AccessRecord
from audit.reading import BETWEEN, links
from audit.sealing import seal
from audit.services import Actor, record_access

pytestmark = pytest.mark.django_db

PLAIN = "the Front door, North Park"
ODD = [
    PLAIN,
    'the "Front" door',
    "a \\ backslash",
    "one line\nand another\ttabbed\r",
    "a\x01b\x08c\x0cd\x1ee\x7ff",
    f"what stands {BETWEEN} between texts{BETWEEN * 13}",
    "Straße, Ñandú, 学校, \U0001f3eb, \u2028, e\u0301",
    "100 %s of %(it)s {braces}",
]


def test_every_text_is_read_as_it_was_written():
    for words in ODD:
        for place in (None, "2001:db8::1"):
            actor = Actor(kind="person", name=words, id=7 if place else None, address=place, user_agent=words)
            record_access(actor=actor, action="looked at", subject=words, reason=words)
    seal()
    read = {link.record: link.content for link, _ in links()}
    assert read == {row.pk: content_of_record(row) for row in AccessRecord.objects.all()}
    assert len(read) == 2 * len(ODD)


def test_plain_and_odd_records_keep_their_order_over_several_reads(monkeypatch):
    monkeypatch.setattr("audit.reading.ROWS_AT_A_TIME", 3)
    for number in range(10):
        record_access(actor=Actor.worker(), action="looked at", subject=f'"{number}"' if number % 2 else f"{number}")
    seal()
    assert [link.position for link, _ in links()] == list(range(1, 11))
    assert [link.position for link, _ in links(after=2, up_to=7)] == [3, 4, 5, 6, 7]
