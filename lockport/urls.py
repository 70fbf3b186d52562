"""Every address of Lockport."""

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import include, path

from cameras.api import CameraList
from lockport.sign_in import SignIn
from watchlist.views import evaluation

urlpatterns = [
    path("sign-in/", SignIn.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("cameras/", include("cameras.urls")),
    path("api/alerts/", include("alerts.api_urls")),
    path("api/cameras/", CameraList.as_view(), name="cameras-api"),
    path("figures/evaluation/", evaluation, name="evaluation"),
    path("watchlist/", include("watchlist.urls")),
    path("admin/", admin.site.urls),
    path("", include("alerts.urls")),
]
