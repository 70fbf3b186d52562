"""Database triggers that forbid changing or deleting rows of the access log, whoever asks and however."""

from django.db.backends.base.base import BaseDatabaseWrapper

# Each table, the short name of its triggers, and the columns of which no value may come twice.
RECORDS = ("audit_accessrecord", "audit", ("id",))
LINKS = ("audit_accesslink", "audit_link", ("position", "record_id"))
HEADS = ("audit_accesshead", "audit_head", ("number",))
REVIEWS = ("audit_weeklyreview", "audit_review", ("id",))
ALL = (RECORDS, LINKS, HEADS, REVIEWS)
Table = tuple[str, str, tuple[str, ...]]

POSTGRESQL_FUNCTION = """CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'The access log is append-only'; END $$"""


def install(connection: BaseDatabaseWrapper, tables: tuple[Table, ...] = ALL) -> None:
    """Create the triggers, anew where they are. Raises NotImplementedError where none are written."""
    remove(connection, tables)
    if connection.vendor == "postgresql":
        _run(connection, [POSTGRESQL_FUNCTION])
    for table in tables:
        _run(connection, _creating(connection.vendor, *table))


def remove(connection: BaseDatabaseWrapper, tables: tuple[Table, ...] = ALL) -> None:
    """Drop the triggers: for undoing the migration and for emptying a test database, nothing else."""
    for table, name, _ in tables:
        if connection.vendor == "postgresql":
            _run(connection, [f"DROP TRIGGER IF EXISTS {name}_no_change ON {table}"])
        else:
            _run(connection, [f"DROP TRIGGER IF EXISTS {name}_no_{act}" for act in ("update", "delete", "replace")])


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of the triggers that should be there and are not, or are switched off."""
    acts = ("change",) if connection.vendor == "postgresql" else ("update", "delete", "replace")
    wanted = [f"{name}_no_{act}" for _, name, _ in ALL for act in acts]
    there = (
        "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(there)
        found = {name for (name,) in cursor.fetchall()}
    return [name for name in wanted if name not in found]


def _creating(vendor: str, table: str, name: str, unique: tuple[str, ...]) -> list[str]:
    if vendor == "postgresql":
        return [
            f"""CREATE TRIGGER {name}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"""
        ]
    if vendor != "sqlite":
        raise NotImplementedError(f"The access log cannot be made append-only on {vendor}: use PostgreSQL or SQLite.")
    refuse = "BEGIN SELECT RAISE(ABORT, 'The access log is append-only'); END"
    there = " OR ".join(f"{column} = NEW.{column}" for column in unique)
    return [
        f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {table} {refuse}",
        # INSERT OR REPLACE deletes without telling the trigger above.
        f"""CREATE TRIGGER {name}_no_replace BEFORE INSERT ON {table}
            WHEN EXISTS (SELECT 1 FROM {table} WHERE {there}) {refuse}""",  # noqa: S608
    ]


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
