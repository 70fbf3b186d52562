import gc
import weakref
from dataclasses import replace

import cv2
import numpy as np
import pytest

from cameras.vision.analyse import Analyser, Models, Options
from cameras.vision.embed import face_chip
from cameras.vision.types import Frame, Gallery, Match
from tests.vision.pictures import corridor, face_picture, frame_of, gallery_of, noisy, unit, with_faces


@pytest.fixture(scope="module")
def template(models: Models) -> np.ndarray:
    """Of the astronaut, from a larger photograph than any frame shows."""
    picture = face_picture(600)
    landmarks = models.detector.find_in_photograph(picture)[0].landmarks
    return models.embedder.embed_with_mirror(face_chip(picture, landmarks)[None])[0]


def film(*pictures: np.ndarray, start: float = 0.0) -> list[Frame]:
    """Frames five a second, each with the noise of a camera."""
    return [frame_of(noisy(picture, number), start + number * 0.2, number) for number, picture in enumerate(pictures)]


def walk(steps: int = 10) -> list[np.ndarray]:
    return [corridor(), corridor()] + [with_faces((60 + 45 * step, 200)) for step in range(steps)]


def analysed(analyser: Analyser, frames: list[Frame], gallery: Gallery) -> list[Match]:
    return [match for frame in frames for match in analyser.analyse(frame, gallery)]


def test_a_person_on_the_list_is_matched_within_a_second(models: Models, template: np.ndarray):
    matches = analysed(Analyser(models), film(*walk()), gallery_of(unit(3, 2.0), template))
    assert {match.entry for match in matches} == {11}
    first = matches[0]
    assert first.seen_at - first.first_seen <= 1.0
    assert first.raw_distance == first.distance < first.threshold == 0.5
    assert first.runner_up == 10
    assert first.frames_used >= 2
    assert 0 < first.quality <= 1
    assert first.gallery_version == "test"
    assert max(first.crop.shape[:2]) <= 320
    assert first.frame.shape == (540, 960, 3)


def test_a_camera_is_at_rest_when_nothing_has_moved_for_five_seconds_and_no_longer_once_something_does(models: Models):
    analyser, gallery = Analyser(models), gallery_of(unit(3, 2.0))
    analysed(analyser, film(*walk(3)), gallery)
    at_rest = []
    for frame in film(*[corridor()] * 60, with_faces((300, 200)), start=3.0):
        analyser.analyse(frame, gallery)
        at_rest.append(analyser.at_rest)
    assert not any(at_rest[:25])
    assert at_rest[-2]
    assert not at_rest[-1]


def test_a_person_who_is_not_on_the_list_is_nobody(models: Models):
    assert analysed(Analyser(models), film(*walk()), gallery_of(unit(3, 2.0), unit(4, 2.0))) == []


def test_a_lasting_track_is_told_again_at_most_once_a_second(models: Models, template: np.ndarray):
    matches = analysed(Analyser(models), film(*walk(13)), gallery_of(template))
    assert {match.track for match in matches} == {1}
    gaps = np.diff([match.seen_at for match in matches])
    assert len(matches) >= 2
    assert gaps.min() >= 0.99


def test_with_nobody_to_look_for_no_face_is_embedded_or_even_searched(models: Models):
    analyser = Analyser(models)
    assert analysed(analyser, film(*walk()), Gallery.empty()) == []
    assert analyser.counters.frames == 12
    assert analyser.counters.with_motion > 5
    assert analyser.counters.faces == analyser.counters.embedded == 0


def test_a_person_who_is_added_while_in_the_picture_is_matched_without_embedding_again(
    models: Models, template: np.ndarray
):
    analyser = Analyser(models, Options(refresh=60, better=100))
    frames = film(*walk(13))
    assert analysed(analyser, frames[:9], gallery_of(unit(3, 2.0))) == []
    embedded = analyser.counters.embedded
    added = gallery_of(unit(3, 2.0), template)
    later = Gallery(added.entries, added.vectors, added.offsets, added.threshold, "later")
    assert [match.entry for match in analysed(analyser, frames[9:10], later)] == [11]
    assert analyser.counters.embedded == embedded


def test_a_face_is_embedded_a_few_times_not_in_every_frame(models: Models, template: np.ndarray):
    analyser = Analyser(models)
    analysed(analyser, film(*walk(5), *[walk(5)[-1]] * 40), gallery_of(template))
    assert analyser.counters.faces > 15
    assert analyser.counters.embedded <= 7


def test_the_first_shots_of_a_track_have_three_crops_and_later_ones_one(models: Models, template: np.ndarray):
    crops = []

    class Counting:
        def embed_faces(self, faces: list[np.ndarray]) -> np.ndarray:
            crops.extend(len(face) for face in faces)
            return models.embedder.embed_faces(faces)

    analyser = Analyser(replace(models, embedder=Counting()), Options(refresh=0.5))
    analysed(analyser, film(*walk(10)), gallery_of(template))
    assert crops[:3] == [3, 3, 3]
    assert len(crops) > 3
    assert set(crops[3:]) == {1}


def test_a_person_who_stands_still_is_kept(models: Models, template: np.ndarray):
    analyser = Analyser(models)
    standing = walk(6) + [walk(6)[-1]] * 50
    matches = analysed(analyser, film(*standing), gallery_of(template))
    assert {match.track for match in matches} == {1}
    assert matches[-1].seen_at > 10.0


def test_a_still_corridor_costs_the_motion_gate_alone(models: Models, template: np.ndarray):
    analyser = Analyser(models)
    analysed(analyser, film(*[corridor()] * 10), gallery_of(template))
    assert (analyser.counters.frames, analyser.counters.with_motion) == (10, 1)
    assert analyser.counters.faces == 0


def test_a_stream_that_changes_its_size_is_analysed_on(models: Models, template: np.ndarray):
    analyser = Analyser(models)
    gallery = gallery_of(template)
    before = analysed(analyser, film(*walk()), gallery)
    small = [cv2.resize(picture, (800, 450)) for picture in walk()]
    after = analysed(analyser, film(*small, start=2.6), gallery)
    assert before
    assert after
    assert before[-1].track != after[0].track
    assert after[0].frame.shape == (450, 800, 3)


def test_other_faces_are_made_unrecognisable_in_the_evidence(models: Models, template: np.ndarray):
    pictures = [corridor(), corridor()] + [with_faces((40 + 30 * step, 200), (640, 230)) for step in range(8)]
    match = analysed(Analyser(models), film(*pictures), gallery_of(template))[0]
    clear = with_faces((640, 230))[230:490, 640:900]
    assert models.embedder.embed(_chips(models, clear)).shape == (1, 128)
    covered = match.frame[230:490, 640:900]
    chips = _chips(models, covered)
    distances = np.linalg.norm(models.embedder.embed(chips) - template, axis=1) if len(chips) else np.ones(1)
    assert match.box.centre[0] < 500
    assert distances.min() > 0.6
    assert np.linalg.norm(models.embedder.embed(_chips(models, match.crop)) - template) < 0.5


def _chips(models: Models, picture: np.ndarray) -> np.ndarray:
    faces = models.detector.find_in_photograph(picture)
    return np.array([face_chip(picture, face.landmarks) for face in faces]).reshape(-1, 150, 150, 3)


def test_what_was_seen_of_a_passer_by_is_gone_when_the_track_ends(models: Models):
    analyser = Analyser(models)
    gallery = gallery_of(unit(3, 2.0))
    analysed(analyser, film(*walk(6)), gallery)
    kept = [evidence for evidence in analyser._evidence.values() if evidence.embeddings]
    assert kept
    vector = weakref.ref(kept[0].embeddings[0])
    del kept
    analysed(analyser, film(*[corridor()] * 12, start=1.6), gallery)
    gc.collect()
    assert analyser._evidence == {}
    assert vector() is None


def counted(models: Models, frames: list[Frame], gallery: Gallery) -> list[tuple[np.ndarray, set[int]]]:
    """What is told of the tracks that ended: mean template, and the entries it matched."""
    told = []
    analyser = Analyser(models, passing=lambda probe, _, matched: told.append((probe, set(matched))))
    analysed(analyser, frames, gallery)
    return told


def test_a_passer_by_is_counted_once_when_the_track_has_ended(models: Models):
    gallery = gallery_of(unit(3, 2.0))
    assert counted(models, film(*walk(6)), gallery) == []
    [(probe, matched)] = counted(models, film(*walk(6), *[corridor()] * 12), gallery)
    assert probe.shape == (128,)
    assert matched == set()


def test_of_whoever_matched_it_is_told_whom(models: Models, template: np.ndarray):
    gallery = gallery_of(unit(3, 2.0), template)
    [(_, matched)] = counted(models, film(*walk(6), *[corridor()] * 12), gallery)
    assert matched == {11}


def test_a_match_says_whether_the_second_best_matches_too(models: Models, template: np.ndarray):
    twins = gallery_of(template, template + unit(0, 0.02))
    assert all(match.cannot_separate for match in analysed(Analyser(models), film(*walk()), twins))
    apart = gallery_of(template, unit(3, 2.0))
    assert not any(match.cannot_separate for match in analysed(Analyser(models), film(*walk()), apart))


def test_emptying_the_gallery_forgets_everybody_at_once(models: Models, template: np.ndarray):
    analyser = Analyser(models)
    frames = film(*walk())
    analysed(analyser, frames[:8], gallery_of(template))
    assert analyser._evidence
    analyser.analyse(frames[8], Gallery.empty())
    assert analyser._evidence == {}


def test_time_is_counted_by_stage(models: Models, template: np.ndarray):
    analyser = Analyser(models)
    analysed(analyser, film(*walk()), gallery_of(template))
    assert all(seconds > 0 for seconds in analyser.counters.seconds.values())
