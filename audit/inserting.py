"""Writes one record past the ORM, whose INSERT takes longer to make than PostgreSQL takes to answer it."""

from functools import cache

from django.db import connection, transaction

from audit.models import AccessRecord

FIELDS = [field for field in AccessRecord._meta.concrete_fields if not field.primary_key]


def insert(record: AccessRecord) -> AccessRecord:
    """Insert a new record; return it with its number. Raises DatabaseError, and then nothing else of the transaction
    that it is in is committed either: as `save` does.
    """
    values = [field.get_db_prep_save(getattr(record, field.attname), connection) for field in FIELDS]
    with transaction.mark_for_rollback_on_error(), connection.cursor() as cursor:
        cursor.execute(_statement(connection.vendor), values)
        record.pk = cursor.fetchone()[0]
    record._state.adding, record._state.db = False, connection.alias
    return record


@cache
def _statement(vendor: str) -> str:
    name = connection.ops.quote_name
    columns, places = ", ".join(name(str(field.column)) for field in FIELDS), ", ".join(["%s"] * len(FIELDS))
    return f"INSERT INTO {name(AccessRecord._meta.db_table)} ({columns}) VALUES ({places}) RETURNING {name('id')}"  # noqa: S608
