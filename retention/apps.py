from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "retention"

    def ready(self) -> None:
        from retention import checks  # noqa: F401  (registers itself)
        from retention.holding import register_holds
        from retention.stored_words import register_words

        register_holds()
        register_words()
