import keras
import numpy as np
import pytest

from fer_core.train.optimizers import create_optimizer, learning_rate_at


def updated(
    name: str, start: np.ndarray, gradient: np.ndarray, *, decay: float = 0.0
) -> np.ndarray:
    optimizer = create_optimizer(name, learning_rate=0.1, weight_decay=decay)
    weights = keras.Variable(start, name="kernel")
    optimizer.apply([keras.ops.convert_to_tensor(gradient)], [weights])
    return keras.ops.convert_to_numpy(weights)


def test_muon_moves_a_convolution_equally_in_every_direction():
    gradient = np.zeros((1, 1, 4, 4), np.float32)
    gradient[0, 0] = np.diag([1.0, 0.5, 0.25, 0.125])  # one direction eight times another
    moved = -updated("muon", np.zeros_like(gradient), gradient)[0, 0]
    assert moved - np.diag(np.diag(moved)) == pytest.approx(0, abs=1e-6)
    # 0.1 (rate) * sqrt(4) (longer side) * 0.2; Newton-Schulz reaches 1 within a third
    assert np.diag(moved) == pytest.approx(0.04, rel=0.35)


def test_muon_leaves_dense_layers_to_adam():
    gradient = np.array([[8.0, -0.5], [0.25, -4.0]], np.float32)
    moved = updated("muon", np.zeros_like(gradient), gradient)
    assert moved == pytest.approx(-0.1 * np.sign(gradient), rel=1e-3)  # Adam's first step


@pytest.mark.parametrize("shape", [(3, 3, 6, 8), (1, 1, 4, 16)])
def test_newton_schulz_equals_that_of_keras(shape):
    gradient = keras.ops.convert_to_tensor(
        np.random.default_rng(0).normal(size=shape).astype(np.float32)
    )
    ours = create_optimizer("muon", learning_rate=0.1, weight_decay=0.0)
    own = keras.optimizers.Muon().zeropower_via_newtonschulz5(
        keras.ops.reshape(gradient, (-1, shape[-1])), 5
    )
    flat = keras.ops.reshape(ours.zeropower_via_newtonschulz5(gradient, 5), (-1, shape[-1]))
    assert keras.ops.convert_to_numpy(flat) == pytest.approx(
        keras.ops.convert_to_numpy(own), abs=1e-4
    )


@pytest.mark.parametrize("name", ["sgd", "muon"])
def test_kernels_decay_and_batch_normalisation_does_not(name):
    optimizer = create_optimizer(name, learning_rate=0.1, weight_decay=0.5)
    kernel, gamma = (
        keras.Variable(np.ones(shape, np.float32), name=name)
        for shape, name in (((2, 2, 1, 1), "kernel"), ((2,), "gamma"))
    )
    nothing = [keras.ops.zeros(variable.shape) for variable in (kernel, gamma)]
    optimizer.apply(nothing, [kernel, gamma])
    assert keras.ops.convert_to_numpy(kernel) == pytest.approx(0.95)
    assert keras.ops.convert_to_numpy(gamma) == pytest.approx(1.0)


def test_an_unknown_optimiser_is_refused():
    with pytest.raises(ValueError, match="Expected an optimiser of sgd, muon, got 'lion'"):
        create_optimizer("lion", learning_rate=0.1, weight_decay=0.0)


def test_the_rate_rises_from_zero_in_the_first_epoch_and_later_cycles_start_at_the_peak():
    rates = [learning_rate_at(epoch, peak=0.1, cycles=(10, 20)) for epoch in (0, 0.5, 1, 10)]
    assert rates[0] == 0
    assert rates[1] == pytest.approx(rates[2] / 2, rel=0.05)
    assert rates[3] == pytest.approx(0.1)


def test_a_cycle_is_half_a_cosine():
    middle = learning_rate_at(20, peak=0.1, cycles=(10, 20))
    assert middle == pytest.approx(0.05, rel=0.01)
    end = learning_rate_at(9.999, peak=0.1, cycles=(10, 20))
    assert end == pytest.approx(0.0002, rel=0.01)


def test_after_the_last_cycle_the_rate_stays_at_its_floor():
    floor = learning_rate_at(30, peak=0.1, cycles=(10, 20))
    assert learning_rate_at(99, peak=0.1, cycles=(10, 20)) == floor == pytest.approx(0.0002)


def test_a_negative_epoch_is_refused():
    with pytest.raises(ValueError, match="counted from 0, got -1"):
        learning_rate_at(-1, peak=0.1, cycles=(1,))
