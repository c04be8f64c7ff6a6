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
    """Show one frame; return the smoothed readings of its faces.

    In `readings` and `reasons`, None is a face that was not classified or not checked.
    """
    n_faces = len(boxes)
    face_ids = memory.identify(
        boxes, track_ids=np.full(n_faces, -1), is_seen=np.ones(n_faces, bool), time_s=time_s
    )
    return memory.update(
        face_ids,
        reasons=known(face_ids, [()] * n_faces if reasons is None else reasons),
        probs=known(face_ids, readings),
        min_confidences=np.full(3, 0.5),
        time_s=time_s,
    )


def known(face_ids, values):
    pairs = zip(face_ids, values, strict=True)
    return {face_id: value for face_id, value in pairs if value is not None}


def watch(memory, readings, *, start_s=0.0, fps=10):
    """Show one face with these readings; return the smoothed reading of the last frame."""
    for step, probs in enumerate(readings):
        (shown,) = see(memory, HERE, [probs], time_s=start_s + step / fps)
    return shown


def test_a_frame_without_faces_has_no_readings():
    assert see(FaceMemory(neutral_id=NEUTRAL), [], [], time_s=0.0) == ()


def test_one_odd_frame_does_not_change_what_is_shown():
    shown = watch(FaceMemory(neutral_id=NEUTRAL), [reading(HAPPY)] * 20 + [reading(SAD)])
    assert shown.caption.label_id == HAPPY
    assert shown.probs.argmax() == HAPPY


def test_a_lasting_change_is_shown():
    shown = watch(FaceMemory(neutral_id=NEUTRAL), [reading(HAPPY)] * 20 + [reading(SAD)] * 20)
    assert shown.caption.label_id == SAD


def test_a_face_that_was_never_classified_has_no_caption():
    shown = watch(FaceMemory(neutral_id=NEUTRAL), [None, None])
    assert shown.probs is None
    assert shown.caption is None
    assert shown.face_id == 1


def test_a_word_stays_through_a_short_gap_in_the_readings_but_not_through_a_long_one():
    memory = FaceMemory(MemoryConfig(stale_s=1.0), neutral_id=NEUTRAL)
    assert watch(memory, [reading(HAPPY)] * 5 + [None] * 5).caption.label_id == HAPPY
    assert watch(memory, [None] * 10, start_s=1.0).caption is None


def test_two_faces_have_separate_readings():
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


def test_time_without_readings_does_not_count_for_the_baseline():
    memory = FaceMemory(neutral_id=NEUTRAL)
    watch(memory, [reading(SAD)])
    memory.begin_baseline(1)
    unread = watch(memory, [None] * 60, start_s=0.1)
    assert unread.baseline_left_s == BASELINE_S
    read = watch(memory, [reading(SAD)] * 11, start_s=6.1)  # ten gaps of a tenth of a second
    assert read.baseline_left_s == pytest.approx(BASELINE_S - 1.0)


def test_a_baseline_that_is_being_captured_can_be_cancelled():
    memory = FaceMemory(neutral_id=NEUTRAL)
    watch(memory, [reading(SAD)])
    memory.begin_baseline(1)
    memory.drop_baseline(1)
    shown = watch(memory, [reading(SAD)] * 80, start_s=0.1)
    assert (shown.is_corrected, shown.baseline_left_s) == (False, None)


def test_a_baseline_of_one_face_does_not_change_the_other():
    memory = FaceMemory(neutral_id=NEUTRAL)
    boxes = [[0, 0, 80, 80], [300, 0, 380, 80]]
    for step in range(80):
        left, right = see(memory, boxes, [reading(SAD), reading(SAD)], time_s=step / 10)
        if step == 0:
            memory.begin_baseline(right.face_id)
    assert (left.is_corrected, right.is_corrected) == (False, True)
    assert left.probs.argmax() == SAD


def test_the_baseline_is_forgotten_after_a_long_absence():
    memory = FaceMemory(neutral_id=NEUTRAL)
    watch(memory, [reading(SAD)])
    memory.begin_baseline(1)
    assert watch(memory, [reading(SAD)] * 60, start_s=0.1).is_corrected
    see(memory, [], [], time_s=9.0)
    assert not watch(memory, [reading(SAD)], start_s=9.1).is_corrected


def test_only_a_face_in_view_can_have_a_baseline():
    with pytest.raises(ValueError, match="No face 7 in view"):
        FaceMemory(neutral_id=NEUTRAL).begin_baseline(7)


def test_the_time_of_the_newest_reading_is_remembered_until_it_is_stale():
    memory = FaceMemory(MemoryConfig(stale_s=1.0), neutral_id=NEUTRAL)
    boxes = [[0, 0, 80, 80], [300, 0, 380, 80]]
    (left, right) = (reading_.face_id for reading_ in see(memory, boxes, [None, None], time_s=0.0))
    assert np.isnan(memory.classified_s((left, right))).all()
    see(memory, boxes, [reading(HAPPY), None], time_s=0.1)
    see(memory, boxes, [None, reading(SAD)], time_s=0.4)
    assert memory.classified_s((right, left)).tolist() == [0.4, 0.1]
    see(memory, boxes, [None, None], time_s=1.2)  # the reading of the left face is stale
    assert np.isnan(memory.classified_s((left, right))).tolist() == [True, False]


@pytest.mark.parametrize(
    ("dark_frames", "expected"),
    [
        ([], set()),
        ([7], set()),  # a single frame is not a change
        ([4, 6, 8, 10, 12], set()),  # neither is a flicker
        (range(4, 20), set(range(7, 20))),  # three frames are more than 0.3 s
        (range(4, 8), {7, 8, 9, 10}),  # it ends, and is shown for as long
        (range(20), set(range(20))),  # the face is dark from the start
    ],
)
def test_a_reason_is_shown_once_it_has_lasted_and_until_it_has_gone(dark_frames, expected):
    memory = FaceMemory(neutral_id=NEUTRAL)
    seen = set()
    for step in range(20):
        is_dark = step in dark_frames
        reading_, why = (None, ("too dark",)) if is_dark else (reading(HAPPY), ())
        (shown,) = see(memory, HERE, [reading_], time_s=step / 8, reasons=[why])
        if shown.reasons:
            seen.add(step)
    assert seen == expected


def test_a_face_that_is_not_checked_keeps_its_reason_and_its_reading():
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
