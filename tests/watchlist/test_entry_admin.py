from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from audit.models import AccessRecord
from tests.conftest import signed_in
from tests.watchlist.conftest import PARTICULARS, approve, enrolment
from tests.watchlist.pictures import astronaut, file_of, hopper, landscape, pixel_flood, two_people
from watchlist import fields
from watchlist.desk import decided, entries, entry_pages
from watchlist.models import Category, Entry, Photograph

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("models")]
ADD = "/admin/watchlist/entry/add/"
LIST = "/admin/watchlist/entry/"


def page(entry: Entry, name: str) -> str:
    return f"/admin/watchlist/entry/{entry.pk}/{name}/"


def words(category: Category, *pictures: bytes, name: str = "Robin Vale", **changes: object) -> dict:
    until = timezone.now() + timedelta(days=30)
    files = [SimpleUploadedFile(f"portrait{n}.jpg", picture, "image/jpeg") for n, picture in enumerate(pictures)]
    values = {
        "name": name,
        "category": category.pk,
        "basis": "Order 7 of the county court",
        "expires_at_0": f"{until:%Y-%m-%d}",
        "expires_at_1": f"{until:%H:%M:%S}",
        "where": "every",
        "new_photographs": files,
    }
    return values | PARTICULARS[category.slug] | changes


def errors_of(response, field: str) -> str:
    assert response.status_code == 200
    return " ".join(response.context["adminform"].form.errors.get(field, []))


def told(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_an_administrator_proposes_somebody_with_photographs_and_is_told_what_comes_next(ada, banned):
    first, second = file_of(astronaut(2)), file_of(astronaut(1.5))
    response = ada.post(ADD, words(banned, first, second), follow=True)
    assert told(response) == [
        "Proposed. Another administrator must approve it before any camera looks for this person."
    ]
    entry = Entry.objects.get()
    assert (entry.status, entry.photographs.count()) == (Entry.Status.PROPOSED, 2)
    assert entry.photographs.first().template.size > 512


def test_another_administrator_approves_it_on_a_page_that_shows_what_is_approved(proposed, bela):
    shown = bela.get(page(proposed, "approve"))
    for expected in ("Robin Vale", "Order 7", f"/watchlist/photograph/{proposed.photographs.get().pk}/"):
        assert expected in shown.content.decode()
    response = bela.post(page(proposed, "approve"), {"version": proposed.version}, follow=True)
    assert told(response) == ["Cameras will look for this person within 5 seconds."]
    assert Entry.objects.get().status == Entry.Status.ACTIVE


def test_whoever_proposed_it_is_offered_no_button_and_refused_without_one(proposed, ada):
    assert b'type="submit" class="default"' not in ada.get(page(proposed, "approve")).content
    response = ada.post(page(proposed, "approve"), {"version": proposed.version}, follow=True)
    assert "nobody decides alone" in told(response)[0]
    assert Entry.objects.get().status == Entry.Status.PROPOSED


def test_what_changed_since_the_page_was_opened_is_not_approved(proposed, bela):
    response = bela.post(page(proposed, "approve"), {"version": proposed.version - 1}, follow=True)
    assert "changed after you opened it" in told(response)[0]


def test_an_entry_is_withdrawn_with_a_reason(active, ada):
    assert "This field is required" in ada.post(page(active, "withdraw"), {"reason": ""}).content.decode()
    assert Entry.objects.get().status == Entry.Status.ACTIVE
    response = ada.post(page(active, "withdraw"), {"reason": "The order was lifted."}, follow=True)
    assert told(response)[0].startswith("Withdrawn.")
    assert b"Robin Vale" not in response.content
    assert Entry.objects.get().status == Entry.Status.WITHDRAWN


def test_an_ended_entry_is_shown_but_cannot_be_changed(active, ada):
    ada.post(page(active, "withdraw"), {"reason": "Lifted."})
    response = ada.get(page(active, "change"))
    assert response.status_code == 200
    assert b'name="name"' not in response.content
    assert ada.post(page(active, "change"), {"name": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (landscape(), "No face was found"),
        (two_people(), "shows 2 faces"),
        (file_of(astronaut(2))[:9000], "damaged"),
        (pixel_flood(), "too large"),
        (b"Dear Sir or Madam, enclosed please find", "not a JPEG, PNG or WebP picture"),
        (file_of(astronaut().crop((84, 84, 106, 112))), "too small: 22 x 28"),
        (file_of(astronaut(0.4)), "The face is too small: the eyes are"),
        (b"", "empty"),
    ],
    ids=["no face", "two faces", "cut short", "30000x30000", "a letter", "22x28", "far away", "empty"],
)
def test_a_bad_photograph_is_an_error_at_its_field_that_names_the_file(ada, banned, content, expected):
    response = ada.post(ADD, words(banned, file_of(astronaut(2)), content))
    error = errors_of(response, "new_photographs")
    assert error.startswith("portrait1.jpg: ")
    assert expected in error
    assert not Entry.objects.exists()


def test_a_photograph_of_somebody_else_is_named_and_the_page_says_that_files_must_be_chosen_again(ada, banned):
    response = ada.post(ADD, words(banned, file_of(astronaut(2)), file_of(hopper())))
    assert "portrait1.jpg: This face does not look like" in errors_of(response, "new_photographs")
    assert "browsers forget chosen files" in response.content.decode()


def test_nobody_is_proposed_without_a_photograph(ada, banned):
    assert "at least one photograph" in errors_of(ada.post(ADD, words(banned)), "new_photographs")


def test_more_than_ten_photographs_at_once_are_refused_before_any_is_examined(ada, banned, monkeypatch):
    monkeypatch.setattr(fields, "examine", lambda content: pytest.fail("examined"))
    assert "at most 10" in errors_of(ada.post(ADD, words(banned, *[b"x"] * 11)), "new_photographs")


def test_an_entry_for_too_long_is_an_error_at_the_day(ada, banned):
    response = ada.post(ADD, words(banned, file_of(astronaut(2)), expires_at_0="2099-01-01"))
    assert f"at most {banned.days_to_keep} days" in errors_of(response, "expires_at")


def test_a_photograph_of_somebody_else_is_an_error_at_its_field(ada, proposed):
    response = ada.post(page(proposed, "change"), words(proposed.category, file_of(astronaut(2))))
    assert "does not look like" in errors_of(response, "new_photographs")
    assert Photograph.objects.count() == 1


def test_photographs_are_removed_but_not_the_last(ada, propose, cast):
    entry = approve(propose(photographs=[enrolment(), enrolment(away=0.1)]), cast.second_administrator)
    first, second = entry.photographs.all()
    until = entry.expires_at.astimezone(ZoneInfo("America/New_York"))
    unchanged = {"expires_at_0": f"{until:%Y-%m-%d}", "expires_at_1": f"{until:%H:%M:%S}"}
    both = words(entry.category, **unchanged, remove_photographs=[first.pk, second.pk])
    assert "One photograph must stay" in errors_of(ada.post(page(entry, "change"), both), "remove_photographs")
    one = words(entry.category, **unchanged, remove_photographs=[first.pk])
    response = ada.post(page(entry, "change"), one, follow=True)
    assert told(response)[0].startswith("The photographs were destroyed.")
    assert Entry.objects.get().status == Entry.Status.ACTIVE
    assert list(entry.photographs.all()) == [second]


def test_a_changed_name_sends_the_entry_back_to_be_approved(ada, active):
    response = ada.post(page(active, "change"), words(active.category, name="Robin Hale"), follow=True)
    assert told(response) == [entries.CHANGED]
    row = Entry.objects.get()
    assert (row.name, row.status) == ("Robin Hale", Entry.Status.PROPOSED)


def test_entries_outside_the_administrators_categories_do_not_exist_for_them(ada, propose, cast):
    from guardian.shortcuts import remove_perm

    staff = Category.objects.get(slug="staff")
    mine, hidden = propose("Robin Vale"), propose("Kim Ash", category=staff)
    remove_perm("watchlist.review_category", cast.administrator, staff)
    shown = ada.get(LIST).content.decode()
    assert "Robin Vale" in shown
    assert "Kim Ash" not in shown
    assert "Kim Ash" not in ada.get(LIST, {"q": "Kim"}).content.decode()
    assert ada.get(page(mine, "change")).status_code == 200
    for name in ("approve", "withdraw"):
        assert ada.get(page(hidden, name)).status_code == 404
    assert ada.get(page(hidden, "change")).status_code == 302  # Django's way of saying that there is no such row
    photograph = SimpleUploadedFile("portrait.jpg", file_of(astronaut(2)), "image/jpeg")
    refused = ada.post(ADD, words(staff) | {"new_photographs": [photograph]})
    assert "valid choice" in errors_of(refused, "category")


@pytest.mark.parametrize("person", ["north_principal", "privacy_officer", "system_administrator", "outsider"])
def test_nobody_else_reaches_the_entries(person, proposed, cast):
    user = getattr(cast, person)
    user.is_staff = True
    user.save()
    client = signed_in(user)
    for address in (LIST, ADD, page(proposed, "change"), page(proposed, "approve"), page(proposed, "withdraw")):
        assert client.get(address).status_code == 403


def test_a_superuser_without_grants_sees_no_entry(proposed, cast):
    client = signed_in(cast.superuser)
    assert b"Robin Vale" not in client.get(LIST).content
    assert client.get(page(proposed, "approve")).status_code == 404


def test_the_list_filters_by_category_and_searches_by_name(ada, propose):
    propose("Robin Vale")
    propose("Kim Ash", category=Category.objects.get(slug="staff"))
    found = ada.get(LIST, {"category__id__exact": Category.objects.get(slug="staff").pk}).content.decode()
    assert "Kim Ash" in found and "Robin Vale" not in found
    found = ada.get(LIST, {"q": "robin"}).content.decode()
    assert "Robin Vale" in found and "Kim Ash" not in found


def test_entries_are_never_deleted(ada, proposed):
    assert ada.get(page(proposed, "delete")).status_code == 403
    response = ada.post(LIST, {"action": "delete_selected", "_selected_action": [proposed.pk]})
    assert response.status_code in {200, 302, 403}
    assert Entry.objects.filter(pk=proposed.pk).exists()


def test_every_look_at_the_list_and_at_an_entry_is_recorded(ada, proposed, cast):
    ada.get(LIST, {"q": "Robin"})
    for name in ("change", "approve", "withdraw"):
        ada.get(page(proposed, name))
    looks = AccessRecord.objects.filter(action="looked at", actor_id=cast.administrator.pk)
    listed = looks.get(subject_kind="")
    assert (listed.subject, listed.reason) == (f"list of entries: {proposed.pk}", "searched for: Robin")
    assert looks.filter(subject_kind="entry", subject_id=proposed.pk).count() == 3


def test_without_a_record_nothing_is_shown(ada, proposed, monkeypatch):
    from django.db import DatabaseError

    from audit import desk as audited

    def fail(**_: object) -> None:
        raise DatabaseError("the log is full")

    monkeypatch.setattr(audited, "record_access", fail)
    for module in (decided, entries, entry_pages):
        monkeypatch.setattr(module, "record_access", fail)
    for address in (LIST, page(proposed, "change"), page(proposed, "approve")):
        response = ada.get(address)
        assert response.status_code == 503
        assert b"Robin" not in response.content


def test_djangos_own_history_keeps_no_names(ada, banned):
    from django.contrib.admin.models import LogEntry

    ada.post(ADD, words(banned, file_of(astronaut(2))))
    assert Entry.objects.exists()
    assert not LogEntry.objects.exists()
    assert ada.get(page(Entry.objects.get(), "history")).status_code == 404


@pytest.mark.parametrize("name", ["change", "approve", "withdraw"])
def test_the_pages_hold_no_inline_script_or_style(ada, proposed, name):
    content = ada.get(page(proposed, name)).content.decode()
    assert "<script>" not in content
    assert "<style" not in content
    assert " style=" not in content
    assert " onclick=" not in content


def test_where_the_models_are_missing_the_form_says_how_to_prepare_them(ada, banned, settings, tmp_path):
    from watchlist import enrolment as enrolling

    enrolling._load.cache_clear()
    settings.LOCKPORT_MODELS = tmp_path / "nothing"
    response = ada.post(ADD, words(banned, file_of(astronaut(2))))
    assert "manage.py convert_models" in errors_of(response, "new_photographs")


def test_an_empty_form_is_shown_again_with_what_is_missing(ada, proposed):
    response = ada.post(page(proposed, "change"), {})
    assert "required" in errors_of(response, "name")
    proposed.refresh_from_db()
    assert proposed.name
