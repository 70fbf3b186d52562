from django.urls import path

from alerts import plans, stream, views

app_name = "alerts"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("map/", plans.first_map, name="first-map"),
    path("map/<int:school>/", plans.map_of, name="map"),
    path("alerts/stream", stream.stream, name="stream"),
    path("alerts/<int:pk>/", views.alert, name="alert"),
    path("alerts/<int:pk>/card", views.card, name="card"),
    path("alerts/<int:pk>/decision", views.decision, name="decision"),
    path("alerts/<int:pk>/face", views.face, name="face"),
    path("alerts/<int:pk>/frame", views.frame, name="frame"),
]
