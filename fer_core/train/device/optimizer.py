"""Muon on the device: all matrices of one shape together, and nothing that waits for a number."""

import math
from typing import Final

import torch

_MOMENTUM: Final = 0.95
_BETAS: Final = (0.9, 0.999)  # of Adam, which learns what is no matrix
_EPSILON: Final = 1e-7
_STEPS: Final = 5
_A, _B, _C = 3.4445, -4.7750, 2.0315  # of the iteration: Jordan et al. 2024
_RMS: Final = 0.2
_MAX_NORM: Final = 5.0


class DeviceMuon:
    """`optimizers.create_optimizer("muon")` in a form that a CUDA graph can hold.

    Kernels of convolutions are learned by Muon, the rest by Adam; kernels and the matrices of the
    heads decay.

    Args:
        weights: Trainable weights in Keras' memory order: kernels are `(h, w, n_in, n_out)`.
        weight_decay: Factor of the learning rate; decoupled from the gradient.

    Source: Jordan et al. 2024, kellerjordan.github.io/posts/muon; its scale by Liu et al. 2025,
    arXiv 2502.16982, equation 4.
    """

    def __init__(self, weights: list[torch.nn.Parameter], *, weight_decay: float) -> None:
        self._weights = weights
        self._kernels = [weight for weight in weights if weight.ndim == 4]
        self._momenta = [torch.zeros_like(kernel) for kernel in self._kernels]
        self._decay = weight_decay
        self.rate = torch.zeros((), device=weights[0].device)
        self._adam = _adam(weights, self.rate, weight_decay=weight_decay)
        self._shapes: dict[tuple[int, int], list[int]] = {}
        for index, kernel in enumerate(self._kernels):
            n_out = kernel.shape[-1]
            self._shapes.setdefault((kernel.numel() // n_out, n_out), []).append(index)

    def state(self) -> list[torch.Tensor]:
        """Return the tensors that change from step to step; writing into them restores a state."""
        states = self._adam.state.values()
        return [*self._momenta, *(tensor for state in states for tensor in state.values())]

    def step(self) -> None:
        """Change the weights by their gradients, at the learning rate in `rate`."""
        torch.nn.utils.clip_grad_norm_(self._weights, _MAX_NORM)
        self._adam.step()
        with torch.no_grad():
            self._step_kernels()

    def _step_kernels(self) -> None:
        for kernel, momentum in zip(self._kernels, self._momenta, strict=True):
            momentum.mul_(_MOMENTUM).add_(kernel.grad)
            kernel.mul_(1 - self.rate * self._decay)
        for (n_in, n_out), indices in self._shapes.items():
            ahead = [self._kernels[i].grad + _MOMENTUM * self._momenta[i] for i in indices]
            matrices = torch.stack([each.reshape(n_in, n_out) for each in ahead])
            scale = self.rate * (_RMS * math.sqrt(max(n_in, n_out)))
            for index, change in zip(indices, orthogonalised(matrices) * scale, strict=True):
                self._kernels[index].sub_(change.reshape(self._kernels[index].shape))


def _adam(
    weights: list[torch.nn.Parameter], rate: torch.Tensor, *, weight_decay: float
) -> torch.optim.AdamW:
    """Return the optimiser of what is no kernel, with its state; of these, matrices decay."""
    matrices = [weight for weight in weights if weight.ndim == 2]
    others = [weight for weight in weights if weight.ndim < 2]
    groups = [{"params": matrices}, {"params": others, "weight_decay": 0.0}]
    adam = torch.optim.AdamW(
        groups, rate, _BETAS, _EPSILON, weight_decay, capturable=rate.device.type == "cuda"
    )
    for weight in (*matrices, *others):
        weight.grad = torch.zeros_like(weight)
    adam.step()  # makes the state; at rate 0 the weights stay
    for state in adam.state.values():
        state["step"].zero_()
    return adam


def orthogonalised(matrices: torch.Tensor) -> torch.Tensor:
    """Return matrices `(n, rows, columns)` with all singular values near 1.

    The small square of inner products commutes with its polynomials, so all steps work on it.
    """
    matrices = matrices / (matrices.norm(dim=(1, 2), keepdim=True) + _EPSILON)
    is_tall = matrices.shape[1] > matrices.shape[2]
    square = matrices.mT @ matrices if is_tall else matrices @ matrices.mT
    unit = torch.eye(square.shape[-1], device=square.device)
    factor = unit
    for _ in range(_STEPS):
        step = _A * unit + _B * square + _C * (square @ square)
        factor = factor @ step
        square = square @ (step @ step)
    return matrices @ factor if is_tall else factor @ matrices
