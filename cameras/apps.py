from django.apps import AppConfig


class CamerasConfig(AppConfig):
    name = "cameras"

    def ready(self) -> None:
        from audit import places
        from cameras.selectors import school_zones

        places.register(school_zones)
