"""Where a person wants to be told, and which addresses of that kind are accepted at all.

An address is a secret (it holds passwords and tokens) and is opened by the server: it is sealed in the database, of a
kind on the list below, and where it names a host of its own that host is checked as a camera's is, when it is entered
and again before each message.
"""

import logging
from datetime import time
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import apprise
from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from alerts import push
from alerts.hosts import check
from cameras.addresses import AddressRefused
from cameras.models import School
from lockport.access import Person, ScopedQuerySet
from retention.fields import SealedTextField
from watchlist.models import Category

# What apprise says of an address may repeat it, with its password.
logging.getLogger("apprise").setLevel(logging.CRITICAL)

# Kinds that go to a service's own fixed host, and kinds that name a host; apprise knows more, and they are refused.
SERVICES = {
    **{
        "slack": "Slack",
        "discord": "Discord",
        "tgram": "Telegram",
        "pover": "Pushover",
        "twilio": gettext_noop("SMS by Twilio"),
    },
    **{"vonage": gettext_noop("SMS by Vonage"), "clicksend": gettext_noop("SMS by ClickSend")},
    **{"sns": gettext_noop("SMS by Amazon SNS")},
    **{"pagerduty": "PagerDuty", "signl4": "SIGNL4", "opsgenie": "Opsgenie"},
}
OWN_HOSTS = {
    **{
        "mailto": gettext_noop("E-mail"),
        "mailtos": "E-mail",
        "ntfy": "ntfy",
        "ntfys": "ntfy",
        "workflows": "Microsoft Teams",
    },
    **{"workflow": "Microsoft Teams", "gotify": "Gotify", "gotifys": "Gotify", "mmost": "Mattermost"},
    **{"mmosts": "Mattermost", "json": "Webhook", "jsons": "Webhook"},
}
KINDS = SERVICES | OWN_HOSTS
BROWSER = gettext_noop("A browser")
# Options with which an address could make the server follow redirects, skip checks, or be kept busy for hours.
REFUSED_OPTIONS = {"redirect", "verify", "retry", "wait", "cto", "rto", "method", "optional"}
TIMEOUT = 10.0  # seconds to connect, and again to be answered


class DestinationQuerySet(ScopedQuerySet["Destination"]):
    def visible_to(self, person: Person) -> Self:
        """A person's own: where somebody is told is nobody else's business."""
        if not person.is_authenticated or not person.is_active:
            return self.none()
        return self.filter(owner=person.pk)

    def in_use(self) -> Self:
        return self.filter(owner__is_active=True, off_because="")


class Destination(models.Model):
    """One way to tell one person, and of what. No school or no category chosen means all that were granted."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="destinations")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=20, editable=False)
    address = SealedTextField()
    # That of the page on which it was set up: a worker that writes to somebody knows no browser.
    language = models.CharField(max_length=10, default="en", editable=False)
    schools = models.ManyToManyField(School, blank=True)
    categories = models.ManyToManyField(Category, blank=True)
    quiet_from = models.TimeField(null=True, blank=True, help_text="By the clock of the school of the alert.")
    quiet_until = models.TimeField(null=True, blank=True)
    # Why nothing is sent there any more; empty while it is in use.
    off_because = models.CharField(max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DestinationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="destination_quiet_hours_begin_and_end",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.kind_words})"

    @property
    def kind_words(self) -> str:
        """As the access log has it; pages translate it."""
        return BROWSER if self.kind == push.KIND else KINDS.get(self.kind, self.kind)

    @property
    def language_name(self) -> str:
        return dict(settings.LANGUAGES).get(self.language, self.language)

    @property
    def quiet(self) -> tuple[time, time] | None:
        return (self.quiet_from, self.quiet_until) if self.quiet_from and self.quiet_until else None


def kind_of(address: str) -> str:
    """The kind of an address, checked. Raises AddressRefused, never with the address."""
    if push.is_push(address):
        push.subscription(address)
        return push.KIND
    service(address)
    return address.partition("://")[0].lower()


def service(text: str) -> apprise.NotifyBase:
    """The service that an address means, checked, redirects refused. Raises AddressRefused, never with the address.

    The host is looked up again by the service itself when it sends: a name that changes within that moment is not
    caught. Whoever must rule that out lets workers out through a proxy.
    """
    text = text.strip()
    kind = text.partition("://")[0].lower()
    if kind not in KINDS:
        raise AddressRefused(
            _("Begin the address with one of: %(kinds)s.")
            % {"kinds": ", ".join(f"{name}://" for name in sorted(KINDS))}
        )
    _refuse_options(text)
    # Apprise reports what it refuses to its log only; that is switched off, for it repeats the address.
    found = apprise.Apprise.instantiate(text, asset=_asset())
    if not isinstance(found, apprise.NotifyBase):
        said = _("This is not a complete address for %(kind)s. The documentation of apprise shows how it is written.")
        raise AddressRefused(said % {"kind": _(KINDS[kind])})
    found.redirects = False
    found.socket_connect_timeout = found.socket_read_timeout = TIMEOUT
    for host in _hosts(kind, found):
        check(host)
    return found


def _refuse_options(text: str) -> None:
    try:
        options = {name.lower() for name, _ in parse_qsl(urlsplit(text).query, keep_blank_values=True)}
    except ValueError:
        raise AddressRefused(_("The address cannot be read: check its host and port.")) from None
    if refused := sorted(options & REFUSED_OPTIONS):
        said = _("Leave out the option %(options)s: Lockport decides that itself.")
        raise AddressRefused(said % {"options": ", ".join(refused)})


def _hosts(kind: str, found: Any) -> list[str]:
    """The hosts that the address itself names."""
    if kind in SERVICES or (kind in {"ntfy", "ntfys"} and found.mode == "cloud"):
        return []
    return [(getattr(found, "smtp_host", "") or found.host).strip("[]")]


def _asset() -> apprise.AppriseAsset:
    return apprise.AppriseAsset(
        app_id="Lockport", app_desc="Lockport", app_url="", image_url_mask="", image_path_mask="", plugin_paths=[]
    )
