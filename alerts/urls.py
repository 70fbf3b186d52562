from django.urls import path

from alerts import clip_views, figures_views, notify_views, plans, stream, views

app_name = "alerts"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("map/", plans.first_map, name="first-map"),
    path("map/<int:school>/", plans.map_of, name="map"),
    path("alerts/stream", stream.stream, name="stream"),
    path("alerts/<int:pk>/", views.alert, name="alert"),
    path("alerts/<int:pk>/card", views.card, name="card"),
    path("alerts/<int:pk>/decision", views.decision, name="decision"),
    path("alerts/<int:pk>/undo", views.take_back, name="undo"),
    path("alerts/<int:pk>/correction", views.correction, name="correction"),
    path("alerts/<int:pk>/note", views.remark, name="remark"),
    path("alerts/<int:pk>/letter", views.letter, name="letter"),
    path("alerts/<int:pk>/face", views.face, name="face"),
    path("alerts/<int:pk>/frame", views.frame, name="frame"),
    path("alerts/<int:pk>/clip", clip_views.clip, name="clip"),
    path("alerts/<int:pk>/clip/export", clip_views.clip_export, name="clip-export"),
    path("figures/", figures_views.figures, name="figures"),
    path("notifications/", notify_views.notifications, name="notifications"),
    path("push-worker.js", notify_views.push_worker, name="push-worker"),
    path("notifications/<int:pk>/test", notify_views.test, name="destination-test"),
    path("notifications/<int:pk>/remove", notify_views.remove, name="destination-remove"),
]
