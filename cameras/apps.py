from django.apps import AppConfig


class CamerasConfig(AppConfig):
    name = "cameras"

    def ready(self) -> None:
        from audit import places
        from cameras.holding import register_cameras
        from cameras.selectors import school_zones

        places.register(school_zones)
        register_cameras()
