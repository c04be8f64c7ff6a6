"""Results as JSON, CSV and picture files: the records that other programs rely on.

`PictureRecord` is the contract of `python -m fer_core analyze`; its keys do not change silently.
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Final, TypedDict

import cv2
import numpy as np

from fer_core.labels import VOTE_LABELS
from fer_core.results import Expression, Face, FrameResult

PIXEL_DECIMALS: Final = 1
DEGREE_DECIMALS: Final = 1
SHARE_DECIMALS: Final = 4  # eight rounded shares still sum to 1 within 0.0004
JPEG_QUALITY: Final = 92  # fine lines and small text stay clean; 95 and more only grow the file

CSV_COLUMNS: Final = (
    *("source", "width", "height", "face", "x1", "y1", "x2", "y2"),
    *("detection_score", "roll_deg", "label", "confidence"),
    *(f"prob_{label}" for label in VOTE_LABELS),
    *("reasons", "error"),
)
# What makes a spreadsheet run a cell as a formula, and the cure: OWASP, "CSV Injection".
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


class ExpressionRecord(TypedDict):
    """Leading label, its share, and the share of every label the model knows."""

    label: str
    confidence: float
    probs: dict[str, float]


class FaceRecord(TypedDict):
    """One face; `expression` is null where it was not read, and `reasons` say why."""

    box: list[float]  # x1, y1, x2, y2 in pixels, end exclusive
    detection_score: float
    roll_deg: float
    expression: ExpressionRecord | None
    reasons: list[str]


class PictureRecord(TypedDict):
    """One input: its faces, or the sentence that says why it could not be read."""

    source: str
    width: int | None
    height: int | None
    faces: list[FaceRecord]
    error: str | None


def result_to_dict(source: str, result: FrameResult) -> PictureRecord:
    """Return the record of a picture that was read, faces left to right.

    Args:
        source: Name of the file; what is no Unicode in it becomes question marks.
        result: What the pipeline found.

    >>> result_to_dict("a.jpg", FrameResult(width=640, height=480))["faces"]
    []
    """
    return {
        "source": _unicode(source),
        "width": result.width,
        "height": result.height,
        "faces": [_face_record(face) for face in result.faces],
        "error": None,
    }


def error_to_dict(source: str, message: str) -> PictureRecord:
    """Return the record of an input that could not be read, with the sentence that says why.

    >>> error_to_dict("a.txt", "Not a picture.")["width"] is None
    True
    """
    return {
        "source": _unicode(source),
        "width": None,
        "height": None,
        "faces": [],
        "error": _unicode(message),
    }


def to_json(records: Sequence[PictureRecord]) -> str:
    r"""Return the records as one JSON list, indented, ending in a newline.

    Raises:
        ValueError: A number is not finite; JSON has no word for it.

    >>> to_json([])
    '[]\n'
    """
    return json.dumps(records, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def to_csv(records: Sequence[PictureRecord]) -> str:
    """Return the records as a table: `CSV_COLUMNS`, one row per face, lines ending in newlines.

    An input without faces, or with an error, has one row whose face columns are empty. Faces are
    numbered from 1, as in the annotated picture. Labels a model does not know have empty cells.
    Text that a spreadsheet would run as a formula gets a leading apostrophe.

    Raises:
        ValueError: A record has a label that is not in `VOTE_LABELS`.

    >>> to_csv([error_to_dict("=1+1.jpg", "Not a picture.")]).splitlines()[1][:12]
    "'=1+1.jpg,,,"
    """
    table = io.StringIO()
    writer = csv.DictWriter(table, CSV_COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for record in records:
        writer.writerows(_rows(record))
    return table.getvalue()


def encode_jpeg(frame_bgr: np.ndarray, *, quality: int = JPEG_QUALITY) -> bytes:
    """Return a frame, uint8 `(height, width, 3)`, as a JPEG file.

    Args:
        frame_bgr: The picture, at most 65,535 pixels a side.
        quality: 1 (smallest file) to 100 (best picture).

    Raises:
        ValueError: The frame has another shape or type or no pixel, or `quality` is out of range.

    >>> encode_jpeg(np.zeros((2, 3, 3), np.uint8))[:2].hex()
    'ffd8'
    """
    if not 1 <= quality <= 100:
        raise ValueError(f"JPEG quality lies between 1 and 100, got {quality}.")
    return _encode(frame_bgr, ".jpg", [cv2.IMWRITE_JPEG_QUALITY, quality])


def _encode(frame_bgr: np.ndarray, extension: str, options: list[int]) -> bytes:
    if frame_bgr.dtype != np.uint8 or frame_bgr.ndim != 3 or frame_bgr.shape[2] != 3:
        raise ValueError(
            f"Expected a uint8 frame (height, width, 3), got {frame_bgr.dtype} {frame_bgr.shape}."
        )
    if frame_bgr.size == 0:
        raise ValueError(f"Expected a frame with at least one pixel, got {frame_bgr.shape}.")
    is_encoded, buffer = cv2.imencode(extension, frame_bgr, options)
    if not is_encoded:
        raise ValueError(f"Could not write a frame of shape {frame_bgr.shape} as {extension}.")
    return buffer.tobytes()


def _face_record(face: Face) -> FaceRecord:
    return {
        "box": [round(float(edge), PIXEL_DECIMALS) for edge in face.box.as_tuple()],
        "detection_score": round(float(face.detection_score), SHARE_DECIMALS),
        "roll_deg": round(float(face.roll_deg), DEGREE_DECIMALS),
        "expression": None if face.expression is None else _expression_record(face.expression),
        "reasons": [_unicode(reason) for reason in face.reasons],
    }


def _expression_record(expression: Expression) -> ExpressionRecord:
    shares = expression.probs.astype(np.float64)
    shares /= shares.sum()  # float32 shares may sum to 1.001
    probs = {
        label: round(float(share), SHARE_DECIMALS)
        for label, share in zip(expression.labels, shares, strict=True)
    }
    return {
        "label": expression.label,
        "confidence": probs[expression.label],
        "probs": probs,
    }


def _rows(record: PictureRecord) -> Iterator[dict[str, object]]:
    """Yield one CSV row per face, or a single one where there is none."""
    picture: dict[str, object] = {
        "source": _inert(record["source"]),
        "width": record["width"],
        "height": record["height"],
        "error": _inert(record["error"] or ""),
    }
    if not record["faces"]:
        yield picture
    for number, face in enumerate(record["faces"], start=1):
        yield picture | {"face": number} | _face_cells(face)


def _face_cells(face: FaceRecord) -> dict[str, object]:
    cells: dict[str, object] = dict(zip(("x1", "y1", "x2", "y2"), face["box"], strict=True))
    cells["detection_score"] = face["detection_score"]
    cells["roll_deg"] = face["roll_deg"]
    cells["reasons"] = _inert("; ".join(face["reasons"]))
    if expression := face["expression"]:
        cells["label"] = _inert(expression["label"])
        cells["confidence"] = expression["confidence"]
        cells |= {f"prob_{label}": share for label, share in expression["probs"].items()}
    return cells


def _inert(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _unicode(text: str) -> str:
    """Return text that UTF-8 can hold: file names may carry stray bytes as lone surrogates."""
    return text.encode("utf-8", "replace").decode("utf-8")
