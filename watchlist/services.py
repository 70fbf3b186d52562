"""Changes of the watchlist. Whoever changes an entry becomes its proposer, and somebody else must approve it."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.models import AccessRecord
from audit.places import usual_zone
from audit.services import Actor, record_access
from cameras.models import School
from cameras.vision.types import Floats
from retention.files import delete_files
from retention.vault import destroy_key
from watchlist.ages import refuse_age
from watchlist.destruction import remove_files, sweep
from watchlist.enrolment import Enrolment
from watchlist.gallery import readable_templates
from watchlist.models import Appeal, Category, Document, Entry, EntryHistogram, Photograph, Renewal
from watchlist.particulars import refuse_particulars
from watchlist.proposals import Proposal, refuse_category, refuse_where
from watchlist.refusals import Refused

logger = logging.getLogger(__name__)

SAME_PERSON = 0.6  # dlib's own limit: beyond it, two photographs hardly show one person
ENTRY = Entry.Status
WORDS = ["name", "birth_date", "category", "basis", "particulars", "every_school", "expires_at"]
FORGOTTEN = ["name", "birth_date", "basis", "particulars", "withdrawal_proposed"]


@transaction.atomic
def entry_propose(*, proposal: Proposal, photographs: Sequence[Enrolment], by: User, actor: Actor) -> Entry:
    """A new entry with its photographs, waiting for another administrator. Raises Refused."""
    if not photographs:
        raise Refused(_("Add at least one photograph: nobody can be looked for without."))
    list_name, reference = proposal.listed
    entry = Entry(
        name=proposal.name,
        birth_date=proposal.birth_date,
        category=proposal.category,
        basis=proposal.basis,
        particulars=dict(proposal.particulars),
        every_school=proposal.every_school,
        expires_at=proposal.expires_at,
        proposed_by=by,
        list_name=list_name,
        list_reference=reference,
    )
    refuse_words(entry, proposal.schools)
    entry.save()
    entry.schools.set(proposal.schools)
    record_access(actor=actor, action="proposed", subject=entry, reason=f"from the list {list_name}" * bool(list_name))
    for enrolment in photographs:
        photograph_add(entry=entry, enrolment=enrolment, by=by, actor=actor)
    entry.refresh_from_db()
    return entry


@transaction.atomic
def entry_change(*, entry: Entry, schools: Sequence[School], by: User, actor: Actor) -> Entry:
    """Store the changed words and days of `entry`; it has to be approved again. Raises Refused."""
    before = _open_entry(entry)
    refuse_words(entry, schools)
    different = [name for name in WORDS if getattr(entry, name) != getattr(before, name)]
    if set(schools) != set(before.schools.all()):
        different.append("schools")
    # Which words, never what they say: the log outlives the entry.
    record_access(actor=actor, action="changed", subject=entry, reason=", ".join(different).replace("_", " "))
    entry.save(update_fields=WORDS)
    entry.schools.set(schools)
    # What was asked of a second person was about other words.
    Renewal.objects.filter(entry=entry, approved_by__isnull=True).delete()
    _propose_again(entry, by)
    return entry


@transaction.atomic
def photograph_add(*, entry: Entry, enrolment: Enrolment, by: User, actor: Actor) -> Photograph:
    """Put a photograph and its template into the vault; the entry has to be approved (again). Raises Refused."""
    _open_entry(entry)
    refuse_stranger(enrolment.template, readable_templates(entry.pk, _template_names(entry)))
    box = enrolment.face
    face = {"left": box.left, "top": box.top, "right": box.right, "bottom": box.bottom}
    photograph = Photograph(entry=entry, face=face, quality=enrolment.quality)
    try:
        photograph.file.save("photograph.jpg", ContentFile(enrolment.jpeg), save=False)
        template = np.ascontiguousarray(enrolment.template, "<f4")
        photograph.template.save("template.f32", ContentFile(template.tobytes()), save=False)
        photograph.save()
        _count_anew(entry)
        record_access(actor=actor, action="added a photograph to", subject=entry)
        _propose_again(entry, by)
    except BaseException:
        _delete_files(photograph)
        raise
    return photograph


@transaction.atomic
def photograph_remove(*, photograph: Photograph, by: User, actor: Actor) -> None:
    """Destroy a photograph and its template. The entry stays approved; the last photograph stays. Raises Refused."""
    entry = _open_entry(photograph.entry)
    if entry.photographs.count() == 1:
        raise Refused(_("This is the only photograph: add another one first, or withdraw the entry."))
    record_access(actor=actor, action="removed a photograph from", subject=entry)
    Photograph.objects.filter(pk=photograph.pk).delete()
    _count_anew(entry)
    if entry.status == ENTRY.PROPOSED:
        _propose_again(entry, by)
    else:
        entry.version += 1
        entry.save(update_fields=["version"])
    transaction.on_commit(lambda: _delete_files(photograph), robust=True)


def entry_approve(*, entry: Entry, seen_version: int, by: User, actor: Actor) -> Entry:
    """Approve what somebody else proposed, as it was in `seen_version`. Raises Refused, which is recorded too."""
    try:
        with transaction.atomic():
            row = _open_entry(entry)
            _refuse_approval(row, seen_version, by)
            record_access(actor=actor, action="approved", subject=row)
            row.status, row.approved_by, row.version = ENTRY.ACTIVE, by, row.version + 1
            row.save(update_fields=["status", "approved_by", "version"])
            return row
    except Refused as refusal:
        refused = AccessRecord.Result.REFUSED
        record_access(actor=actor, action="approved", subject=entry, reason=refusal, result=refused)
        raise


@transaction.atomic
def entry_withdraw(*, entry: Entry, reason: str, actor: Actor) -> Entry:
    """End the entry now and destroy what is known of the person, for a reason that is recorded. Raises Refused."""
    if not reason.strip():
        raise Refused(_("Say why the entry is withdrawn: the access log keeps the reason."))
    row = Entry.objects.select_for_update().get(pk=entry.pk)
    if row.status in {ENTRY.WITHDRAWN, ENTRY.EXPIRED}:
        raise Refused(_("This entry has ended already."))
    _end(row, ENTRY.WITHDRAWN, action="withdrew", reason=reason, actor=actor)
    return row


def entry_expire(*, actor: Actor) -> int:
    """End every entry whose day has come, and finish endings that were interrupted; return how many ended now."""
    ended = entries_end_due(now=timezone.now(), actor=actor)
    sweep()
    return ended


def entries_end_due(*, now: datetime, most: int | None = None, actor: Actor) -> int:
    """End the entries (at most `most`, the oldest first) whose last moment has come at `now`; return how many."""
    due = Entry.objects.filter(status__in=[ENTRY.PROPOSED, ENTRY.ACTIVE], expires_at__lte=now).order_by("expires_at")
    ended = 0
    for number in list(due.values_list("pk", flat=True)[:most]):
        with transaction.atomic():
            row = due.select_for_update().filter(pk=number).first()
            if row is not None:  # else withdrawn or renewed since
                entry_end(entry=row, reason="Its last day has come.", actor=actor)
                ended += 1
    return ended


@transaction.atomic
def entry_end(*, entry: Entry, reason: str, actor: Actor) -> None:
    """Let an entry expire now, whatever its date, and destroy what is known of the person."""
    _end(entry, ENTRY.EXPIRED, action="let expire", reason=reason, actor=actor)


def refuse_words(entry: Entry, schools: Sequence[School]) -> None:
    """Raises Refused unless everything that is written of an entry may be proposed."""
    refuse_category(entry.category)
    refuse_where(entry.every_school, schools)
    refuse_days(entry.category, entry.expires_at)
    refuse_age(entry.category, entry.birth_date)
    refuse_particulars(entry.category.slug, entry.particulars, entry.expires_at)


def last_moment(category: Category) -> datetime:
    """Until when an entry of this category that is proposed now may stay."""
    return timezone.now() + timedelta(days=category.days_to_keep)


def refuse_days(category: Category, expires_at: datetime) -> None:
    """Raises Refused unless the day lies ahead and within the category's limit."""
    if expires_at <= timezone.now():
        raise Refused(_("This moment is over. Choose one that lies ahead."))
    if expires_at > last_moment(category) + timedelta(days=1):  # the last day counts in full, in every time zone
        raise Refused(
            _(
                "Entries of “%(category)s” stay for at most %(days)s days and are then renewed: "
                "choose %(day)s or earlier."
            ),
            category=category,
            days=category.days_to_keep,
            day=f"{last_moment(category).astimezone(usual_zone()):%Y-%m-%d}",
        )


def refuse_stranger(template: Floats, siblings: Sequence[Floats]) -> None:
    """Raises Refused when a template (128,) is unlike every other photograph of the same entry."""
    if siblings and min(float(np.linalg.norm(template - other)) for other in siblings) > SAME_PERSON:
        raise Refused(
            _(
                "This face does not look like the entry's other photographs. Check that it is the same "
                "person; if one of them is old, use a newer one."
            )
        )


def _refuse_approval(entry: Entry, seen_version: int, by: User) -> None:
    if entry.status != ENTRY.PROPOSED:
        raise Refused(_("This entry is approved already."))
    if entry.proposed_by_id == by.pk:
        raise Refused(
            _("You proposed or changed this entry, so another administrator must approve it: nobody decides alone.")
        )
    if entry.version != seen_version:
        raise Refused(_("This entry was changed after you opened it. Look at it again, then approve."))
    refuse_words(entry, list(entry.schools.all()))
    if not entry.photographs.exists():
        raise Refused(_("This entry has no photograph: nobody can be looked for without."))


def _open_entry(entry: Entry) -> Entry:
    """The row itself, locked until the transaction ends. Raises Refused when the entry has ended."""
    row = Entry.objects.select_for_update().get(pk=entry.pk)
    if row.has_ended:
        raise Refused(_("This entry has ended and its data is destroyed. Propose a new one."))
    return row


def _propose_again(entry: Entry, by: User) -> None:
    current = Entry.objects.only("version").get(pk=entry.pk).version
    entry.status, entry.proposed_by, entry.approved_by, entry.version = ENTRY.PROPOSED, by, None, current + 1
    entry.save(update_fields=["status", "proposed_by", "approved_by", "version"])


def _end(entry: Entry, status: str, *, action: str, reason: str, actor: Actor) -> None:
    record_access(actor=actor, action=action, subject=entry, reason=reason)
    destroy_key(entry.owner)
    Photograph.objects.filter(entry=entry).delete()
    for model in (EntryHistogram, Document, Renewal):
        model.objects.filter(entry=entry).delete()
    Appeal.objects.filter(entry=entry, answered_at__isnull=False).update(statement="")
    entry.status, entry.ended_at, entry.version = status, timezone.now(), entry.version + 1
    # Alerts keep the category and this pseudonym; who it was is known from here on to nobody.
    entry.name, entry.basis, entry.birth_date, entry.particulars = f"Former entry {entry.pseudonym}", "", None, {}
    entry.list_name = entry.list_reference = entry.withdrawal_proposed = ""
    entry.save(update_fields=["status", "ended_at", "version", "list_name", "list_reference", *FORGOTTEN])
    owner = entry.owner
    transaction.on_commit(lambda: remove_files(owner), robust=True)


def _count_anew(entry: Entry) -> None:
    """With other photographs the template is another one: how near passers-by came to the old one says nothing."""
    EntryHistogram.objects.filter(entry=entry).delete()


def _template_names(entry: Entry) -> list[str]:
    return list(Photograph.objects.filter(entry=entry).values_list("template", flat=True))


def _delete_files(photograph: Photograph) -> None:
    delete_files([str(file.name) for file in (photograph.file, photograph.template) if file.name])
