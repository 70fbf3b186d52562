"""What alerts decided before this version need in order to satisfy the constraint that follows."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for alert in apps.get_model("alerts", "Alert").objects.exclude(status="waiting").prefetch_related("decisions"):
        rows = sorted(alert.decisions.all(), key=lambda row: row.pk)
        agreeing = [row.by_id for row in rows if row.answer == "same"]
        alert.answered_at = rows[0].at if rows else None
        if alert.status in {"confirmed", "rejected"} and rows:
            alert.settled_at = rows[-1].at
        if alert.status == "confirmed":
            alert.confirmed_first_by_id, alert.confirmed_second_by_id = agreeing[:2]
        alert.save()
    # Of what happened before there were notifications nobody is told now.
    apps.get_model("alerts", "AlertEvent").objects.update(told=True)


class Migration(migrations.Migration):
    dependencies = [("alerts", "0005_deciding_and_telling")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
