"""Exports: records as JSON and CSV text, frames as JPEG files."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Final

import cv2
import numpy as np

from fer_core.labels import VOTE_LABELS
from fer_core.records import FaceRecord, PhotoRecord

JPEG_QUALITY: Final = 92  # fine lines and small text stay clean; 95 and more only grow the file

CSV_COLUMNS: Final = (
    *("source", "width", "height", "face", "x1", "y1", "x2", "y2"),
    *("detection_score", "roll_deg", "label", "confidence", "said", "min_confidence"),
    *(f"prob_{label}" for label in VOTE_LABELS),
    *("reasons", "error"),
)
# A spreadsheet runs a cell that starts so as a formula; the cure is from OWASP, "CSV Injection".
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def to_json(records: Sequence[PhotoRecord]) -> str:
    r"""Return the records as one JSON list, indented, ending in a newline.

    Raises:
        ValueError: A number is not finite; JSON cannot express it.

    >>> to_json([])
    '[]\n'
    """
    return json.dumps(records, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def to_csv(records: Sequence[PhotoRecord]) -> str:
    """Return the records as a table: `CSV_COLUMNS`, one row per face, lines ending in newlines.

    A photo without faces, or with an error, has one row whose face columns are empty. Faces are
    numbered from 1, as in the annotated photo. The cells of labels that a model does not know are
    empty, and so is `said` for "not sure". Text that a spreadsheet would run as a formula gets a
    leading apostrophe.

    Raises:
        ValueError: A record has a label that is not in `VOTE_LABELS`.

    >>> to_csv([]).startswith("source,width,height,face,x1,y1,x2,y2,")
    True
    """
    table = io.StringIO()
    writer = csv.DictWriter(table, CSV_COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for record in records:
        writer.writerows(_rows(record))
    return table.getvalue()


def encode_jpeg(frame_bgr: np.ndarray) -> bytes:
    """Return a frame, uint8 `(height, width, 3)`, as a JPEG file.

    Raises:
        ValueError: The frame has another shape or dtype, no pixel, or over 65,535 per side.

    >>> encode_jpeg(np.zeros((2, 3, 3), np.uint8))[:2].hex()
    'ffd8'
    """
    if frame_bgr.dtype != np.uint8 or frame_bgr.ndim != 3 or frame_bgr.shape[2] != 3:
        raise ValueError(
            f"Expected a uint8 frame (height, width, 3), got {frame_bgr.dtype} {frame_bgr.shape}."
        )
    if frame_bgr.size == 0:
        raise ValueError(f"Expected a frame with at least one pixel, got {frame_bgr.shape}.")
    is_encoded, buffer = cv2.imencode(".jpg", frame_bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not is_encoded:
        raise ValueError(f"Could not write a frame of shape {frame_bgr.shape} as JPEG.")
    return buffer.tobytes()


def _rows(record: PhotoRecord) -> Iterator[dict[str, object]]:
    """Yield one row per face, or a single one where there is none."""
    photo: dict[str, object] = {
        "source": _inert(record["source"]),
        "width": record["width"],
        "height": record["height"],
        "error": _inert(record["error"] or ""),
    }
    if not record["faces"]:
        yield photo
    for number, face in enumerate(record["faces"], start=1):
        yield photo | {"face": number} | _face_cells(face)


def _face_cells(face: FaceRecord) -> dict[str, object]:
    cells: dict[str, object] = dict(zip(("x1", "y1", "x2", "y2"), face["box"], strict=True))
    cells["detection_score"] = face["detection_score"]
    cells["roll_deg"] = face["roll_deg"]
    cells["reasons"] = _inert("; ".join(face["reasons"]))
    if expression := face["expression"]:
        cells["label"] = _inert(expression["label"])
        cells["confidence"] = expression["confidence"]
        cells["said"] = _inert(expression["said"] or "")
        cells["min_confidence"] = expression["min_confidence"]
        cells |= {f"prob_{label}": share for label, share in expression["probs"].items()}
    return cells


def _inert(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
