"""`analyze`: pictures in, JSON, CSV and annotated pictures out."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fer_core.cli.terminal import (
    STDOUT,
    JsonOption,
    errors_as_sentences,
    messages,
    progress_bar,
    write_text,
)

if TYPE_CHECKING:
    from fer_core.batch import PictureReading
    from fer_core.export import PictureRecord


def analyze(
    paths: Annotated[list[Path], typer.Argument(help="Pictures, or folders of pictures.")],
    *,
    detector: Annotated[str, typer.Option(help="How faces are found: haar.")] = "haar",
    model: Annotated[str, typer.Option(help="Model ID; `models` lists them.")] = "default",
    json: JsonOption = None,
    csv: Annotated[
        Path | None, typer.Option(help="Write CSV to this file; - for standard output.")
    ] = None,
    annotated: Annotated[
        Path | None, typer.Option(help="Write each picture with its faces boxed into this folder.")
    ] = None,
) -> None:
    """Read the expressions in pictures. Status 1 if any picture could not be read."""
    from fer_core.batch import expand_paths, read_pictures
    from fer_core.export import to_csv, to_json
    from fer_core.expression.recognizer import load_recognizer
    from fer_core.faces.registry import DETECTOR_NAMES, create_detector
    from fer_core.pipeline import FacePipeline

    if detector not in DETECTOR_NAMES:
        raise typer.BadParameter(f"expected {' or '.join(DETECTOR_NAMES)}, got {detector!r}.")
    records: list[PictureRecord] = []
    with errors_as_sentences():
        pipeline = FacePipeline(create_detector(detector, mode="photo"), load_recognizer(model))
        files = expand_paths(paths)
        if not files:
            messages.print("The folder holds no files; expected pictures.")
        with progress_bar() as bar:
            for reading in bar.track(
                read_pictures(files, pipeline), total=len(files), description="Reading"
            ):
                if reading.error:
                    messages.print(reading.error, markup=False)
                if annotated is not None:
                    _write_annotated(annotated, reading, number=len(records) + 1)
                records.append(reading.record())
        if json is not None:
            write_text(json, to_json(records))
        if csv is not None:
            write_text(csv, to_csv(records))
    if json is None and csv is None:
        sys.stdout.writelines(_summary(record) for record in records)
    elif STDOUT not in (json, csv):
        messages.print(f"{len(records)} pictures, {sum(len(r['faces']) for r in records)} faces.")
    raise typer.Exit(1 if any(record["error"] for record in records) else 0)


def _summary(record: "PictureRecord") -> str:
    """Return one line for people: `a.jpg: 1 happy (94 %), 2 not sure`."""
    faces = (
        f"{number} {face['expression']['label']} ({face['expression']['confidence']:.0%})"
        if face["expression"]
        else f"{number} not read ({', '.join(face['reasons'])})"
        for number, face in enumerate(record["faces"], start=1)
    )
    return f"{record['source']}: {record['error'] or ', '.join(faces) or 'no face found'}\n"


def _write_annotated(folder: Path, reading: "PictureReading", *, number: int) -> None:
    from fer_core.annotate import annotate
    from fer_core.export import encode_jpeg

    if reading.frame_bgr is None or reading.result is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    # numbered: two inputs of one name must not overwrite each other
    name = f"{number:04d}-{Path(reading.source).stem}.jpg"
    picture = annotate(reading.frame_bgr, reading.result, numbered=True)
    (folder / name).write_bytes(encode_jpeg(picture))
