from tests.alerts.conftest import alert, entry

__all__ = ["alert", "entry"]
