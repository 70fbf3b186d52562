"""`manage.py check --deploy`: is the log as safe as it is meant to be here?"""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

from audit.witnesses import WitnessProblem, witnesses

DURABLE = ("synchronous_commit", "fsync", "full_page_writes")


@register(Tags.security, deploy=True)
def witnesses_elsewhere(app_configs: object, **_: object) -> list[CheckMessage]:
    """At least two witnesses that do not lie in the data folder of this very machine."""
    try:
        elsewhere = [one for one in witnesses() if not one.is_inside(settings.LOCKPORT_DATA)]
    except WitnessProblem as problem:
        return [Error(str(problem), id="audit.E001")]
    if len(elsewhere) >= 2:
        return []
    hint = "Name two in LOCKPORT_WITNESSES: a file on another mount, an e-mail address, a webhook. docs/access-log.md"
    return [
        Warning(
            f"{len(elsewhere)} of the log's witnesses are outside LOCKPORT_DATA, there should be two: whoever rules "
            "this machine rules all the others.",
            hint=hint,
            id="audit.W001",
        )
    ]


@register(Tags.database)
def commits_are_durable(app_configs: object, databases: Any = None, **_: object) -> list[CheckMessage]:
    """What was committed is on the disk, or a record could be lost after its data was shown."""
    problems: list[CheckMessage] = []
    for name in databases or []:
        if connections[name].vendor != "postgresql":
            continue  # SQLite's PRAGMA synchronous=FULL is in the settings
        with connections[name].cursor() as cursor:
            for setting in DURABLE:
                cursor.execute("SELECT current_setting(%s)", [setting])
                if cursor.fetchone()[0] == "off":
                    words = f"PostgreSQL's {setting} is off: a record of the access log may be lost when power fails."
                    problems.append(Error(words, hint=f"Set {setting} = on in postgresql.conf.", id="audit.E002"))
    return problems
