"""What the tabs of the Dataset page show: the images, people's votes, and the models' answers."""

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import streamlit as st

from fer_core.data.cleaning import CleaningReport, TensorShape
from fer_core.data.collection import ImageCollection
from fer_core.data.dataset import IMAGE_SIZE
from fer_core.data.face_table import FaceTable, votes_of
from fer_core.data.fer2013 import find_fer2013
from fer_core.data.inspection import DataInspection
from fer_core.data.row_numbers import NOT_STORED, RowNumbers, join_problem, load_row_numbers
from fer_core.data.votes import VOTES_FILE, VoteTable, find_votes, read_votes
from fer_core.errors import DataError, ModelError
from fer_core.evaluate.report import Evaluation, load_evaluation
from fer_core.expression.card import Training
from fer_core.labels import FER2013_LABELS
from pages.ui.dataset.faces import Key, file_key
from pages.ui.resources import models
from pages.ui.text import escape_markdown

LABEL_ERRORS_FILE: Final = "label_errors.npz"
FEATURE_MAP_FILE: Final = "feature_map.npz"
_COMMANDS: Final = {
    LABEL_ERRORS_FILE: "find-label-errors --votes data/fer2013new.csv",
    FEATURE_MAP_FILE: "map-features default",
}
_HELD: Final = "dataset_view"
_OWN_VOTES: Final = (
    "People's votes (FER+) are about the photos of FER2013: there are none for these images, so it "
    "cannot be shown how far people agree on them."
)
_OWN_PROBS: Final = (
    "Label errors are ranked by the answers of networks that did not train on the face. The stored "
    "answers are about the rows of FER2013 only. To rank the labels of your own CSV of 48x48 faces "
    "instead, compute answers with `python -m fer_core find-label-errors --data FILE`, and start "
    "Cue with `FER2013_CSV=FILE`."
)
_NO_VOTES: Final = (
    f"To see people's votes too, put the FER+ file `{VOTES_FILE}` beside the FER2013 file, or set "
    "`FERPLUS_CSV` to its path."
)


@dataclass(frozen=True, slots=True, eq=False)
class DatasetView:
    """One data set as the tabs show it.

    Attributes:
        inspection: What is counted, and the images if there are any.
        key: Differs for different content.
        table: What is known of each image; None where only numbers are known.
        no_votes: Why there are no votes, Markdown; None if there are.
        no_probs: Why some or all images have no model's answer, Markdown; None if all have.
        is_own: Whether the images are others than FER2013's.
    """

    inspection: DataInspection
    key: Key
    table: FaceTable | None = None
    no_votes: str | None = None
    no_probs: str | None = None
    is_own: bool = False

    @property
    def collection(self) -> ImageCollection | None:
        """The images; None where only numbers are known."""
        return self.inspection.collection

    def counts(self) -> dict[str, dict[str, int]]:
        """Return the images per split and label, further classes too."""
        if self.collection is None:
            return self.inspection.counts
        return counts_of(self.collection)

    def shapes(self) -> tuple[str, ...]:
        """Return the shapes of the arrays that training takes after cleaning, in words."""
        if self.collection is not None:
            return tuple(_shape_words(shape) for shape in self.inspection.shapes)
        try:
            training = models().card().details.training or Training()
            report = CleaningReport(**training.cleaning)
        except (ModelError, TypeError):
            return ()
        counts = (("training", report.n_train), ("validation", report.n_validation))
        return tuple(
            _shape_words(TensorShape(name, (n, IMAGE_SIZE, IMAGE_SIZE, 1))) for name, n in counts
        )


def _shape_words(shape: TensorShape) -> str:
    numbers = ", ".join(f"{n:,}" for n in shape.shape)
    return (
        f"After cleaning, for {shape.name}: images `({numbers})`, stored as {shape.stored} and "
        f"computed as {shape.computed}, with labels `({shape.shape[0]:,},)`."
    )


def counts_of(collection: ImageCollection) -> dict[str, dict[str, int]]:
    """Return the number of images as `{split: {label: count}}`, without empty splits."""
    counts = {}
    for split_id, split in enumerate(collection.splits):
        in_split = collection.label_ids[collection.split_ids == split_id]
        per_label = np.bincount(in_split, minlength=len(collection.labels))
        if per_label.any():
            counts[split] = dict(zip(collection.labels, map(int, per_label), strict=True))
    return counts


def open_view(inspection: DataInspection, key: Key) -> DatasetView:
    """Return the view of what the page shows; a session keeps the last one."""
    collection = inspection.collection
    if collection is None:
        return DatasetView(inspection, key)
    votes_path = find_votes(find_fer2013() or Path(inspection.name))
    probs_path = models().path / LABEL_ERRORS_FILE
    whole_key = (*key, *(file_key(votes_path) if votes_path else ()), *file_key(probs_path))
    held = st.session_state.get(_HELD)
    if held is not None and held[0] == whole_key:
        return held[1]  # type: ignore[no-any-return]
    probs, no_probs = _probs(collection, probs_path)
    if _is_own(collection):
        table = FaceTable(collection, probs=probs)
        no_probs = _OWN_PROBS if probs is None else no_probs
        view = DatasetView(inspection, key, table, _OWN_VOTES, no_probs, is_own=True)
    else:
        votes, not_face, no_votes = _votes(collection, votes_path)
        table = FaceTable(collection, votes, not_face, probs)
        view = DatasetView(inspection, key, table, no_votes, no_probs)
    st.session_state[_HELD] = (whole_key, view)
    return view


def _is_own(collection: ImageCollection) -> bool:
    """Return whether the images are others than FER2013's, or image files.

    FER2013's rows are known by what is stored about them; what users computed for their own data
    says so. Without stored numbers, all 48x48 images of its seven classes may be FER2013's.
    """
    if collection.files or collection.faces is None:
        return True
    is_other = collection.n_further > 0 or bool((collection.sizes != IMAGE_SIZE).any())
    for name in (FEATURE_MAP_FILE, LABEL_ERRORS_FILE):
        with contextlib.suppress(DataError):  # missing or damaged: the tabs say so
            stored = row_numbers(models().path / name)
            if not stored.is_own and len(joined_numbers(collection, stored)[0]):
                return False
            is_other = True
    return is_other


def default_evaluation() -> Evaluation | None:
    """Return the stored scores of the default model; None if there are none."""
    try:
        return load_evaluation(models().card().model_id, models=models())
    except ModelError:
        return None


def row_numbers(path: Path) -> RowNumbers:
    """Return stored numbers; all sessions share them.

    Raises:
        DataError: There are none, or they are damaged.
    """
    if not path.is_file():
        raise DataError(
            f"{path.name} was not computed yet. Compute it: python -m fer_core "
            f"{_COMMANDS[path.name]} --data data/fer2013.csv"
        )
    return _load_row_numbers(path, file_key(path))


def joined_numbers(
    collection: ImageCollection, stored: RowNumbers
) -> tuple[np.ndarray, np.ndarray]:
    """Return the images that have stored numbers, and where these numbers are.

    Returns:
        Indices into the collection `(m,)`, indices into the stored numbers `(m,)`.
    """
    faces = collection.faces
    if faces is None or collection.files:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    joined = stored.joined_to(faces.rows, faces.pixels)
    fits = joined != NOT_STORED
    order = np.argsort(collection.rows)  # a face's row is that of its image
    places = order[np.searchsorted(collection.rows[order], faces.rows[fits])]
    return places, joined[fits]


@st.cache_resource(show_spinner=False, max_entries=4)
def _load_row_numbers(path: Path, key: Key) -> RowNumbers:  # noqa: ARG001  # the cache's key
    return load_row_numbers(path)


@st.cache_resource(show_spinner="Reading people's votes…", max_entries=2)
def _read_votes(path: Path, key: Key) -> VoteTable:  # noqa: ARG001  # the cache's key
    return read_votes(path)


def _votes(
    collection: ImageCollection, path: Path | None
) -> tuple[np.ndarray | None, np.ndarray | None, str | None]:
    """Return the votes, the "not a face" votes, and why there are none."""
    if path is None:
        return None, None, _NO_VOTES
    try:
        return *votes_of(collection, _read_votes(path, file_key(path))), None
    except DataError as error:
        return None, None, f"People's votes are left out. {escape_markdown(str(error))}"


def _probs(collection: ImageCollection, path: Path) -> tuple[np.ndarray | None, str | None]:
    """Return the out-of-fold probabilities `(n, 7)`, and a sentence on what is missing."""
    try:
        stored = row_numbers(path)
        values = stored.column("probs").astype(np.float32)
    except DataError as error:
        return None, escape_markdown(str(error))
    indices, places = joined_numbers(collection, stored)
    if not len(indices):
        return None, _OWN_PROBS
    probs = np.full((len(collection), len(FER2013_LABELS)), np.nan, dtype=np.float32)
    probs[indices] = values[places]
    found = np.full(len(collection), NOT_STORED)
    found[indices] = places
    problem = join_problem(found)
    return probs, problem and escape_markdown(problem)
