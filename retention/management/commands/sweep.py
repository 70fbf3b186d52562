"""manage.py sweep --forever: the second, independent sweeper."""

import logging
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from retention.startup import refuse_wrong_keys
from retention.sweeping import sweep

logger = logging.getLogger(__name__)
EVERY_SECONDS = 60 * 60


class Command(BaseCommand):
    help = "Look at every key and file, and destroy what nothing claims."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--forever", action="store_true", help="Every hour, until stopped.")

    def handle(self, *args: Any, forever: bool, **options: Any) -> None:
        refuse_wrong_keys()
        while True:
            try:
                run = sweep()
                for sentence in run.findings + run.errors:
                    self.stdout.write(sentence)
                self.stdout.write(f"Swept: {len(run.findings)} findings, {len(run.errors)} errors.")
            except DatabaseError as error:
                if not forever:
                    raise
                logger.error("The sweep waits for the database: %s", type(error).__name__)
            if not forever:
                return
            close_old_connections()
            time.sleep(EVERY_SECONDS)
