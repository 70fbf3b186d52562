from django.urls import path

from watchlist import access_views, views

app_name = "watchlist"
urlpatterns = [
    path("photograph/<int:pk>/", views.photograph, name="photograph"),
    path("who-can-see/", access_views.who, name="who"),
    path("break-glass/", access_views.break_glass, name="break-glass"),
    path("break-glass/<int:pk>/seen/", access_views.seen_glass, name="glass-seen"),
    path("document/<int:pk>/", views.document, name="document"),
    path("appeals/", views.appeals, name="appeals"),
]
