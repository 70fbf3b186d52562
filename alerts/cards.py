"""What a card says about an alert: every word and number worked out here, so that templates only place them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.db.models import Model
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from alerts import words
from alerts.answers import OPEN, confirmers, may_object, standing
from alerts.clips import NO_RECORDING
from alerts.correcting import UNDO_SHOWN, may_undo
from alerts.models import ANSWERS, Alert, Decision
from lockport.access import Person
from lockport.saying import grouped, name_of
from watchlist.models import Entry, Photograph

YOURS, OTHERS, DECIDED, UNANSWERED = "yours", "others", "decided", "unanswered"
TIMELY = timedelta(hours=24)  # afterwards nobody is at the door any more, and the alert is listed as not answered
ACTED_ON = timedelta(hours=8)  # for so long a confirmed alert's card shows what to do now
MARGIN = 0.45  # of the face's size, shown around the enrolled face: about as much as the camera's crop shows
OUTCOMES = {
    Alert.Status.CONFIRMED: (_("Confirmed"), _("Two people say this is the enrolled person.")),
    Alert.Status.REJECTED: (_("Not this person"), _("The passer-by is not the enrolled person.")),
    Alert.Status.ENDED: (
        _("Not decided"),
        _("The entry ended, and its photograph was destroyed, before this was decided."),
    ),
}


@dataclass(frozen=True)
class Card:
    """One alert as `person` may see it at `now`: what others answered stays hidden from whoever has yet to answer."""

    alert: Alert
    person: Person
    now: datetime
    nobody_left: bool = False  # everybody who may answer has, and it is open all the same (alerts/remaining.py)

    @cached_property
    def rows(self) -> list[Decision]:
        return list(self.alert.decisions.all())

    @cached_property
    def mine(self) -> Decision | None:
        """What this person says now; None where they have not answered, or have taken it back."""
        return next((row for row in standing(self.rows) if row.by_id == self.person.pk), None)

    @property
    def is_open(self) -> bool:
        return self.alert.status in OPEN

    @property
    def section(self) -> str:
        if not self.is_open:
            return DECIDED
        if self.mine is not None:
            return OTHERS
        return YOURS if self.now - self.alert.first_seen < TIMELY else UNANSWERED

    @property
    def is_blind(self) -> bool:
        """Whether this person has yet to answer, and is shown nothing of what others said."""
        return self.section in {YOURS, UNANSWERED}

    @cached_property
    def decides(self) -> bool:
        return self.person.has_perm("alerts.add_decision") and not self.alert.entry.has_ended

    @property
    def may_answer(self) -> bool:
        return self.is_blind and self.decides

    @property
    def may_object(self) -> bool:
        """One other person alone has said that it is not this person."""
        return self.mine is None and self.decides and may_object(self.alert, standing(self.rows))

    @property
    def was_confirmed(self) -> bool:
        """Two people had confirmed it, and one of them has said otherwise since."""
        if not self.is_open or self.is_blind:
            return False
        said = (standing(self.rows[:end]) for end in range(2, len(self.rows)))
        return any(len(confirmers(then)) >= 2 for then in said)

    @property
    def shows_protocol(self) -> bool:
        """While there is something to do: until it is decided, and for some hours once it is confirmed."""
        return self.is_open or self.is_fresh_confirmation

    @property
    def is_fresh_confirmation(self) -> bool:
        settled = self.alert.settled_at
        is_confirmed = self.alert.status == Alert.Status.CONFIRMED
        return is_confirmed and settled is not None and self.now - settled < ACTED_ON

    @property
    def undo_seconds(self) -> int:
        """For how long this person can still take their answer back; 0 when it is too late."""
        if self.mine is None or not may_undo(self.mine, self.rows, self.now):
            return 0
        return max(0, round((self.mine.at + UNDO_SHOWN - self.now).total_seconds()))

    @property
    def other_answers(self) -> list[tuple[str, str]]:
        """What this person could correct their answer to (values and labels); empty where they gave none."""
        if self.mine is None or not self.person.has_perm("alerts.add_decision"):
            return []
        return [(answer.value, str(answer.label)) for answer in ANSWERS if answer != self.mine.answer]

    @property
    def is_second_look(self) -> bool:
        """Somebody answered before; the card says so, but not what."""
        return self.is_blind and bool(standing(self.rows))

    @property
    def decisions(self) -> list[Decision]:
        """The answers this person may read: none before they have given their own."""
        return [] if self.is_blind else self.rows

    @property
    def outcome(self) -> str:
        return str(OUTCOMES[Alert.Status(self.alert.status)][0]) if not self.is_open else ""

    @property
    def outcome_sentence(self) -> str:
        return str(OUTCOMES[Alert.Status(self.alert.status)][1]) if not self.is_open else ""

    @property
    def status(self) -> str:
        """The status in a word, for the API: "open" where more would give away what somebody else answered."""
        return "open" if self.is_blind else str(self.alert.status)

    @cached_property
    def likeness(self) -> words.Likeness:
        return words.likeness(self.alert.distance, self.alert.threshold)

    @property
    def quality(self) -> str:
        return words.quality(self.alert.quality)

    @property
    def seen_in(self) -> str:
        return words.seen_in(self.alert.frames_used)

    @property
    def time(self) -> str:
        return words.clock(self.alert.first_seen, self.alert.camera.school.zone, now=self.now)

    @property
    def last_time(self) -> str:
        return words.clock(self.alert.last_seen, self.alert.camera.school.zone, now=self.now)

    @property
    def span(self) -> str:
        """From when to when it was seen, where that is more than a moment: "08:14:07 EST to 08:19:30 EST"."""
        if self.alert.last_seen - self.alert.first_seen < timedelta(seconds=1):
            return self.time
        return gettext("%(first)s to %(last)s") % {"first": self.time, "last": self.last_time}

    @property
    def is_poor(self) -> bool:
        """Whether the picture is too poor to be sure of anything by it."""
        return self.alert.quality < words.POOR

    @property
    def day(self) -> date:
        """The day of the first sighting at the school."""
        return self.alert.first_seen.astimezone(self.alert.camera.school.zone).date()

    @property
    def moment(self) -> str:
        """The first sighting by the school's clock, always with its day: what is printed is read on another one."""
        return words.dated(self.alert.first_seen, self.alert.camera.school.zone, seconds=True)

    @property
    def minute(self) -> str:
        """The time of the first sighting at the school, without its day."""
        return f"{self.alert.first_seen.astimezone(self.alert.camera.school.zone):%H:%M %Z}"

    @property
    def ago(self) -> str:
        return words.ago(self.alert.first_seen, self.now)

    @property
    def sightings(self) -> str:
        number = self.alert.sightings
        return ngettext("%(number)s sighting", "%(number)s sightings", number) % {"number": grouped(number)}

    @cached_property
    def photograph(self) -> Photograph | None:
        """The best photograph; None once the entry has ended and its photographs have been destroyed."""
        if self.alert.entry.has_ended:
            return None
        return next(iter(self.alert.entry.photographs.all()), None)

    @property
    def photograph_view(self) -> str:
        """The part of the photograph to show (an SVG view box, in pixels), so that both faces have one scale."""
        return face_view(self.photograph.face) if self.photograph else ""

    @property
    def steps(self) -> list[list[words.Part]]:
        return words.protocol_steps(self.alert.category.protocol)

    @property
    def gallery(self) -> str:
        return words.strangers(self.alert.distance, gallery=self.alert.gallery_size)

    @property
    def other(self) -> Entry | None:
        """The second entry that this face matches, where this person may know of it and it has not ended."""
        other = self.alert.runner_up if self.alert.cannot_separate else None
        is_visible = getattr(self.alert, "other_is_visible", False)  # asked with the row: see selectors.readable
        return other if other is not None and is_visible and not other.has_ended else None

    @property
    def not_separated(self) -> str:
        """On a card, which names nobody: that the face may be somebody else's on the list; "" where it is clear."""
        if not self.alert.cannot_separate:
            return ""
        if not self.other:
            return gettext("Cannot separate this person from another person on the list: the face matches both.")
        said = gettext(
            "Cannot separate this person from another person on the list (%(category)s): the face matches both."
        )
        return said % {"category": gettext(self.other.category.name)}

    @property
    def not_separated_names(self) -> str:
        """The same where names may be read."""
        if not self.other:
            return self.not_separated
        said = gettext("Cannot separate %(one)s from %(other)s (%(category)s): the face matches both.")
        category = gettext(self.other.category.name)
        return said % {"one": self.alert.entry, "other": self.other, "category": category}

    @property
    def no_clip(self) -> str:
        """Why there is no clip; the sentence was stored in English (alerts/clips.py)."""
        problem = self.alert.clip.problem
        if not problem.startswith(NO_RECORDING):
            return gettext(problem)
        reason = problem.removeprefix(NO_RECORDING).removesuffix(".")
        return gettext("There is no recording: %(reason)s.") % {"reason": gettext(reason)}

    @property
    def answers(self) -> list["Answered"]:
        """Who answered what and when, as far as this person may read it."""
        zone = self.alert.camera.school.zone
        return [
            Answered(name(decision.by), decision, words.clock(decision.at, zone, now=self.now, seconds=False))
            for decision in self.decisions
        ]


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer, with who gave it and when in words."""

    by: str
    decision: Decision
    at: str


def face_view(face: dict[str, float]) -> str:
    """A square around a face's box with a margin, as "left top width height"; "" without a box."""
    if not {"left", "top", "right", "bottom"} <= face.keys():
        return ""
    side = max(face["right"] - face["left"], face["bottom"] - face["top"]) * (1 + 2 * MARGIN)
    left = (face["left"] + face["right"] - side) / 2
    top = (face["top"] + face["bottom"] - side) / 2
    return f"{left:.0f} {top:.0f} {side:.0f} {side:.0f}"


def name(person: AbstractUser | Model) -> str:
    return name_of(person) if isinstance(person, AbstractUser) else str(person)
