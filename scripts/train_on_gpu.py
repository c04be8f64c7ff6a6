"""Train five teachers and the student on one GPU, in minutes, from one packed array.

    python scripts/train_on_gpu.py faces.npz OUT          all of it; goes on where it was stopped
    python scripts/train_on_gpu.py faces.npz OUT --tiny   a proof on the processor, in a minute

It needs torch, keras, namex, optree and numpy.
"""

import argparse
import io
import lzma
import os
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import torch

from fer_core.train.device.ensemble import (
    Faces,
    Plan,
    answers_of,
    finished,
    train_student,
    train_teachers,
)
from fer_core.train.networks import residual_se
from fer_core.train.recipes import RECIPES

torch.set_float32_matmul_precision("high")
torch.backends.cudnn.benchmark = True

_RECIPE = RECIPES["general"]
_STUDENT = Plan(
    build=_RECIPE.build,
    epochs=120,
    batch_size=_RECIPE.batch_size,
    learning_rate=_RECIPE.learning_rate,
    weight_decay=_RECIPE.weight_decay,
    balance=_RECIPE.balance,
    average_decay=0.993,
    seed=1,
)
_TEACHER = replace(
    _STUDENT,
    build=partial(
        residual_se, stem=48, widths=(48, 128, 256), blocks=(2, 3, 3), dropout=0.3
    ),
    epochs=60,
    seed=100,
)
_TEACHER_SHARE = 0.7


def _device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _read_faces(path: Path, n_faces: int | None) -> Faces:
    arrays = _unpacked(path)
    pixels, labels, votes = (arrays[name][:n_faces] for name in ("pixels", "labels", "votes"))
    shares = votes / np.maximum(votes.sum(axis=1, keepdims=True), 1)
    parts = (pixels, np.eye(7, dtype=np.float32)[labels], shares.astype(np.float32))
    return Faces(*(torch.from_numpy(part).to(_device()) for part in parts))


def _unpacked(path: Path) -> dict[str, np.ndarray]:
    with np.load(io.BytesIO(lzma.decompress(path.read_bytes())), allow_pickle=False) as arrays:
        return dict(arrays)


def _train(arguments: argparse.Namespace) -> None:
    teacher, student, n_faces = _TEACHER, _STUDENT, None
    if arguments.tiny:
        tiny = partial(residual_se, stem=8, stem_strides=2, widths=(8, 16), blocks=(1, 1), dropout=0.1)
        teacher, student = (
            replace(plan, build=tiny, epochs=2, batch_size=64) for plan in (teacher, student)
        )
        n_faces = 512
    out = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    faces = _read_faces(arguments.faces, n_faces)
    paths = train_teachers(teacher, faces, out)
    teachers = [finished(teacher.build, path) for path in paths]
    train_student(student, faces, teachers, _TEACHER_SHARE, out)
    _report(arguments.faces, student, out / "student.npz")


def _report(path: Path, plan: Plan, weights: Path) -> None:
    arrays = _unpacked(path)
    truth = arrays["test_labels"]
    on_device = torch.from_numpy(arrays["test_pixels"]).to(_device())
    labels, _ = answers_of(finished(plan.build, weights), on_device, batch_size=plan.batch_size)
    accuracy = float((labels.argmax(1).cpu().numpy() == truth).mean())
    print(f"Label head on PublicTest with mirrors: accuracy {accuracy:.3f}.", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Train five teachers and the student on a GPU.")
    parser.add_argument("faces", type=Path, help="The packed array of `pack_faces`.")
    parser.add_argument("out", type=Path, help="Folder of weights and history.")
    parser.add_argument("--tiny", action="store_true", help="512 faces, two epochs.")
    _train(parser.parse_args())
