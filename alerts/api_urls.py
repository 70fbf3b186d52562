from django.urls import path

from alerts import api

app_name = "alerts-api"
urlpatterns = [
    path("", api.AlertList.as_view(), name="list"),
    path("<int:pk>/", api.AlertDetail.as_view(), name="detail"),
    path("<int:pk>/decision/", api.AlertDecision.as_view(), name="decision"),
]
