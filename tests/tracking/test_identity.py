import numpy as np
import pytest

from fer_core.tracking.identity import FaceIdentities, IdentityConfig

NO_FACES = np.zeros((0, 4))


def box(x, y, size=80):
    return [x - size / 2, y - size / 2, x + size / 2, y + size / 2]


def see(identities, boxes, *, time_s, tracks=None, carried=()):
    """Show one frame; `tracks` are the detector's, `carried` the indices it did not look at."""
    n_faces = len(boxes)
    return identities.update(
        boxes,
        track_ids=np.full(n_faces, -1) if tracks is None else np.array(tracks),
        is_seen=~np.isin(np.arange(n_faces), carried),
        time_s=time_s,
    )


def test_no_faces_get_no_numbers():
    assert see(FaceIdentities(), NO_FACES, time_s=0.0) == ()


@pytest.mark.parametrize("fps", [5, 15, 30])
def test_a_face_keeps_its_number_while_it_crosses_the_frame_in_two_seconds(fps):
    identities = FaceIdentities()
    ids = {
        see(identities, [box(40 + 560 * step / (2 * fps), 240)], time_s=step / fps)
        for step in range(2 * fps + 1)
    }
    assert ids == {(1,)}


def test_many_faces_keep_their_numbers_whatever_their_order():
    identities = FaceIdentities()
    boxes = [box(100 * column, 120 * row, 60) for row in range(1, 4) for column in range(1, 6)]
    first = see(identities, boxes, time_s=0.0)
    assert first == tuple(range(1, 16))
    assert see(identities, boxes[::-1], time_s=0.1) == first[::-1]


def test_a_face_that_is_hidden_for_half_a_second_keeps_its_number():
    identities = FaceIdentities()
    for step in range(10):
        see(identities, [box(100 + 10 * step, 240)], time_s=step / 15)
    for step in range(10, 18):
        see(identities, NO_FACES, time_s=step / 15)
    assert see(identities, [box(100 + 10 * 18, 240)], time_s=18 / 15) == (1,)


def test_a_face_that_was_away_for_longer_than_the_memory_gets_a_new_number():
    identities = FaceIdentities(IdentityConfig(memory_s=1.0))
    see(identities, [box(100, 100)], time_s=0.0)
    see(identities, NO_FACES, time_s=0.5)
    assert see(identities, [box(100, 100)], time_s=1.1) == (2,)


@pytest.mark.parametrize("fps", [10, 15, 30])
def test_two_people_who_cross_keep_their_numbers_although_one_hides_the_other(fps):
    identities = FaceIdentities()
    seen = []
    for step in range(2 * fps + 1):
        left_to_right = 60 + 520 * step / (2 * fps)
        boxes = [box(left_to_right, 240), box(640 - left_to_right, 250)]
        if abs(left_to_right - (640 - left_to_right)) < 50:
            boxes = boxes[:1]  # the nearer one hides the other
        seen.append(see(identities, boxes, time_s=step / fps))
    assert seen[0] == (1, 2)
    assert seen[-1] == (1, 2)
    assert {ids[0] for ids in seen} == {1}


def test_a_face_on_the_other_side_of_the_frame_is_another_face():
    identities = FaceIdentities()
    see(identities, [box(60, 60)], time_s=0.0)
    assert see(identities, [box(580, 420)], time_s=0.05) == (2,)


def test_a_face_much_larger_than_before_is_another_face():
    identities = FaceIdentities()
    see(identities, [box(200, 200, 40)], time_s=0.0)
    assert see(identities, [box(200, 200, 200)], time_s=0.05) == (2,)


def test_two_frames_may_have_the_same_time():
    identities = FaceIdentities()
    see(identities, [box(200, 200)], time_s=1.0)
    assert see(identities, [box(205, 200)], time_s=1.0) == (1,)


def test_a_frame_that_is_older_than_the_last_is_refused():
    identities = FaceIdentities()
    see(identities, [box(200, 200)], time_s=1.0)
    with pytest.raises(ValueError, match="in order of time"):
        see(identities, [box(200, 200)], time_s=0.5)


def test_a_tracked_face_keeps_its_number_wherever_it_goes():
    identities = FaceIdentities()
    assert see(identities, [box(100, 100)], tracks=[7], time_s=0.0) == (1,)
    assert see(identities, [box(300, 100)], tracks=[7], time_s=0.5) == (1,)  # a stalled camera
    assert see(identities, [box(100, 100)], tracks=[7], time_s=1.0) == (1,)


def test_a_new_track_where_a_face_was_lost_is_that_face():
    identities = FaceIdentities()
    see(identities, [box(100, 100), box(400, 100)], tracks=[1, 2], time_s=0.0)
    see(identities, [box(400, 100)], tracks=[2], time_s=0.5)
    ids = see(identities, [box(400, 100), box(110, 100)], tracks=[2, 3], time_s=1.0)
    assert ids == (2, 1)


def test_a_tracked_face_is_not_given_to_a_newcomer_beside_it():
    identities = FaceIdentities()
    see(identities, [box(100, 100)], tracks=[1], time_s=0.0)
    assert see(identities, [box(104, 100), box(140, 100)], tracks=[2, 1], time_s=0.1) == (2, 1)


def walk(identities, *, fps, n_frames, left_speed, right_speed, tracks=(1, 2)):
    """Show two tracked faces that walk; return where they are and the time of the next frame."""
    for step in range(n_frames + 1):
        left = 200 + left_speed * step / fps
        right = 440 - right_speed * step / fps
        see(identities, [box(left, 240), box(right, 240)], tracks=tracks, time_s=step / fps)
    return left, right, (n_frames + 1) / fps


@pytest.mark.parametrize("fps", [10, 15, 30])
@pytest.mark.parametrize("survivor", [1, 2])
def test_a_track_that_slides_onto_another_face_does_not_take_its_number_along(fps, survivor):
    """Two people walk towards each other; then one track is lost, the other is on the left one."""
    identities = FaceIdentities()
    left, _, time_s = walk(
        identities, fps=fps, n_frames=round(0.55 * fps), left_speed=160, right_speed=160
    )
    for step in range(3):
        at = left + 160 * (step + 1) / fps
        ids = see(identities, [box(at, 240)], tracks=[survivor], time_s=time_s + step / fps)
    assert ids == (1,)


@pytest.mark.parametrize("fps", [10, 15, 30])
def test_two_tracks_that_merge_leave_the_number_of_the_face_that_moves_as_expected(fps):
    identities = FaceIdentities()
    left, right, time_s = walk(
        identities, fps=fps, n_frames=round(0.6 * fps), left_speed=160, right_speed=160
    )
    # the detector has given the face that stayed a new track; it is the one that goes right
    merged_s = time_s + 0.4
    assert see(identities, [box(left + 64, 240)], tracks=[3], time_s=merged_s) == (1,)
    assert see(
        identities,
        [box(left + 80, 240), box(right - 80, 240)],
        tracks=[3, 4],
        time_s=merged_s + 0.1,
    ) == (1, 2)


def test_two_tracks_that_swap_their_faces_do_not_swap_their_numbers():
    identities = FaceIdentities()
    boxes = [box(200, 240), box(270, 240)]
    for step in range(5):
        see(identities, boxes, tracks=[1, 2], time_s=step / 15)
    assert see(identities, boxes, tracks=[2, 1], time_s=5 / 15) == (1, 2)
    assert see(identities, boxes, tracks=[2, 1], time_s=6 / 15) == (1, 2)


def test_a_track_is_not_doubted_for_a_sudden_stop_beside_another_face():
    identities = FaceIdentities()
    for step in range(8):  # one face comes up to another one that stays, and stops
        boxes = [box(100 + 20 * step, 240), box(320, 240)]
        see(identities, boxes, tracks=[1, 2], time_s=step / 15)
    for step in range(8, 12):
        ids = see(identities, [box(240, 240), box(320, 240)], tracks=[1, 2], time_s=step / 15)
        assert ids == (1, 2)


def test_a_track_that_jumps_to_a_face_of_another_size_is_another_face():
    identities = FaceIdentities()
    see(identities, [box(200, 200, 40)], tracks=[1], time_s=0.0)
    assert see(identities, [box(200, 200, 120)], tracks=[1], time_s=0.05) == (2,)


def test_the_speed_of_a_face_that_takes_turns_is_measured_between_its_turns():
    """A group takes turns: each face is only seen in every third frame, and one face crosses."""
    identities = FaceIdentities()
    for step in range(12):
        seen_at = 100 + 10 * (step - step % 3)
        carried = [0] if step % 3 else []
        see(identities, [box(seen_at, 240)], tracks=[1], carried=carried, time_s=step / 15)
    see(identities, NO_FACES, time_s=12 / 15)
    hidden_for = 10  # frames; a face that stood still would be too far away
    assert see(identities, [box(100 + 10 * 21, 240)], tracks=[2], time_s=21 / 15) == (1,)
    assert hidden_for * 10 > 80 * IdentityConfig().max_step


def test_the_box_of_a_hidden_face_that_slides_along_does_not_count_as_motion():
    """A person walks past another one who sits; the box of the hidden face slides along."""
    identities = FaceIdentities()
    for step in range(12):
        walker, seated = 160 + 10 * step, 300 - 8 * max(0, step - 7)
        boxes = [box(walker, 250), box(seated, 240)]
        see(identities, boxes, tracks=[1, 2], time_s=step / 15)
    for step in range(12, 24):
        see(identities, [box(160 + 10 * step, 250)], tracks=[1], time_s=step / 15)
    ids = see(identities, [box(400, 250), box(300, 240)], tracks=[1, 3], time_s=24 / 15)
    assert ids == (1, 2)


def test_a_person_who_comes_in_where_another_has_left_gets_a_new_number():
    identities = FaceIdentities()
    for step in range(8):
        see(identities, [box(130 - 15 * step, 240)], tracks=[1], time_s=step / 15)
    for step in range(8, 16):
        see(identities, NO_FACES, time_s=step / 15)
    for step in range(16, 20):
        ids = see(identities, [box(15 * (step - 14), 240)], tracks=[2], time_s=step / 15)
    assert ids == (2,)


def test_a_person_who_takes_a_seat_after_the_memory_has_ended_gets_a_new_number():
    identities = FaceIdentities()
    see(identities, [box(300, 240)], tracks=[1], time_s=0.0)
    see(identities, NO_FACES, time_s=1.0)
    assert see(identities, [box(300, 240)], tracks=[2], time_s=2.0) == (2,)


@pytest.mark.parametrize(
    "changes",
    [{"memory_s": 0}, {"max_step": 0}, {"velocity_s": 0}, {"max_zoom": 1}, {"max_doubt": -0.1}],
)
def test_settings_out_of_range_are_refused(changes):
    with pytest.raises(ValueError, match="out of range"):
        IdentityConfig(**changes)
