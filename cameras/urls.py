from django.urls import path

from cameras import views
from cameras.recording import views as recording

app_name = "cameras"
urlpatterns = [
    path("", views.cameras, name="cameras"),
    path("state", views.state, name="state"),
    path("<int:pk>/recording/", recording.recording, name="recording"),
    path("viewings/<uuid:handle>/", recording.viewing, name="viewing"),
    path("viewings/<uuid:handle>/<int:number>.mp4", recording.chunk, name="chunk"),
]
