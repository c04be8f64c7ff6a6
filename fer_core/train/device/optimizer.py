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
        self._others = [weight for weight in weights if weight.ndim != 4]
        self._matrices = [weight for weight in self._others if weight.ndim == 2]
        self._decay = weight_decay
        device = weights[0].device
        self.rate = torch.zeros((), device=device)
        self._n_steps = torch.zeros((), device=device)
        self._momenta = [torch.zeros_like(weight) for weight in self._kernels]
        self._means = [torch.zeros_like(weight) for weight in self._others]
        self._squares = [torch.zeros_like(weight) for weight in self._others]
        shapes: dict[tuple[int, int], list[int]] = {}
        for index, kernel in enumerate(self._kernels):
            n_out = kernel.shape[-1]
            shapes.setdefault((kernel.numel() // n_out, n_out), []).append(index)
        self._shapes = shapes

    def state(self) -> list[torch.Tensor]:
        """Return the tensors that change from step to step; writing into them restores a state."""
        return [self._n_steps, *self._momenta, *self._means, *self._squares]

    @torch.no_grad()
    def step(self) -> None:
        """Change the weights by their gradients, at the learning rate in `rate`."""
        torch.nn.utils.clip_grad_norm_(self._weights, _MAX_NORM)
        self._n_steps += 1
        self._step_kernels()
        self._step_others()

    def _step_kernels(self) -> None:
        grads = [kernel.grad for kernel in self._kernels]
        torch._foreach_mul_(self._momenta, _MOMENTUM)
        torch._foreach_add_(self._momenta, grads)
        ahead = torch._foreach_add(grads, self._momenta, alpha=_MOMENTUM)
        torch._foreach_mul_(self._kernels, 1 - self.rate * self._decay)
        for (n_in, n_out), indices in self._shapes.items():
            matrices = torch.stack([ahead[index].reshape(n_in, n_out) for index in indices])
            scale = self.rate * (_RMS * math.sqrt(max(n_in, n_out)))
            for index, change in zip(indices, orthogonalised(matrices) * scale, strict=True):
                kernel = self._kernels[index]
                kernel.sub_(change.reshape(kernel.shape))

    def _step_others(self) -> None:
        first, second = _BETAS
        grads = [weight.grad for weight in self._others]
        torch._foreach_lerp_(self._means, grads, 1 - first)
        torch._foreach_mul_(self._squares, second)
        torch._foreach_addcmul_(self._squares, grads, grads, 1 - second)
        roots = torch._foreach_sqrt(self._squares)
        torch._foreach_add_(roots, _EPSILON)
        changes = torch._foreach_div(self._means, roots)
        unbiased = torch.sqrt(1 - second**self._n_steps) / (1 - first**self._n_steps)
        torch._foreach_mul_(changes, self.rate * unbiased)
        torch._foreach_mul_(self._matrices, 1 - self.rate * self._decay)
        torch._foreach_sub_(self._others, changes)


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
