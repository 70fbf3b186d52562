"""Changes of schools and cameras. Each is recorded, and each change of a camera makes a running watch start anew."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from audit.services import Actor, record_access
from cameras.addresses import Address, AddressRefused, parse_address
from cameras.models import Camera, School
from lockport.access import grants_forget
from retention.keys import Unreadable


@transaction.atomic
def school_create(*, name: str, time_zone: str, jurisdiction: str, actor: Actor) -> School:
    """A new school. Raises ValidationError."""
    school = School(name=name.strip(), time_zone=time_zone, jurisdiction=jurisdiction)
    return school_save(school=school, actor=actor)


@transaction.atomic
def school_save(*, school: School, actor: Actor) -> School:
    """Store a new or changed school. Raises ValidationError."""
    action = "added" if school.pk is None else "changed"
    school.full_clean()
    school.save()
    record_access(actor=actor, action=action, subject=school)
    return school


def camera_create(
    *, school: School, name: str, address: str, place: str = Camera.Place.ENTRANCE, actor: Actor
) -> Camera:
    """A new camera, watched from now on. Raises ValidationError or AddressRefused; neither holds the address."""
    return camera_save(camera=Camera(school=school, name=name.strip(), place=place), address=address, actor=actor)


def camera_save(*, camera: Camera, address: str = "", actor: Actor) -> Camera:
    """Store a new or changed camera; an empty address keeps the one it has.

    Raises ValidationError or AddressRefused; neither holds the address.
    """
    is_new = camera.pk is None
    if address or is_new:
        check_address(address)  # looks the name up in the network, so before the transaction
        camera.address = address.strip()
    if (camera.watch_from is None) != (camera.watch_until is None):
        raise ValidationError(_("Enter both when watching begins and when it ends, or neither."))
    camera.full_clean(exclude=["address", "version"])
    moved = "" if is_new else _moved(camera)
    with transaction.atomic():
        if is_new:
            camera.save()
        else:
            hours = ["watch_days", "watch_from", "watch_until"]
            sealed = ["address"] if address else []
            camera.save(update_fields=["school", "name", "place", "enabled", "recording", *hours, *sealed])
            Camera.objects.filter(pk=camera.pk).update(version=F("version") + 1)
            camera.refresh_from_db(fields=["version"])
        record_access(actor=actor, action="added" if is_new else "changed", subject=camera, reason=moved)
    return camera


def _moved(camera: Camera) -> str:
    """For the log: from where to where a camera is said to hang now, since recognition depends on it."""
    before = Camera.objects.values_list("place", flat=True).get(pk=camera.pk)
    return "" if before == camera.place else f"place: {before} to {camera.place}"


@transaction.atomic
def camera_delete(*, camera: Camera, actor: Actor) -> None:
    """Delete a camera that has no alerts. Raises ProtectedError when it has some: switch it off instead."""
    record_access(actor=actor, action="deleted", subject=camera)
    grants_forget(camera)
    camera.delete()


def check_address(text: str) -> Address:
    """The address a camera may have under the settings. Raises AddressRefused."""
    return parse_address(
        text,
        allowed_folder=settings.LOCKPORT_VIDEO_FOLDER,
        allow_private_development=settings.LOCKPORT_DEVELOPMENT,
    )


def shown_address(camera: Camera) -> str:
    """What may be shown of a camera's address: never its user name, password, path or query."""
    try:
        return str(
            parse_address(
                str(camera.address),
                allowed_folder=settings.LOCKPORT_VIDEO_FOLDER,
                allow_private_development=True,
                resolve=lambda host, port: ["192.0.2.1"],  # it is only shown: nothing need be looked up
            )
        )
    except AddressRefused:
        return _("an address that is not accepted any more")
    except Unreadable:
        return _("an address that cannot be read: it was sealed under another master key")
