"""Every address of Lockport."""

from django.contrib import admin
from django.urls import include, path

from cameras.api import CameraList
from lockport.first_page import first_page
from lockport.languages import choose_language
from watchlist.access_views import how_long, who_public
from watchlist.views import evaluation

urlpatterns = [
    path("", include("lockport.account_urls")),
    path("start/", first_page, name="first-page"),
    path("language/", choose_language, name="language"),
    path("cameras/", include("cameras.urls")),
    path("api/alerts/", include("alerts.api_urls")),
    path("api/cameras/", CameraList.as_view(), name="cameras-api"),
    path("figures/evaluation/", evaluation, name="evaluation"),
    path("watchlist/", include("watchlist.urls")),
    path("log/", include("audit.urls")),
    path("who-can-see/", who_public, name="who-can-see"),
    path("how-long/", how_long, name="how-long"),
    path("retention/", include("retention.urls")),
    path("admin/", admin.site.urls),
    path("", include("alerts.urls")),
]

handler429 = "lockport.sign_in.too_many"
