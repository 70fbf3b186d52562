"""What beat asks for: chaining each second, a head when due, a look at whether all holds, and at what is unusual."""

import logging

from celery import shared_task

from audit.findings import findings_renew
from audit.publishing import publish
from audit.sealing import SealProblem, seal
from audit.verifying import verify

logger = logging.getLogger(__name__)


@shared_task
def seal_log() -> None:
    try:
        seal()
    except SealProblem as problem:
        logger.critical("%s", problem)


@shared_task
def publish_head() -> None:
    try:
        publish()
    except SealProblem as problem:
        logger.critical("%s", problem)


@shared_task
def verify_log() -> None:
    """What is new since the last time."""
    verify()


@shared_task
def verify_whole_log() -> None:
    """From the first record on."""
    verify(whole=True)


@shared_task
def point_out_unusual() -> None:
    """What is worth a look in the access log."""
    findings_renew()
