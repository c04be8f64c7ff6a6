"""A selection: a CSV of row numbers, which a person exports and training takes.

Its columns are `row`, counted from 0 without the header of the data, and, if wanted, `label` and
`decision`. Decisions are about the label: `WRONG` or `RIGHT`.
"""

import csv
import io
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from fer_core.data.classes import class_name
from fer_core.data.csv_rows import csv_rows, quoted_start
from fer_core.data.dataset import SPLITS, FaceDataset
from fer_core.data.streams import open_binary
from fer_core.errors import BadRowError, DataError, ModelError
from fer_core.expression.card import LEFT_OUT_FILE, LeftOut, ModelCard
from fer_core.expression.model_folder import ModelFolder
from fer_core.labels import FER2013_LABELS
from fer_core.weights import sha256_of

WRONG: Final = "wrong"
RIGHT: Final = "right"
DECISIONS: Final = (WRONG, RIGHT)
_ROW, _LABEL, _DECISION = "row", "label", "decision"
_WANTED: Final = frozenset({_ROW})
_N_DIGITS: Final = 9


@dataclass(frozen=True, slots=True)
class SelectedRow:
    """One row of a selection.

    Attributes:
        row: Row in the data, from 0.
        label: Its label when it was selected; None if it is not given.
        decision: What a person said of the label; None if nobody did.
    """

    row: int
    label: str | None = None
    decision: str | None = None


def selection_text(rows: Sequence[SelectedRow]) -> str:
    r"""Return a selection as CSV.

    >>> selection_text([SelectedRow(7, "happy", WRONG)])
    'row,label,decision\n7,happy,wrong\n'
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow((_ROW, _LABEL, _DECISION))
    table.writerows((entry.row, entry.label or "", entry.decision or "") for entry in rows)
    return text.getvalue()


def read_selection(source: Path | BinaryIO) -> tuple[SelectedRow, ...]:
    """Return the rows of a selection.

    Args:
        source: Path, or an open binary file that can seek and has a name.

    Raises:
        BadRowError: A row has no row number, or a decision that is none of `DECISIONS`.
        DataError: The file is missing, damaged, or has no column `row`.
    """
    name = Path(source.name).name
    with (
        open_binary(source) as (raw, _),
        closing(csv_rows(raw, name, wanted=_WANTED)) as table,
    ):
        header = [cell.strip().lower() for cell in next(table).cells]
        if _ROW not in header:
            raise DataError(
                f"{name}, line 1: expected a column row, with numbers of rows from 0; the "
                f"header starts with {quoted_start(header[0])}."
            )
        return tuple(
            _selected(dict(zip(header, cells, strict=False)), name, line) for line, cells in table
        )


@dataclass(frozen=True, slots=True, eq=False)
class LeaveOut:
    """A selection that a training leaves out.

    Attributes:
        rows: `(n,)` int64, the rows, ascending.
        content: The bytes of its file, which the model's folder keeps.
    """

    rows: np.ndarray
    content: bytes

    @property
    def record(self) -> LeftOut:
        """What checkpoint and card keep of it."""
        return LeftOut(len(self.rows), sha256_of(self.content))


def read_leave_out(path: Path, dataset: FaceDataset) -> LeaveOut:
    """Return the rows that a selection takes out of training.

    With decisions, these are the rows whose label a person called wrong; without any, all rows.
    Only Training rows are meant: what a network is measured on stays as it is.

    Args:
        path: The selection.
        dataset: The faces of the data that it was made from.

    Raises:
        DataError: As `read_selection`; or the data has no row numbers, or other labels, or not all
            of these rows.
    """
    rows = _rows_to_leave_out(path, dataset)
    return LeaveOut(rows, path.read_bytes())


def read_left_out(
    card: ModelCard, dataset: FaceDataset, *, models: ModelFolder
) -> np.ndarray | None:
    """Return the rows that a model was not trained on, by its card and the selection beside it.

    Args:
        card: The model's card.
        dataset: All splits of a file.
        models: Where the model lies.

    Returns:
        Rows as in `LeaveOut`, none of them if the card names no selection. None if the selection
        was made from other data: the model was not trained on these faces.

    Raises:
        ModelError: The selection that the card names is missing or altered.
    """
    recorded = card.details.training.left_out if card.details.training else None
    if recorded is None:
        return np.zeros(0, dtype=np.int64)
    path = models.path_of(card.model_id) / LEFT_OUT_FILE
    try:
        is_intact = sha256_of(path.read_bytes()) == recorded.sha256
    except OSError as error:
        raise ModelError(
            f"{card.model_id} was trained without rows that {LEFT_OUT_FILE} in its folder names, "
            f"but the file cannot be read: {error.strerror or error}. Restore it."
        ) from error
    if not is_intact:
        raise ModelError(
            f"{LEFT_OUT_FILE} of {card.model_id} differs from the file that its card names. "
            "Restore it."
        )
    try:
        rows = _rows_to_leave_out(path, dataset)
    except DataError:
        return None
    return rows if len(rows) == recorded.n else None


def _rows_to_leave_out(path: Path, dataset: FaceDataset) -> np.ndarray:
    if len(dataset) and dataset.rows.min() < 0:
        raise DataError(
            f"{path.name} names rows of a CSV, got faces from image files. Delete the files "
            "instead."
        )
    selected = read_selection(path)
    index_of = {int(row): index for index, row in enumerate(dataset.rows)}
    training = SPLITS.index("Training")
    has_decisions = any(entry.decision for entry in selected)
    chosen = set()
    for entry in selected:
        index = index_of.get(entry.row)
        if index is None:
            raise BadRowError(
                path.name, None, f"expected rows of the data, got {entry.row}, which it lacks."
            )
        label = FER2013_LABELS[dataset.label_ids[index]]
        if entry.label not in (None, label):
            raise BadRowError(
                path.name,
                None,
                f"expected the label {label} of row {entry.row}, got "
                f"{quoted_start(str(entry.label))}; the selection was made from other data.",
            )
        is_meant = entry.decision == WRONG if has_decisions else True
        if is_meant and dataset.split_ids[index] == training:
            chosen.add(entry.row)
    return np.array(sorted(chosen), dtype=np.int64)


def _selected(cells: dict[str, str], name: str, line: int) -> SelectedRow:
    row = cells.get(_ROW, "").strip()
    if not (row.isascii() and row.isdigit() and len(row) <= _N_DIGITS):
        raise BadRowError(name, line, f"expected a row number from 0, got {quoted_start(row)}.")
    decision = cells.get(_DECISION, "").strip().lower() or None
    if decision not in (None, *DECISIONS):
        raise BadRowError(
            name,
            line,
            f"expected a decision of {', '.join(DECISIONS)}, got {quoted_start(str(decision))}.",
        )
    return SelectedRow(int(row), class_name(cells.get(_LABEL, "")) or None, decision)
