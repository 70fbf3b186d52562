from django.urls import path

from cameras import views

app_name = "cameras"
urlpatterns = [
    path("", views.cameras, name="cameras"),
    path("state", views.state, name="state"),
]
