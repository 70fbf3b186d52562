"""Who is looked for, on whose authority, and until when."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cameras.models import School
from lockport.access import ScopedQuerySet
from lockport.jurisdictions import CODE, is_code


class CategoryQuerySet(ScopedQuerySet["Category"]):
    grants: ClassVar[dict[str, str]] = {"pk": "watchlist.review_category"}


class Category(models.Model):
    """One of the five reasons to look for somebody, each with its legal basis; a migration makes them."""

    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    legal_basis = models.TextField(_("legal basis"))
    days_to_keep = models.PositiveIntegerField(
        _("days to keep"), help_text=_("The longest an entry stays active before it must be renewed.")
    )
    protocol = models.TextField(
        _("protocol"), help_text=_("What staff should do on a possible match, one step a line.")
    )
    severity = models.PositiveSmallIntegerField(_("severity"), default=1, help_text=_("Higher is shown first."))
    # Students are looked for only where the district has decided so: their category begins switched off.
    enabled = models.BooleanField(
        _("in use"),
        default=True,
        help_text=_("Of a category that is switched off nobody is proposed and nobody looked for."),
    )

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["-severity", "name"]
        verbose_name, verbose_name_plural = _("category"), _("categories")
        permissions = [("review_category", "Can review the alerts of this category")]

    def __str__(self) -> str:
        return gettext(self.name) if self.name else ""  # the words of category_words.py; a district's own stay


class AuthorisationQuerySet(models.QuerySet["Authorisation"]):
    def in_force(self) -> "AuthorisationQuerySet":
        """Signed by two people, begun, not over, and at a school whose jurisdiction does not forbid recognition."""
        now = timezone.now()
        signed = self.filter(approved_by__isnull=False, valid_from__lte=now, valid_until__gt=now)
        known = signed.filter(school__jurisdiction__regex=CODE)  # whatever else is written there, no law is known
        return known.exclude(school__jurisdiction__in=settings.LOCKPORT_REFUSED_JURISDICTIONS)


class Authorisation(models.Model):
    """Who allowed recognition at a school, by which law, for which categories, until when. Without it: none."""

    school = models.ForeignKey(
        School, on_delete=models.PROTECT, related_name="authorisations", verbose_name=_("school")
    )
    categories = models.ManyToManyField(Category, verbose_name=_("categories"))
    law = models.CharField(_("law"), max_length=300, help_text=_("The law, policy or resolution that allows it."))
    valid_from = models.DateTimeField(_("valid from"), default=timezone.now)
    valid_until = models.DateTimeField(_("valid until"))
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )

    objects = AuthorisationQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("authorisation"), _("authorisations")
        ordering = ["school__name", "-valid_until"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("signed_by")),
                name="authorisation_by_two_people",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gt=F("valid_from")), name="authorisation_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        words = gettext("Authorisation of %(school)s until %(day)s")
        return words % {"school": self.school, "day": f"{self.valid_until:%Y-%m-%d}"}

    @property
    def logged_school(self) -> str:
        return self.school.name

    @property
    def is_in_force(self) -> bool:
        """As `AuthorisationQuerySet.in_force` says of the row, without a query."""
        place = self.school.jurisdiction
        refused = not is_code(place) or place in settings.LOCKPORT_REFUSED_JURISDICTIONS
        return bool(self.approved_by_id) and self.valid_from <= timezone.now() < self.valid_until and not refused


def new_vault_id() -> str:
    return str(uuid.uuid4())


class EntryQuerySet(ScopedQuerySet["Entry"]):
    grants: ClassVar[dict[str, str]] = {"category": "watchlist.review_category"}

    def active(self) -> "EntryQuerySet":
        """Approved, neither withdrawn nor expired, of a category in use."""
        return self.filter(status=Entry.Status.ACTIVE, expires_at__gt=timezone.now(), category__enabled=True)

    def open(self) -> "EntryQuerySet":
        """Proposed or active, and not past its day."""
        return self.filter(status__in=[Entry.Status.PROPOSED, Entry.Status.ACTIVE], expires_at__gt=timezone.now())


class Entry(models.Model):
    """One person on the watchlist: proposed by one administrator, approved by another."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        ACTIVE = "active", _("active")
        WITHDRAWN = "withdrawn", _("withdrawn")
        EXPIRED = "expired", _("expired")

    pseudonym = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Names the entry's key. Not the row's number, which a restored database gives to somebody else a second time.
    vault_id = models.CharField(max_length=36, default=new_vault_id, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    birth_date = models.DateField(
        _("birth date"),
        null=True,
        blank=True,
        help_text=_("Needed for students. Nobody under 12 can be enrolled: the network cannot tell children apart."),
    )
    category = models.ForeignKey(Category, on_delete=models.PROTECT, verbose_name=_("category"))
    every_school = models.BooleanField(_("every school"), default=False, editable=False)
    schools = models.ManyToManyField(
        School, blank=True, verbose_name=_("schools"), help_text=_("Where the person is looked for.")
    )
    basis = models.TextField(_("basis"), help_text=_("The decision behind this entry, in a sentence or two."))
    # What the category needs to know (watchlist/particulars.py), by the name of the fact.
    particulars = models.JSONField(default=dict, editable=False)
    expires_at = models.DateTimeField(
        _("expires at"), help_text=_("At this moment photographs and templates are destroyed.")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PROPOSED, editable=False)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("proposed by"),
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
        verbose_name=_("approved by"),
    )
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, editable=False)
    # Of an imported entry: which list it came from, and what that list calls the person.
    list_name = models.CharField(_("list name"), max_length=80, blank=True, editable=False)
    list_reference = models.CharField(max_length=80, blank=True, editable=False)
    withdrawal_proposed = models.CharField(max_length=200, blank=True, editable=False)
    # Counts what changes the gallery: photographs, approval, withdrawal.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name, verbose_name_plural = _("entry"), _("entries")
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")), name="entry_by_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(status="active") | Q(approved_by__isnull=False), name="entry_active_only_when_approved"
            ),
            models.UniqueConstraint(
                fields=["list_name", "list_reference"], condition=~Q(list_name=""), name="one_entry_a_list_reference"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_ended(self) -> bool:
        """Withdrawn, expired, or past its day although nobody has cleared it away yet."""
        return self.status in {self.Status.WITHDRAWN, self.Status.EXPIRED} or self.expires_at <= timezone.now()

    @property
    def logged_as(self) -> str:
        """What the access log calls this entry: it outlives the name, which must be forgotten when the entry ends."""
        return f"entry {self.pk} ({self.pseudonym})"

    @property
    def logged_about(self) -> str:
        return f"entry {self.pk}"

    @property
    def owner(self) -> str:
        """Whose data key encrypts this entry's files in the vault."""
        return f"entries/{self.vault_id}"


class EntryHistogramQuerySet(ScopedQuerySet["EntryHistogram"]):
    grants: ClassVar[dict[str, str]] = {"entry__category": "watchlist.review_category"}


class EntryHistogram(models.Model):
    """How near passers-by came to an entry: counts alone, of all workers, for as long as its template stays the same.

    `counts` grows with every batch; galleries go by `used_counts`, which follows in larger steps, so that a gallery
    changes a few dozen times in an entry's life and not every few minutes. `strangers_matched` counts at once: people
    have decided. See docs/decisions/0005.
    """

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, related_name="histogram")
    mark = models.CharField(max_length=64, help_text=_("Names the photographs whose mean was compared."))
    counts = models.BinaryField()
    beyond = models.FloatField(help_text=_("Nobody nearer than this was counted."))
    passers_by = models.PositiveBigIntegerField()
    used_counts = models.BinaryField()
    used_beyond = models.FloatField()
    used_passers_by = models.PositiveBigIntegerField()
    strangers_matched = models.PositiveIntegerField(
        default=0, help_text=_("Of so many matches people decided that it was somebody else.")
    )

    objects = EntryHistogramQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.passers_by} passers-by counted for entry {self.entry_id}"


def photograph_name(photograph: "Photograph", filename: str) -> str:
    # The uploaded file's own name may say who is in the picture, or anything else: it is not kept.
    return f"{photograph.entry.owner}/photographs/{uuid.uuid4()}.jpg"


def template_name(photograph: "Photograph", filename: str) -> str:
    return f"{photograph.entry.owner}/templates/{uuid.uuid4()}.f32"


class PhotographQuerySet(ScopedQuerySet["Photograph"]):
    grants: ClassVar[dict[str, str]] = {"entry__category": "watchlist.review_category"}


class Photograph(models.Model):
    """An enrolment photograph and the template made from it, both in the vault under the entry's key."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="photographs")
    file = models.FileField(storage=storages["vault"], upload_to=photograph_name, max_length=200)
    template = models.FileField(storage=storages["vault"], upload_to=template_name, max_length=200, editable=False)
    face = models.JSONField(
        default=dict, editable=False, help_text=_("left, top, right, bottom of the face, in pixels.")
    )
    quality = models.FloatField(default=0, editable=False)
    added_at = models.DateTimeField(auto_now_add=True)

    objects = PhotographQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"photograph {self.pk} of {self.entry}"

    @property
    def logged_as(self) -> str:
        return f"photograph {self.pk} of {self.entry.logged_as}"

    @property
    def logged_about(self) -> str:
        return self.entry.logged_about


from watchlist.evaluations import Evaluation  # noqa: E402, F401  (kept in its own file)
from watchlist.papers import Appeal, Document, Renewal  # noqa: E402, F401  (kept in their own file)
