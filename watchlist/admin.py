"""The watchlist desk: categories, authorisations, entries and appeals in Django's admin."""

from django.contrib import admin

from watchlist.desk import appeals, authorisations, categories, entries  # noqa: F401  (each registers its own)

admin.site.enable_nav_sidebar = False  # lists need the width; the rooms are along the top
