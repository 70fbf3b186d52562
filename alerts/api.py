"""The REST API of the review room: the same selectors, services and records as the pages."""

from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alerts import selectors
from alerts.cards import Card
from alerts.deciding import LONGEST_NOTE, AlreadyAnswered, NotAccepted, decide
from alerts.forms import CHOICES, CHOOSE, TOO_LONG
from alerts.models import Alert
from audit.lists import record_list
from audit.services import Actor, record_access
from lockport.access import require, visible_or_404

LOOK = ["alerts.view_alert"]


class Conflict(APIException):
    """The alert was answered or decided before."""

    status_code = status.HTTP_409_CONFLICT


class NewestFirst(CursorPagination):
    ordering = "-pk"


class DecisionFields(serializers.Serializer):
    """What is posted as a decision."""

    answer = serializers.ChoiceField(
        CHOICES,
        error_messages=dict.fromkeys(("required", "invalid_choice", "null"), CHOOSE),
    )
    note = serializers.CharField(
        max_length=LONGEST_NOTE, default="", allow_blank=True, error_messages={"max_length": TOO_LONG}
    )


class AlertList(APIView):
    """GET: the alerts one may see, newest first, a page at a time."""

    def get(self, request: Request) -> Response:
        require(request.user, LOOK)
        pages = NewestFirst()
        rows = pages.paginate_queryset(
            selectors.readable(Alert.objects.visible_to(request.user), request.user), request, view=self
        )
        actor = Actor.from_request(request)
        record_list(actor=actor, what="list of alerts", numbers=[row.pk for row in rows or []])
        now = timezone.now()
        return pages.get_paginated_response([as_json(Card(row, request.user, now)) for row in rows or []])


class AlertDetail(APIView):
    """GET: one alert."""

    def get(self, request: Request, pk: int) -> Response:
        row = visible_or_404(selectors.readable(Alert.objects.all(), request.user), request.user, pk=pk)
        require(request.user, LOOK)
        record_access(actor=Actor.from_request(request), action="looked at", subject=row)
        return Response(as_json(Card(row, request.user, timezone.now())))


class AlertDecision(APIView):
    """POST {"answer": "same" | "different" | "unclear", "note": ""}: take down an answer, return the alert."""

    def post(self, request: Request, pk: int) -> Response:
        row = visible_or_404(Alert.objects.all(), request.user, pk=pk)
        require(request.user, [*LOOK, "alerts.add_decision"])
        given = DecisionFields(data=request.data)
        given.is_valid(raise_exception=True)
        actor = Actor.from_request(request)
        try:
            decide(person=request.user, actor=actor, alert_pk=row.pk, **given.validated_data)
        except AlreadyAnswered as error:
            raise Conflict(str(error)) from None
        except NotAccepted as error:
            raise ValidationError({"detail": str(error)}) from None
        record_access(actor=actor, action="looked at", subject=row)
        answered = selectors.readable(Alert.objects.visible_to(request.user), request.user).get(pk=row.pk)
        return Response(as_json(Card(answered, request.user, timezone.now())), status=status.HTTP_201_CREATED)


def as_json(card: Card) -> dict[str, object]:
    """An alert as JSON. What others answered is left out until one has answered oneself."""
    alert = card.alert
    return {
        "id": alert.pk,
        "status": card.status,
        "category": alert.category.name,
        "school": alert.camera.school.name,
        "camera": alert.camera.name,
        "first_seen": alert.first_seen,
        "last_seen": alert.last_seen,
        "sightings": alert.sightings,
        "distance": alert.distance,
        "threshold": alert.threshold,
        "likeness": card.likeness.sentence,
        "doubt": card.likeness.doubt,
        "cannot_separate": card.not_separated,
        "quality": alert.quality,
        "frames_used": alert.frames_used,
        "gallery_size": alert.gallery_size,
        "gallery_version": alert.gallery_version,
        "model": alert.model,
        "decisions": [
            {"answer": given.answer, "note": given.note, "by": str(given.by), "at": given.at}
            for given in card.decisions
        ],
    }
