"""Teachers, and the student that learns from them, labels and votes.

Each teacher leaves out one part of the faces, so each face has one teacher that never saw its
label. FER2013's labels are often wrong, and that teacher did not learn them by heart.
"""

import csv
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Final, NamedTuple

import keras
import numpy as np
import torch

from fer_core.train.device.augment import Augmenter, standardised
from fer_core.train.device.learner import (
    Answers,
    Learner,
    Predictor,
    as_arrays,
    device_network,
    replayed,
)
from fer_core.train.networks import Build
from fer_core.train.optimizers import learning_rate_at
from fer_core.train.sampling import draw_by_odds, drawing_odds

N_TEACHERS: Final = 5
_AHEAD: Final = 8  # batches that are changed at once, in few large kernels
_UNSEEN_WEIGHT: Final = 0.5  # of the teacher that never saw the face, among all teachers
_LAST_EPOCHS: Final = 0.8  # from here on faces are changed less, as most real ones are
_LAST_STRENGTH: Final = 0.4
_SAVE_EVERY: Final = 20  # epochs of the student between two checkpoints


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
    """How one network of the ensemble is trained."""

    build: Build
    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    balance: float
    average_decay: float
    seed: int

    def n_steps(self, faces: Faces) -> int:
        """Return the number of steps in an epoch."""
        return max(1, len(faces.pixels) // self.batch_size)


def part_of(n_faces: int) -> np.ndarray:
    """Return the part of each face, `(n_faces,)` in `0..N_TEACHERS - 1`: its unseen teacher."""
    return np.random.default_rng(0).permutation(n_faces) % N_TEACHERS


def train_teachers(plan: Plan, faces: Faces, out: Path) -> list[Path]:
    """Train the teachers side by side; write the weights of each as float16, and return the files.

    All see the same batches. A teacher gets no target for the part of the faces that it leaves out.
    """
    paths = [out / f"teacher_{part}.npz" for part in range(N_TEACHERS)]
    if all(path.exists() for path in paths):
        return paths
    learners = [_learner(replace(plan, seed=plan.seed + part)) for part in range(N_TEACHERS)]
    parts = torch.from_numpy(part_of(len(faces.pixels))).to(faces.pixels.device)

    def wanted(_pixels: torch.Tensor, chosen: torch.Tensor) -> list[Answers]:
        labels, votes = faces.labels[chosen], faces.votes[chosen]
        is_seen = [(parts[chosen] != part).float()[:, None] for part in range(N_TEACHERS)]
        return [(labels * seen, votes * seen) for seen in is_seen]

    train = _Training(plan, learners, faces, wanted)
    for epoch in range(plan.epochs):
        print("teachers", json.dumps(train.epoch(epoch)), flush=True)
    for learner, path in zip(learners, paths, strict=True):
        _write(path, as_arrays(learner.average, np.float16))
    return paths


def train_student(
    plan: Plan, faces: Faces, teachers: list[keras.Model], share: float, out: Path
) -> None:
    """Train the student; write its averaged weights, its checkpoint and its history into `out`.

    The teachers see the same changed face as the student: a blurred face gets a blurred answer.
    Source: Beyer et al. 2022, arXiv 2106.05237.

    Args:
        plan: How it is trained.
        faces: All faces.
        teachers: Finished networks, by the part that each left out.
        share: Share of the teachers in the targets, `[0, 1]`.
        out: Folder, which holds the checkpoint of an earlier process if there was one.
    """
    learner, history = _learner(plan), _resumed_history(out)
    if history:
        _restore(learner, out)
        learner.n_steps = len(history) * plan.n_steps(faces)
    ask = Predictor(teachers, batch_size=plan.batch_size)
    weight = _teacher_weights(len(faces.pixels)).to(faces.pixels.device)
    # where nobody voted, the teachers' answer is the whole target
    votes_share = torch.where(faces.votes.any(1, keepdim=True), share, 1.0)

    def wanted(pixels: torch.Tensor, chosen: torch.Tensor) -> list[Answers]:
        labels, votes = (
            torch.einsum("nt,tnc->nc", weight[chosen], answers) for answers in ask(pixels)
        )
        votes = faces.votes[chosen] + votes_share[chosen] * (votes - faces.votes[chosen])
        return [(torch.lerp(faces.labels[chosen], labels, share), votes)]

    train = _Training(plan, [learner], faces, wanted)
    for epoch in range(len(history), plan.epochs):
        history.append(train.epoch(epoch))
        print("student", json.dumps(history[-1]), flush=True)
        if (epoch + 1) % _SAVE_EVERY == 0 or epoch + 1 == plan.epochs:
            _save(learner, history, out)


def finished(build: Build, path: Path) -> keras.Model:
    """Return the network whose weights lie in a file."""
    network = device_network(build)
    network.set_weights([array.astype(np.float32) for array in _read(path)])
    return network


def answers_of(network: keras.Model, pixels: torch.Tensor, *, batch_size: int) -> Answers:
    """Return the probabilities of a finished network for faces and their mirrors, averaged."""
    predict = Predictor([network], batch_size=batch_size)
    parts: list[Answers] = []
    for start in range(0, len(pixels), batch_size):
        faces = pixels[start : start + batch_size]
        n = len(faces)
        padded = torch.cat([faces, faces.new_zeros(batch_size - n, *faces.shape[1:])])
        x = standardised(padded[:, None].float()).permute(0, 2, 3, 1)
        views = [tuple(a[0, :n].clone() for a in predict(view)) for view in (x, x.flip(2))]
        parts.append(tuple(torch.stack(heads).mean(0) for heads in zip(*views, strict=True)))
    labels, votes = (torch.cat(heads) for heads in zip(*parts, strict=True))
    return labels, votes


def _learner(plan: Plan) -> Learner:
    keras.utils.set_random_seed(plan.seed)
    return Learner(
        plan.build,
        batch_size=plan.batch_size,
        weight_decay=plan.weight_decay,
        average_decay=plan.average_decay,
    )


def _teacher_weights(n_faces: int) -> torch.Tensor:
    """Return the weight `(n_faces, N_TEACHERS)` of each teacher's answer for each face."""
    weights = np.full((n_faces, N_TEACHERS), (1 - _UNSEEN_WEIGHT) / (N_TEACHERS - 1), np.float32)
    weights[np.arange(n_faces), part_of(n_faces)] = _UNSEEN_WEIGHT
    return torch.from_numpy(weights)


class _Training:
    """Epochs of learners that see the same batches."""

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
        strength = _LAST_STRENGTH if epoch >= _LAST_EPOCHS * plan.epochs else 1.0
        augment = Augmenter(int(rng.integers(2**31)), strength, device)
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
        return {
            **{"epoch": epoch + 1.0, "learning_rate": rate, "loss": loss},
            "seconds": perf_counter() - start,
        }


def _save(learner: Learner, history: list[dict[str, float]], out: Path) -> None:
    _write(out / "student.npz", as_arrays(learner.average))
    n_weights = len(learner.average)
    weights, (n_steps, *momenta) = learner.state()[:n_weights], learner.state()[n_weights:]
    # momenta in half precision, so that the file stays small
    parts = (*as_arrays([*weights, n_steps]), *as_arrays(momenta, np.float16))
    _write(out / "checkpoint.npz", list(parts))
    text = out / "fresh-history.csv"
    with text.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(history[0]))
        writer.writeheader()
        writer.writerows(history)
    os.replace(text, out / "history.csv")


@torch.no_grad()
def _restore(learner: Learner, out: Path) -> None:
    for tensors, name in ((learner.state(), "checkpoint.npz"), (learner.average, "student.npz")):
        for tensor, array in zip(tensors, _read(out / name), strict=True):
            tensor.copy_(torch.from_numpy(array))


def _resumed_history(out: Path) -> list[dict[str, float]]:
    path = out / "history.csv"
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as stream:
        return [{name: float(x) for name, x in row.items()} for row in csv.DictReader(stream)]


def _write(path: Path, arrays: list[np.ndarray]) -> None:
    """Write arrays so that a kill leaves the old file or the new one whole."""
    fresh = path.with_name(f"fresh-{path.name}")
    np.savez(fresh, *arrays)
    os.replace(fresh, path)


def _read(path: Path) -> list[np.ndarray]:
    with np.load(path, allow_pickle=False) as arrays:
        return [arrays[name] for name in arrays.files]
