from django.apps import AppConfig


class CamerasConfig(AppConfig):
    name = "cameras"

    def ready(self) -> None:
        from audit import places
        from cameras.holding import register_cameras
        from cameras.selectors import school_zones
        from cameras.stored_words import register_words

        places.register(school_zones)
        register_cameras()
        register_words()
