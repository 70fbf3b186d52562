"""The clip of an alert, and its way into an export. Every look is recorded before its first byte."""

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from alerts.models import Alert
from audit.services import Actor, record_access
from cameras.recording.export_views import Wanted, export_page
from cameras.recording.ranges import video_response
from cameras.recording.views import watchable_camera
from lockport.access import require, visible_or_404
from lockport.step_up import step_up_required
from retention.keys import Unreadable


@require_safe
def clip(request: HttpRequest, pk: int) -> HttpResponse:
    """The video, in ranges if asked."""
    row = visible_or_404(Alert.objects.select_related("clip"), request.user, pk=pk)
    require(request.user, ["alerts.view_alert"])
    if not hasattr(row, "clip") or not row.clip.file:
        raise Http404(_("This alert has no clip."))
    record_access(actor=Actor.from_request(request), action="watched the clip of", subject=row)
    try:
        content = row.clip.file.open().read()
    except (FileNotFoundError, Unreadable, SuspiciousOperation):
        raise Http404(_("This clip has been destroyed.")) from None
    return video_response(request, content, tag=f"clip-{row.pk}-{len(content)}")


@require_http_methods(["GET", "POST"])
@never_cache
@step_up_required
def clip_export(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for an export of the clip."""
    row = visible_or_404(Alert.objects.select_related("clip", "camera"), request.user, pk=pk)
    require(request.user, ["alerts.view_alert"])
    camera = watchable_camera(request, row.camera_id)
    if not hasattr(row, "clip") or not row.clip.file:
        raise Http404(_("This alert has no clip."))
    title = _("Export the clip of alert %(number)s") % {"number": row.pk}
    wanted = Wanted(camera, row.clip.start, row.clip.end, clip=str(row.clip.file.name), title=title)
    return export_page(request, wanted)
