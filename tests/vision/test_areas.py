"""Masks and zones: what is masked reaches nothing that looks for people."""

import numpy as np
import pytest

from cameras.vision.analyse import Analyser
from cameras.vision.areas import Areas, MaskedAnalysis
from cameras.vision.types import Frame, Gallery
from tests.vision.pictures import corridor, frame_of, gallery_of, noisy, unit, with_faces

LEFT_HALF = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
WHITE = np.full((90, 160, 3), 255, np.uint8)


class Seen:
    at_rest = False

    def analyse(self, frame: Frame, gallery: Gallery) -> list:
        self.frame = frame
        return []


def looked_at(areas: Areas, picture: np.ndarray = WHITE) -> Frame:
    seen = Seen()
    MaskedAnalysis(seen, areas).analyse(frame_of(picture, 0.0), Gallery.empty())
    return seen.frame


@pytest.mark.parametrize("read", [Frame.bgr, lambda frame: frame.luma()[..., None]])
def test_behind_a_privacy_mask_all_is_black_however_it_is_read(read):
    picture = read(looked_at(Areas(privacy=(LEFT_HALF,))))
    assert picture[:, :78].max() == 0
    assert picture[:, 82:].min() == 255


def test_where_there_is_a_zone_only_it_is_looked_at():
    picture = looked_at(Areas(zones=(LEFT_HALF,))).bgr()
    assert picture[:, :78].min() == 255
    assert picture[:, 82:].max() == 0


def test_a_privacy_mask_wins_over_a_zone():
    assert looked_at(Areas(privacy=(LEFT_HALF,), zones=(LEFT_HALF,))).bgr().max() == 0


def test_without_areas_the_frame_is_handed_on_as_it_is():
    frame = frame_of(WHITE, 0.0)
    assert MaskedAnalysis(Seen(), Areas()).masked(frame) is frame


def test_parts_of_a_decoded_frame_are_masked_in_colour_too():
    av = pytest.importorskip("av")
    red = np.zeros((90, 160, 3), np.uint8)
    red[..., 2] = 255
    frame = Frame.from_av(av.VideoFrame.from_ndarray(red, "bgr24").reformat(format="yuv420p"), number=0, captured_at=0)
    part = MaskedAnalysis(Seen(), Areas(privacy=(LEFT_HALF,))).masked(frame).part((0, 0, 160, 90))
    assert part[:, :76].max() <= 20, "black, and not red either"
    assert part[:, 84:, 2].min() > 200


def test_evidence_kept_for_later_stays_masked():
    assert looked_at(Areas(privacy=(LEFT_HALF,))).without_colour().bgr()[:, :78].max() == 0


def test_a_face_behind_a_mask_is_neither_found_nor_embedded_and_beside_it_is(models):
    def faces_found(areas: Areas) -> int:
        analyser = Analyser(models)
        masked = MaskedAnalysis(analyser, areas)
        for number in range(6):
            picture = noisy(with_faces((40 + 30 * number, 200)) if number else corridor(), number)
            masked.analyse(frame_of(picture, number * 0.2, number), gallery_of(unit(3, 2.0)))
        return analyser.counters.embedded

    assert faces_found(Areas(privacy=(LEFT_HALF,))) == 0
    assert faces_found(Areas(zones=(LEFT_HALF,))) > 0
