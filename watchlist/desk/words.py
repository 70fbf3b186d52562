"""Small pieces of text that the pages of the desk share."""

from datetime import datetime

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString


def badge(kind: str, words: str) -> SafeString:
    """Icon and words on a colour; the words alone say it all."""
    return format_html('<span class="desk-badge desk-{}">{}</span>', kind, words)


def moment(at: datetime) -> str:
    """A time with its zone, such as 2027-03-31 14:00 UTC."""
    local = timezone.localtime(at)
    return f"{local:%Y-%m-%d %H:%M} {local.tzname()}"
