"""Changes of authorisations: one person signs, another approves; a change needs both again."""

from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.models import AccessRecord
from audit.services import Actor, record_access
from cameras.models import School
from lockport.jurisdictions import is_code
from watchlist.models import Authorisation, Category
from watchlist.services import Refused


def refuse_jurisdiction(school: School) -> None:
    """Raises Refused where the law forbids face recognition in schools."""
    if not is_code(school.jurisdiction):
        raise Refused(
            _(
                "By which law recognition would be authorised at %(school)s is not known: its jurisdiction must be the "
                "code of the state, such as US-PA."
            ),
            school=school,
        )
    if school.jurisdiction in settings.LOCKPORT_REFUSED_JURISDICTIONS:
        raise Refused(
            _(
                "%(school)s is in %(jurisdiction)s, where face recognition in schools is forbidden. It "
                "cannot be authorised here by anybody."
            ),
            school=school,
            jurisdiction=school.jurisdiction,
        )


@transaction.atomic
def authorisation_sign(
    *, authorisation: Authorisation, categories: Sequence[Category], by: User, actor: Actor
) -> Authorisation:
    """Store a new or changed authorisation; it is not in force until another person approves. Raises Refused."""
    refuse_jurisdiction(authorisation.school)
    authorisation.signed_by, authorisation.approved_by = by, None
    authorisation.save()
    authorisation.categories.set(categories)
    record_access(actor=actor, action="signed", subject=authorisation)
    return authorisation


def authorisation_approve(*, authorisation: Authorisation, by: User, actor: Actor) -> Authorisation:
    """Put in force what somebody else signed. Raises Refused, which is recorded too."""
    try:
        with transaction.atomic():
            row = Authorisation.objects.select_for_update().get(pk=authorisation.pk)
            if row.approved_by_id is not None:
                raise Refused(_("This authorisation is approved already."))
            if row.signed_by_id == by.pk:
                raise Refused(
                    _("You signed this authorisation, so another person must approve it: nobody decides alone.")
                )
            refuse_jurisdiction(row.school)
            record_access(actor=actor, action="approved", subject=row)
            row.approved_by = by
            row.save(update_fields=["approved_by"])
            return row
    except Refused as refusal:
        refused = AccessRecord.Result.REFUSED
        record_access(actor=actor, action="approved", subject=authorisation, reason=refusal, result=refused)
        raise
