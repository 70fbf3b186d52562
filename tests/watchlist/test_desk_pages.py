"""The pages beside an entry's form: renewal, letter, history, documents, the verdict on a photograph; and the list."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import AccessRecord
from audit.services import Actor
from lockport.step_up import PROVED_AT
from tests.conftest import signed_in
from tests.watchlist.conftest import approve, enrolment
from tests.watchlist.pictures import astronaut, file_of, landscape, two_people
from tests.watchlist.test_entry_admin import ADD, LIST, errors_of, page, words
from watchlist.documents import document_add
from watchlist.models import Category, Entry
from watchlist.papers import Document
from watchlist.renewals import withdrawal_propose

pytestmark = pytest.mark.django_db
PREVIEW = "/admin/watchlist/entry/preview/"


def in_days(days: int, **more: object) -> dict:
    until = timezone.now() + timedelta(days=days)
    return {"until_0": f"{until:%Y-%m-%d}", "until_1": f"{until:%H:%M:%S}", **more}


def test_a_renewal_is_asked_for_by_one_and_approved_by_another(active, ada, bela):
    bela.post(page(active, "renew"), in_days(90, reason="The order was extended."))
    assert "renewal to be approved" in ada.get(LIST).content.decode()
    shown = bela.get(page(active, "renewal")).content.decode()
    assert "You asked for this renewal" in shown and "Approve: " not in shown
    bela.post(page(active, "renewal"))
    assert Entry.objects.get().expires_at == active.expires_at
    ada.post(page(active, "renewal"))
    assert Entry.objects.get().expires_at > active.expires_at + timedelta(days=50)


def test_approving_asks_for_a_fresh_sign_in(active, proposed, bela):
    session = bela.session
    session[PROVED_AT] = 0
    session.save()
    for name in ("approve", "renewal"):
        assert bela.get(page(active, name)).status_code == 302
    assert bela.post(page(proposed, "approve"), {"version": proposed.version})["Location"].startswith("/")
    assert bela.get(page(active, "change")).status_code == 200


def test_the_letter_says_why_until_when_and_how_to_appeal_and_shows_no_face(active, ada, settings):
    settings.LOCKPORT_CONTACT = "Privacy officer, 12 School Lane"
    letter = ada.get(page(active, "letter")).content.decode()
    for expected in ("Robin Vale", "CV-2026-7", "12 School Lane", str(active.pseudonym), "within 7 days", "30 days"):
        assert expected in letter
    assert "<img" not in letter
    assert AccessRecord.objects.filter(action="printed the notice of", subject_id=str(active.pk)).exists()


def test_nobody_is_given_notice_before_they_are_looked_for(proposed, ada):
    assert ada.get(page(proposed, "letter")).status_code == 302


def test_the_history_shows_what_was_decided_by_whom_but_not_who_looked(active, ada):
    ada.get(page(active, "change"))
    shown = ada.get(page(active, "decisions")).content.decode()
    for expected in ("Ada Stone", "proposed", "Bela Marsh", "approved"):
        assert expected in shown
    assert "looked at" not in shown
    assert "added a photograph to this entry" in shown


def test_a_document_is_kept_encrypted_and_saved_not_opened(active, ada, settings):
    from pathlib import Path

    order = b"%PDF-1.7 the order of the court"
    unchanged = {"expires_at_0": f"{active.expires_at:%Y-%m-%d}", "expires_at_1": f"{active.expires_at:%H:%M:%S}"}
    ada.post(
        page(active, "change"), words(active.category, document=SimpleUploadedFile("robin.pdf", order), **unchanged)
    )
    row = Document.objects.get()
    assert "robin" not in row.file.name
    stored = b"".join(path.read_bytes() for path in Path(settings.LOCKPORT_VAULT).rglob("*") if path.is_file())
    assert order not in stored
    response = ada.get(f"/watchlist/document/{row.pk}/")
    assert response.content == order
    assert response["Content-Disposition"].startswith("attachment")
    assert AccessRecord.objects.filter(action="looked at", subject_kind="document").exists()
    ada.post(page(active, "withdraw"), {"reason": "Lifted."})
    assert ada.get(f"/watchlist/document/{row.pk}/").status_code == 404


def test_whoever_approves_a_ban_is_told_when_the_order_is_not_on_file(proposed, bela, ada):
    address = f"/admin/watchlist/entry/{proposed.pk}/approve/"
    assert "The order itself is not on file" in bela.get(address).content.decode()
    document_add(entry=proposed, content=b"%PDF-1.7 order", actor=Actor.command())
    assert "The order itself is not on file" not in bela.get(address).content.decode()


def test_a_document_is_judged_by_its_content_and_not_by_its_name(banned, ada):
    page_in_disguise = SimpleUploadedFile("order.pdf", b"<script>alert(1)</script>", "application/pdf")
    response = ada.post(ADD, words(banned, file_of(astronaut(2)), document=page_in_disguise))
    assert "not a PDF" in errors_of(response, "document")


def test_what_a_category_needs_is_asked_for_at_its_field(ada, banned):
    response = ada.post(ADD, words(banned, file_of(astronaut(2)), order_number="", where=""))
    assert "This category needs it" in errors_of(response, "order_number")
    assert "required" in errors_of(response, "where")
    response = ada.post(ADD, words(banned, file_of(astronaut(2)), where="some"))
    assert "at least one school" in errors_of(response, "schools")


def test_a_category_that_is_switched_off_cannot_be_chosen(ada):
    students = Category.objects.get(slug="suspended-student")
    assert "Suspended student</option>" not in ada.get(ADD).content.decode()
    assert "valid choice" in errors_of(ada.post(ADD, words(students, file_of(astronaut(2)))), "category")


def test_a_suspended_students_entry_ends_with_the_suspension(ada):
    Category.objects.filter(slug="suspended-student").update(enabled=True)
    students = Category.objects.get(slug="suspended-student")
    last = timezone.localdate() + timedelta(days=10)
    born = timezone.localdate() - timedelta(days=365 * 16)
    ada.post(
        ADD,
        words(
            students,
            file_of(astronaut(2)),
            suspension_ends=f"{last}",
            birth_date=f"{born}",
            expires_at_0="",
            expires_at_1="",
        ),
    )
    assert f"{Entry.objects.get().expires_at.astimezone(ZoneInfo('America/New_York'))}".startswith(f"{last} 23:59:59")


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize(
    ("content", "accepted", "expected", "faces"),
    [
        (file_of(astronaut(2)), True, "Can be used", 1),
        (two_people(), False, "shows 2 faces", 2),
        (landscape(), False, "No face was found", 0),
        (b"a letter", False, "not a JPEG", 0),
    ],
)
def test_the_verdict_on_a_photograph_is_said_at_once_and_nothing_is_kept(
    ada, settings, content, accepted, expected, faces
):
    answer = ada.post(PREVIEW, {"photograph": SimpleUploadedFile("x.jpg", content)}).json()
    assert (answer["accepted"], len(answer["faces"])) == (accepted, faces)
    assert expected in answer["words"]
    assert not Entry.objects.exists()
    assert not any(path.is_file() for path in settings.LOCKPORT_VAULT.rglob("*"))


@pytest.mark.usefixtures("models")
def test_the_verdict_names_who_looks_alike_and_records_that_look(ada, propose, cast):
    from watchlist.enrolment import examine

    other = propose("Kim Ash", photographs=[examine(file_of(astronaut(1.5)))])
    answer = ada.post(PREVIEW, {"photograph": SimpleUploadedFile("x.jpg", file_of(astronaut(2)))}).json()
    assert "Kim Ash" in answer["cautions"][0]
    assert AccessRecord.objects.filter(action="looked at", subject_id=str(other.pk)).exists()


@pytest.mark.usefixtures("models")
def test_the_verdict_compares_with_the_photographs_the_entry_has(ada, proposed):
    photograph = SimpleUploadedFile("x.jpg", file_of(astronaut(2)))
    answer = ada.post(PREVIEW, {"photograph": photograph, "entry": proposed.pk}).json()
    assert not answer["accepted"]
    assert "does not look like" in answer["words"]


def test_the_verdict_is_for_administrators_and_asked_for_by_post(ada, cast):
    assert ada.get(PREVIEW).status_code == 405
    assert ada.post(PREVIEW).status_code == 404
    cast.north_principal.is_staff = True
    cast.north_principal.save()
    assert signed_in(cast.north_principal).post(PREVIEW).status_code == 403


def test_the_list_takes_no_more_queries_for_more_rows(ada, propose, cast, north):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert ada.get(LIST).status_code == 200
        return len(captured)

    for number in range(2):
        propose(f"Person {number}")
    queries()
    few = queries()
    for number in range(2, 12):
        approve(propose(f"Person {number}", schools=[north]), cast.second_administrator)
    assert queries() == few


def test_the_list_says_what_ends_soon_with_the_zone_and_finds_it(ada, propose):
    propose("Robin Vale", expires_at=timezone.now() + timedelta(days=5, hours=1))
    propose("Kim Ash", expires_at=timezone.now() + timedelta(days=40))
    shown = ada.get(LIST).content.decode()
    assert "ends in 5 days" in shown
    assert re.search(r"\d\d:\d\d E[SD]T", shown) and " UTC" not in shown, "the district's clock, named"
    soon = ada.get(LIST, {"todo": "soon"}).content.decode()
    assert "Robin Vale" in soon and "Kim Ash" not in soon


def test_the_list_is_searched_by_the_number_of_the_order_and_of_the_registry(ada, propose):
    propose("Robin Vale")
    propose("Kim Ash", category=Category.objects.get(slug="sex-offender"))
    for query, found, other in (("PA-4711", "Kim Ash", "Robin Vale"), ("CV-2026", "Robin Vale", "Kim Ash")):
        shown = ada.get(LIST, {"q": query}).content.decode()
        assert found in shown and other not in shown


def test_the_same_name_twice_is_pointed_out(ada, bela, propose):
    propose("Robin Vale")
    second = propose("robin vale", photographs=[enrolment(5)])
    assert "an entry already with this name" in bela.get(page(second, "approve")).content.decode()


def test_switching_a_category_on_is_recorded(ada):
    students = Category.objects.get(slug="suspended-student")
    place = f"/admin/watchlist/category/{students.pk}/change/"
    fields = {"name": students.name, "legal_basis": students.legal_basis, "protocol": students.protocol}
    ada.post(place, fields | {"enabled": "on"})
    assert Category.objects.get(pk=students.pk).enabled
    assert AccessRecord.objects.filter(action="switched on", subject_kind="category").exists()


@pytest.mark.parametrize("name", ["renew", "appeal", "decisions", "letter"])
def test_the_pages_hold_no_inline_script_or_style(ada, active, name):
    content = ada.get(page(active, name)).content.decode()
    for forbidden in ("<script>", "<style", " style=", " onclick="):
        assert forbidden not in content


def test_why_an_entry_stays_is_asked_apart_from_why_it_should_have_gone(active, ada):
    assert "Why the entry stays" not in ada.get(page(active, "withdraw")).content.decode()
    withdrawal_propose(entry=active, reason="No longer in the list “County”.", actor=Actor.command())
    shown = ada.get(page(active, "withdraw")).content.decode()
    assert "Why the entry stays" in shown
    ada.post(page(active, "withdraw"), {"keep": "1", "reason": "No longer in the list “County”."})
    assert Entry.objects.get().withdrawal_proposed, "the proposal's reason is no reason to keep it"
    ada.post(page(active, "withdraw"), {"keep": "1", "kept_because": "The county says it still holds."})
    row = Entry.objects.get()
    assert row.status == Entry.Status.ACTIVE and not row.withdrawal_proposed
    assert AccessRecord.objects.get(action="kept").reason == "The county says it still holds."
