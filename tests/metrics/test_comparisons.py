import pytest

from fer_core.metrics.comparisons import Share, fisher_p_value, holm


def test_fishers_lady_who_tastes_tea_gets_the_published_p_value():
    # Fisher 1935: 3 of 4 cups right on both sides; two-sided 0.486
    assert fisher_p_value(Share(3, 4), Share(1, 4)) == pytest.approx(0.4857, abs=1e-4)


def test_equal_shares_are_certain_to_differ_no_less_by_chance():
    assert fisher_p_value(Share(5, 10), Share(50, 100)) == 1.0


def test_holm_multiplies_the_smallest_by_their_number_and_never_reverses_an_order():
    # Holm 1979: 4 * 0.005, 3 * 0.01, then 2 * 0.03 and 0.04, raised to the 0.06 before it
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([0.6, 0.9]) == (1.0, 1.0)
    assert holm([]) == ()


def test_a_share_of_nothing_is_0():
    assert (Share(1, 4).value, Share(0, 0).value) == (0.25, 0.0)
