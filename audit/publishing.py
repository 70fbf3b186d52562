"""Publish a head when one is due: chain what is new, sign the end, give it to the witnesses."""

from django.db import transaction

from audit import memory
from audit.heads import deliver, head_is_due, sign_head
from audit.sealing import only_sealer, seal, tail


def publish(*, at_once: bool = False) -> bool:
    """Sign a head if one is due (or `at_once`) and deliver what waits; whether one was signed.

    Raises SealProblem when the end of the chain is not Lockport's: a head would vouch for a forgery.
    """
    seal()
    signed = (at_once or head_is_due(tail())) and _sign()
    deliver()
    return signed


def _sign() -> bool:
    with transaction.atomic(durable=True):
        if not only_sealer():
            return False
        if gone := memory.lost():
            sign_head(gone)
        end = tail()
        sign_head(end)
    memory.remember(end)
    return True
