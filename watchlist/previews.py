"""What would become of a photograph, said while whoever has the better one is still at the desk. Nothing is kept."""

from dataclasses import dataclass, field

from django.utils.translation import gettext

from lockport.access import Person
from watchlist.cautions import Enrolled, Similar, similar_entries
from watchlist.enrolment import Enrolment, EnrolmentProblem, examine, faces_in
from watchlist.gallery import readable_templates
from watchlist.models import Entry, Photograph
from watchlist.pictures import PictureProblem, read_picture
from watchlist.refusals import Refused
from watchlist.services import refuse_stranger

GOOD = 0.6  # of the quality's 1.0; below it a second photograph is worth asking for


@dataclass(frozen=True, slots=True)
class Preview:
    """The verdict on one photograph: `faces` are (left, top, right, bottom) in a picture of `width` x `height`."""

    accepted: bool
    words: str
    width: int = 0
    height: int = 0
    faces: tuple[tuple[int, int, int, int], ...] = ()
    similar: Similar = field(default_factory=lambda: Similar((), 0))


def preview(content: bytes, *, entry: Entry | None, person: Person) -> Preview:
    """Judge an uploaded photograph, for a new entry or for `entry`. Never raises for a bad photograph."""
    try:
        picture = read_picture(content)
        boxes = faces_in(picture)
    except (PictureProblem, EnrolmentProblem) as problem:
        return Preview(False, str(problem))
    height, width = picture.shape[:2]
    faces = tuple((int(box.left), int(box.top), int(box.right), int(box.bottom)) for box in boxes)
    try:
        enrolment = examine(content)
        if entry is not None:
            names = Photograph.objects.filter(entry=entry).values_list("template", flat=True)
            refuse_stranger(enrolment.template, readable_templates(entry.pk, names))
    except (EnrolmentProblem, Refused) as problem:
        return Preview(False, str(problem), width, height, faces)
    similar = similar_entries(Enrolled(entry or Entry(), enrolment.template, "", 1), person)
    return Preview(True, _verdict(enrolment), width, height, faces, similar)


def _verdict(enrolment: Enrolment) -> str:
    words = gettext("Can be used. Quality %(quality)s of 1.") % {"quality": f"{enrolment.quality:.2f}"}
    if enrolment.quality >= GOOD:
        return words
    more = gettext("A second photograph from another day, sharp and evenly lit, would make mistakes rarer.")
    return f"{words} {more}"
