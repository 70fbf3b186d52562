"""What a camera can be doing, in words for the people who look after it."""

from enum import StrEnum


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
    CameraState.STARTING: ("The camera is being connected.", ""),
    CameraState.WATCHING: ("The camera is being watched.", ""),
    CameraState.UNREACHABLE: (
        "The camera cannot be reached.",
        "Check that it has power and network, and that the address and port are right.",
    ),
    CameraState.WRONG_PASSWORD: (
        "The camera refuses the user name or password.",
        "Enter the camera's present user name and password in its address.",
    ),
    CameraState.NOT_FOUND: (
        "The camera answers, but has no stream at this path.",
        "Look up the stream's path in the camera's manual and correct the address.",
    ),
    CameraState.TURNED_AWAY: (
        "The camera answers, but refuses to send its stream.",
        "Close other viewers of this camera: many cameras serve only a few at a time. If that is not it, restart it.",
    ),
    CameraState.FROZEN: (
        "The camera is connected, but no new picture arrives.",
        "If this lasts longer than a minute, restart the camera and check its network cable.",
    ),
    CameraState.COVERED: (
        "The picture shows next to nothing: the lens seems to be covered, or out of focus.",
        "Go and look at the camera: take away what covers it, and clean the glass.",
    ),
    CameraState.TOO_DARK: (
        "The picture is too dark to find a face in it.",
        "Switch on the light there, or the camera's infrared light; if it is lit, check the camera's exposure.",
    ),
    CameraState.MOVED: (
        "The camera looks somewhere else than it used to.",
        "Turn it back. If it is meant to look there, open the camera's page and say that this is the right view.",
    ),
    CameraState.ENDED: (
        "The stream has ended.",
        "If this is a camera, it will be connected again by itself; if it is a video file, it was played to its end.",
    ),
    CameraState.NO_VIDEO: (
        "The stream has sound but no picture.",
        "Enter the address of the camera's video stream.",
    ),
    CameraState.GARBAGE: (
        "What arrives cannot be read as video.",
        "Check that the address is that of a camera's stream, and set the camera to H.264, H.265 or MJPEG.",
    ),
    CameraState.ADDRESS_REFUSED: (
        "The address is one that cameras may not have.",
        "Enter an address on the cameras' own network: the server itself and link-local addresses are refused.",
    ),
    CameraState.FAILING: (
        "Pictures arrive, but looking for faces in them fails again and again.",
        "Look for the error in the log of the watch worker; until then nobody is recognised at this camera.",
    ),
    CameraState.STOPPED: (
        "The camera is not being watched.",
        "After a change this lasts a few seconds. If it lasts longer, start a watch worker.",
    ),
}
