"""`Collector`: images of any size and colour become an `ImageCollection`, in bounded memory."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from fer_core.data.classes import (
    is_number,
    named_numbers,
    sorted_classes,
    split_names,
)
from fer_core.data.collection import MAX_PROBLEMS, ImageCollection
from fer_core.data.collection_notes import collection_notes
from fer_core.data.dataset import IMAGE_SIZE, MAX_FACES, SPLITS, FaceDataset
from fer_core.data.face_size import resized
from fer_core.errors import DataError
from fer_core.frames import shrink_to, to_gray
from fer_core.labels import FER2013_LABELS

MAX_SIDE: Final = 96  # pixels of a thumbnail
MAX_BYTES: Final = MAX_FACES * IMAGE_SIZE * IMAGE_SIZE  # of thumbnails, and of faces
_BACKGROUND: Final = 128  # beside a thumbnail that is not square
_MAX_GRAY_CHROMA: Final = 8  # levels between the colours of a grey photo, after compression


class Collector:
    """Takes one labelled image after another.

    Thumbnails have at most `MAX_SIDE` pixels a side. Where the array of all of them would take more
    than `MAX_BYTES`, all are halved.
    """

    def __init__(self, *, side: int = IMAGE_SIZE) -> None:
        """Take images for networks whose faces have `side` pixels a side."""
        self._side = side
        self._max_side = MAX_SIDE
        self._largest = 0  # side of a thumbnail
        self._has_color = False
        self._thumbnails: list[np.ndarray] = []
        self._faces: list[np.ndarray] = []
        self._classes: list[str] = []
        self._splits: list[str] = []
        self._rows: list[int] = []
        self._sizes: list[tuple[int, int]] = []
        self._is_color: list[bool] = []
        self.problems: list[str] = []
        self.n_problems = 0

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, image: np.ndarray, class_name: str, *, split: str, row: int) -> None:
        """Take one image.

        Args:
            image: uint8, grey `(height, width)` or BGR `(height, width, 3)`.
            class_name: What `classes.class_name` returns.
            split: What `classes.split_spelling` returns.
            row: See `ImageCollection.rows`.

        Raises:
            DataError: There are too many images.
        """
        gray = image if image.ndim == 2 else to_gray(image)
        face = resized(gray, self._side)
        if (len(self) + 1) * face.size > MAX_BYTES:
            raise DataError(
                f"Expected at most {len(self):,} images at {self._side} pixels, got more; use a "
                "part of them."
            )
        thumbnail = shrink_to(image, longest_side=self._max_side)[0]
        is_color = thumbnail.ndim == 3 and _is_color(thumbnail)
        if not is_color and thumbnail.ndim == 3:
            thumbnail = to_gray(thumbnail)
        if thumbnail.shape == face.shape == image.shape:
            thumbnail = face  # the pixels themselves, kept once
        self._thumbnails.append(thumbnail)
        self._faces.append(face)
        self._classes.append(class_name)
        self._splits.append(split)
        self._rows.append(row)
        self._sizes.append((image.shape[1], image.shape[0]))
        self._is_color.append(is_color)
        self._largest = max(self._largest, *thumbnail.shape[:2])
        self._has_color |= is_color
        while self._n_bytes() > MAX_BYTES:
            self._halve()

    def skip(self, problem: str) -> None:
        """Take note of an image that cannot be read."""
        self.n_problems += 1
        if self.n_problems <= MAX_PROBLEMS:
            self.problems.append(problem)

    def _halve(self) -> None:
        self._max_side //= 2
        self._thumbnails = [
            shrink_to(thumbnail, longest_side=self._max_side)[0] for thumbnail in self._thumbnails
        ]
        self._largest = max(max(thumbnail.shape[:2]) for thumbnail in self._thumbnails)

    def _n_bytes(self) -> int:
        """Return the bytes of the array that all thumbnails become: of one size, and colour."""
        return len(self) * self._largest**2 * (3 if self._has_color else 1)

    def collection(
        self, name: str, *, files: Sequence[str] = (), n_rows: int = 0, label_column: str = ""
    ) -> ImageCollection:
        """Return all images taken, and forget them.

        Args:
            name: Name of the source, for people.
            files: See `ImageCollection`.
            n_rows: See `ImageCollection`.
            label_column: Name of the column whose numbers may be FER2013's classes.

        Raises:
            DataError: No image was taken, or there are too many classes.
        """
        if not len(self):
            raise DataError(self.problems[0] if self.problems else f"{name} holds no images.")
        classes, are_numbers = self._named_classes()
        labels = sorted_classes(classes)
        split_of = split_names(self._splits)
        splits = tuple(split for split in SPLITS if split in split_of.values())
        is_shared = self._max_side >= self._side and all(
            one is other for one, other in zip(self._thumbnails, self._faces, strict=True)
        )
        label_ids = _indices(classes, labels)
        split_ids = _indices([split_of[split] for split in self._splits], splits)
        rows = np.array(self._rows, dtype=np.int64)
        sizes = np.array(self._sizes, dtype=np.int32).reshape(-1, 2)
        is_color = np.array(self._is_color, dtype=bool)
        thumbnails = _stacked(self._thumbnails, in_color=bool(is_color.any()))
        usable = _usable(labels, label_ids)
        faces = None
        if usable.any():
            pixels = thumbnails if is_shared else _stacked(self._faces, in_color=False)
            model_splits = np.array([SPLITS.index(split) for split in splits])[split_ids]
            faces = FaceDataset(pixels, label_ids, model_splits, rows)
            faces = faces if usable.all() else faces.select(usable)
        notes = collection_notes(
            [labels[label_id] for label_id in label_ids[~usable]],
            sizes[usable],
            is_color=is_color[usable],
            side=self._side,
            number_column=label_column if are_numbers else "",
        )
        return ImageCollection(
            name=name,
            labels=labels,
            splits=splits,
            thumbnails=thumbnails,
            label_ids=label_ids,
            split_ids=split_ids,
            rows=rows,
            files=tuple(files),
            sizes=sizes,
            is_color=is_color,
            problems=tuple(self.problems),
            n_problems=self.n_problems,
            n_rows=n_rows,
            notes=notes,
            faces=faces,
        )

    def _named_classes(self) -> tuple[list[str], bool]:
        """Return the class of each image, and whether numbers were taken for FER2013's."""
        found = sorted(set(self._classes))
        if not any(map(is_number, found)):
            return self._classes, False
        named, are_numbers = named_numbers(found)
        name_of = dict(zip(found, named, strict=True))
        return [name_of[name] for name in self._classes], are_numbers


def _is_color(thumbnail_bgr: np.ndarray) -> bool:
    blue, green, red = (thumbnail_bgr[..., channel].astype(np.int16) for channel in range(3))
    differences = np.maximum(np.abs(blue - green), np.abs(red - green))
    return bool(differences.max() > _MAX_GRAY_CHROMA)


def _indices(names: Sequence[str], order: Sequence[str]) -> np.ndarray:
    index_of = {name: index for index, name in enumerate(order)}
    return np.array([index_of[name] for name in names], dtype=np.int64)


def _usable(labels: Sequence[str], label_ids: np.ndarray) -> np.ndarray:
    """Return a mask of the images whose class the models know: FER2013's labels come first."""
    return label_ids < (len(FER2013_LABELS) if labels[0] in FER2013_LABELS else 0)


def _stacked(images: list[np.ndarray], *, in_color: bool) -> np.ndarray:
    """Return images as one array, RGB if any has colours, and empty the list as it fills up."""
    side = max(max(image.shape[:2]) for image in images)
    shape = (len(images), side, side, 3) if in_color else (len(images), side, side)
    stacked = np.full(shape, _BACKGROUND, dtype=np.uint8)
    for index in reversed(range(len(images))):
        image = images.pop()
        height, width = image.shape[:2]
        top, left = (side - height) // 2, (side - width) // 2
        part = stacked[index, top : top + height, left : left + width]
        if in_color:
            part[...] = image[..., ::-1] if image.ndim == 3 else image[..., None]
        else:
            part[...] = image
    return stacked
