from django.urls import path

from watchlist import views

app_name = "watchlist"
urlpatterns = [
    path("photograph/<int:pk>/", views.photograph, name="photograph"),
    path("document/<int:pk>/", views.document, name="document"),
    path("appeals/", views.appeals, name="appeals"),
]
