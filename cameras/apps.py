from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CamerasConfig(AppConfig):
    name = "cameras"
    verbose_name = _("Cameras")

    def ready(self) -> None:
        from audit import places
        from cameras.holding import register_cameras
        from cameras.selectors import school_zones
        from cameras.stored_words import register_words

        places.register(school_zones)
        register_cameras()
        register_words()
