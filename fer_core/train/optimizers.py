"""How weights follow their gradients: stochastic gradient descent, or Muon for convolutions."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import keras

OPTIMIZERS: Final = ("sgd", "muon")
_MAX_NORM: Final = 5.0  # of all gradients together; a rare wild batch does not undo an epoch
_UNDECAYED: Final = ("gamma", "beta", "bias")


def create_optimizer(
    name: str, *, learning_rate: float, weight_decay: float
) -> keras.optimizers.Optimizer:
    """Return an optimiser.

    Args:
        name: One of `OPTIMIZERS`.
        learning_rate: At the start.
        weight_decay: Decoupled from the gradient: times the learning rate.

    Raises:
        ValueError: No such optimiser.
    """
    shared = {"weight_decay": weight_decay, "global_clipnorm": _MAX_NORM}
    if name == "sgd":
        optimizer = keras.optimizers.SGD(learning_rate, momentum=0.9, nesterov=True, **shared)
    elif name == "muon":
        # named: TensorFlow's scopes take no leading underscore
        optimizer = _ConvolutionMuon(
            learning_rate, adam_weight_decay=weight_decay, name="muon", **shared
        )
    else:
        raise ValueError(f"Expected an optimiser of {', '.join(OPTIMIZERS)}, got {name!r}.")
    optimizer.exclude_from_weight_decay(var_names=list(_UNDECAYED))
    return optimizer


class _ConvolutionMuon(keras.optimizers.Muon):
    """Muon for convolutions, whose kernels count as matrices; AdamW for the rest, heads too.

    Source: Jordan et al. 2024, kellerjordan.github.io/posts/muon, which flattens kernels alike.
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
        # All steps happen in the small square of inner products, which commutes with its own
        # polynomials; the long matrix is multiplied twice instead of twice a step.
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
        # steps as large as AdamW's: Liu et al. 2025, arXiv 2502.16982, equation 4
        n_out = x.shape[-1]
        return x * (max(math.prod(x.shape) // n_out, n_out) ** 0.5 * self.rms_rate)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let PyTorch compute on one thread for a while.

    A Muon step is a thousand small products. On a machine with other work, threads that wait for
    each other made it 4 to 20 times as slow (2 cores of a Zen 3 CPU); on an idle one a second
    thread made no difference.
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
