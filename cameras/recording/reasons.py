"""Why nothing was recorded, and how a recording is doing: the words for both. Pure."""

from enum import StrEnum

from cameras.vision.marking import gettext_noop


class Reason(StrEnum):
    """Why there is a gap."""

    UNREACHABLE = "unreachable"
    DISK_FULL = "disk_full"
    SWITCHED_OFF = "switched_off"
    WORKER = "worker"
    NO_MOTION = "no_motion"
    FAILED = "failed"
    SHORTENED = "shortened"
    UNKNOWN = "unknown"

    @property
    def words(self) -> str:
        return _REASONS[self]


_REASONS = {
    Reason.UNREACHABLE: gettext_noop("nothing came from the camera"),
    Reason.DISK_FULL: gettext_noop("the disk was nearly full"),
    Reason.SWITCHED_OFF: gettext_noop("the camera or its recording was switched off"),
    Reason.WORKER: gettext_noop("the watch worker was not running, or was restarted"),
    Reason.NO_MOTION: gettext_noop("nothing moved"),
    Reason.FAILED: gettext_noop("it could not be stored"),
    Reason.SHORTENED: gettext_noop("deleted early, because the disk was nearly full"),
    Reason.UNKNOWN: gettext_noop("not known"),
}


class RecordingState(StrEnum):
    """How the recording of a camera is doing now; `words` for the cameras page."""

    STARTING = "starting"
    RECORDING = "recording"
    WAITING = "waiting"
    SILENT = "silent"
    FULL = "full"
    BEHIND = "behind"
    FAILING = "failing"
    FORMAT = "format"

    @property
    def words(self) -> str:
        return _STATES[self]

    @property
    def is_alarm(self) -> bool:
        """Whether recording should happen and does not, for a reason that somebody must mend."""
        return self in (RecordingState.FULL, RecordingState.BEHIND, RecordingState.FAILING, RecordingState.FORMAT)


_STATES = {
    RecordingState.STARTING: gettext_noop("Recording begins."),
    RecordingState.RECORDING: gettext_noop("Recording."),
    RecordingState.WAITING: gettext_noop("Recording waits until something moves."),
    RecordingState.SILENT: gettext_noop("Not recording: nothing comes from the camera."),
    RecordingState.FULL: gettext_noop(
        "Recording has stopped: the disk is nearly full. Free some space, or shorten how long recordings are kept. "
        "Matching goes on."
    ),
    RecordingState.BEHIND: gettext_noop("Parts are not recorded: the disk or the database is too slow."),
    RecordingState.FAILING: gettext_noop("Recording fails. Look for the error in the log of the watch worker."),
    RecordingState.FORMAT: gettext_noop(
        "Not recording: this format of video cannot be stored. Set the camera to H.264 or H.265."
    ),
}
