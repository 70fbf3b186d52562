"""Stored English text in the language of whoever reads: `{{ finding.words|shown }}`, `{{ record|reason }}`."""

from django import template

from audit import stored
from audit.acts import act_of
from audit.models import AccessRecord
from audit.sentences import reason_shown

register = template.Library()


@register.filter
def shown(text: object) -> str:
    return stored.shown(str(text))


@register.filter
def reason(record: AccessRecord) -> str:
    return reason_shown(record)


@register.filter
def act(record: AccessRecord, what: str = "") -> str:
    """The words between who and what; with `what` in its place where that is given."""
    return act_of(record.action).done_to(what)
