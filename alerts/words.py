"""Numbers as words for people who decide: likeness with its doubt, times, quality; in the language of the page."""

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cameras.vision.calibrate import strangers_this_alike
from lockport.saying import grouped, short_day

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
    def bars(self) -> SafeString:
        """Drawn here: a loop of nine in the template of each card took longer than all the rest of the likeness."""
        return SafeString('<i class="on"></i>' * self.filled + "<i></i>" * (self.steps - self.filled))


def likeness(distance: float, threshold: float, *, frames: int = 1) -> Likeness:
    """Words for a distance (after the entry's offset) against the limit under which it counts as a match.

    `frames` is the number of frames averaged in the probe; at least 1.
    """
    margin = threshold - distance
    sentence = (
        _("Farther than the limit")
        if margin < 0
        else _("Only just closer than the limit")
        if margin < 0.02
        else _("Closer than the limit")
        if margin < 0.1
        else _("Much closer than the limit")
    )
    filled = max(1, min(STEPS, math.ceil(margin / WIDEST_MARGIN * STEPS)))
    return Likeness(sentence=sentence, doubt=strangers(distance, frames=frames), filled=filled)


def strangers(distance: float, *, frames: int = 1, gallery: int = 1) -> str:
    """How many passers-by would look this much like the entry, or like any of `gallery` entries."""
    count = strangers_this_alike(distance, frames=max(1, frames)) / max(1, gallery)
    number = grouped(MOST_COUNTED if count > MOST_COUNTED else rounded(count))
    if count < 1.5:
        one = _("almost every stranger looks this alike")
        any_of_them = _("almost every stranger looks this much like somebody on the list")
    elif count > MOST_COUNTED:
        one = _("fewer than 1 stranger in %(number)s looks this alike")
        any_of_them = _("fewer than 1 stranger in %(number)s looks this much like somebody on the list")
    else:
        one = _("about 1 stranger in %(number)s looks this alike")
        any_of_them = _("about 1 stranger in %(number)s looks this much like somebody on the list")
    return (one if gallery == 1 else any_of_them) % {"number": number}


def rounded(count: float) -> int:
    """To one figure, or two under 20: the rates are estimates, and more figures would claim more."""
    if count < 20:
        return round(count)
    unit = 10 ** math.floor(math.log10(count))
    return round(count / unit) * unit


def quality(value: float) -> str:
    """Words for a picture's quality, 0..1."""
    return _("good") if value >= 0.6 else _("fair") if value >= POOR else _("poor")


def seen_in(frames: int) -> str:
    return ngettext("seen in %(number)s frame", "seen in %(number)s frames", frames) % {"number": frames}


def clock(moment: datetime, zone: ZoneInfo, *, now: datetime, seconds: bool = True) -> str:
    """The wall clock's time at the school with its zone ("08:14:07 EST"), and the date unless that is today."""
    local = moment.astimezone(zone)
    time = f"{local:%H:%M:%S %Z}" if seconds else f"{local:%H:%M %Z}"
    if local.date() == now.astimezone(zone).date():
        return time
    return f"{short_day(local)}, {time}"


def dated(moment: datetime, zone: ZoneInfo, *, seconds: bool = False) -> str:
    """The same always with its whole date, for what is printed and read on another day."""
    local = moment.astimezone(zone)
    return f"{short_day(local)} {local.year}, " + (f"{local:%H:%M:%S %Z}" if seconds else f"{local:%H:%M %Z}")


def ago(moment: datetime, now: datetime) -> str:
    """How long ago, rounded down to what matters: "40 s ago", "3 min ago", "2 h ago", "4 days ago"."""
    seconds = int((now - moment) / timedelta(seconds=1))
    if seconds < 5:
        return _("just now")
    for size, said in ((60, _("%(number)s s ago")), (60, _("%(number)s min ago")), (24, _("%(number)s h ago"))):
        if seconds < size:
            return said % {"number": seconds}
        seconds //= size
    return _("1 day ago") if seconds == 1 else _("%(number)s days ago") % {"number": seconds}


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a protocol's step; `telephone` holds the number to dial where it is one."""

    text: str
    telephone: str = ""


def protocol_steps(protocol: str) -> list[list[Part]]:
    """The category's protocol: a step a line, each in parts, so that telephone numbers can be called from a phone."""
    return [_parts(_(line.strip())) for line in protocol.splitlines() if line.strip()]


def _parts(line: str) -> list[Part]:
    parts, end = [], 0
    for found in TELEPHONE.finditer(line):
        parts += [Part(line[end : found.start()]), Part(found[0], telephone=re.sub(r"[^\d+]", "", found[0]))]
        end = found.end()
    return [part for part in [*parts, Part(line[end:])] if part.text]
