import numpy as np
import pytest

from fer_core.tracking.memory import BASELINE_S, FaceMemory, MemoryConfig

SAD, NEUTRAL, HAPPY = 0, 1, 2
HERE = [[100, 100, 180, 180]]


def reading(label_id, share=0.9):
    probs = np.full(3, (1 - share) / 2)
    probs[label_id] = share
    return probs


def see(memory, boxes, readings, *, time_s, reasons=None):
    """Show one frame; return the steady readings of its faces."""
    face_ids = memory.follow(boxes, time_s=time_s)
    reasons = [()] * len(boxes) if reasons is None else reasons
    return memory.update(face_ids, readings, reasons, min_confidence=0.5, time_s=time_s)


def watch(memory, readings, *, start_s=0.0, fps=10):
    """Show one face with these readings; return the last frame's steady reading."""
    for step, probs in enumerate(readings):
        (steady,) = see(memory, HERE, [probs], time_s=start_s + step / fps)
    return steady


def test_an_empty_frame_gives_nothing():
    assert see(FaceMemory(neutral_id=NEUTRAL), [], [], time_s=0.0) == ()


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
        left, right = see(memory, boxes, [reading(SAD), reading(HAPPY)], time_s=step / 10)
    assert (left.caption.label_id, right.caption.label_id) == (SAD, HAPPY)
    assert left.face_id != right.face_id


def test_a_baseline_of_five_seconds_corrects_what_follows():
    memory = FaceMemory(neutral_id=NEUTRAL)
    watch(memory, [reading(SAD, 0.6)])
    memory.begin_baseline(1)
    taking = watch(memory, [reading(SAD, 0.6)] * 41, start_s=0.1)
    assert not taking.is_corrected
    assert taking.baseline_left_s == pytest.approx(1.0)
    rested = watch(memory, [reading(SAD, 0.6)] * 40, start_s=4.2)
    assert rested.is_corrected
    assert rested.baseline_left_s is None
    assert rested.probs[NEUTRAL] == pytest.approx(rested.probs.max())
    memory.drop_baseline(1)
    assert not watch(memory, [reading(SAD, 0.6)], start_s=8.2).is_corrected


def test_time_in_which_the_face_is_not_read_is_no_part_of_its_baseline():
    memory = FaceMemory(neutral_id=NEUTRAL)
    watch(memory, [reading(SAD)])
    memory.begin_baseline(1)
    unread = watch(memory, [None] * 60, start_s=0.1)
    assert unread.baseline_left_s == BASELINE_S
    read = watch(memory, [reading(SAD)] * 11, start_s=6.1)  # ten gaps of a tenth of a second
    assert read.baseline_left_s == pytest.approx(BASELINE_S - 1.0)


def test_a_baseline_that_is_being_taken_can_be_cancelled():
    memory = FaceMemory(neutral_id=NEUTRAL)
    watch(memory, [reading(SAD)])
    memory.begin_baseline(1)
    memory.drop_baseline(1)
    steady = watch(memory, [reading(SAD)] * 80, start_s=0.1)
    assert (steady.is_corrected, steady.baseline_left_s) == (False, None)


def test_a_baseline_of_one_face_leaves_the_other_as_it_is():
    memory = FaceMemory(neutral_id=NEUTRAL)
    boxes = [[0, 0, 80, 80], [300, 0, 380, 80]]
    for step in range(80):
        left, right = see(memory, boxes, [reading(SAD), reading(SAD)], time_s=step / 10)
        if step == 0:
            memory.begin_baseline(right.face_id)
    assert (left.is_corrected, right.is_corrected) == (False, True)
    assert left.probs.argmax() == SAD


def test_who_leaves_for_long_comes_back_without_a_baseline():
    memory = FaceMemory(neutral_id=NEUTRAL)
    watch(memory, [reading(SAD)])
    memory.begin_baseline(1)
    assert watch(memory, [reading(SAD)] * 60, start_s=0.1).is_corrected
    see(memory, [], [], time_s=9.0)
    assert not watch(memory, [reading(SAD)], start_s=9.1).is_corrected


def test_a_baseline_is_for_a_face_in_view():
    with pytest.raises(ValueError, match="No face 7 in view"):
        FaceMemory(neutral_id=NEUTRAL).begin_baseline(7)


def test_each_face_needs_its_reading():
    with pytest.raises(ValueError, match="shorter"):
        see(FaceMemory(neutral_id=NEUTRAL), HERE, [], time_s=0.0)


def test_newcomers_are_due_at_once_and_known_faces_in_turn():
    memory = FaceMemory(neutral_id=NEUTRAL)
    boxes = [[100 * n, 0, 100 * n + 80, 80] for n in range(5)]
    n_unread = np.zeros(5, dtype=int)  # frames since each face was read
    for step in range(11):
        face_ids = memory.follow(boxes, time_s=step / 10)
        chosen = memory.choose_to_classify(face_ids, np.ones(5, dtype=bool), limit=2)
        assert chosen.sum() == (5 if step == 0 else 2)
        n_unread = np.where(chosen, 0, n_unread + 1)
        assert n_unread.max() < 3, "Five faces, two a frame: each is read in three."
        readings = [reading(HAPPY) if due else None for due in chosen]
        memory.update(face_ids, readings, [()] * 5, min_confidence=0.5, time_s=step / 10)


def test_a_face_that_is_not_fit_to_be_read_is_never_due():
    memory = FaceMemory(neutral_id=NEUTRAL)
    boxes = [[0, 0, 80, 80], [300, 0, 380, 80]]
    for time_s in (0.0, 0.1):
        chosen = memory.choose_to_classify(
            memory.follow(boxes, time_s=time_s), np.array([False, True]), limit=3
        )
        assert chosen.tolist() == [False, True]


@pytest.mark.parametrize(
    ("dark_frames", "shown"),
    [
        ([], set()),
        ([7], set()),  # a single one is no change
        ([4, 6, 8, 10, 12], set()),  # nor is a flicker
        (range(4, 20), set(range(7, 20))),  # three frames are more than 0.3 s
        (range(4, 8), {7, 8, 9, 10}),  # gone again, and shown as long
        (range(20), set(range(20))),  # a face that comes in dark
    ],
)
def test_a_reason_is_shown_once_it_has_lasted_and_until_it_has_gone(dark_frames, shown):
    memory = FaceMemory(neutral_id=NEUTRAL)
    seen = set()
    for step in range(20):
        is_dark = step in dark_frames
        reading_, why = (None, ("too dark",)) if is_dark else (reading(HAPPY), ())
        (steady,) = see(memory, HERE, [reading_], time_s=step / 8, reasons=[why])
        if steady.reasons:
            seen.add(step)
    assert seen == shown


def test_a_face_that_is_not_looked_at_keeps_its_reason_and_its_reading():
    memory = FaceMemory(neutral_id=NEUTRAL)
    (dark,) = see(memory, HERE, [None], time_s=0.0, reasons=[("too dark",)])
    (waiting,) = see(memory, HERE, [None], time_s=0.9, reasons=[None])
    assert waiting.reasons == dark.reasons == ("too dark",)
    see(memory, HERE, [reading(HAPPY)], time_s=1.0, reasons=[()])
    (clear,) = see(memory, HERE, [reading(HAPPY)], time_s=1.4, reasons=[()])
    (waiting,) = see(memory, HERE, [None], time_s=1.5, reasons=[None])
    assert waiting.reasons == clear.reasons == ()
    assert waiting.probs is clear.probs


@pytest.mark.parametrize("changes", [{"smoothing_s": 0}, {"stale_s": -1}, {"settle_s": -0.1}])
def test_settings_out_of_range_are_refused(changes):
    with pytest.raises(ValueError, match="out of range"):
        MemoryConfig(**changes)
