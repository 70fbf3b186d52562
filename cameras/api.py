"""GET /api/cameras/: the cameras one may see and how they are doing. Never an address."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.lists import record_list
from audit.services import Actor
from cameras.selectors import CameraView, overview, with_oldest
from lockport.access import require


class CameraList(APIView):
    """The same rows as the cameras page, recorded in the same way."""

    def get(self, request: Request) -> Response:
        require(request.user, ["cameras.view_camera"])
        found = overview(request.user)
        numbers = [view.camera.pk for view in found.cameras]
        record_list(actor=Actor.from_request(request), what="list of cameras", numbers=numbers)
        return Response({"state": found.words, "results": [as_json(view) for view in with_oldest(found.cameras)]})


def as_json(view: CameraView) -> dict[str, object]:
    health = view.health
    return {
        "id": view.camera.pk,
        "name": view.camera.name,
        "school": view.camera.school.name,
        "state": view.state,
        "message": view.message,
        "advice": view.advice,
        "since": view.since,
        "last_frame_age": view.last_frame_age,
        "frames_read": health.frames_read if health else None,
        "frames_dropped": health.frames_dropped if health else None,
        "analysed": health.analysed if health else None,
        "delay": health.delay if health else None,
        "recording": view.recording.value if view.recording else None,
        "recorded_since": view.oldest,
    }
