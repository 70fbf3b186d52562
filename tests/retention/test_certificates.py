import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from retention.certificates import problems
from retention.models import Certificate, Destruction
from retention.purging import purge
from tests.invariants.conftest import recordings, wall  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def certified(wall, recordings):  # noqa: F811
    """Four days, on the second of which a recording was destroyed."""
    wall.now = wall.now.replace(hour=12, minute=0)
    recordings.add(wall.now)
    wall.now += timedelta(days=60)
    for _ in range(5):
        purge()
        wall.now += timedelta(days=1)
    return list(Certificate.objects.order_by("day"))


def test_each_day_has_one_and_it_says_what_was_destroyed(certified, capsys):
    assert len(certified) == 4
    contents = [json.loads(row.content) for row in certified]
    assert [content["destroyed"].get("recordings", {}).get("count", 0) for content in contents] == [0, 1, 0, 0]
    assert [content["keys"] for content in contents] == [0, 1, 0, 0]
    call_command("verify_certificates")
    assert "4 certificates, all whole" in capsys.readouterr().out


def test_an_altered_one_is_found(certified):
    row = certified[1]
    Certificate.objects.filter(pk=row.pk).update(content=row.content.replace('"count":1', '"count":2'))
    with pytest.raises(CommandError, match="altered after it was signed"):
        call_command("verify_certificates")


def test_a_missing_one_is_found(certified):
    certified[1].delete()
    assert any("a certificate is missing" in problem for problem in problems())


def test_a_key_that_is_struck_from_the_list_is_found(certified):
    Destruction.objects.all().delete()
    assert any("not the one that was certified" in problem for problem in problems())


def test_another_installations_signature_is_not_trusted(certified):
    assert any("not trusted" in problem for problem in problems({"00" * 32}))
