"""Epochs on the device: the faces, how networks learn them, and how they are measured."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Final, NamedTuple

import keras
import numpy as np
import torch

from fer_core.labels import FER2013_LABELS
from fer_core.metrics.scores import score
from fer_core.train.device.augment import Augmenter, standardised
from fer_core.train.device.learner import Answers, Learner, Predictor, device_network, replayed
from fer_core.train.networks import Build
from fer_core.train.optimizers import learning_rate_at
from fer_core.train.sampling import draw_by_odds, drawing_odds

_AHEAD: Final = 8  # batches that are changed at once, in few large kernels
_TINY: Final = 1e-12  # keeps the logarithm of a share of 0 finite


class Faces(NamedTuple):
    """Faces on the device.

    Attributes:
        pixels: `(n, 48, 48)` uint8.
        labels: `(n, 7)` float32, one-hot.
        votes: `(n, 8)` float32, shares of votes; zeros where nobody voted.
    """

    pixels: torch.Tensor
    labels: torch.Tensor
    votes: torch.Tensor


@dataclass(frozen=True, slots=True)
class Plan:
    """How a network of the ensemble is trained; see `Recipe` for what is named alike.

    Attributes:
        teacher_share: Share of the teachers in the targets, `[0, 1]`.
    """

    build: Build
    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    balance: float
    average_decay: float
    seed: int
    teacher_share: float = 0.0

    def n_steps(self, faces: Faces) -> int:
        """Return the number of steps in an epoch."""
        return max(1, len(faces.pixels) // self.batch_size)


def new_learner(plan: Plan) -> Learner:
    """Return a learner with random weights."""
    keras.utils.set_random_seed(plan.seed)
    return Learner(
        plan.build,
        batch_size=plan.batch_size,
        weight_decay=plan.weight_decay,
        average_decay=plan.average_decay,
    )


class Training:
    """Epochs of learners that see the same batches.

    Args:
        plan: How they are trained.
        learners: One or several.
        faces: The faces.
        wanted: Returns the targets of each learner for changed faces and their indices.
    """

    def __init__(
        self,
        plan: Plan,
        learners: list[Learner],
        faces: Faces,
        wanted: Callable[[torch.Tensor, torch.Tensor], list[Answers]],
    ) -> None:
        self._plan, self._learners, self._faces, self._wanted = plan, learners, faces, wanted
        state = [tensor for learner in learners for tensor in learner.state()]
        self._learn = replayed(self._learn_all, state=state)
        self._odds = drawing_odds(
            faces.labels.argmax(1).cpu().numpy(), faces.votes.cpu().numpy(), balance=plan.balance
        )

    def _learn_all(self) -> None:
        for learner in self._learners:
            learner.learn()

    def epoch(self, epoch: int) -> dict[str, float]:
        """Train for one epoch; return its number, last learning rate, mean loss and seconds."""
        start, plan, device = perf_counter(), self._plan, self._faces.pixels.device
        n_steps, size = plan.n_steps(self._faces), plan.batch_size
        rng = np.random.default_rng([plan.seed, epoch])
        torch.manual_seed(int(rng.integers(2**31)))  # of dropout
        augment = Augmenter(int(rng.integers(2**31)), device)
        drawn = torch.from_numpy(draw_by_odds(self._odds, n_steps * size, rng=rng)).to(device)
        total, rate = torch.zeros((), device=device), 0.0
        for step, chosen in enumerate(drawn.split(size)):
            if step % _AHEAD == 0:
                ahead = augment(self._faces.pixels[drawn[step * size :][: _AHEAD * size]])
            pixels = ahead[step % _AHEAD * size :][:size]
            rate = learning_rate_at(
                epoch + step / n_steps, peak=plan.learning_rate, cycles=(plan.epochs,)
            )
            for learner, target in zip(self._learners, self._wanted(pixels, chosen), strict=True):
                learner.prepare(pixels, target, rate=rate)
            self._learn()
            for learner in self._learners:
                learner.update_average()
                total += learner.loss
        loss = float(total) / n_steps / len(self._learners)
        seconds = perf_counter() - start
        return {"epoch": epoch + 1.0, "learning_rate": rate, "loss": loss, "seconds": seconds}


class Validation:
    """The scores of averaged weights on faces that no network learns."""

    def __init__(self, plan: Plan, faces: Faces) -> None:
        self._faces, self._size = faces, plan.batch_size
        self._network = device_network(plan.build)
        self._predict = Predictor([self._network], batch_size=plan.batch_size)

    def __call__(self, weights: list[torch.Tensor]) -> dict[str, float]:
        """Return loss (mean cross-entropy), accuracy and macro-F1 of the label head."""
        fill([variable.value for variable in self._network.weights], weights)
        parts = [self._probs(faces) for faces in self._faces.pixels.split(self._size)]
        probs, label_ids = torch.cat(parts).cpu().numpy(), self._faces.labels.argmax(1)
        scores = score(label_ids.cpu().numpy(), probs, labels=FER2013_LABELS)
        probs_of_truth = (torch.cat(parts) * self._faces.labels).sum(1)
        return {
            "val_loss": float(-probs_of_truth.clamp(min=_TINY).log().mean()),
            "val_accuracy": scores.accuracy,
            "val_macro_f1": scores.macro_f1,
        }

    def _probs(self, faces: torch.Tensor) -> torch.Tensor:
        n_missing = self._size - len(faces)
        padded = torch.cat([faces, faces.new_zeros(n_missing, *faces.shape[1:])])
        labels, _ = self._predict(standardised(padded[:, None].float()).permute(0, 2, 3, 1))
        return labels[0, : len(faces)].clone()


def fill(tensors: list[torch.Tensor], values: list[torch.Tensor]) -> None:
    """Write values into tensors that stay in their places."""
    with torch.no_grad():
        for tensor, value in zip(tensors, values, strict=True):
            tensor.copy_(value)
