"""Set Lockport up on this machine and run all of it: web, workers, beat and, unless REDIS_URL names one, Redis."""

import os
import shutil
import sys
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from lockport import preflight
from lockport.demo.district import CLIP, create_district, district_exists
from lockport.demo.faces import FacesProblem, faces_of
from lockport.embedded_redis import prepare
from lockport.keyfiles import KeyProblem
from retention.keys import master_key
from retention.startup import refuse_wrong_keys

LEAST_FREE = 500 * 1024**2


class Command(BaseCommand):
    help = "Set up (once) and run Lockport on this machine, with its demonstration district."

    # Checked once the translations are compiled: before, they would be said to be old.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--faces", type=Path, help="A folder of photographs for the demonstration, one per person.")

    def handle(self, *, port: int, faces: Path | None, **options: object) -> None:
        if not settings.LOCKPORT_DEVELOPMENT:
            raise CommandError(
                "`run` is the demonstration: plain HTTP, no second factor. Say LOCKPORT_DEVELOPMENT=1 to run it on "
                "this machine; docs/deploying.md says how to run Lockport for a district."
            )
        check_place(port)
        check_faces(faces)
        self.set_up(faces)
        self.stdout.write(f"\nLockport is starting at http://127.0.0.1:{port}/ (Ctrl-C stops it)\n")
        self.stdout.write("It is a demonstration: it has no second factor, and answers on this machine only.\n")
        self.stdout.write(f"Logs: {settings.LOCKPORT_DATA / 'logs'}\n")
        self.stdout.flush()
        replace_with_supervisor(port)

    def set_up(self, faces: Path | None) -> None:
        """Everything that is only done once; what is there already is left alone."""
        try:
            master_key()
        except KeyProblem as problem:
            raise CommandError(str(problem)) from None
        call_command("compile_translations", verbosity=0)
        self.check()
        call_command("convert_models", verbosity=1)
        try:
            call_command("migrate", verbosity=0)
        except OperationalError as error:
            raise CommandError(
                f"The database cannot be used: {str(error).splitlines()[0]}. DATABASE_URL names it; without that "
                "setting a SQLite file in the data folder is used."
            ) from None
        refuse_wrong_keys()
        call_command("collectstatic", interactive=False, verbosity=0)
        if district_exists():
            self.stdout.write(
                "The demonstration district is there already. New sign-ins: .venv/bin/python manage.py demo_passwords"
            )
            return
        self.stdout.write("Making the demonstration district ...")
        try:
            create_district(faces)
        except FacesProblem as error:
            raise CommandError(str(error)) from None
        call_command("demo_passwords", stdout=self.stdout)


def check_place(port: int) -> None:
    """Raise CommandError when the port is taken or the disk is nearly full."""
    settings.LOCKPORT_DATA.mkdir(parents=True, exist_ok=True)
    if preflight.taken(port):
        raise CommandError(
            f"Port {port} is taken by another program. Stop it, or choose another port: make run PORT={port + 1}"
        )
    if shutil.disk_usage(settings.LOCKPORT_DATA).free < LEAST_FREE:
        raise CommandError(
            f"Less than {LEAST_FREE // 1024**2} MB of disk are free in {settings.LOCKPORT_DATA}. Free some, or name "
            "another folder with LOCKPORT_DATA."
        )


def check_faces(folder: Path | None) -> None:
    """Raise CommandError when the folder of faces cannot be used, before anything is made."""
    if folder is None:
        return
    try:
        faces_of(folder)
    except FacesProblem as error:
        raise CommandError(str(error)) from None
    if (settings.LOCKPORT_VIDEO_FOLDER / CLIP).exists():
        raise CommandError(
            f"There is a demonstration already, and FACES is for a new one. Remove {settings.LOCKPORT_DATA} first; "
            "everything in it is then gone."
        )


def replace_with_supervisor(port: int) -> None:
    """Become the process that keeps all others alive; returns never."""
    logs = settings.LOCKPORT_DATA / "logs"
    logs.mkdir(exist_ok=True)
    environment = os.environ | {
        "LOCKPORT_LOGS": str(logs),
        "LOCKPORT_PYTHON": sys.executable,
        "LOCKPORT_PORT": str(port),
        "LOCKPORT_OWN_REDIS": "false",
        "LOCKPORT_REDIS_COMMAND": "true",
        "DJANGO_SETTINGS_MODULE": "lockport.settings",
    }
    if "REDIS_URL" not in environment:
        redis = prepare(settings.LOCKPORT_DATA / "run")
        environment |= {
            "REDIS_URL": redis.url,
            "LOCKPORT_OWN_REDIS": "true",
            "LOCKPORT_REDIS_COMMAND": redis.command,
        }
    configuration = settings.BASE_DIR / "lockport" / "supervisord.conf"
    command = [sys.executable, "-m", "supervisor.supervisord", "--configuration", str(configuration)]
    os.chdir(settings.BASE_DIR)
    os.execve(sys.executable, command, environment)  # noqa: S606
