from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import AccessRecord
from audit.services import Actor
from retention.vault import KeyDestroyed, has_key
from tests.watchlist.conftest import approve, enrolment
from watchlist import services
from watchlist.models import Category, Entry, Photograph
from watchlist.services import (
    Refused,
    entry_approve,
    entry_change,
    entry_withdraw,
    photograph_add,
    photograph_remove,
)

pytestmark = pytest.mark.django_db
STATUS = Entry.Status


def files(settings) -> list[Path]:
    return [path for path in Path(settings.LOCKPORT_VAULT).rglob("*") if path.is_file()]


def ada(cast) -> dict:
    return {"by": cast.administrator, "actor": Actor.from_person(cast.administrator)}


def bela(cast) -> dict:
    return {"by": cast.second_administrator, "actor": Actor.from_person(cast.second_administrator)}


def test_a_proposal_waits_and_is_recorded_with_each_photograph(propose, cast):
    entry = propose(photographs=[enrolment(), enrolment(away=0.1)])
    assert (entry.status, entry.proposed_by, entry.approved_by) == (STATUS.PROPOSED, cast.administrator, None)
    assert entry.photographs.count() == 2
    acts = AccessRecord.objects.filter(subject_kind="entry", subject_id=entry.pk).values_list("action", flat=True)
    assert sorted(acts) == ["added a photograph to", "added a photograph to", "proposed"]


def test_nobody_is_proposed_without_a_photograph(propose):
    with pytest.raises(Refused, match="at least one photograph"):
        propose(photographs=[])


def test_nobody_is_proposed_for_longer_than_the_category_allows(propose, banned):
    with pytest.raises(Refused, match=f"at most {banned.days_to_keep} days"):
        propose(expires_at=timezone.now() + timedelta(days=banned.days_to_keep + 2))


def test_nobody_is_proposed_until_yesterday(propose):
    with pytest.raises(Refused, match="lies ahead"):
        propose(expires_at=timezone.now() - timedelta(seconds=1))


def test_neither_photograph_nor_template_lies_readable_on_the_disk(proposed, settings):
    content = b"".join(path.read_bytes() for path in files(settings))
    assert len(files(settings)) == 2
    assert enrolment().jpeg[:64] not in content
    assert enrolment().template.tobytes()[:16] not in content


def test_another_administrator_approves(proposed, cast):
    row = approve(proposed, cast.second_administrator)
    assert (row.status, row.approved_by) == (STATUS.ACTIVE, cast.second_administrator)


def test_whoever_proposed_cannot_approve_and_the_attempt_is_recorded(proposed, cast):
    with pytest.raises(Refused, match="nobody decides alone"):
        approve(proposed, cast.administrator)
    assert Entry.objects.get().status == STATUS.PROPOSED
    assert AccessRecord.objects.filter(action="approved", result="refused", actor_id=cast.administrator.pk).exists()


def test_what_was_changed_after_it_was_looked_at_is_not_approved(proposed, cast):
    seen = proposed.version
    photograph_add(entry=proposed, enrolment=enrolment(away=0.1), **ada(cast))
    with pytest.raises(Refused, match="changed after you opened it"):
        entry_approve(entry=proposed, seen_version=seen, **bela(cast))


def test_whoever_changed_a_proposal_cannot_approve_it_but_its_first_proposer_can(proposed, cast):
    photograph_add(entry=proposed, enrolment=enrolment(away=0.1), **bela(cast))
    with pytest.raises(Refused, match="You proposed or changed"):
        approve(proposed, cast.second_administrator)
    assert approve(proposed, cast.administrator).status == STATUS.ACTIVE


def test_a_changed_entry_is_not_looked_for_until_it_is_approved_again(active, cast, south):
    active.name, active.every_school = "Robin Hale", False
    entry_change(entry=active, schools=[south], **ada(cast))
    row = Entry.objects.get()
    assert (row.name, row.status, row.approved_by) == ("Robin Hale", STATUS.PROPOSED, None)
    assert list(row.schools.all()) == [south]


def test_an_entry_is_renewed_by_two_people_too_and_within_its_category(active, cast, banned):
    active.expires_at = timezone.now() + timedelta(days=banned.days_to_keep + 40)
    with pytest.raises(Refused, match="then renewed"):
        entry_change(entry=active, schools=[], **ada(cast))
    active.expires_at = timezone.now() + timedelta(days=60)
    assert entry_change(entry=active, schools=[], **ada(cast)).status == STATUS.PROPOSED


def test_a_photograph_unlike_the_others_is_refused_and_leaves_no_file(proposed, cast, settings):
    with pytest.raises(Refused, match="does not look like"):
        photograph_add(entry=proposed, enrolment=enrolment(seed=2), **ada(cast))
    assert len(files(settings)) == 2


def test_a_photograph_that_cannot_be_stored_leaves_no_file(proposed, cast, settings, monkeypatch):
    monkeypatch.setattr(services, "record_access", lambda **_: (_ for _ in ()).throw(OSError("no log")))
    with pytest.raises(OSError, match="no log"):
        photograph_add(entry=proposed, enrolment=enrolment(away=0.1), **ada(cast))
    assert len(files(settings)) == 2


def test_a_photograph_is_removed_with_its_template_and_the_entry_stays_approved(
    propose, cast, settings, django_capture_on_commit_callbacks
):
    entry = approve(propose(photographs=[enrolment(), enrolment(away=0.1)]), cast.second_administrator)
    with django_capture_on_commit_callbacks(execute=True):
        photograph_remove(photograph=entry.photographs.first(), **ada(cast))
    assert len(files(settings)) == 2
    entry.refresh_from_db()
    assert (entry.status, entry.photographs.count()) == (STATUS.ACTIVE, 1)


def test_the_last_photograph_is_not_removed(active, cast):
    with pytest.raises(Refused, match="only photograph"):
        photograph_remove(photograph=active.photographs.get(), **ada(cast))


def test_withdrawing_destroys_name_photographs_templates_and_key(
    active, cast, settings, django_capture_on_commit_callbacks
):
    name = active.photographs.get().file.name
    with django_capture_on_commit_callbacks(execute=True):
        entry_withdraw(entry=active, reason="The order was lifted.", actor=ada(cast)["actor"])
    row = Entry.objects.get()
    assert row.status == STATUS.WITHDRAWN
    assert str(row.pseudonym) in row.name and "Robin" not in row.name
    assert row.basis == ""
    assert row.category == active.category
    assert not Photograph.objects.exists()
    assert not has_key(active.owner)
    assert files(settings) == []
    with pytest.raises((KeyDestroyed, FileNotFoundError)):
        storages["vault"].open(name)
    record = AccessRecord.objects.get(action="withdrew")
    assert record.reason == "The order was lifted."


def test_withdrawing_takes_a_reason_and_happens_once(active, cast):
    with pytest.raises(Refused, match="Say why"):
        entry_withdraw(entry=active, reason="  ", actor=ada(cast)["actor"])
    entry_withdraw(entry=active, reason="Lifted.", actor=ada(cast)["actor"])
    with pytest.raises(Refused, match="ended already"):
        entry_withdraw(entry=active, reason="Lifted.", actor=ada(cast)["actor"])


def test_when_the_withdrawal_is_rolled_back_everything_is_still_there(active, cast, settings):
    with pytest.raises(RuntimeError), transaction.atomic():
        entry_withdraw(entry=active, reason="Lifted.", actor=ada(cast)["actor"])
        raise RuntimeError
    photograph = Photograph.objects.get()
    assert photograph.file.read() == enrolment().jpeg
    assert Entry.objects.get().name == "Robin Vale"


def test_an_ended_entry_cannot_be_changed_or_approved(active, cast):
    entry_withdraw(entry=active, reason="Lifted.", actor=ada(cast)["actor"])
    for attempt in (
        lambda: photograph_add(entry=active, enrolment=enrolment(), **ada(cast)),
        lambda: entry_change(entry=active, schools=[], **ada(cast)),
        lambda: entry_approve(entry=active, seen_version=Entry.objects.get().version, **bela(cast)),
    ):
        with pytest.raises(Refused, match="has ended"):
            attempt()
    assert not has_key(active.owner)


def test_the_database_refuses_one_person_twice(proposed, cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.filter(pk=proposed.pk).update(approved_by=cast.administrator)


def test_the_database_refuses_an_active_entry_that_nobody_approved(proposed):
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.filter(pk=proposed.pk).update(status=STATUS.ACTIVE)


def test_each_change_counts_the_version_up(propose, cast, django_capture_on_commit_callbacks):
    entry = propose()
    seen = [entry.version]
    for change in (
        lambda: photograph_add(entry=entry, enrolment=enrolment(away=0.1), **ada(cast)),
        lambda: approve(entry, cast.second_administrator),
        lambda: photograph_remove(photograph=entry.photographs.first(), **ada(cast)),
        lambda: entry_withdraw(entry=entry, reason="Lifted.", actor=ada(cast)["actor"]),
    ):
        change()
        seen.append(Entry.objects.get().version)
    assert seen == sorted(set(seen))


def test_every_category_allows_some_days():
    assert all(category.days_to_keep > 0 for category in Category.objects.all())
