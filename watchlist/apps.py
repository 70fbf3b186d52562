from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WatchlistConfig(AppConfig):
    name = "watchlist"
    verbose_name = _("Watchlist")

    def ready(self) -> None:
        from watchlist import checks  # noqa: F401  (registers itself)
        from watchlist.holding import register_entries
        from watchlist.stored_words import register_words

        register_entries()
        register_words()
