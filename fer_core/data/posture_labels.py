"""People whose posture was labelled by eye, as a CSV holds them.

A row names a picture or the time of a frame in a video, the box of one person, and answers `yes`,
`no` or `unclear` per posture: `source,time_s,x,y,w,h` and a column per posture, as `head_down`.
"""

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from fer_core.body.posture import POSTURES
from fer_core.errors import BadRowError, DataError

_PLACE: Final = ("source", "time_s", "x", "y", "w", "h")
_ANSWERS: Final = {"yes": True, "no": False, "unclear": None}


@dataclass(frozen=True, slots=True, eq=False)
class PostureSample:
    """One person in one picture.

    Attributes:
        source: Name of the picture or the video.
        time_s: Time of the frame in a video, at least 0; None for a picture.
        xyxy: The person's box, `(4,)` pixels.
        answers: By the words of the posture: whether it is shown, None where it is unclear.
    """

    source: str
    time_s: float | None
    xyxy: np.ndarray
    answers: Mapping[str, bool | None]


def read_posture_labels(path: Path) -> tuple[PostureSample, ...]:
    """Return the labelled people of a file in its order, at least one.

    Raises:
        DataError: The file cannot be read, lacks a column, has a column for a posture that has no
            rule, or holds no row.
        BadRowError: A cell holds something else than expected.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            words_of = _words_of(reader.fieldnames or (), path.name)
            samples = tuple(_sample(row, words_of, path.name, reader.line_num) for row in reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} cannot be read as a CSV: {error}.") from error
    if not samples:
        raise DataError(f"{path.name} holds no row.")
    return samples


def _words_of(header: object, name: str) -> dict[str, str]:
    """Return the words of the posture of each column after the first six."""
    columns = tuple(header) if isinstance(header, list | tuple) else ()
    words_of = {column: column.replace("_", " ") for column in columns[len(_PLACE) :]}
    known = {posture.words for posture in POSTURES}
    unknown = [column for column, words in words_of.items() if words not in known]
    if columns[: len(_PLACE)] != _PLACE or not words_of or unknown:
        raise DataError(
            f"{name}: expected the columns {','.join(_PLACE)} and one per posture, as head_down, "
            f"got {','.join(unknown or columns) or 'none'}."
        )
    return words_of


def _sample(
    row: Mapping[str, str | None], words_of: Mapping[str, str], name: str, line: int
) -> PostureSample:
    try:
        place = _place(row)
        answers = {words: _ANSWERS[row[column] or ""] for column, words in words_of.items()}
    except (KeyError, TypeError, ValueError) as error:
        problem = (
            "expected a name, a time in seconds or nothing, x, y, w and h in pixels, and yes, no "
            f"or unclear per posture ({error})."
        )
        raise BadRowError(name, line, problem) from error
    return PostureSample(*place, answers)


def _place(row: Mapping[str, str | None]) -> tuple[str, float | None, np.ndarray]:
    """Return the picture, the time in it and the box of a row."""
    x, y, width, height = (_number(row[column]) for column in _PLACE[2:])
    time_s = _number(row["time_s"]) if row["time_s"] else None
    source = row["source"]
    if not source or min(width, height) <= 0 or (time_s or 0.0) < 0:
        raise ValueError("a name is missing, a side is not above 0, or a time is below 0")
    return source, time_s, np.array([x, y, x + width, y + height])


def _number(text: str | None) -> float:
    value = float(text or "")
    if not math.isfinite(value):
        raise ValueError(f"{text} is not finite")
    return value
