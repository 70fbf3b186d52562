from django.urls import path

from cameras import aim_views, views

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
]
