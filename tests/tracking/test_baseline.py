import numpy as np
import pytest

from fer_core.tracking.baseline import NeutralBaseline, baseline_from, corrected

RESTING_SAD = NeutralBaseline(np.array([0.6, 0.3, 0.1]), neutral_id=1)  # sad, neutral, happy


def test_nothing_leads_neutral_at_rest():
    at_rest = corrected(RESTING_SAD.probs, RESTING_SAD)
    assert at_rest[1] == pytest.approx(at_rest.max())


def test_a_smile_is_still_happy():
    assert corrected(np.array([0.1, 0.1, 0.8]), RESTING_SAD).argmax() == 2


def test_a_face_sadder_than_at_rest_is_still_sad():
    assert corrected(np.array([0.9, 0.05, 0.05]), RESTING_SAD).argmax() == 0


def test_a_face_that_is_neutral_at_rest_is_not_corrected():
    calm = NeutralBaseline(np.array([0.1, 0.8, 0.1]), neutral_id=1)
    reading = np.array([0.5, 0.3, 0.2])
    assert corrected(reading, calm) == pytest.approx(reading)


def test_a_correction_sums_to_one_even_for_extreme_faces():
    never_neutral = NeutralBaseline(np.array([1.0, 0.0, 0.0]), neutral_id=1)
    result = corrected(np.array([1.0, 0.0, 0.0]), never_neutral)
    assert result.sum() == pytest.approx(1.0)
    assert np.isfinite(result).all()


def test_a_baseline_is_the_mean_of_the_readings():
    baseline = baseline_from(np.array([[0.2, 0.8], [0.4, 0.6]]), neutral_id=1)
    assert baseline.probs == pytest.approx([0.3, 0.7])


def test_a_baseline_without_readings_is_refused():
    with pytest.raises(ValueError, match="keep the face in view"):
        baseline_from(np.zeros((0, 7)), neutral_id=6)


@pytest.mark.parametrize(
    ("probs", "neutral_id", "message"),
    [
        ([0.5, 0.4], 0, "sum to 1"),
        ([1.5, -0.5], 0, "sum to 1"),
        ([0.5, 0.5], 2, "not one of 2"),
    ],
)
def test_an_invalid_baseline_is_refused(probs, neutral_id, message):
    with pytest.raises(ValueError, match=message):
        NeutralBaseline(np.array(probs), neutral_id)


def test_a_reading_of_other_classes_is_refused():
    with pytest.raises(ValueError, match="Expected 3 classes"):
        corrected(np.array([0.5, 0.5]), RESTING_SAD)
