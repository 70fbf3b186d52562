"""Numbers as words for people who decide: likeness with its doubt, times, quality. Pure: values in, text out."""

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cameras.vision.calibrate import strangers_this_alike

# Beyond this, strangers were not counted but extrapolated: the page does not claim more than was measured.
MOST_COUNTED = 30_000
POOR = 0.3  # of a picture's quality, 0..1: under it faces of different people look alike
STEPS = 9  # of the likeness bar
WIDEST_MARGIN = 0.25  # of a distance under its limit, at which the bar is full
TELEPHONE = re.compile(r"\b(911|\+?\d[\d ().-]{6,}\d)\b")


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two faces are, with as much said about the doubt. `filled` of `steps` bars are drawn."""

    sentence: str
    doubt: str
    filled: int
    steps: int = STEPS

    @property
    def bars(self) -> list[bool]:
        return [number < self.filled for number in range(self.steps)]


def likeness(distance: float, threshold: float, *, frames: int = 1) -> Likeness:
    """Words for a distance (after the entry's offset) against the limit under which it counts as a match.

    `frames` is the number of frames averaged in the probe; at least 1.
    """
    margin = threshold - distance
    sentence = (
        "Farther than the limit"
        if margin < 0
        else "Only just closer than the limit"
        if margin < 0.02
        else "Closer than the limit"
        if margin < 0.1
        else "Much closer than the limit"
    )
    filled = max(1, min(STEPS, math.ceil(margin / WIDEST_MARGIN * STEPS)))
    return Likeness(sentence=sentence, doubt=strangers(distance, frames=frames), filled=filled)


def strangers(distance: float, *, frames: int = 1, gallery: int = 1) -> str:
    """How many passers-by would look this much like the entry, or like any of `gallery` entries."""
    count = strangers_this_alike(distance, frames=max(1, frames)) / max(1, gallery)
    whom = "looks this alike" if gallery == 1 else "looks this much like somebody on the list"
    if count < 1.5:
        return f"almost every stranger {whom}"
    if count > MOST_COUNTED:
        return f"fewer than 1 stranger in {MOST_COUNTED:,} {whom}"
    return f"about 1 stranger in {rounded(count):,} {whom}"


def rounded(count: float) -> int:
    """To one figure, or two under 20: the rates are estimates, and more figures would claim more."""
    if count < 20:
        return round(count)
    unit = 10 ** math.floor(math.log10(count))
    return round(count / unit) * unit


def quality(value: float) -> str:
    """Words for a picture's quality, 0..1."""
    return "good" if value >= 0.6 else "fair" if value >= POOR else "poor"


def seen_in(frames: int) -> str:
    return "seen in 1 frame" if frames == 1 else f"seen in {frames} frames"


def clock(moment: datetime, zone: ZoneInfo, *, now: datetime, seconds: bool = True) -> str:
    """The wall clock's time at the school with its zone ("08:14:07 EST"), and the date unless that is today."""
    local = moment.astimezone(zone)
    time = f"{local:%H:%M:%S %Z}" if seconds else f"{local:%H:%M %Z}"
    if local.date() == now.astimezone(zone).date():
        return time
    return f"{local:%a} {local.day} {local:%b}, {time}"


def ago(moment: datetime, now: datetime) -> str:
    """How long ago, rounded down to what matters: "40 s ago", "3 min ago", "2 h ago", "4 days ago"."""
    seconds = int((now - moment) / timedelta(seconds=1))
    if seconds < 5:
        return "just now"
    for size, unit in ((60, "s"), (60, "min"), (24, "h")):
        if seconds < size:
            return f"{seconds} {unit} ago"
        seconds //= size
    return "1 day ago" if seconds == 1 else f"{seconds} days ago"


def counted(number: int, one: str, many: str = "") -> str:
    """ "1 camera", "2 cameras"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a protocol's step; `telephone` holds the number to dial where it is one."""

    text: str
    telephone: str = ""


def protocol_steps(protocol: str) -> list[list[Part]]:
    """The category's protocol: a step a line, each in parts, so that telephone numbers can be called from a phone."""
    return [_parts(line.strip()) for line in protocol.splitlines() if line.strip()]


def _parts(line: str) -> list[Part]:
    parts, end = [], 0
    for found in TELEPHONE.finditer(line):
        parts += [Part(line[end : found.start()]), Part(found[0], telephone=re.sub(r"[^\d+]", "", found[0]))]
        end = found.end()
    return [part for part in [*parts, Part(line[end:])] if part.text]
