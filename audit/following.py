"""Follows the chain in the database, in one process or in several parts at once."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from django.db import connections
from django.db.models import Max

from audit.checkpoints import beginning
from audit.keys import ours
from audit.memory import Place
from audit.models import AccessLink
from audit.reading import links
from audit.sealing import SEAL_PREFIX
from audit.verifier import Chain, Head, Link, Report, ended

LEAST = 20_000  # links for which another process is worth its start


def follow(place: Place, heads: dict[int, Head], processes: int = 1) -> Report:
    """The report of the chain from `place` on; from the beginning, should the log no longer have that place."""
    if place != beginning() and _hash_at(place.position) != place.hash:
        place = beginning()
    last = AccessLink.objects.aggregate(last=Max("position"))["last"] or 0
    many = min(processes, (last - place.position) // LEAST)
    parts = _in_parts(place, last, heads, many) if many > 1 else [_part(place, None, heads)]
    whole = parts[0]
    for part in parts[1:]:
        whole.go_on(part)
    return ended(whole, heads)


def _in_parts(place: Place, last: int, heads: dict[int, Head], many: int) -> list[Report]:
    """Each part goes on from the hash that the log itself gives for its start: the part before it checks that one."""
    steps = [place.position + (last - place.position) * step // many for step in range(many)]
    starts = [place] + [Place(at, found) for at in steps[1:] if (found := _hash_at(at))]
    ends = [start.position for start in starts[1:]] + [None]
    connections.close_all()  # a connection must not be shared with a child
    with ProcessPoolExecutor(many, mp_context=get_context("fork")) as pool:
        return list(pool.map(_part, starts, ends, [heads] * len(starts)))


def _part(place: Place, up_to: int | None, heads: dict[int, Head]) -> Report:
    chain = Chain(heads=heads, ours=ours(), position=place.position, previous=bytes.fromhex(place.hash))
    return chain.follow(_sealed(chain, place.position, up_to))


def _sealed(chain: Chain, after: int, up_to: int | None) -> Iterator[Link]:
    """The links, with a problem in the chain's report for each that Lockport did not make."""
    made_here = ours()
    for link, seal in links(after, up_to):
        if not made_here(SEAL_PREFIX + link.hash, seal, link.position):
            words = f"Position {link.position} (record {link.record}) was not put there by Lockport."
            chain.report.add("forged", words, link.position, link.record)
        yield link


def _hash_at(position: int) -> str | None:
    found = AccessLink.objects.filter(position=position).values_list("hash", flat=True).first()
    return None if found is None else bytes(found).hex()
