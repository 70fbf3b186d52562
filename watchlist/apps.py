from django.apps import AppConfig


class WatchlistConfig(AppConfig):
    name = "watchlist"

    def ready(self) -> None:
        from watchlist import checks  # noqa: F401  (registers itself)
        from watchlist.holding import register_entries
        from watchlist.stored_words import register_words

        register_entries()
        register_words()
