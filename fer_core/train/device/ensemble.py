"""Teachers, and the student that learns from them, labels and votes.

Each teacher leaves out one part of the faces, so each face has one teacher that never saw its
label. FER2013's labels are often wrong, and that teacher did not learn them by heart.
"""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Final

import keras
import numpy as np
import torch

from fer_core.progress import OnMessage, ignore
from fer_core.train.device.epochs import Faces, Plan, Training, Validation, fill, new_learner
from fer_core.train.device.learner import Answers, Learner, Predictor, as_array, device_network
from fer_core.train.networks import Build

N_TEACHERS: Final = 5
_UNSEEN_WEIGHT: Final = 0.5  # of the teacher that never saw the face, among all teachers
_SAVE_EVERY: Final = 20  # epochs of the student between two checkpoints


def part_of(n_faces: int) -> np.ndarray:
    """Return the part of each face, `(n_faces,)` in `0..N_TEACHERS - 1`: its unseen teacher."""
    return np.random.default_rng(0).permutation(n_faces) % N_TEACHERS


def train_teachers(
    plan: Plan, faces: Faces, out: Path, *, on_message: OnMessage = ignore
) -> list[Path]:
    """Train the teachers side by side; write the weights of each as float16, and return the files.

    All see the same batches. A teacher gets no target for the part of the faces that it leaves out.
    """
    paths = [out / f"teacher_{part}.npz" for part in range(N_TEACHERS)]
    if all(path.exists() for path in paths):
        return paths
    learners = [new_learner(replace(plan, seed=plan.seed + part)) for part in range(N_TEACHERS)]
    parts = torch.from_numpy(part_of(len(faces.pixels))).to(faces.pixels.device)

    def wanted(_pixels: torch.Tensor, chosen: torch.Tensor) -> list[Answers]:
        labels, votes = faces.labels[chosen], faces.votes[chosen]
        is_seen = [(parts[chosen] != part).float()[:, None] for part in range(N_TEACHERS)]
        return [(labels * seen, votes * seen) for seen in is_seen]

    train = Training(plan, learners, faces, wanted)
    for epoch in range(plan.epochs):
        on_message(f"Teachers: {_sentence(train.epoch(epoch))}")
    for learner, path in zip(learners, paths, strict=True):
        _write(path, [as_array(each, np.float16) for each in learner.average])
    return paths


def train_student(
    plan: Plan,
    faces: Faces,
    teachers: list[keras.Model],
    validation: Faces,
    out: Path,
    *,
    on_message: OnMessage = ignore,
) -> None:
    """Train the student; write its averaged weights, its checkpoint and its history into `out`.

    The teachers see the same changed face as the student: a blurred face gets a blurred answer.
    Source: Beyer et al. 2022, arXiv 2106.05237.

    Args:
        plan: How it is trained.
        faces: All faces.
        teachers: Finished networks, by the part that each left out.
        validation: Faces on which the averaged weights are measured after every epoch.
        out: Folder, which holds the checkpoint of an earlier process if there was one.
        on_message: Called after every epoch with its scores.
    """
    learner, history, share = new_learner(plan), _resumed_history(out), plan.teacher_share
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

    train = Training(plan, [learner], faces, wanted)
    validate = Validation(plan, validation)
    for epoch in range(len(history), plan.epochs):
        history.append(train.epoch(epoch) | validate(learner.average))
        on_message(f"Student: {_sentence(history[-1])}")
        if (epoch + 1) % _SAVE_EVERY == 0 or epoch + 1 == plan.epochs:
            _save(learner, history, out)


def finished(build: Build, path: Path) -> keras.Model:
    """Return the network whose weights lie in a file."""
    network = device_network(build)
    network.set_weights([array.astype(np.float32) for array in _read(path)])
    return network


def _teacher_weights(n_faces: int) -> torch.Tensor:
    """Return the weight `(n_faces, N_TEACHERS)` of each teacher's answer for each face."""
    weights = np.full((n_faces, N_TEACHERS), (1 - _UNSEEN_WEIGHT) / (N_TEACHERS - 1), np.float32)
    weights[np.arange(n_faces), part_of(n_faces)] = _UNSEEN_WEIGHT
    return torch.from_numpy(weights)


def _sentence(entry: dict[str, float]) -> str:
    numbers = (f"{name} {entry[name]:.3f}" for name in entry if name != "epoch")
    return f"epoch {entry['epoch']:.0f}, {', '.join(numbers)}."


def _save(learner: Learner, history: list[dict[str, float]], out: Path) -> None:
    _write(out / "student.npz", list(map(as_array, learner.average)))
    n_weights, state = len(learner.average), learner.state()
    # the momenta of kernels in half precision, so that the file stays small
    kinds = [np.float16 if tensor.ndim == 4 else np.float32 for tensor in state[n_weights:]]
    optimizer = map(as_array, state[n_weights:], kinds)
    _write(out / "checkpoint.npz", [*map(as_array, state[:n_weights]), *optimizer])
    text = out / "fresh-history.csv"
    with text.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(history[0]))
        writer.writeheader()
        writer.writerows(history)
    text.replace(out / "history.csv")


def _restore(learner: Learner, out: Path) -> None:
    for tensors, name in ((learner.state(), "checkpoint.npz"), (learner.average, "student.npz")):
        fill(tensors, [torch.from_numpy(array) for array in _read(out / name)])


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
    fresh.replace(path)


def _read(path: Path) -> list[np.ndarray]:
    with np.load(path, allow_pickle=False) as arrays:
        return [arrays[name] for name in arrays.files]
