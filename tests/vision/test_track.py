import pytest

from cameras.vision.track import Tracker
from tests.vision.pictures import made_up_face

STEP = 0.2


def test_a_walking_face_stays_one_track():
    tracker = Tracker()
    numbers = {tracker.update([made_up_face(100 + 60 * step, 200)], step * STEP).seen[0].number for step in range(20)}
    assert numbers == {1}


def test_faces_that_cross_keep_their_tracks():
    tracker = Tracker()
    by_person: dict[str, list[int]] = {"left": [], "right": []}
    for step in range(21):
        faces = {"left": made_up_face(100 + 40 * step, 200), "right": made_up_face(900 - 40 * step, 240)}
        order = list(faces) if step % 2 else list(faces)[::-1]
        seen = tracker.update([faces[name] for name in order], step * STEP).seen
        for name in order:
            by_person[name] += [track.number for track in seen if track.face is faces[name]]
    assert len(by_person["left"]) == len(by_person["right"]) == 21
    assert len(set(by_person["left"])) == len(set(by_person["right"])) == 1
    assert by_person["left"][0] != by_person["right"][0]


def test_a_moment_in_which_two_faces_are_close_is_marked():
    tracker = Tracker()
    tracker.update([made_up_face(100, 200), made_up_face(400, 200)], 0.0)
    apart = tracker.update([made_up_face(110, 200), made_up_face(390, 200)], 0.2).seen
    assert not any(track.contested for track in apart)
    tracker.update([made_up_face(200, 200), made_up_face(290, 200)], 0.4)
    close = tracker.update([made_up_face(235, 200), made_up_face(255, 200)], 0.6).seen
    assert any(track.contested for track in close)


def test_a_face_hidden_for_a_moment_is_the_same_track():
    tracker = Tracker()
    tracker.update([made_up_face(100, 200)], 0.0)
    tracker.update([made_up_face(130, 200)], 0.2)
    tracker.update([], 0.4)
    tracker.update([], 0.6)
    assert tracker.update([made_up_face(220, 200)], 0.8).seen[0].number == 1


@pytest.mark.parametrize(("later", "number"), [(1.19, 1), (1.21, 2)])
def test_a_track_ends_when_its_face_was_away_for_too_long(later: float, number: int):
    tracker = Tracker()
    tracker.update([made_up_face(100, 200)], 0.0)
    step = tracker.update([made_up_face(100, 200)], later)
    assert step.seen[0].number == number
    assert [track.number for track in step.ended] == ([] if number == 1 else [1])


def test_a_face_of_quite_another_size_is_another_person():
    tracker = Tracker()
    tracker.update([made_up_face(100, 200, width=160)], 0.0)
    assert tracker.update([made_up_face(100, 200, width=60)], 0.2).seen[0].number == 2


def test_a_track_that_turned_out_to_be_two_people_is_split():
    tracker = Tracker()
    track = tracker.update([made_up_face(100, 200)], 0.0).seen[0]
    fresh = tracker.split(track)
    assert fresh.number == 2
    assert [one.number for one in tracker.tracks] == [2]
    assert tracker.update([made_up_face(105, 200)], 0.2).seen[0].number == 2
