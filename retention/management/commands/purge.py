"""manage.py purge"""

from typing import Any

from django.core.management.base import BaseCommand

from retention import purging


class Command(BaseCommand):
    help = "Destroy now what is due, as the hourly task does."

    def handle(self, *args: Any, **options: Any) -> None:
        run = purging.purge()
        for kind, done in run.destroyed.items():
            self.stdout.write(f"{kind}: {done['count']} destroyed, {done['bytes']} bytes")
        for error in run.errors:
            self.stderr.write(error)
        self.stdout.write(f"Everything due at {run.cut_off:%Y-%m-%d %H:%M:%S} UTC was looked at.")
