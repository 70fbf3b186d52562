"""Database triggers that forbid changing or deleting rows of the access log, whoever asks and however.

One exception: records older than six years behind a checkpoint, and then their links (archiving.py). A trigger cannot
check a checkpoint's signature; the verifier does. What it can do is to keep everything younger from being deleted.
"""

from typing import NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper

from audit.verifier import KEPT_DAYS


class Table(NamedTuple):
    """A table, the short name of its triggers, the columns of which no value may come twice, what may be deleted."""

    table: str
    name: str
    unique: tuple[str, ...]
    leave: str = ""


# {schema} is that of the tables: a temporary table of the same name must not answer instead.
ARCHIVED = """OLD.at < {long_ago} AND EXISTS (SELECT 1 FROM {schema}audit_accesslink l
    JOIN {schema}audit_accesscheckpoint c ON l.position <= c.position WHERE l.record_id = OLD.id)"""
EMPTY = """EXISTS (SELECT 1 FROM {schema}audit_accesscheckpoint c WHERE OLD.position <= c.position)
    AND NOT EXISTS (SELECT 1 FROM {schema}audit_accessrecord r WHERE r.id = OLD.record_id)"""

RECORDS = Table("audit_accessrecord", "audit", ("id",), ARCHIVED)
LINKS = Table("audit_accesslink", "audit_link", ("position", "record_id"), EMPTY)
HEADS = Table("audit_accesshead", "audit_head", ("number",))
REVIEWS = Table("audit_weeklyreview", "audit_review", ("id",))
CHECKPOINTS = Table("audit_accesscheckpoint", "audit_checkpoint", ("position",))
ALL = (RECORDS, LINKS, HEADS, REVIEWS, CHECKPOINTS)

REFUSED = "The access log is append-only"
POSTGRESQL_FUNCTION = f"""CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$"""
LONG_AGO = {
    "postgresql": f"now() - interval '{KEPT_DAYS} days'",
    "sqlite": f"datetime('now', '-{KEPT_DAYS} days')",  # written as the column is, so that text can be compared
}


def install(connection: BaseDatabaseWrapper, tables: tuple[Table, ...] = ALL) -> None:
    """Create the triggers, anew where they are. Raises NotImplementedError where none are written."""
    remove(connection, tables)
    if connection.vendor not in LONG_AGO:
        raise NotImplementedError(
            f"The access log cannot be made append-only on {connection.vendor}: use PostgreSQL or SQLite."
        )
    if connection.vendor == "postgresql":
        _run(connection, [POSTGRESQL_FUNCTION])
    schema = _schema(connection)
    there = set(connection.introspection.table_names())
    for table in tables:
        # Earlier migrations install them before the table of checkpoints is made.
        leave = table.leave if CHECKPOINTS.table in there else ""
        leave = leave.format(long_ago=LONG_AGO[connection.vendor], schema=schema)
        creating = _for_postgresql if connection.vendor == "postgresql" else _for_sqlite
        _run(connection, creating(table, leave))


def remove(connection: BaseDatabaseWrapper, tables: tuple[Table, ...] = ALL) -> None:
    """Drop the triggers: for undoing the migration and for emptying a test database, nothing else."""
    for table in tables:
        for act in _acts(connection.vendor):
            on = f" ON {table.table}" if connection.vendor == "postgresql" else ""
            _run(connection, [f"DROP TRIGGER IF EXISTS {table.name}_no_{act}{on}"])


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of the triggers that should be there and are not, or are switched off."""
    wanted = [f"{table.name}_no_{act}" for table in ALL for act in _acts(connection.vendor)]
    there = (
        "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(there)
        found = {name for (name,) in cursor.fetchall()}
    return [name for name in wanted if name not in found]


def _acts(vendor: str) -> tuple[str, ...]:
    return ("change", "delete") if vendor == "postgresql" else ("update", "delete", "replace")


def _schema(connection: BaseDatabaseWrapper) -> str:
    if connection.vendor != "postgresql":
        return ""  # SQLite's triggers see the tables of their own file only
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        return f"{cursor.fetchone()[0]}."


def _for_postgresql(table: Table, leave: str) -> list[str]:
    change = f"""CREATE TRIGGER {table.name}_no_change BEFORE UPDATE OR TRUNCATE ON {table.table}
        FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"""
    delete = f"CREATE TRIGGER {table.name}_no_delete BEFORE DELETE ON {table.table} FOR EACH"
    if not leave:
        return [change, f"{delete} STATEMENT EXECUTE FUNCTION audit_append_only()"]
    function = f"{table.name}_only_archived"
    allowed = f"""CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF {leave} THEN RETURN OLD; END IF; RAISE EXCEPTION '{REFUSED}'; END $$"""
    return [allowed, change, f"{delete} ROW EXECUTE FUNCTION {function}()"]


def _for_sqlite(table: Table, leave: str) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
    there = " OR ".join(f"{column} = NEW.{column}" for column in table.unique)
    otherwise = f"WHEN NOT ({leave})" if leave else ""
    return [
        f"CREATE TRIGGER {table.name}_no_update BEFORE UPDATE ON {table.table} {refuse}",
        f"CREATE TRIGGER {table.name}_no_delete BEFORE DELETE ON {table.table} {otherwise} {refuse}",
        # INSERT OR REPLACE deletes without telling the trigger above.
        f"""CREATE TRIGGER {table.name}_no_replace BEFORE INSERT ON {table.table}
            WHEN EXISTS (SELECT 1 FROM {table.table} WHERE {there}) {refuse}""",  # noqa: S608
    ]


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
