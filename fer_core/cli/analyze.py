"""`analyze`: photos in; JSON, CSV and annotated photos out."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from fer_core.cli.terminal import (
    FAILED,
    STDOUT,
    CropsOption,
    CsvOption,
    DetectorOption,
    JsonOption,
    ModelOption,
    messages,
    printable,
    progress_bar,
    write_text,
)
from fer_core.faces.registry import DEFAULT_DETECTOR
from fer_core.files import write_file

if TYPE_CHECKING:
    from fer_core.batch import PhotoReading
    from fer_core.pipeline import FacePipeline
    from fer_core.records import PhotoRecord

_MAX_STEM_CHARS: Final = 50  # of an annotated photo's name: four bytes each still fit


def analyze(
    paths: Annotated[list[Path], typer.Argument(help="Photos, or folders of photos.")],
    *,
    detector: DetectorOption = DEFAULT_DETECTOR,
    model: ModelOption = "default",
    crops: CropsOption = False,
    body: Annotated[
        bool,
        typer.Option(
            "--body",
            help="Find the people too: 33 landmarks and the posture of each body, in the JSON.",
        ),
    ] = False,
    json: JsonOption = None,
    csv: CsvOption = None,
    annotated: Annotated[
        Path | None,
        typer.Option(help="Write each photo into this folder, with its faces boxed and captioned."),
    ] = None,
) -> None:
    """Read the expressions in photos. Status 1 if any photo could not be read."""
    from fer_core.export import to_csv, to_json
    from fer_core.pipeline import load_pipeline

    if json == csv == STDOUT:
        raise typer.BadParameter("only one of --json and --csv can go to standard output.")
    if json is not None and csv is not None and json.resolve() == csv.resolve():
        raise typer.BadParameter(f"--json and --csv need different files, got {json} twice.")
    if body and crops:
        raise typer.BadParameter("--crops are faces without a body, so --body has nothing to find.")
    pipeline = load_pipeline(detector=detector, model=model, body=body)
    records = _analyze_all(
        paths, pipeline, annotated, is_crop=crops, has_lines=json is None and csv is None
    )
    if body:
        for record in records:
            record.setdefault("people", [])  # of a photo that could not be read
    if json is not None:
        write_text(json, to_json(records))
    if csv is not None:
        write_text(csv, to_csv(records))
    n_failed = sum(record["error"] is not None for record in records)
    n_faces = sum(len(record["faces"]) for record in records)
    n_read = len(records) - n_failed
    messages.print(f"Photos read: {n_read} of {len(records)}. Faces found: {n_faces}.")
    raise typer.Exit(FAILED if n_failed else 0)


def _analyze_all(
    paths: list[Path],
    pipeline: "FacePipeline",
    annotated: Path | None,
    *,
    is_crop: bool = False,
    has_lines: bool,
) -> list["PhotoRecord"]:
    """Return the records of all photos; the photos themselves are not kept."""
    from fer_core.batch import analyze_photos, expand_paths
    from fer_core.image import MAX_SIDE

    if annotated is not None:
        annotated.mkdir(parents=True, exist_ok=True)
    annotated_side = None if annotated is None else MAX_SIDE  # as large as the photo
    files = expand_paths(paths)
    records: list[PhotoRecord] = []
    try:
        with progress_bar() as bar:
            readings = analyze_photos(
                files, pipeline, annotated_side=annotated_side, is_crop=is_crop
            )
            for reading in bar.track(readings, total=len(files), description="Reading"):
                records.append(reading.to_dict())
                if reading.error:
                    messages.print(printable(reading.error))
                elif has_lines:
                    sys.stdout.write(f"{printable(_line(reading))}\n")
                if annotated is not None:
                    _write_annotated(annotated, reading, number=len(records))
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f"Stopped after {len(records)} of {len(files)} photos; no JSON or CSV was written."
        ) from None
    return records


def _line(reading: "PhotoReading") -> str:
    """Return one line for people: `a.jpg: 1 happy 94%, 2 not sure: sad or afraid`."""
    faces = reading.result.faces if reading.result else ()
    words = [f"{number} {face.in_words()}" for number, face in enumerate(faces, start=1)]
    return f"{reading.to_dict()['source']}: {', '.join(words) or 'no face found'}"


def _write_annotated(folder: Path, reading: "PhotoReading", *, number: int) -> None:
    if reading.result is None or reading.result.annotated_jpeg is None:
        return
    # numbered: two photos of one name must not overwrite each other
    name = f"{number:04d}-{Path(reading.source).stem[:_MAX_STEM_CHARS]}.jpg"
    write_file(folder / name, reading.result.annotated_jpeg)
