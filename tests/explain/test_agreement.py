import numpy as np
import pytest
from scipy.stats import spearmanr

from fer_core.explain.agreement import agreement_of
from tests.explain.made_up import attribution

RAMP = np.arange(16.0).reshape(4, 4)


def both(one, other):
    return agreement_of(attribution(one), attribution(other, method="occlusion"))


def test_maps_of_the_same_order_agree_whatever_their_values():
    found = both(RAMP, RAMP**3)
    assert found.rank_correlation == pytest.approx(1)
    assert "agree: they point at the same places" in found.sentence


def test_maps_of_opposite_order_disagree():
    found = both(RAMP, -RAMP)
    assert found.rank_correlation == pytest.approx(-1)
    assert "disagree" in found.sentence


def test_the_rank_correlation_is_the_one_worked_by_hand():
    # ranks 1 2 3 4 and 2 1 4 3: 1 - 6 (1 + 1 + 1 + 1) / (4 (16 - 1)) = 0.6
    found = both([[0, 1], [2, 3]], [[1, 0], [3, 2]])
    assert found.rank_correlation == pytest.approx(0.6)


def test_between_agreement_and_disagreement_there_is_a_part():
    # ranks 1 2 3 4 and 1 4 2 3: 1 - 6 (0 + 4 + 1 + 1) / 60 = 0.4
    found = both([[0, 1], [2, 3]], [[0, 3], [1, 2]])
    assert found.rank_correlation == pytest.approx(0.4)
    assert "agree in part" in found.sentence


def test_it_is_what_scipy_computes_also_if_many_values_are_equal():
    rng = np.random.default_rng(0)
    for n_levels in (2, 5, 1_000):
        one, other = rng.integers(0, n_levels, (2, 12, 12))
        expected = spearmanr(one, other, axis=None).statistic
        assert both(one, other).rank_correlation == pytest.approx(expected)


def test_a_flat_map_cannot_be_compared():
    found = both(np.zeros((4, 4)), RAMP)
    assert found.rank_correlation is None
    assert found.sentence.startswith("Grad-CAM is flat")


@pytest.mark.parametrize(
    "other",
    [attribution(RAMP, label="sad"), attribution(np.zeros((5, 5)))],
    ids=["another label", "another size"],
)
def test_maps_of_different_things_are_refused(other):
    with pytest.raises(ValueError, match="same model, head and label"):
        agreement_of(attribution(RAMP), other)
