"""What waits at the watchlist desk, as its home says it: `{% desk_todo request.user as waiting %}`."""

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lockport.access import Person
from watchlist.desk.filters import WAITING, with_waiting
from watchlist.models import Entry
from watchlist.papers import Appeal

register = template.Library()
HOME: dict[str, str | Promise] = {
    "approval": _("Entries to be approved"),
    "renewal": _("Renewals to be decided"),
    "withdrawal": _("Withdrawals proposed"),
    "week": _("Entries that end within 7 days"),
}


@register.simple_tag
def desk_todo(person: Person) -> list[tuple[str | Promise, int, str]]:
    """Of each kind of work: what it is, how much of it, and where its list is."""
    entries = with_waiting(Entry.objects.visible_to(person))
    place = reverse("admin:watchlist_entry_changelist")
    found = [(words, WAITING[name][1](entries).count(), f"{place}?todo={name}") for name, words in HOME.items()]
    appeals = Appeal.objects.visible_to(person).open().count()
    all_of_them = f"{reverse('admin:watchlist_appeal_changelist')}?clock=open"
    return [*found, (_("Appeals not answered yet"), appeals, all_of_them)]
