"""`evaluate-faces` and `evaluate-turned`: detectors on photos, and models on turned faces."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fer_core.cli.terminal import (
    FAILED,
    STDOUT,
    DataOption,
    JsonOption,
    ModelArgument,
    messages,
    number,
    print_table,
    progress_bar,
    progress_of,
    read_labelled_faces,
    write_json,
)
from fer_core.data.dataset import Split
from fer_core.errors import DataError
from fer_core.faces.registry import DETECTOR_NAMES, DetectorName, Mode

if TYPE_CHECKING:
    from fer_core.evaluate.detection import DetectorScores
    from fer_core.evaluate.tilt import TurnedEvaluation


def evaluate_faces(
    *,
    data: Annotated[
        Path,
        typer.Option(
            help="Folder with photos and annotations.json, or a folder of such folders. The JSON "
            'is a list of {"file", "width", "height", "boxes": [{"x", "y", "w", "h"}, ...]}.'
        ),
    ],
    detector: Annotated[
        DetectorName | None, typer.Option(help="Face detector. Default: all.", show_default=False)
    ] = None,
    mode: Annotated[
        Mode, typer.Option(help="photo: the thorough search. video: the first frame of a video.")
    ] = "photo",
    json: JsonOption = None,
) -> None:
    """Measure the detectors: recall and false faces at eight tilts, and on photos without a face.

    Photos with at most 10 faces of at least 40 pixels count, at 640 pixels.

    Status 1 if any photo could not be read.
    """
    from fer_core.data.annotated import read_annotated_photos
    from fer_core.evaluate.detection import DetectionEvaluation, evaluate_detector

    photos = read_annotated_photos(data)
    if not photos:
        raise DataError(
            f"No photo in {data} has at most 10 faces of at least 40 pixels. Use other photos."
        )
    names = DETECTOR_NAMES if detector is None else (detector,)
    problems = _Problems()
    scores = []
    with progress_bar() as bar:
        for name in names:
            with progress_of(bar, f"Finding faces with {name}") as on_progress:
                of_one = evaluate_detector(
                    name, photos, mode=mode, on_progress=on_progress, on_message=problems.report
                )
            scores.append(of_one)
    if json is not None:
        write_json(json, DetectionEvaluation(tuple(scores)).as_dict())
    if json != STDOUT:
        for of_one in scores:
            _print_detector_scores(of_one)
    raise typer.Exit(FAILED if problems.reported else 0)


def _print_detector_scores(scores: "DetectorScores") -> None:
    first = scores.tilts[0]
    typer.echo(
        f"{scores.detector}, {scores.mode}: {first.n_photos} photos, {first.n_faces} faces, "
        f"{scores.ms_per_frame:.0f} ms per photo"
    )
    print_table(
        *(number("tilt"), number("recall"), number("false faces per photo")),
        rows=[
            (f"{tilt.degrees:.0f}°", f"{tilt.recall:.3f}", f"{tilt.false_per_photo:.3f}")
            for tilt in scores.tilts
        ],
    )
    if scores.face_free:
        print_table(
            *("photos without a face", number("photos"), number("false faces")),
            rows=[
                (kind, str(row.n_photos), str(row.n_false))
                for kind, row in scores.face_free.items()
            ],
        )


def evaluate_turned(
    model: ModelArgument,
    *,
    data: DataOption = None,
    split: Annotated[Split, typer.Option(help="Faces to turn.")] = "PublicTest",
    per_label: Annotated[
        int, typer.Option(min=1, help="Faces per label; a label with fewer gives all.")
    ] = 100,
    json: JsonOption = None,
) -> None:
    """Set labelled faces into a larger frame, turn them, detect them and classify them.

    Status 1 if any face could not be read.
    """
    from fer_core.evaluate.composite import balanced_sample
    from fer_core.evaluate.tilt import evaluate_turned as evaluate_tilt
    from fer_core.expression.model_folder import find_models
    from fer_core.expression.recognizer import load_recognizer
    from fer_core.faces.registry import create_detector

    recognizer = load_recognizer(model, models=find_models())
    detectors = [create_detector(name, mode="photo") for name in DETECTOR_NAMES]
    problems = _Problems()
    with progress_bar() as bar:
        dataset = read_labelled_faces(data, bar).dataset
        faces = balanced_sample(dataset.split(split), per_label=per_label)
        with progress_of(bar, "Turned faces") as on_progress:
            result = evaluate_tilt(
                recognizer,
                detectors,
                faces,
                split=split,
                on_progress=on_progress,
                on_message=problems.report,
            )
    if json is not None:
        write_json(json, result.as_dict())
    if json != STDOUT:
        _print_turned(result)
    raise typer.Exit(FAILED if problems.reported else 0)


def _print_turned(result: "TurnedEvaluation") -> None:
    typer.echo(
        f"{result.model} on {result.n_faces} faces of {result.split}: macro-F1 "
        f"{result.own_crop_macro_f1:.3f} in the data set's crops"
    )
    print_table(
        *("detector", number("tilt"), number("found"), number("macro-F1 of those")),
        rows=[
            (row.detector, f"{row.degrees:.0f}°", f"{row.share_found:.3f}", f"{row.macro_f1:.3f}")
            for row in result.tilts
        ],
    )
    if result.crops:
        names = list(result.crops[0].macro_f1)
        print_table(
            *(number("tilt"), number("found by both"), number("same label")),
            *(number(f"macro-F1 of {name}") for name in names),
            rows=[
                (
                    *(f"{row.degrees:.0f}°", str(row.n_faces), f"{row.agreement:.3f}"),
                    *(f"{row.macro_f1[name]:.3f}" for name in names),
                )
                for row in result.crops
            ],
        )


class _Problems:
    """Prints each problem once: every detector meets the same ones."""

    def __init__(self) -> None:
        self.reported: set[str] = set()

    def report(self, sentence: str) -> None:
        if sentence not in self.reported:
            self.reported.add(sentence)
            messages.print(sentence)
