"""Why nothing was recorded, and how a recording is doing: the words for both. Pure."""

from enum import StrEnum


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
    Reason.UNREACHABLE: "nothing came from the camera",
    Reason.DISK_FULL: "the disk was nearly full",
    Reason.SWITCHED_OFF: "the camera or its recording was switched off",
    Reason.WORKER: "the watch worker was not running, or was restarted",
    Reason.NO_MOTION: "nothing moved",
    Reason.FAILED: "it could not be stored",
    Reason.SHORTENED: "deleted early, because the disk was nearly full",
    Reason.UNKNOWN: "not known",
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
    RecordingState.STARTING: "Recording begins.",
    RecordingState.RECORDING: "Recording.",
    RecordingState.WAITING: "Recording waits until something moves.",
    RecordingState.SILENT: "Not recording: nothing comes from the camera.",
    RecordingState.FULL: "Recording has stopped: the disk is nearly full. Free some space, or shorten how long "
    "recordings are kept. Matching goes on.",
    RecordingState.BEHIND: "Parts are not recorded: the disk or the database is too slow.",
    RecordingState.FAILING: "Recording fails. Look for the error in the log of the watch worker.",
    RecordingState.FORMAT: "Not recording: this format of video cannot be stored. Set the camera to H.264 or H.265.",
}
