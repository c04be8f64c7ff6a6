"""What cleaning looks for in a collection: blank images and duplicates, as groups of rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from fer_core.data.collection import ImageCollection
from fer_core.data.dataset import IMAGE_SIZE, is_blank
from fer_core.data.duplicates import find_duplicates
from fer_core.progress import OnProgress, ignore

_TRAINING: Final = "Training"
_NOT_COMPARED: Final = "Too many images, or too many alike, to look for near duplicates."


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Images that are alike.

    Attributes:
        rows: Their `ImageCollection.rows`, ascending.
        labels: Their labels, in the same order.
        splits: Their splits, in the same order.
    """

    rows: tuple[int, ...]
    labels: tuple[str, ...]
    splits: tuple[str, ...]

    @property
    def has_conflict(self) -> bool:
        """Whether their labels differ."""
        return len(set(self.labels)) > 1

    @property
    def is_across(self) -> bool:
        """Whether some are for training and others are not: a leak."""
        return _TRAINING in self.splits and set(self.splits) != {_TRAINING}


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong with the images of a collection, by row.

    Attributes:
        blank: Rows of images whose pixels are all equal.
        exact: Groups with equal pixels.
        near: Groups of near duplicates, see `duplicates`; not those of `exact`.
        is_compared: Whether near duplicates were looked for: the collection was not too large.
    """

    blank: tuple[int, ...]
    exact: tuple[DuplicateGroup, ...]
    near: tuple[DuplicateGroup, ...]
    is_compared: bool = True

    def sentences(self) -> tuple[str, ...]:
        """Return the findings in words; none where nothing is wrong."""
        return (
            *([f"Blank images: {len(self.blank):,}."] if self.blank else []),
            *_of_groups("Exact", "equal pixel by pixel", self.exact),
            *_of_groups("Near", "the same photo, changed a little or mirrored", self.near),
            *([] if self.is_compared else [_NOT_COMPARED]),
        )


def _of_groups(kind: str, meaning: str, groups: tuple[DuplicateGroup, ...]) -> Iterator[str]:
    if not groups:
        return
    n_images = sum(len(group.rows) for group in groups)
    yield f"{kind} duplicates ({meaning}): {n_images:,} images in {_counted(len(groups))}."
    n_across = sum(group.is_across for group in groups)
    if n_across:
        yield f"{kind} duplicates in Training and in a test split: {_counted(n_across)}."
    n_conflicts = sum(group.has_conflict for group in groups)
    if n_conflicts:
        yield f"{kind} duplicates whose labels differ: {_counted(n_conflicts)}."


def _counted(n_groups: int) -> str:
    return "1 group" if n_groups == 1 else f"{n_groups:,} groups"


def find_problems(collection: ImageCollection, *, on_progress: OnProgress = ignore) -> Findings:
    """Return the findings on a collection; thumbnails are compared, in grey and at 48 pixels.

    Args:
        collection: The images.
        on_progress: Called with the share of the work that is done.
    """
    pixels = _comparable(collection.thumbnails)
    found = find_duplicates(pixels, on_progress=on_progress)
    return Findings(
        blank=tuple(map(int, collection.rows[is_blank(pixels)])),
        exact=tuple(_group(collection, indices) for indices in found.exact),
        near=tuple(_group(collection, indices) for indices in found.near),
        is_compared=found.is_compared,
    )


def _comparable(thumbnails: np.ndarray) -> np.ndarray:
    """Return thumbnails as `(n, 48, 48)` grey; FER2013's own pixels are not copied."""
    size = (IMAGE_SIZE, IMAGE_SIZE)
    if thumbnails.shape[1:] == size:
        return thumbnails
    pixels = np.zeros((len(thumbnails), *size), dtype=np.uint8)
    for index, image in enumerate(thumbnails):
        gray = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) if image.ndim == 3 else image
        pixels[index] = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    return pixels


def _group(collection: ImageCollection, indices: tuple[int, ...]) -> DuplicateGroup:
    members = sorted(indices, key=lambda index: int(collection.rows[index]))
    return DuplicateGroup(
        tuple(int(collection.rows[index]) for index in members),
        tuple(collection.labels[collection.label_ids[index]] for index in members),
        tuple(collection.splits[collection.split_ids[index]] for index in members),
    )
