"""Settings, roles and grants, the Celery application, and the demonstration."""

from lockport.celery import app as celery_app

__all__ = ["celery_app"]
