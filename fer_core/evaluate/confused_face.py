"""One face that shows a confusion: labelled with one word, read as another."""

from typing import Final

import numpy as np

from fer_core.data.dataset import SPLITS, FaceDataset
from fer_core.data.face_size import crops_at
from fer_core.expression.recognizer import ExpressionRecognizer
from fer_core.labels import FER2013_LABELS

_MAX_READ: Final = 128  # a fifth of a second on one core


def confused_row(
    recognizer: ExpressionRecognizer,
    faces: FaceDataset,
    *,
    label: str,
    instead: str,
    n_saying: np.ndarray | None = None,
) -> int | None:
    """Return the row of a face with a label that the model reads as another word.

    Of such faces it is one in which most people see the label all the same, so that label, people
    and model differ over one face. Training faces count only where there are no others: a model
    has learned them.

    Args:
        recognizer: The model.
        faces: Faces of any label.
        label: The label, one of FER2013's.
        instead: The word that is wanted. Where no face is read so, another wrong word will do, and
            at last the right one.
        n_saying: `(n,)` people per face who see the label; None if nobody was asked.

    Returns:
        None if no face has the label.
    """
    keep = faces.label_ids == FER2013_LABELS.index(label)
    held_out = keep & (faces.split_ids != SPLITS.index("Training"))
    chosen = np.flatnonzero(held_out if held_out.any() else keep)
    if n_saying is not None:
        chosen = chosen[np.argsort(-n_saying[chosen], kind="stable")]
    chosen = chosen[:_MAX_READ]
    if not len(chosen):
        return None
    labels = np.array(recognizer.card.heads[recognizer.card.reading_head])
    crops = crops_at(faces.pixels[chosen], recognizer.card.input_size)
    words = labels[recognizer.predict_reading(crops).argmax(axis=1)]
    best_first = np.argsort(-2 * (words == instead) - (words != label), kind="stable")
    return int(faces.rows[chosen[best_first[0]]])
