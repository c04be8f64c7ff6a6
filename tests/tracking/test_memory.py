import numpy as np
import pytest

from fer_core.tracking.memory import FaceMemory, MemoryConfig

SAD, NEUTRAL, HAPPY = 0, 1, 2
HERE = [[100, 100, 180, 180]]


def reading(label_id, share=0.9):
    probs = np.full(3, (1 - share) / 2)
    probs[label_id] = share
    return probs


def watch(memory, readings, *, start_s=0.0, fps=10):
    """Show one face with these readings; return the last frame's steady reading."""
    for step, probs in enumerate(readings):
        (steady,) = memory.update(HERE, [probs], min_confidence=0.5, time_s=start_s + step / fps)
    return steady


def test_an_empty_frame_gives_nothing():
    assert FaceMemory(neutral_id=NEUTRAL).update([], [], min_confidence=0.5, time_s=0.0) == ()


def test_one_odd_frame_does_not_change_what_is_shown():
    steady = watch(FaceMemory(neutral_id=NEUTRAL), [reading(HAPPY)] * 20 + [reading(SAD)])
    assert steady.caption.label_id == HAPPY
    assert steady.probs.argmax() == HAPPY


def test_a_lasting_change_is_shown():
    steady = watch(FaceMemory(neutral_id=NEUTRAL), [reading(HAPPY)] * 20 + [reading(SAD)] * 20)
    assert steady.caption.label_id == SAD


def test_a_face_that_was_never_read_has_no_caption():
    steady = watch(FaceMemory(neutral_id=NEUTRAL), [None, None])
    assert steady.probs is None
    assert steady.caption is None
    assert steady.face_id == 1


def test_a_short_gap_in_the_readings_is_bridged_and_a_long_one_is_not():
    memory = FaceMemory(MemoryConfig(stale_s=1.0), neutral_id=NEUTRAL)
    assert watch(memory, [reading(HAPPY)] * 5 + [None] * 5).caption.label_id == HAPPY
    assert watch(memory, [None] * 10, start_s=1.0).caption is None


def test_two_faces_are_read_apart():
    memory = FaceMemory(neutral_id=NEUTRAL)
    boxes = [[0, 0, 80, 80], [300, 0, 380, 80]]
    for step in range(10):
        left, right = memory.update(
            boxes, [reading(SAD), reading(HAPPY)], min_confidence=0.5, time_s=step / 10
        )
    assert (left.caption.label_id, right.caption.label_id) == (SAD, HAPPY)
    assert left.face_id != right.face_id


def test_a_baseline_of_five_seconds_corrects_what_follows():
    memory = FaceMemory(neutral_id=NEUTRAL)
    watch(memory, [reading(SAD, 0.6)])
    memory.begin_baseline(1, time_s=0.1)
    taking = watch(memory, [reading(SAD, 0.6)] * 40, start_s=0.1)
    assert not taking.is_corrected
    rested = watch(memory, [reading(SAD, 0.6)] * 40, start_s=4.1)
    assert rested.is_corrected
    assert rested.probs[NEUTRAL] == pytest.approx(rested.probs.max())
    memory.drop_baseline(1)
    assert not watch(memory, [reading(SAD, 0.6)], start_s=8.2).is_corrected


def test_a_baseline_is_for_a_face_in_view():
    with pytest.raises(ValueError, match="No face 7 in view"):
        FaceMemory(neutral_id=NEUTRAL).begin_baseline(7, time_s=0.0)


def test_each_face_needs_its_reading():
    with pytest.raises(ValueError, match="1 boxes but 0 readings"):
        FaceMemory(neutral_id=NEUTRAL).update(HERE, [], min_confidence=0.5, time_s=0.0)


@pytest.mark.parametrize("changes", [{"smoothing_s": 0}, {"stale_s": -1}])
def test_settings_out_of_range_are_refused(changes):
    with pytest.raises(ValueError, match="out of range"):
        MemoryConfig(**changes)
