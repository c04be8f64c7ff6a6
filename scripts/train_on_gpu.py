"""Train five teachers and the student of the recipe `general` on one GPU, from one packed file.

    python scripts/pack_faces.py --data fer2013.csv --votes fer2013new.csv faces.npz.xz
    python scripts/train_on_gpu.py faces.npz.xz OUT          goes on where it was stopped
    python scripts/train_on_gpu.py faces.npz.xz OUT --tiny   a proof on the processor
    python -m fer_core train general --data ... --votes ... --out models/ID --student OUT

The last command trains the student's last epochs, without a GPU, and makes a model of it. The GPU's
machine needs numpy, torch, keras with namex and optree, scipy and OpenCV; no data set, no network.
OUT gets eight files of less than 16 MB: weights and the history.
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

from fer_core.train.device.ensemble import finished, train_student, train_teachers
from fer_core.train.device.epochs import Faces, Plan
from fer_core.train.networks import residual_se
from fer_core.train.recipes import RECIPES

torch.set_float32_matmul_precision("high")
torch.backends.cudnn.benchmark = True

_RECIPE = RECIPES["general"]
_STUDENT = Plan(
    build=_RECIPE.build,
    epochs=_RECIPE.student_epochs,
    batch_size=_RECIPE.batch_size,
    learning_rate=_RECIPE.learning_rate,
    weight_decay=_RECIPE.weight_decay,
    balance=_RECIPE.balance,
    average_decay=0.993,
    seed=1,
    teacher_share=0.8,
)
_TEACHER = replace(
    _STUDENT,
    build=partial(residual_se, stem=48, widths=(48, 128, 256), blocks=(2, 3, 3), dropout=0.3),
    epochs=40,
    seed=100,
    teacher_share=0.0,
)
_TINY_FACES = 512


def main(path: Path, out: Path, *, tiny: bool) -> None:
    """Train what is not yet in `out`."""
    teacher, student, n_faces = _TEACHER, _STUDENT, None
    if tiny:
        build = partial(
            residual_se, stem=8, stem_strides=2, widths=(8, 16), blocks=(1, 1), dropout=0.1
        )
        teacher, student = (
            replace(plan, build=build, epochs=2, batch_size=64) for plan in (teacher, student)
        )
        n_faces = _TINY_FACES
    out.mkdir(parents=True, exist_ok=True)
    with np.load(io.BytesIO(lzma.decompress(path.read_bytes())), allow_pickle=False) as file:
        arrays = {name: file[name][:n_faces] for name in file.files}
    faces, validation = _on_device(arrays, "train"), _on_device(arrays, "validation")
    say = partial(print, flush=True)
    paths = train_teachers(teacher, faces, out, on_message=say)
    teachers = [finished(teacher.build, each) for each in paths]
    train_student(student, faces, teachers, validation, out, on_message=say)


def _on_device(arrays: dict[str, np.ndarray], split: str) -> Faces:
    pixels, label_ids, votes = (arrays[f"{split}_{part}"] for part in ("pixels", "labels", "votes"))
    labels = np.eye(7, dtype=np.float32)[label_ids]
    shares = votes / np.maximum(votes.sum(axis=1, keepdims=True), 1)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    parts = (pixels, labels, shares.astype(np.float32))
    return Faces(*(torch.from_numpy(part).to(device) for part in parts))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Train five teachers and the student on a GPU.")
    parser.add_argument("faces", type=Path, help="The file that `pack_faces.py` wrote.")
    parser.add_argument("out", type=Path, help="Folder of weights and history.")
    parser.add_argument("--tiny", action="store_true", help="512 faces, small networks, 2 epochs.")
    arguments = parser.parse_args()
    main(arguments.faces, arguments.out, tiny=arguments.tiny)
