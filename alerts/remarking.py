"""Writing a note on an alert: by somebody who has answered, so that it tells nobody what they have yet to answer."""

from datetime import datetime
from typing import cast

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from alerts import words
from alerts.answers import OPEN
from alerts.cards import name
from alerts.deciding import Answer, NotAccepted, checked_note, last_of, locked, require_decider
from alerts.models import Alert
from alerts.remarks import Remark
from audit.services import Actor, record_access
from lockport.access import Person


def remark_add(*, person: Person, actor: Actor, alert_pk: int, text: str) -> Remark:
    """Keep the note beside the answers. Raises Http404, PermissionDenied, or NotAccepted."""
    require_decider(person, actor, alert_pk)
    text = checked_note(text)
    if not text:
        raise NotAccepted(_("Write something first: an empty note is not kept."))
    with transaction.atomic():
        alert = locked(person, alert_pk)
        mine = last_of(list(alert.decisions.all()), cast(User, person).pk)
        if alert.status in OPEN and (mine is None or mine.answer == Answer.UNDONE):
            raise NotAccepted(
                _("Answer first: until then you are not shown what others wrote, nor they what you write.")
            )
        record_access(actor=actor, action="wrote a note on", subject=alert)
        return Remark.objects.create(alert=alert, by=cast(User, person), text=text)


def written(alert: Alert, now: datetime) -> list[tuple[str, str, str]]:
    """Who wrote what and when, in the order of time: name, time in words, text."""
    zone = alert.camera.school.zone
    return [
        (name(row.by), words.clock(row.at, zone, now=now, seconds=False), row.text)
        for row in alert.remarks.select_related("by")
    ]
