"""Database triggers that forbid changing or deleting an access record, whoever asks and however."""

from django.db.backends.base.base import BaseDatabaseWrapper

SQLITE = [
    """CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit_accessrecord
       BEGIN SELECT RAISE(ABORT, 'The access log is append-only'); END""",
    """CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit_accessrecord
       BEGIN SELECT RAISE(ABORT, 'The access log is append-only'); END""",
    # INSERT OR REPLACE deletes without telling the trigger above.
    """CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit_accessrecord
       WHEN EXISTS (SELECT 1 FROM audit_accessrecord WHERE id = NEW.id)
       BEGIN SELECT RAISE(ABORT, 'The access log is append-only'); END""",
]
SQLITE_UNDO = [f"DROP TRIGGER IF EXISTS audit_no_{act}" for act in ("update", "delete", "replace")]

POSTGRESQL = [
    """CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'The access log is append-only'; END $$""",
    """CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_accessrecord
       FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()""",
]
POSTGRESQL_UNDO = ["DROP TRIGGER IF EXISTS audit_no_change ON audit_accessrecord"]


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers. Raises NotImplementedError on a database for which none are written."""
    _run(connection, {"sqlite": SQLITE, "postgresql": POSTGRESQL})


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers: for undoing the migration and for emptying a test database, nothing else."""
    _run(connection, {"sqlite": SQLITE_UNDO, "postgresql": POSTGRESQL_UNDO})


def _run(connection: BaseDatabaseWrapper, statements: dict[str, list[str]]) -> None:
    if connection.vendor not in statements:
        raise NotImplementedError(
            f"The access log cannot be made append-only on {connection.vendor}: use PostgreSQL or SQLite."
        )
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)
