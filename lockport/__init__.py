"""Settings, roles and grants, the Celery application, and the demonstration."""

import os

# Before numpy is loaded: one probe against ten thousand entries takes a millisecond on one thread, and fifty where two
# threads wait for each other on a busy machine. The cameras of a worker are what runs in parallel.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from lockport.celery import app as celery_app  # noqa: E402

__all__ = ["celery_app"]
