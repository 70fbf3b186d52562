"""manage.py camera_add "Front door" --school "North Park" rtsp://viewer:password@192.168.1.20/stream"""

import getpass
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from audit.services import Actor
from cameras.models import Camera, School
from cameras.services import camera_create, shown_address
from cameras.vision.sources import AddressRefused


class Command(BaseCommand):
    help = "Add a camera to a school. Running workers watch it within a few seconds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help='what people call it, such as "Front door"')
        parser.add_argument(
            "address",
            help="rtsp://…, usb:0, or a video file in the allowed folder; - asks for it and keeps it off the screen",
        )
        parser.add_argument("--school", required=True, help="the school's name")
        parser.add_argument("--place", default=Camera.Place.ENTRANCE, choices=Camera.Place.values)

    def handle(self, *args: Any, **options: Any) -> None:
        school = school_named(options["school"])
        address = options["address"]
        if address == "-":
            address = getpass.getpass("Address of the camera (not shown): ")
        try:
            camera = camera_create(
                school=school, name=options["name"], address=address, place=options["place"], actor=Actor.command()
            )
        except AddressRefused as refusal:
            raise CommandError(str(refusal)) from None
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"Added {camera} ({shown_address(camera)}). Workers watch it within a few seconds.")
        if camera.recognition_refused:
            self.stdout.write(f"No face is recognised there: it is a {camera.get_place_display()}.")


def school_named(name: str) -> School:
    """The school of this name, in whatever case. Raises CommandError, which lists the schools there are."""
    school = School.objects.filter(name__iexact=name.strip()).first()
    if school is not None:
        return school
    names = ", ".join(School.objects.values_list("name", flat=True))
    if not names:
        raise CommandError("There is no school yet. Add one: manage.py school_add NAME --jurisdiction US-PA")
    raise CommandError(f"There is no school “{name}”. There are: {names}.")
