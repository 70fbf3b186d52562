from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CamerasConfig(AppConfig):
    name = "cameras"
    verbose_name = _("Cameras")

    def ready(self) -> None:
        from audit import places
        from cameras.holding import register_cameras
        from cameras.selectors import school_zones

        places.register(school_zones)
        register_cameras()
