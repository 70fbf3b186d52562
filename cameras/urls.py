from django.urls import path

from cameras import aim_views, views
from cameras.recording import export_views as exports
from cameras.recording import views as recording

app_name = "cameras"
urlpatterns = [
    path("", views.cameras, name="cameras"),
    path("state", views.state, name="state"),
    path("<int:camera>/", aim_views.aim, name="aim"),
    path("<int:camera>/snapshot", aim_views.snapshot, name="snapshot"),
    path("<int:camera>/areas", aim_views.areas, name="areas"),
    path("<int:camera>/view", aim_views.right_view, name="right-view"),
    path("<int:camera>/place", aim_views.place, name="place"),
    path("areas/<int:area>/remove", aim_views.area_gone, name="area-remove"),
    path("plans/<int:school>", aim_views.plan, name="plan"),
    path("<int:pk>/recording/", recording.recording, name="recording"),
    path("viewings/<uuid:handle>/", recording.viewing, name="viewing"),
    path("viewings/<uuid:handle>/<int:number>.mp4", recording.chunk, name="chunk"),
    path("<int:pk>/export/", exports.export, name="export"),
    path("exports/", exports.exports, name="exports"),
    path("exports/<uuid:handle>/decision", exports.export_decision, name="export-decision"),
    path("exports/<uuid:handle>/video.mp4", exports.export_file, name="export-file"),
    path("exports/<uuid:handle>/manifest.json", exports.export_manifest, name="export-manifest"),
]
