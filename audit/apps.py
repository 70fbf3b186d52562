from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        from audit import checks, signs  # noqa: F401  (checks register themselves)
        from audit.stored_words import register_words

        register_words()
        signs.connect()
        post_migrate.connect(_install_triggers, sender=self, dispatch_uid="audit.triggers")


def _install_triggers(using: str, **_: object) -> None:
    """After every migration: on SQLite one that alters a table makes a new one, and the triggers are gone."""
    from audit import triggers

    connection = connections[using]
    if set(connection.introspection.table_names()) >= {table for table, *_ in triggers.ALL}:
        triggers.install(connection)
