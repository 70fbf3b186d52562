"""Stored English text in the language of whoever reads: `{{ finding.words|shown }}`."""

from django import template

from audit import stored

register = template.Library()


@register.filter
def shown(text: object) -> str:
    return stored.shown(str(text))
