"""Optimisers, SGD and Muon for convolutions, and the schedule of the learning rate."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import keras

OPTIMIZERS: Final = ("sgd", "muon")
WARM_UP_EPOCHS: Final = 1.0
_FLOOR: Final = 0.002  # of the peak: the last steps of a cycle still change the weights
_MAX_NORM: Final = 5.0  # of all gradients together, so that a rare batch does not undo an epoch
_UNDECAYED: Final = ("gamma", "beta", "bias")


def create_optimizer(
    name: str, *, learning_rate: float, weight_decay: float
) -> keras.optimizers.Optimizer:
    """Return an optimiser.

    Args:
        name: One of `OPTIMIZERS`.
        learning_rate: Learning rate at the start.
        weight_decay: Factor of the learning rate; it is decoupled from the gradient.

    Raises:
        ValueError: There is no such optimiser.
    """
    shared = {"weight_decay": weight_decay, "global_clipnorm": _MAX_NORM}
    if name == "sgd":
        optimizer = keras.optimizers.SGD(learning_rate, momentum=0.9, nesterov=True, **shared)
    elif name == "muon":
        # named, because a scope of TensorFlow must not begin with an underscore
        optimizer = _ConvolutionMuon(
            learning_rate, adam_weight_decay=weight_decay, name="muon", **shared
        )
    else:
        raise ValueError(f"Expected an optimiser of {', '.join(OPTIMIZERS)}, got {name!r}.")
    optimizer.exclude_from_weight_decay(var_names=list(_UNDECAYED))
    return optimizer


def learning_rate_at(epoch: float, *, peak: float, cycles: tuple[int, ...]) -> float:
    """Return the learning rate after `epoch` epochs, which may be a fraction.

    In each cycle it falls from the peak to nearly zero along half a cosine. In the very first epoch
    it rises linearly to the peak. It depends on `epoch` alone, so a resumed run continues exactly.

    Args:
        epoch: Epochs since the start, at least 0.
        peak: Highest learning rate.
        cycles: Epochs of each cycle.

    Raises:
        ValueError: `epoch` is negative.

    Source: warm restarts, Loshchilov and Hutter 2017, arXiv 1608.03983.

    >>> [round(learning_rate_at(e, peak=1.0, cycles=(4, 8)), 2) for e in (0.5, 2, 4, 8, 12)]
    [0.48, 0.5, 1.0, 0.5, 0.0]
    """
    if epoch < 0:
        raise ValueError(f"Epochs are counted from 0, got {epoch}.")
    start = 0
    for length in cycles[:-1]:
        if epoch < start + length:
            break
        start += length
    else:
        length = cycles[-1]
    progress = min((epoch - start) / length, 1.0)
    rate = peak * (_FLOOR + (1 - _FLOOR) * (1 + math.cos(math.pi * progress)) / 2)
    return rate * min(epoch / WARM_UP_EPOCHS, 1.0) if epoch < WARM_UP_EPOCHS else rate


class _ConvolutionMuon(keras.optimizers.Muon):
    """Muon for the kernels of convolutions, as matrices; AdamW for the rest, also for the heads.

    Source: Jordan et al. 2024, kellerjordan.github.io/posts/muon, which flattens kernels too.
    """

    def apply(
        self,
        grads: list[keras.KerasTensor],
        trainable_variables: list[keras.Variable] | None = None,
    ) -> None:
        with _one_thread():
            super().apply(grads, trainable_variables)

    def _should_use_adamw(self, variable: keras.Variable) -> bool:
        return len(variable.shape) != 4

    def zeropower_via_newtonschulz5(self, x: keras.KerasTensor, steps: int) -> keras.KerasTensor:
        matrix = keras.ops.reshape(x, (-1, x.shape[-1]))
        matrix = matrix / (keras.ops.norm(matrix) + 1e-7)
        is_tall = matrix.shape[0] > matrix.shape[1]
        flipped = keras.ops.transpose(matrix)
        # The small square of inner products commutes with its polynomials, so all steps work on
        # it. The long matrix is multiplied twice in all, instead of twice per step.
        square = flipped @ matrix if is_tall else matrix @ flipped
        factor = None
        for _ in range(steps):
            step = self.muon_b * square + self.muon_c * (square @ square)
            step = step + self.muon_a * keras.ops.eye(square.shape[0], dtype=square.dtype)
            factor = step if factor is None else factor @ step
            square = square @ (step @ step)
        turned = matrix @ factor if is_tall else factor @ matrix
        return keras.ops.reshape(turned, x.shape)

    def lr_adjust(self, x: keras.KerasTensor) -> keras.KerasTensor:
        # makes steps as large as AdamW's: Liu et al. 2025, arXiv 2502.16982, equation 4
        n_out = x.shape[-1]
        return x * (max(math.prod(x.shape) // n_out, n_out) ** 0.5 * self.rms_rate)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let PyTorch compute on one thread inside the block.

    A Muon step consists of a thousand small products. On a machine with other load, threads that
    wait for each other made it 4 to 20 times slower (2 cores of a Zen 3 CPU). On an idle machine a
    second thread made no difference.
    """
    if keras.backend.backend() != "torch":
        yield
        return
    import torch

    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(n_threads)
