from django.apps import AppConfig
from django.db.models.signals import post_migrate


class LockportConfig(AppConfig):
    name = "lockport"

    def ready(self) -> None:
        from lockport import languages, session_limits, step_up  # noqa: F401  (their receivers and checks)
        from lockport.access import ensure_roles

        # After every migration, because Django itself creates the permissions only then.
        post_migrate.connect(lambda **_: ensure_roles(), dispatch_uid="lockport.roles", weak=False)
