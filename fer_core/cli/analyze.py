"""`analyze`: pictures in, JSON, CSV and annotated pictures out."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from fer_core.cli.terminal import (
    FAILED,
    STDOUT,
    CsvOption,
    DetectorOption,
    JsonOption,
    ModelOption,
    messages,
    progress_bar,
    write_text,
)
from fer_core.faces.registry import DEFAULT_DETECTOR

if TYPE_CHECKING:
    from fer_core.batch import PictureReading
    from fer_core.export import PictureRecord
    from fer_core.pipeline import FacePipeline
    from fer_core.results import Face

_MAX_STEM_CHARS: Final = 50  # of an annotated picture: four bytes each still fit a file system


def analyze(
    paths: Annotated[list[Path], typer.Argument(help="Pictures, or folders of pictures.")],
    *,
    detector: DetectorOption = DEFAULT_DETECTOR,
    model: ModelOption = "default",
    json: JsonOption = None,
    csv: CsvOption = None,
    annotated: Annotated[
        Path | None, typer.Option(help="Write each picture with its faces boxed into this folder.")
    ] = None,
) -> None:
    """Read the expressions in pictures. Status 1 if any picture could not be read."""
    from fer_core.export import to_csv, to_json
    from fer_core.expression.recognizer import load_recognizer
    from fer_core.faces.occlusion import load_occlusion_network
    from fer_core.faces.registry import create_detector
    from fer_core.pipeline import FacePipeline

    if json == csv == STDOUT:
        raise typer.BadParameter("only one of --json and --csv can go to standard output.")
    pipeline = FacePipeline(
        create_detector(detector, mode="photo"), load_recognizer(model), load_occlusion_network()
    )
    records = _read_all(paths, pipeline, annotated, has_lines=json is None and csv is None)
    if json is not None:
        write_text(json, to_json(records))
    if csv is not None:
        write_text(csv, to_csv(records))
    n_failed = sum(record["error"] is not None for record in records)
    n_faces = sum(len(record["faces"]) for record in records)
    n_read = len(records) - n_failed
    messages.print(f"Pictures read: {n_read} of {len(records)}. Faces found: {n_faces}.")
    raise typer.Exit(FAILED if n_failed else 0)


def _read_all(
    paths: list[Path], pipeline: "FacePipeline", annotated: Path | None, *, has_lines: bool
) -> list["PictureRecord"]:
    """Return the records of all pictures; of each picture itself nothing is kept."""
    from fer_core.batch import expand_paths, read_pictures

    if annotated is not None:
        annotated.mkdir(parents=True, exist_ok=True)
    files = expand_paths(paths)
    records: list[PictureRecord] = []
    try:
        with progress_bar() as bar:
            readings = read_pictures(files, pipeline)
            for reading in bar.track(readings, total=len(files), description="Reading"):
                records.append(reading.record())
                if reading.error:
                    messages.print(reading.error, markup=False)
                elif has_lines:
                    sys.stdout.write(_line(reading))
                if annotated is not None:
                    _write_annotated(annotated, reading, number=len(records))
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f"Stopped after {len(records)} of {len(files)} pictures; no JSON or CSV was written."
        ) from None
    return records


def _line(reading: "PictureReading") -> str:
    """Return one line for people: `a.jpg: 1 happy (94%), 2 not sure: sad or fear`."""
    faces = reading.result.faces if reading.result else ()
    words = [f"{number} {_words(face)}" for number, face in enumerate(faces, start=1)]
    return f"{reading.record()['source']}: {', '.join(words) or 'no face found'}\n"


def _words(face: "Face") -> str:
    if face.expression is None:
        return f"not read: {', '.join(face.reasons)}"
    if face.expression.is_sure:
        return f"{face.expression.label} ({face.expression.confidence * 100:.0f}%)"
    (first, _), (second, _), *_ = face.expression.ranked()
    return f"not sure: {first} or {second}"


def _write_annotated(folder: Path, reading: "PictureReading", *, number: int) -> None:
    from fer_core.annotate import annotate
    from fer_core.export import encode_jpeg

    if reading.frame_bgr is None or reading.result is None:
        return
    # numbered: two inputs of one name must not overwrite each other
    name = f"{number:04d}-{Path(reading.source).stem[:_MAX_STEM_CHARS]}.jpg"
    picture = annotate(reading.frame_bgr, reading.result, numbered=True)
    (folder / name).write_bytes(encode_jpeg(picture))
