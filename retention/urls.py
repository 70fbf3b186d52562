from django.urls import path

from retention import views

app_name = "retention"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("certificate/", views.certificate, name="certificate"),
    path("holds/", views.holds, name="holds"),
    path("holds/<int:pk>/approve/", views.approve, name="approve"),
    path("holds/<int:pk>/end/", views.end, name="end"),
]
