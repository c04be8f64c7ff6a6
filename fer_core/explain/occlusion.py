"""Occlusion map: a grey square slides over a face, and the probability of one expression changes.

Source: Zeiler and Fergus 2014, "Visualizing and Understanding Convolutional Networks",
arXiv 1311.2901, section 4.2. It asks the network itself and needs no gradients and no TensorFlow.
"""

from typing import Final, Protocol

import cv2
import numpy as np

from fer_core.explain.results import Attribution, scaled
from fer_core.explain.target import class_index
from fer_core.expression.card import ModelCard
from fer_core.progress import OnProgress, ignore

PATCH_SHARE: Final = 5  # the square's side is a fifth of the crop's, about as wide as an eye
N_STEPS: Final = 24  # places of the square per axis; at 48 pixels every second pixel
_MAX_BATCH: Final = 64  # faces at once; bounds the memory, and progress comes often enough


class Recognizer(Protocol):
    """What classifies crops; an `ExpressionRecognizer` is one."""

    card: ModelCard

    def predict_probs(self, crops: np.ndarray, *, head: str) -> np.ndarray:
        """Return the calibrated probabilities of one head, `(n, n_classes)`."""


def occlusion_map(
    recognizer: Recognizer,
    crop: np.ndarray,
    *,
    head: str,
    label: str,
    on_progress: OnProgress = ignore,
) -> Attribution:
    """Return by how much covering each place lowers the probability of one label.

    The square has the mean grey of the crop, so covering changes its brightness least.

    Args:
        recognizer: Classifies the crops; see `load_recognizer`.
        crop: `(size, size)` uint8 grey, of the size that the model takes.
        head: Head of the model, `label` or `votes`.
        label: One of the head's labels.
        on_progress: Called with the share of the squares that were tried. What it raises ends the
            work.

    Raises:
        ValueError: The model has no such head or label, or the crop another shape or dtype.
    """
    index = class_index(recognizer.card, head=head, label=label)
    size = recognizer.card.input_size
    if crop.shape != (size, size) or crop.dtype != np.uint8:
        raise ValueError(f"Expected a uint8 crop ({size}, {size}), got {crop.dtype} {crop.shape}.")
    drops = _drops(recognizer, crop, head=head, index=index, on_progress=on_progress)
    heat = cv2.resize(drops, (size, size), interpolation=cv2.INTER_LINEAR)
    return Attribution("occlusion", recognizer.card.model_id, head, label, scaled(heat))


def patch_side(size: int) -> int:
    """Return the side of the square in pixels, for a crop of `size` pixels.

    >>> patch_side(48)
    10
    """
    return max(round(size / PATCH_SHARE), 1)


def _drops(
    recognizer: Recognizer, crop: np.ndarray, *, head: str, index: int, on_progress: OnProgress
) -> np.ndarray:
    """Return how far the probability falls with the square at each place, `(n, n)` float32."""
    uncovered = float(recognizer.predict_probs(crop[None], head=head)[0, index])
    n_steps = min(N_STEPS, crop.shape[0])
    places = [(row, column) for row in range(n_steps) for column in range(n_steps)]
    probs = np.empty(len(places), dtype=np.float32)
    for start in range(0, len(places), _MAX_BATCH):
        batch = np.stack(
            [_covered(crop, place, n_steps) for place in places[start : start + _MAX_BATCH]]
        )
        probs[start : start + len(batch)] = recognizer.predict_probs(batch, head=head)[:, index]
        on_progress((start + len(batch)) / len(places))
    return uncovered - probs.reshape(n_steps, n_steps)


def _covered(crop: np.ndarray, place: tuple[int, int], n_steps: int) -> np.ndarray:
    """Return the crop with a square centred at one place; at an edge less of it is inside."""
    size = crop.shape[0]
    half = patch_side(size) / 2
    rows, columns = (
        slice(max(round(centre - half), 0), round(centre + half))
        for centre in ((step + 0.5) * size / n_steps for step in place)
    )
    covered = crop.copy()
    covered[rows, columns] = round(float(crop.mean()))
    return covered
