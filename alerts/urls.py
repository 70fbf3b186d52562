from django.urls import path

from alerts import clip_views, stream, views

app_name = "alerts"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("alerts/stream", stream.stream, name="stream"),
    path("alerts/<int:pk>/", views.alert, name="alert"),
    path("alerts/<int:pk>/card", views.card, name="card"),
    path("alerts/<int:pk>/decision", views.decision, name="decision"),
    path("alerts/<int:pk>/face", views.face, name="face"),
    path("alerts/<int:pk>/frame", views.frame, name="frame"),
    path("alerts/<int:pk>/clip", clip_views.clip, name="clip"),
    path("alerts/<int:pk>/clip/export", clip_views.clip_export, name="clip-export"),
]
