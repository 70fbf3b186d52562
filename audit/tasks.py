"""Background work on the access log. The tasks only call services."""

from celery import shared_task

from audit.findings import findings_renew


@shared_task
def point_out_unusual() -> None:
    """Every few minutes: what is worth a look in the access log."""
    findings_renew()
