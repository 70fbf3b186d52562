"""One watch as a worker runs it: the camera's row, gallery and health on one side, alerts on the other."""

import logging
import time
from collections.abc import Collection
from functools import cache

import redis
from celery.worker import state as worker_state
from django.conf import settings
from django.db import DatabaseError, connection

from alerts.asking import Shared
from alerts.outbox import deliver_or_keep
from alerts.services import alert_raise
from alerts.sightings import Sighting
from cameras.addresses import AddressRefused, connection_check, parse_address
from cameras.aiming import areas_of, usual_view_keep, usual_view_of
from cameras.health import report, report_watch
from cameras.leases import Lease
from cameras.models import Camera
from cameras.recording.reasons import Reason
from cameras.recording.recorder import Recorder, Tap
from cameras.recording.slicing import Mode
from cameras.recording.storing import VaultKeeper, gap_open
from cameras.selectors import cameras_due
from cameras.snapshots import Snapshots
from cameras.vision.analyse import Analyser, Models, load_models
from cameras.vision.areas import MaskedAnalysis
from cameras.vision.capture import Capture, CaptureOptions
from cameras.vision.passing import PassersBy
from cameras.vision.reading import ReadingOptions
from cameras.vision.sources import Address
from cameras.vision.states import CameraState
from cameras.vision.types import Floats, Frame, Gallery, Image, Match
from cameras.vision.view import View
from cameras.watching import Doors, WatchedCamera, watch
from watchlist.gallery import gallery_version, load_gallery
from watchlist.learning import store_if_ready

# How long a change of the watchlist or of a camera may stay unnoticed; the promise to people is 5 seconds.
LOOK_EVERY = 1.0
# How long a watch goes on with the gallery it has while the database does not answer. Nobody can be withdrawn from a
# database that is away; matches made meanwhile wait in the outbox.
UNCONFIRMED_SECONDS = 300.0

logger = logging.getLogger(__name__)


@cache
def models() -> Models:
    """The networks, loaded once for all cameras of this process."""
    return load_models(settings.LOCKPORT_MODELS)


@cache
def passers_by() -> PassersBy:
    """What all cameras of this process count."""
    return PassersBy()


@cache
def redis_connection() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)


@cache
def recorder() -> Recorder:
    """What stores the video of all cameras of this process."""
    return Recorder(VaultKeeper())


class NoticingMotion:
    """An analyser that also tells the recorder when something moves."""

    def __init__(self, analyser: Analyser, tap: Tap) -> None:
        self._analyser, self._tap, self._seen = analyser, tap, 0

    @property
    def at_rest(self) -> bool:
        return self._analyser.at_rest

    def analyse(self, frame: Frame, gallery: Gallery) -> list[Match]:
        try:
            return self._analyser.analyse(frame, gallery)
        finally:
            if self._analyser.counters.with_motion > self._seen:
                self._seen = self._analyser.counters.with_motion
                self._tap.motion(frame.captured_at)


cameras_that_are_on: Shared[dict[int, int]] = Shared("The list of cameras", every=0.5)


@cache
def version_for(school_id: int, recognition_refused: bool) -> Shared[str]:
    """The version of the gallery that all such cameras of one school have in common."""
    return Shared(f"The watchlist of school {school_id}", every=LOOK_EVERY)


class CurrentGallery:
    """The gallery of a camera: asked about every second, decrypted again only when its version changes."""

    def __init__(self, camera: Camera) -> None:
        self._camera_id = camera.pk
        self._gallery = Gallery.empty()
        self._version = version_for(camera.school_id, camera.recognition_refused)

    def __call__(self) -> Gallery:
        version = self._version.ask(lambda: gallery_version(self._camera_id))
        if time.monotonic() - self._version.at > UNCONFIRMED_SECONDS:
            self._gallery = Gallery.empty()  # no record of an authority: no recognition
        elif version != self._gallery.version:
            self._gallery = Gallery.empty()  # the old templates leave memory even if the new ones cannot be read
            self._gallery = self._load()
        return self._gallery

    def _load(self) -> Gallery:
        try:
            gallery = load_gallery(self._camera_id)
        finally:
            connection.close()
        logger.info("Camera %s: %s people are looked for", self._camera_id, len(gallery))
        return gallery


def run_watch(camera_id: int) -> str:
    """Watch a camera until the worker stops, the camera changes or the lease is lost; return why it ended.

    Returns at once when somebody else holds the lease.
    """
    camera = Camera.objects.filter(pk=camera_id, enabled=True).first()
    address = _address_of(camera) if camera else None
    if camera is None or address is None:
        return "the camera is switched off, or its address cannot be used"
    models()  # takes a while: not while holding a lease that nobody renews yet
    is_recorded = camera.recording_mode is not Mode.OFF
    if not is_recorded:
        _note_that_nothing_is_recorded(camera_id)
    lease = Lease.acquire(redis_connection(), camera_id)
    if lease is None:
        return "another worker watches this camera"
    logger.info("Camera %s: watch began", camera_id)
    if not is_recorded:
        return watch(_watched(camera, address), _doors(camera), lease)
    tap = recorder().attach(camera_id, camera.recording_mode)
    try:
        return watch(_watched(camera, address), _doors(camera, tap), lease)
    finally:
        recorder().detach(tap, _why_not_recorded(camera_id))


def _note_that_nothing_is_recorded(camera_id: int) -> None:
    try:
        gap_open(camera_id, None, Reason.SWITCHED_OFF)
    except DatabaseError as error:  # a gap without its reason; no cause not to watch
        logger.error("Camera %s: recording: a gap could not be noted (%s)", camera_id, type(error).__name__)
    finally:
        connection.close()


def _why_not_recorded(camera_id: int) -> Reason:
    """Why a recording ends with its watch: somebody switched it off, or the worker goes."""
    try:
        camera = Camera.objects.filter(pk=camera_id).first()
    except DatabaseError:
        return Reason.WORKER
    finally:
        connection.close()
    is_on = camera is not None and camera.enabled and camera.recording_mode is not Mode.OFF
    return Reason.WORKER if is_on else Reason.SWITCHED_OFF


def _address_of(camera: Camera) -> Address | None:
    try:
        return parse_address(camera.address, **_allowed())
    except AddressRefused as error:
        report(camera.pk, state=CameraState.ADDRESS_REFUSED, failing=str(error))
        return None


def _allowed() -> dict:
    return {
        "allowed_folder": settings.LOCKPORT_VIDEO_FOLDER,
        "allow_private_development": settings.LOCKPORT_DEVELOPMENT,
    }


def _watched(camera: Camera, address: Address) -> WatchedCamera:
    return WatchedCamera(id=camera.pk, name=camera.name, address=address, fps=settings.LOCKPORT_FRAMES_PER_SECOND)


def _doors(camera: Camera, tap: Tap | None = None) -> Doors:
    gallery = CurrentGallery(camera)
    shared = models()
    began = time.monotonic()
    model_name = f"dlib_face_recognition_resnet_model_v1, {shared.embedder.runtime}"

    def on_match(match: Match) -> None:
        try:
            deliver_or_keep(Sighting.of(match, camera=camera.pk, gallery=gallery(), model=model_name), alert_raise)
        finally:
            connection.close()

    def on_passed(probe: Floats, compared: Gallery, matched: Collection[int]) -> None:
        passers_by().count(probe, compared, camera=camera.pk, matched=matched)
        if store_if_ready(passers_by()):
            connection.close()

    def should_stop() -> str | None:
        if worker_state.should_stop is not None or worker_state.should_terminate is not None:
            return "the worker stops"
        on = cameras_that_are_on.ask(cameras_due)
        # An answer from before this watch began may not know the camera as it is now.
        changed = on is not None and cameras_that_are_on.at > began and on.get(camera.pk) != camera.version
        return "the camera was switched off or changed, or its hours are over" if changed else None

    def on_learned(usual: Image) -> None:
        try:
            usual_view_keep(camera.pk, usual)
        finally:
            connection.close()

    analyser = Analyser(shared, passing=on_passed)
    masked = MaskedAnalysis(NoticingMotion(analyser, tap) if tap else analyser, areas_of(camera))
    view = View(usual_view_of(camera), on_learned=on_learned)
    snapshots = Snapshots(camera.pk, shared.detector)
    connection.close()
    return Doors(
        capture=lambda watched: _capture(watched, tap),
        view=view,
        analyser=masked,
        gallery=gallery,
        on_picture=lambda frame: snapshots.look(masked.masked(frame)),
        on_match=on_match,
        on_health=report_watch,
        should_stop=should_stop,
    )


def _capture(camera: WatchedCamera, tap: Tap | None) -> Capture:
    # A video file stands in for a camera, and a camera never ends.
    options = CaptureOptions(reading=ReadingOptions(loop=camera.address.scheme == "file"))
    on_packet = tap.on_packet if tap else None
    return Capture(camera.address, options, on_packet=on_packet, check=connection_check(**_allowed()))
