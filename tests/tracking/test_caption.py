import numpy as np
import pytest

from fer_core.tracking.caption import Caption, CaptionConfig, next_caption

CONFIG = CaptionConfig(min_hold_s=1.0, lead=0.1, slack=0.1)


def shown_next(shown, probs, time_s=10.0, needed=0.5):
    needed = np.broadcast_to(needed, len(probs))
    return next_caption(
        shown, np.array(probs), min_confidences=needed, time_s=time_s, config=CONFIG
    )


def test_a_new_face_gets_its_word_at_once():
    assert shown_next(None, [0.7, 0.3]) == Caption(0, 10.0)


def test_a_new_face_without_a_clear_leader_is_not_sure():
    assert shown_next(None, [0.4, 0.3, 0.3]) == Caption(None, 10.0)


def test_a_word_is_held_for_the_minimum_time():
    shown = Caption(0, 10.0)
    assert shown_next(shown, [0.1, 0.9], time_s=10.9) == shown
    assert shown_next(shown, [0.1, 0.9], time_s=11.0) == Caption(1, 11.0)


def test_a_narrow_lead_does_not_change_the_word():
    shown = Caption(0, 0.0)
    assert shown_next(shown, [0.46, 0.54]) == shown
    assert shown_next(shown, [0.44, 0.56]) == Caption(1, 10.0)


def test_a_word_is_taken_back_only_well_below_the_share_that_it_needs():
    shown = Caption(0, 0.0)
    assert shown_next(shown, [0.41, 0.3, 0.29]) == shown
    assert shown_next(shown, [0.39, 0.31, 0.3]) == Caption(None, 10.0)


def test_a_clear_expression_replaces_not_sure():
    assert shown_next(Caption(None, 0.0), [0.2, 0.51, 0.29]) == Caption(1, 10.0)


def test_each_word_needs_its_own_share():
    needed = [0.4, 0.7]
    assert shown_next(None, [0.45, 0.3, 0.25], needed=[*needed, 0.5]) == Caption(0, 10.0)
    assert shown_next(None, [0.35, 0.65], needed=needed) == Caption(None, 10.0)
    assert shown_next(Caption(None, 0.0), [0.2, 0.8], needed=needed) == Caption(1, 10.0)


def test_a_word_is_taken_back_by_its_own_share():
    shown = Caption(0, 0.0)
    assert shown_next(shown, [0.31, 0.25, 0.22, 0.22], needed=[0.4, 0.9, 0.9, 0.9]) == shown
    assert shown_next(shown, [0.61, 0.39], needed=[0.75, 0.4]) == Caption(None, 10.0)


def test_a_word_gives_way_to_a_clear_leader_that_is_not_sure_enough_to_be_shown():
    assert shown_next(Caption(0, 0.0), [0.4, 0.6], needed=[0.4, 0.7]) == Caption(None, 10.0)


def test_readings_that_alternate_do_not_make_the_word_flicker():
    shown, n_changes = None, 0
    for frame in range(150):  # ten seconds at 15 frames per second
        probs = [0.8, 0.2] if frame % 2 else [0.2, 0.8]
        after = shown_next(shown, probs, time_s=frame / 15)
        n_changes += shown is not None and after.label_id != shown.label_id
        shown = after
    assert n_changes <= 10


@pytest.mark.parametrize("changes", [{"min_hold_s": -1}, {"lead": 1.1}, {"slack": -0.1}])
def test_settings_out_of_range_are_refused(changes):
    with pytest.raises(ValueError, match="out of range"):
        CaptionConfig(**changes)
