"""What a camera can be doing, in words for the people who look after it."""

from enum import StrEnum

from cameras.vision.marking import gettext_noop


class CameraState(StrEnum):
    """The state of one camera; `message` says what is so, `advice` what to do (empty where nothing is to be done)."""

    STARTING = "starting"
    WATCHING = "watching"
    UNREACHABLE = "unreachable"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - the name of a state
    NOT_FOUND = "not_found"
    TURNED_AWAY = "turned_away"
    FROZEN = "frozen"
    COVERED = "covered"
    TOO_DARK = "too_dark"
    MOVED = "moved"
    ENDED = "ended"
    NO_VIDEO = "no_video"
    GARBAGE = "garbage"
    ADDRESS_REFUSED = "address_refused"
    FAILING = "failing"
    STOPPED = "stopped"

    @property
    def message(self) -> str:
        return _WORDS[self][0]

    @property
    def advice(self) -> str:
        return _WORDS[self][1]

    @property
    def is_healthy(self) -> bool:
        """Whether pictures arrive and are looked at."""
        return self is CameraState.WATCHING


_WORDS: dict[CameraState, tuple[str, str]] = {
    CameraState.STARTING: (gettext_noop("The camera is being connected."), ""),
    CameraState.WATCHING: (gettext_noop("The camera is being watched."), ""),
    CameraState.UNREACHABLE: (
        gettext_noop("The camera cannot be reached."),
        gettext_noop("Check that it has power and network, and that the address and port are right."),
    ),
    CameraState.WRONG_PASSWORD: (
        gettext_noop("The camera refuses the user name or password."),
        gettext_noop("Enter the camera's present user name and password in its address."),
    ),
    CameraState.NOT_FOUND: (
        gettext_noop("The camera answers, but has no stream at this path."),
        gettext_noop("Look up the stream's path in the camera's manual and correct the address."),
    ),
    CameraState.TURNED_AWAY: (
        gettext_noop("The camera answers, but refuses to send its stream."),
        gettext_noop(
            "Close other viewers of this camera: many cameras serve only a few at a time. "
            "If that is not it, restart it."
        ),
    ),
    CameraState.FROZEN: (
        gettext_noop("The camera is connected, but no new picture arrives."),
        gettext_noop("If this lasts longer than a minute, restart the camera and check its network cable."),
    ),
    CameraState.COVERED: (
        gettext_noop("The picture shows next to nothing: the lens seems to be covered, or out of focus."),
        gettext_noop("Go and look at the camera: take away what covers it, and clean the glass."),
    ),
    CameraState.TOO_DARK: (
        gettext_noop("The picture is too dark to find a face in it."),
        gettext_noop(
            "Switch on the light there, or the camera's infrared light; if it is lit, check the camera's exposure."
        ),
    ),
    CameraState.MOVED: (
        gettext_noop("The camera looks somewhere else than it used to."),
        gettext_noop(
            "Turn it back. If it is meant to look there, open the camera's page and say that this is the right view."
        ),
    ),
    CameraState.ENDED: (
        gettext_noop("The stream has ended."),
        gettext_noop(
            "If this is a camera, it will be connected again by itself; "
            "if it is a video file, it was played to its end."
        ),
    ),
    CameraState.NO_VIDEO: (
        gettext_noop("The stream has sound but no picture."),
        gettext_noop("Enter the address of the camera's video stream."),
    ),
    CameraState.GARBAGE: (
        gettext_noop("What arrives cannot be read as video."),
        gettext_noop(
            "Check that the address is that of a camera's stream, and set the camera to H.264, H.265 or MJPEG."
        ),
    ),
    CameraState.ADDRESS_REFUSED: (
        gettext_noop("The address is one that cameras may not have."),
        gettext_noop(
            "Enter an address on the cameras' own network: the server itself and link-local addresses are refused."
        ),
    ),
    CameraState.FAILING: (
        gettext_noop("Pictures arrive, but looking for faces in them fails again and again."),
        gettext_noop(
            "Look for the error in the log of the watch worker; until then nobody is recognised at this camera."
        ),
    ),
    CameraState.STOPPED: (
        gettext_noop("The camera is not being watched."),
        gettext_noop("After a change this lasts a few seconds. If it lasts longer, start a watch worker."),
    ),
}
