import pytest

from fer_core.train.schedule import learning_rate_at


def test_the_first_epoch_rises_from_zero_and_later_cycles_start_at_the_peak():
    rates = [learning_rate_at(epoch, peak=0.1, cycles=(10, 20)) for epoch in (0, 0.5, 1, 10)]
    assert rates[0] == 0
    assert rates[1] == pytest.approx(rates[2] / 2, rel=0.05)
    assert rates[3] == pytest.approx(0.1)


def test_a_cycle_is_half_a_cosine():
    middle = learning_rate_at(20, peak=0.1, cycles=(10, 20))
    assert middle == pytest.approx(0.05, rel=0.01)
    end = learning_rate_at(9.999, peak=0.1, cycles=(10, 20))
    assert end == pytest.approx(0.0002, rel=0.01)


def test_beyond_the_last_cycle_the_rate_stays_at_its_floor():
    floor = learning_rate_at(30, peak=0.1, cycles=(10, 20))
    assert learning_rate_at(99, peak=0.1, cycles=(10, 20)) == floor == pytest.approx(0.0002)


def test_time_before_the_start_is_refused():
    with pytest.raises(ValueError, match="counted from 0, got -1"):
        learning_rate_at(-1, peak=0.1, cycles=(1,))
