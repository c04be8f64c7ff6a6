"""`evaluate-faces`: how well the detectors find the faces of annotated photos."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fer_core.cli.terminal import (
    FAILED,
    STDOUT,
    JsonOption,
    messages,
    one_of,
    progress_bar,
    write_json,
)
from fer_core.errors import DataError
from fer_core.faces.registry import DETECTOR_NAMES, Mode

if TYPE_CHECKING:
    from fer_core.evaluate.detection import DetectorScores


def _known(names: list[str] | None) -> list[str]:
    """Return the names given, each once, or all there are; refuse an unknown one."""
    check = one_of(DETECTOR_NAMES)
    return list(dict.fromkeys(check(name) for name in names or DETECTOR_NAMES))


def evaluate_faces(
    *,
    data: Annotated[
        Path,
        typer.Option(
            help="Folder with pictures and annotations.json, or folders of such: a list of "
            '{"file", "width", "height", "boxes": [{"x", "y", "w", "h"}, ...]}.'
        ),
    ],
    detector: Annotated[
        list[str] | None,
        typer.Option(
            callback=_known, help=f"One or more of {', '.join(DETECTOR_NAMES)}; else all."
        ),
    ] = None,
    mode: Annotated[
        str,
        typer.Option(
            callback=one_of(("photo", "video")),
            help="photo: the thorough search; video: the first frame of a video.",
        ),
    ] = "photo",
    json: JsonOption = None,
) -> None:
    """Measure recall and false faces at eight tilts, and where there is no face.

    Photos with 1 to 10 faces of at least 40 pixels count, at 640 pixels; pictures without a face
    count too. Status 1 if any photo could not be read.
    """
    from fer_core.data.annotated import read_annotated_photos
    from fer_core.evaluate.detection import DetectionEvaluation, evaluate_detector

    names = _known(detector)
    photos = read_annotated_photos(data)
    if not photos:
        raise DataError(f"No picture of {data} counts: see which ones do in --help.")
    problems: dict[str, None] = {}  # in order, each told once however many detectors meet it
    scores = []
    with progress_bar() as bar:
        task = bar.add_task("Finding faces", total=len(names) * len(photos))
        for name in names:
            bar.update(task, description=f"Finding faces with {name}")
            scores.append(
                evaluate_detector(
                    name,
                    photos,
                    mode=_mode(mode),
                    on_photo=lambda: bar.advance(task),
                    on_problem=lambda sentence: _tell_once(sentence, problems),
                )
            )
    if json is not None:
        write_json(json, DetectionEvaluation(tuple(scores)).as_dict())
    if json != STDOUT:
        for of_one in scores:
            sys.stdout.write(_lines(of_one))
    raise typer.Exit(FAILED if problems else 0)


def _mode(word: str) -> Mode:
    return "video" if word == "video" else "photo"


def _tell_once(sentence: str, told: dict[str, None]) -> None:
    if sentence not in told:
        told[sentence] = None
        messages.print(sentence, markup=False)


def _lines(scores: "DetectorScores") -> str:
    """Return a detector's scores as a few lines for people."""
    first = scores.tilts[0]
    lines = [
        f"{scores.detector}, {scores.mode}: {first.n_photos} photos, {first.n_faces} faces, "
        f"{scores.ms_per_frame:.0f} ms a photo"
    ]
    lines += [
        f"{tilt.degrees:5.0f} degrees   recall {tilt.recall:.3f}   false faces a photo "
        f"{tilt.false_per_photo:.3f}"
        for tilt in scores.tilts
    ]
    lines += [
        f"{kind:>13}   false faces {row.n_false} in {row.n_photos} pictures without a face"
        for kind, row in scores.face_free.items()
    ]
    return "\n".join(lines) + "\n"
