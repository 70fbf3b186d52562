from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "alerts"

    def ready(self) -> None:
        from alerts.holding import register_alerts
        from alerts.stored_words import register_words

        register_alerts()
        register_words()
