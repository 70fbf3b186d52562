"""Signed heads: at least hourly, to every witness, again and again until it has them."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.core import mail
from django.utils import timezone

from audit import heads, verifying
from audit.checks import witnesses_elsewhere
from audit.models import AccessHead, HeadDelivery
from audit.posting import PostProblem, post
from audit.publishing import publish
from audit.verifying import verify
from audit.witnesses import WitnessProblem, witnesses
from tests.audit import attacker

pytestmark = pytest.mark.django_db


def later(monkeypatch, **by) -> None:
    moment = timezone.now() + timedelta(**by)
    monkeypatch.setattr(timezone, "now", lambda: moment)


def test_a_head_is_published_when_something_is_new_but_not_at_once_again(settings, monkeypatch):
    attacker.write(1)
    assert publish()
    attacker.write(1)
    assert not publish()
    later(monkeypatch, seconds=settings.LOCKPORT_HEAD_SECONDS + 1)
    assert publish()
    assert list(AccessHead.objects.order_by("number").values_list("number", "position")) == [(1, 1), (2, 2)]


def test_an_idle_log_is_signed_within_the_hour_and_not_before(monkeypatch):
    publish()
    later(monkeypatch, minutes=50)
    assert not publish()
    later(monkeypatch, minutes=6)
    assert publish()


def test_every_witness_gets_every_head(settings):
    attacker.written_and_published()
    for file in attacker.witness_files():
        assert [json.loads(line)["head"]["position"] for line in file.read_text().splitlines()] == [6, 10]


def test_a_witness_that_was_away_gets_all_that_it_missed_in_order(settings, tmp_path):
    away = tmp_path / "mount" / "heads.jsonl"
    settings.LOCKPORT_WITNESSES = [f"file:{away}"]
    attacker.written_and_published()
    assert not away.exists()  # a folder that is missing is a disk that is not mounted: it is not made
    assert "No such file or directory" in HeadDelivery.objects.order_by("pk")[0].problem
    away.parent.mkdir()
    assert heads.deliver() == 2
    assert [json.loads(line)["head"]["number"] for line in away.read_text().splitlines()] == [1, 2]
    assert heads.deliver() == 0


def test_a_mailbox_is_sent_a_head_at_most_hourly(settings, monkeypatch):
    settings.LOCKPORT_WITNESSES = ["mailto:officer@example.org"]
    for minutes in (0, 10, 30, 30):
        later(monkeypatch, minutes=minutes)
        attacker.write(1)
        publish(at_once=True)
    assert len(mail.outbox) == 2
    assert mail.outbox[0].to == ["officer@example.org"]
    line = mail.outbox[1].body.splitlines()[-1]
    assert json.loads(line)["head"]["position"] == 4


def test_without_a_mail_server_no_mailbox_counts_as_a_witness(settings):
    settings.LOCKPORT_WITNESSES = ["mailto:officer@example.org"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    attacker.write(1)
    publish(at_once=True)
    receipt = HeadDelivery.objects.get()
    assert (receipt.delivered_at, receipt.problem) == (None, "No mail server is set: EMAIL_URL.")


@pytest.fixture
def server():
    got = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response({"/full": 507, "/moved": 302}.get(self.path, 204))
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *words: object) -> None:
            pass

    http = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{http.server_port}", got
    http.shutdown()
    thread.join()
    http.server_close()


def test_a_webhook_is_sent_the_signed_head(settings, server):
    url, got = server
    settings.LOCKPORT_WITNESSES = [f"{url}/heads?token=7"]
    attacker.write(1)
    publish()
    ((path, body),) = got
    assert path == "/heads?token=7"
    assert json.loads(body)["head"]["position"] == 1
    assert HeadDelivery.objects.get().delivered_at


@pytest.mark.parametrize(("path", "status"), [("/full", 507), ("/moved", 302)])
def test_a_webhook_that_refuses_or_sends_us_elsewhere_has_not_taken_it(server, path, status):
    url, got = server
    with pytest.raises(PostProblem, match=f"answered with status {status}"):
        post(url + path, b"{}", loopback=True)
    assert len(got) == 1  # no redirect is followed


@pytest.mark.parametrize(
    "url", ["https://169.254.169.254/latest", "http://127.0.0.1:1/", "http://[fe80::1]/", "http://0.0.0.0/"]
)
def test_nothing_is_sent_to_addresses_of_this_machine_or_its_cloud(url):
    with pytest.raises(PostProblem, match="to which nothing is sent"):
        post(url, b"{}")


@pytest.mark.parametrize("name", ["file:relative/path", "mailto:nobody", "ftp://host/", "https:///path", "heads.jsonl"])
def test_a_witness_that_is_none_is_refused_with_a_word_on_how_to_name_one(settings, name):
    settings.LOCKPORT_WITNESSES = [name]
    with pytest.raises(WitnessProblem, match="say file:/absolute/path, mailto:name@example.org or https://"):
        witnesses()


def test_plain_http_is_for_this_machine_only(settings):
    settings.LOCKPORT_WITNESSES, settings.LOCKPORT_DEVELOPMENT = ["http://witness.example.org/"], False
    with pytest.raises(WitnessProblem):
        witnesses()


def test_the_deploy_check_asks_for_two_witnesses_elsewhere(settings, tmp_path):
    settings.LOCKPORT_WITNESSES = [f"file:{settings.LOCKPORT_DATA}/log/heads.jsonl", "mailto:officer@example.org"]
    (warning,) = witnesses_elsewhere(None)
    assert warning.id == "audit.W001" and warning.msg.startswith("1 of the log's witnesses")
    settings.LOCKPORT_WITNESSES.append(f"file:{tmp_path}/heads.jsonl")
    assert witnesses_elsewhere(None) == []
    settings.LOCKPORT_WITNESSES = ["nonsense"]
    assert witnesses_elsewhere(None)[0].id == "audit.E001"


def test_a_witness_that_disagrees_is_not_counted(settings):
    attacker.written_and_published()
    assert verifying.examine().agreeing == 2
    one = attacker.witness_files()[0]
    one.write_text(one.read_text().replace('"position":10', '"position":9'))
    found = verifying.examine()
    assert (found.agreeing, found.witnesses) == (1, 2)


def test_a_witness_that_takes_nothing_for_a_quarter_of_an_hour_is_named(settings, monkeypatch):
    settings.LOCKPORT_WITNESSES = ["file:/nowhere/heads.jsonl"]
    attacker.write(1)
    publish()
    assert verify(whole=True).problems == []
    later(monkeypatch, minutes=20)
    state = verify(whole=True)
    assert (state.ok, state.witnesses_agreeing, state.witnesses) == (False, 0, 1)
    assert "/nowhere/heads.jsonl cannot be written: No such file or directory." in state.words


def test_the_default_witnesses_are_made_inside_the_data_folder(settings):
    folder = Path(settings.LOCKPORT_DATA) / "new witness"
    settings.LOCKPORT_WITNESSES = [f"file:{folder}/heads.jsonl"]
    publish()
    assert (folder / "heads.jsonl").exists()
