"""A small data set in FER2013's form with votes, a model's answers and a map: all made up.

The faces are the astronaut portrait with noise. Training holds 70 faces, ten per label, PublicTest
holds 14. Planted: a blank image, a face that occurs in both splits, two copies with two labels, one
that people call no face, and three labels that the model's answers contradict.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from fer_core.data import read_portrait
from fer_core.data.dataset import FaceDataset
from fer_core.data.row_numbers import RowNumbers, row_digests, save_row_numbers
from fer_core.labels import FER2013_LABELS
from tests.synthetic import csv_of, joined, noise_faces, usages_of, write_votes

N_TRAINING: Final = 70
N_TEST: Final = 14
BLANK_ROW: Final = 5
COPIED_ROW, COPY_ROW = 20, 72  # one of each split
CONFLICTING_ROWS: Final = (30, 31)
NOT_A_FACE_ROW: Final = 40
WRONG_ROWS: Final = (10, 25, 50)  # the least likely label first
COLUMNS: Final = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")


@dataclass(frozen=True)
class SmallDataset:
    """Where the files are, and the faces in them."""

    csv_path: Path
    votes_path: Path
    faces: FaceDataset


def write_small_dataset(root: Path, *, models: Path) -> SmallDataset:
    """Write `faces.csv` and `votes.csv` into a folder, and stored numbers beside the models."""
    faces = _faces()
    (root / "faces.csv").write_text(csv_of(faces))
    write_votes(root / "votes.csv", list(map(_votes, range(len(faces)), faces.label_ids)),
                usages=usages_of(faces))  # fmt: skip
    digests, rows = row_digests(faces.pixels), faces.rows.astype(np.int32)
    probs = _probs(faces.label_ids)
    save_row_numbers(models / "label_errors.npz", RowNumbers(rows, digests, {"probs": probs}))
    angles = faces.label_ids * 2 * np.pi / len(FER2013_LABELS)
    xy = 9 * np.c_[np.cos(angles), np.sin(angles)]
    xy += np.random.default_rng(0).normal(0, 0.5, xy.shape)
    values = {"xy": xy.astype(np.float16), "model": np.array(["small"])}
    save_row_numbers(models / "feature_map.npz", RowNumbers(rows, digests, values))
    return SmallDataset(root / "faces.csv", root / "votes.csv", faces)


def _faces() -> FaceDataset:
    faces = joined(noise_faces(N_TRAINING), noise_faces(N_TEST, split="PublicTest", seed=1))
    portrait = cv2.resize(cv2.cvtColor(read_portrait(), cv2.COLOR_BGR2GRAY), (48, 48))
    noisy = portrait.astype(int) + (faces.pixels.astype(int) - 128) // 4
    faces.pixels[:] = np.clip(noisy, 0, 255)
    faces.pixels[BLANK_ROW] = 7
    faces.pixels[COPY_ROW] = faces.pixels[COPIED_ROW]
    faces.pixels[CONFLICTING_ROWS[1]] = faces.pixels[CONFLICTING_ROWS[0]]
    return faces


def _votes(row: int, label_id: int) -> dict[str, int]:
    if row == NOT_A_FACE_ROW:
        return {"NF": 8, "neutral": 2}
    if row in WRONG_ROWS:
        return {COLUMNS[(label_id + 1) % 7]: 9, COLUMNS[label_id]: 1}
    return {COLUMNS[label_id]: 6 if FER2013_LABELS[label_id] == "fear" else 9, "contempt": 1}


def _probs(label_ids: np.ndarray) -> np.ndarray:
    probs = np.full((len(label_ids), len(FER2013_LABELS)), 0.02)
    probs[np.arange(len(label_ids)), label_ids] = 0.88
    for place, row in enumerate(WRONG_ROWS):
        probs[row] = 0.01 + 0.002 * place
        probs[row, (label_ids[row] + 1) % 7] = 0.93
    return (probs / probs.sum(axis=1, keepdims=True)).astype(np.float16)
