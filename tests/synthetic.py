"""Synthetic data in FER2013's form: noise with labels, the same in every run."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fer_core.data.dataset import IMAGE_SIZE, SPLITS, FaceDataset
from fer_core.labels import FER2013_LABELS


def noise_faces(n: int, *, split: str = "Training", seed: int = 0) -> FaceDataset:
    """Return `n` images of noise with labels 0 to 6 in turn; rows count from 0."""
    pixels = np.random.default_rng(seed).integers(0, 256, (n, IMAGE_SIZE, IMAGE_SIZE))
    ids = np.arange(n)
    split_ids = np.full(n, SPLITS.index(split))
    return FaceDataset(pixels.astype(np.uint8), ids % len(FER2013_LABELS), split_ids, ids)


def joined(*parts: FaceDataset) -> FaceDataset:
    """Return the parts as one data set with new row numbers."""
    return FaceDataset(
        np.concatenate([part.pixels for part in parts]),
        np.concatenate([part.label_ids for part in parts]),
        np.concatenate([part.split_ids for part in parts]),
        np.arange(sum(map(len, parts))),
    )


def csv_of(faces: FaceDataset) -> str:
    """Return the faces as Kaggle's CSV."""
    lines = ["emotion,pixels,Usage"]
    for pixels, label_id, split_id in zip(
        faces.pixels, faces.label_ids, faces.split_ids, strict=True
    ):
        lines.append(f"{label_id},{' '.join(map(str, pixels.ravel()))},{SPLITS[split_id]}")
    return "\n".join(lines) + "\n"


def usages_of(faces: FaceDataset) -> list[str]:
    """Return the `Usage` of each face."""
    return [SPLITS[split_id] for split_id in faces.split_ids]


def write_votes(
    path: Path, rows: list[dict[str, int]], *, usages: Sequence[str] | None = None
) -> Path:
    """Write FER+'s table; missing votes are 0, and without `usages` every row is of Training."""
    columns = (
        *("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear"),
        *("contempt", "unknown", "NF"),
    )
    lines = [",".join(("Usage", "Image name", *columns))]
    for number, (row, usage) in enumerate(
        zip(rows, usages or ["Training"] * len(rows), strict=True)
    ):
        counts = (str(row.get(column, 0)) for column in columns)
        lines.append(",".join((usage, f"fer{number:07d}.png", *counts)))
    path.write_text("\n".join(lines) + "\n")
    return path
