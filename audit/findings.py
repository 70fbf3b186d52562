"""Points out unusual access: reads the newest acts, asks the rules of audit/unusual.py, and keeps what they say."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import chain

from django.db.models import Count, QuerySet
from django.utils import timezone

from audit import unusual
from audit.models import AccessRecord, Finding
from audit.places import zones
from audit.unusual import Act, Pointed

LOOKED_BACK = timedelta(days=2)
HABITS_OF = timedelta(days=28)
ENDS_OF_GRANTS = ["revoked", "cleared away"]
# Reading the log and signing in are no acts at a school, and the rules about people are about people.
PEOPLE = [AccessRecord.ActorKind.PERSON, AccessRecord.ActorKind.STRANGER]


def findings_renew(now: datetime | None = None) -> int:
    """Point out what is unusual in the last two days; return how many are new or have grown. Can be repeated."""
    since = (now or timezone.now()) - LOOKED_BACK
    pointed = point_out(since)
    counts = _counts(pointed)
    changed = [p for p in pointed if len(p.acts) > counts.get((p.rule, p.key), 0)]
    rows = [_row(found) for found in changed]
    Finding.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["rule", "key"],
        update_fields=["words", "count", "first_at", "last_at"],
    )
    return len(rows)


def point_out(since: datetime) -> list[Pointed]:
    """What the rules say of the acts since then."""
    acts = [_act(row) for row in _people(since).order_by("at", "pk").values_list(*COLUMNS).iterator(2000)]
    return [
        *unusual.first_times(acts, _known(acts)),
        *unusual.at_night(acts, zones()),
        *unusual.many_in_a_row(acts),
        *unusual.elsewhere(acts, _habits(since)),
        *unusual.before_the_end(acts, _ends(since)),
        *unusual.refusals(acts),
    ]


COLUMNS = ("at", "actor_id", "actor_name", "action", "subject", "school", "result", "address")


def _people(since: datetime) -> QuerySet[AccessRecord]:
    return AccessRecord.objects.filter(at__gte=since, actor_kind__in=PEOPLE)


def _act(row: tuple) -> Act:
    at, actor_id, actor_name, action, subject, school, result, address = row
    refused = result == AccessRecord.Result.REFUSED
    return Act(at, actor_id, actor_name, action, subject, school, refused, address or "")


def _known(acts: list[Act]) -> set[tuple[int | None, str]]:
    """Which pairs of account and school were pointed out as first before: each pair once in the log's life."""
    keys = {f"{act.actor_id}:{act.school}": (act.actor_id, act.school) for act in acts if act.school}
    rows = Finding.objects.filter(rule="first", key__in=list(keys)).values_list("key", flat=True)
    return {keys[key] for key in rows}


def _habits(since: datetime) -> Mapping[int | None, Mapping[str, int]]:
    """How many acts each person had at each school in the four weeks before."""
    rows = AccessRecord.objects.filter(at__gte=since - HABITS_OF, at__lt=since, actor_id__isnull=False)
    counted = rows.exclude(school="").order_by().values_list("actor_id", "school").annotate(count=Count("pk"))
    habits: dict[int | None, dict[str, int]] = defaultdict(dict)
    for actor, school, count in counted:
        habits[actor][school] = count
    return habits


def _ends(since: datetime) -> list[tuple[int, str, datetime]]:
    rows = AccessRecord.objects.filter(at__gte=since, action__in=ENDS_OF_GRANTS, subject_kind="user")
    return [(int(row.subject_id), row.reason, row.at) for row in rows.order_by("at")]


def _counts(pointed: list[Pointed]) -> dict[tuple[str, str], int]:
    """How many acts each finding that is kept already has. What shrank has only left the two days looked at."""
    rules: dict[str, list[str]] = defaultdict(list)
    for found in pointed:
        rules[found.rule].append(found.key)
    rows = chain.from_iterable(
        Finding.objects.filter(rule=rule, key__in=keys).values_list("rule", "key", "count")
        for rule, keys in rules.items()
    )
    return {(rule, key): count for rule, key, count in rows}


def _row(found: Pointed) -> Finding:
    first, last = found.acts[0], found.acts[-1]
    return Finding(
        rule=found.rule,
        key=found.key[:200],
        actor_id=first.actor_id,
        actor_name=first.actor_name,
        school=first.school,
        words=found.words[:400],
        count=len(found.acts),
        first_at=first.at,
        last_at=last.at,
    )
