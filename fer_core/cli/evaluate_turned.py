"""`evaluate-turned`: how well a model reads faces that are turned, and found again."""

import sys
from typing import Annotated

import typer

from fer_core.cli.terminal import (
    FAILED,
    STDOUT,
    DataOption,
    JsonOption,
    messages,
    one_of,
    progress_bar,
    read_labelled_faces,
    write_json,
)
from fer_core.data.dataset import SPLITS
from fer_core.faces.registry import DETECTOR_NAMES


def evaluate_turned(
    model: Annotated[str, typer.Argument(metavar="ID", help="Model ID; `models` lists them.")],
    *,
    data: DataOption = None,
    split: Annotated[
        str, typer.Option(callback=one_of(SPLITS), help=f"Faces to turn: {', '.join(SPLITS)}.")
    ] = "PublicTest",
    per_label: Annotated[
        int, typer.Option(min=1, help="Faces of each label, or all there are of it.")
    ] = 100,
    json: JsonOption = None,
) -> None:
    """Set labelled faces into a larger picture, turn them, find them again and read them.

    Status 1 if any face could not be read.
    """
    from fer_core.evaluate.composite import sample_of
    from fer_core.evaluate.tilt import evaluate_turned as evaluate
    from fer_core.expression.recognizer import load_recognizer
    from fer_core.faces.registry import create_detector

    recognizer = load_recognizer(model)
    detectors = [create_detector(name, mode="photo") for name in DETECTOR_NAMES]
    problems = []

    def tell(sentence: str) -> None:
        problems.append(sentence)
        messages.print(sentence, markup=False)

    with progress_bar() as bar:
        faces = sample_of(read_labelled_faces(data, bar).dataset.split(split), per_label=per_label)
        task = bar.add_task("Reading turned faces", total=len(faces))
        result = evaluate(
            recognizer,
            detectors,
            faces,
            split=split,
            on_face=lambda: bar.advance(task),
            on_problem=tell,
        )
    if json is not None:
        write_json(json, result.as_dict())
    if json != STDOUT:
        sys.stdout.write(
            f"{result.model} on {result.n_faces} faces of {split}: macro-F1 "
            f"{result.own_crop_macro_f1:.3f} in the data set's own crops\n"
        )
        for row in result.tilts:
            sys.stdout.write(
                f"{row.detector:10} {row.degrees:3.0f} degrees   found {row.share_found:.3f}   "
                f"macro-F1 of those {row.macro_f1:.3f}\n"
            )
        for crop in result.crops:
            read = ", ".join(f"{name} {value:.3f}" for name, value in crop.macro_f1.items())
            sys.stdout.write(
                f"both crops {crop.degrees:3.0f} degrees   {crop.n_faces} faces, same word for "
                f"{crop.agreement:.3f}, macro-F1: {read}\n"
            )
    raise typer.Exit(FAILED if problems else 0)
