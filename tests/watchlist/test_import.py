"""An import at the desk: check, tick, propose; and what a later list of the same name does."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from audit.models import AccessRecord
from tests.watchlist.conftest import approve
from tests.watchlist.pictures import astronaut, file_of, landscape
from watchlist.models import Category, Entry
from watchlist.papers import Renewal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("models")]
IMPORT = "/admin/watchlist/entry/import/"
HEADER = "reference,name,category,basis,schools,photographs,order_by,order_number,expires_on"
FACE = file_of(astronaut(2))


def row(reference: str = "7", name: str = "Robin Vale", *, picture: str = "robin.jpg", until: str = "") -> str:
    return f"{reference},{name},banned,Order {reference},every school,{picture},court,CV-{reference},{until}"


def sent(*rows: str, pictures: dict[str, bytes] | None = None, **more: object) -> dict:
    files = {"robin.jpg": FACE} if pictures is None else pictures
    content = "\n".join([HEADER, *rows]).encode()
    return {
        "list_name": "County list",
        "content": SimpleUploadedFile("list.csv", content, "text/csv"),
        "photographs": [SimpleUploadedFile(name, picture) for name, picture in files.items()],
        **more,
    }


def check(client: Client, *rows: str, **more: object):
    return client.post(IMPORT, sent(*rows, **more)).context["plan"]


def propose(client: Client, plan, *rows: str, ticked: list[str], vanished: list[int] = (), **more: object):
    ticks = {"propose": "1", "checked": plan.digest, "rows": ticked, "vanished": vanished}
    return client.post(IMPORT, sent(*rows, **more, **ticks), follow=True)


def imported(client: Client, *rows: str) -> Entry:
    plan = check(client, *rows)
    propose(client, plan, *rows, ticked=[line.row.reference for line in plan.lines])
    return Entry.objects.get(list_reference=plan.lines[0].row.reference)


def test_checking_shows_each_row_and_keeps_nothing(ada):
    plan = check(
        ada,
        row(),
        row("8", "Kim Ash", picture="kim.jpg"),
        row("9", "Lee Fir", picture="hill.jpg"),
        pictures={"robin.jpg": FACE, "hill.jpg": landscape()},
    )
    assert [line.kind for line in plan.lines] == ["new", "wrong", "wrong"]
    assert "no photograph of this name" in plan.lines[1].words[0]
    assert "No face was found" in plan.lines[2].words[0]
    assert not Entry.objects.exists()


def test_what_is_ticked_becomes_a_proposal_that_somebody_else_must_approve(ada, cast):
    rows = row(), row("8", "Kim Ash")
    plan = check(ada, *rows)
    shown = propose(ada, plan, *rows, ticked=["7"])
    assert "Proposed: 1; to be withdrawn: 0." in shown.content.decode()
    entry = Entry.objects.get()
    assert (entry.status, entry.list_name, entry.list_reference) == (Entry.Status.PROPOSED, "County list", "7")
    assert entry.photographs.count() == 1
    assert approve(entry, cast.second_administrator).status == Entry.Status.ACTIVE


def test_a_list_that_leads_to_nothing_says_so_and_offers_nothing(ada):
    page = ada.post(IMPORT, sent(row(picture="missing.jpg"))).content.decode()
    assert "1 row cannot be used" in page
    assert "There is nothing to propose" in page and 'name="propose"' not in page
    assert 'name="propose"' in ada.post(IMPORT, sent(row())).content.decode()


def test_of_a_whole_folder_only_the_pictures_are_looked_at(ada):
    folder = [
        SimpleUploadedFile("robin.jpg", FACE),
        SimpleUploadedFile("Thumbs.db", b"x"),
        SimpleUploadedFile("Thumbs.db", b"y"),
    ]
    plan = check(ada, row(), pictures={}, folder=folder)
    assert [line.kind for line in plan.lines] == ["new"]


def test_other_files_than_those_that_were_checked_are_not_proposed(ada):
    plan = check(ada, row())
    response = propose(ada, plan, row(name="Somebody Else"), ticked=["7"])
    assert "not the files that were checked" in response.content.decode()
    assert not Entry.objects.exists()


def test_the_same_list_again_changes_nothing(ada):
    imported(ada, row())
    assert [line.kind for line in check(ada, row()).lines] == ["unchanged"]


def test_changed_words_are_proposed_anew(ada, cast):
    approve(imported(ada, row()), cast.second_administrator)
    changed = row(name="Robin Hale")
    plan = check(ada, changed)
    assert (plan.lines[0].kind, plan.lines[0].words) == ("changed", ["name"])
    propose(ada, plan, changed, ticked=["7"])
    entry = Entry.objects.get()
    assert (entry.name, entry.status, entry.photographs.count()) == ("Robin Hale", Entry.Status.PROPOSED, 1)


def test_a_later_day_alone_is_a_renewal_and_the_person_is_looked_for_meanwhile(ada, cast):
    first = row(until=f"{timezone.localdate() + timedelta(days=20)}")
    approve(imported(ada, first), cast.second_administrator)
    later = row(until=f"{timezone.localdate() + timedelta(days=50)}")
    plan = check(ada, later)
    assert plan.lines[0].kind == "renewed"
    propose(ada, plan, later, ticked=["7"])
    assert Entry.objects.active().exists()
    assert Renewal.objects.waiting().exists()


def test_who_vanished_from_the_list_is_proposed_to_be_withdrawn_and_not_withdrawn(ada, cast):
    gone = approve(imported(ada, row()), cast.second_administrator)
    other = row("8", "Kim Ash")
    plan = check(ada, other)
    assert plan.vanished == [gone]
    propose(ada, plan, other, ticked=[], vanished=[gone.pk])
    assert Entry.objects.active().get().withdrawal_proposed.startswith("No longer in the list")
    assert "withdrawal proposed" in ada.get("/admin/watchlist/entry/", {"todo": "withdrawal"}).content.decode()


def test_entries_of_other_lists_and_of_nobodys_list_do_not_vanish(ada, active):
    assert check(ada, row("8", "Kim Ash")).vanished == []


def test_a_row_whose_reference_cannot_be_read_makes_nobody_vanish(ada):
    imported(ada, row())
    assert check(ada, row("", "Kim Ash")).vanished == []


def test_a_list_cannot_touch_entries_that_the_importer_may_not_see(ada, cast, banned):
    from guardian.shortcuts import assign_perm, remove_perm

    from watchlist.models import Category

    imported(ada, row())
    remove_perm("watchlist.review_category", cast.administrator, banned)
    assert check(ada, row()).lines[0].kind == "wrong"
    assign_perm("watchlist.review_category", cast.administrator, banned)
    Category.objects.update(enabled=False)
    assert check(ada, row()).lines[0].kind == "wrong"


def test_a_signed_list_needs_its_signature_and_the_digests_of_its_photographs(ada, settings):
    import hashlib

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    settings.LOCKPORT_REGISTRY_KEYS = {"County list": key.public_key().public_bytes_raw().hex()}
    assert "must be signed" in ada.post(IMPORT, sent(row())).content.decode()

    def signed(header: str, line: str):
        content = f"{header}\n{line}".encode()
        files = {
            "content": SimpleUploadedFile("list.csv", content),
            "signature": SimpleUploadedFile("list.sig", key.sign(content)),
        }
        return ada.post(IMPORT, sent() | files).context["plan"]

    assert "photograph_digests" in signed(HEADER, row()).lines[0].words[0]
    digests = f"{HEADER},photograph_digests"
    assert "SHA-256 differs" in signed(digests, f"{row()},{'0' * 64}").lines[0].words[0]
    plan = signed(digests, f"{row()},{hashlib.sha256(FACE).hexdigest()}")
    assert (plan.signed, plan.lines[0].kind) == (True, "new")


def test_an_import_is_recorded_without_names(ada, cast):
    check(ada, row())
    record = AccessRecord.objects.get(action="checked", actor_id=cast.administrator.pk)
    assert record.subject == "import of the list County list"
    assert "Robin" not in record.reason


def test_the_page_without_files_says_what_is_missing(ada):
    page = ada.post(IMPORT, {"list_name": "County list"}).content.decode()
    assert "This field is required" in page
    assert ada.get(IMPORT).status_code == 200


def test_the_script_gets_the_plan_alone(ada):
    page = ada.post(IMPORT, sent(row()), headers={"X-Part": "plan"}).content.decode()
    assert "What would happen" in page
    assert "<html" not in page


def test_an_empty_file_is_said_of_the_list_and_not_of_a_name_in_the_code(ada):
    files = {"content": SimpleUploadedFile("list.csv", b"")}
    shown = ada.post(IMPORT, sent() | files, headers={"X-Part": "plan"}).content.decode()
    assert "List: The submitted file is empty." in shown
    assert "content" not in shown


def test_a_row_says_everything_that_is_wrong_with_it(ada):
    line = row(until="tomorrow").replace("banned", "unwelcome")
    said = " ".join(check(ada, line).lines[0].words)
    assert "category: use one of" in said and "expires_on: write the day" in said


def test_only_categories_that_the_district_uses_are_offered(ada):
    Category.objects.filter(slug="suspended-student").update(enabled=False)
    shown = ada.get(IMPORT).content.decode()
    assert "banned" in shown
    assert "suspended-student" not in shown.split("The categories are called")[1].split("</p>")[0]


def test_a_face_that_is_on_the_list_already_under_another_name_is_pointed_out_at_its_row(ada, cast):
    known = imported(ada, row())
    line = check(ada, row(), row("8", "Kim Ash")).lines[1]
    assert line.kind == "new"
    assert "hardly tell this face from that of Robin Vale" in line.words[0]
    assert AccessRecord.objects.filter(action="looked at", subject_id=str(known.pk)).exists()


def test_two_new_rows_with_one_face_are_pointed_out(ada):
    first, second = check(ada, row(), row("8", "Kim Ash")).lines
    assert first.words == []
    assert second.words == ["Cameras can hardly tell this face from that of line 2. Is it the same person?"]
