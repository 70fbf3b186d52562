"""The Celery application. Its settings are the CELERY_* ones of lockport/settings.py."""

import os

from celery import Celery
from celery.signals import beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lockport.settings")

app = Celery("lockport")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def check_keys(**_: object) -> None:
    """No worker, and no beat, starts with the wrong master key."""
    from retention.startup import refuse_wrong_keys

    refuse_wrong_keys()
