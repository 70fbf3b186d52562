"""The Celery application. Its settings are the CELERY_* ones of lockport/settings.py."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lockport.settings")

app = Celery("lockport")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
