"""`explain`: a photo in; out come a report on each face, and its pictures."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from fer_core.cli.terminal import (
    CropsOption,
    ModelOption,
    printable,
    progress_bar,
    stage_teller,
)
from fer_core.errors import ImageError
from fer_core.progress import OnMessage, OnProgress, within

if TYPE_CHECKING:
    from fer_core.explain.explanation import Explanation, FaceCrop
    from fer_core.expression.card import ModelCard
    from fer_core.expression.recognizer import ExpressionRecognizer


def explain(
    photo: Annotated[Path, typer.Argument(help="A photo.")],
    *,
    out: Annotated[
        Path,
        typer.Option(
            file_okay=False,
            help="Folder for report.html and its pictures; if there are many faces, for a folder "
            "per face.",
        ),
    ],
    model: ModelOption = "default",
    label: Annotated[
        str | None,
        typer.Option(help="Expression to explain. Default: the leading one.", show_default=False),
    ] = None,
    head: Annotated[
        Literal["label", "votes"] | None,
        typer.Option(
            help="Answer to explain: FER2013's label, or FER+'s votes. Default: the one that the "
            "app shows.",
            show_default=False,
        ),
    ] = None,
    crops: CropsOption = False,
) -> None:
    """Show what a model computes for each face, layer by layer, and where it looks."""
    from fer_core.explain.explanation import face_crops
    from fer_core.explain.report import REPORT_FILE, save_explanation
    from fer_core.expression.model_folder import find_models
    from fer_core.expression.recognizer import load_recognizer
    from fer_core.image import read_image
    from fer_core.pipeline import load_pipeline

    recognizer = load_recognizer(model, models=find_models())
    target = _checked_target(recognizer.card, head=head, label=label)
    frame_bgr = read_image(photo)
    with progress_bar() as bar:
        task = bar.add_task("", total=None)
        say = stage_teller(bar, task)
        say("Searching for faces." if not crops else "Looking at the face.")
        faces = face_crops(frame_bgr, load_pipeline(model=recognizer), is_crop=crops)
        if not faces:
            raise ImageError(f"{printable(photo.name)}: no face found; try another photo.")
        explanations = _explain_all(
            faces,
            recognizer=recognizer,
            target=target,
            on_message=say,
            on_progress=lambda done: bar.update(task, total=1.0, completed=done),
        )
        for face, explanation in zip(faces, explanations, strict=True):
            folder = out if len(faces) == 1 else out / f"face-{face.number}"
            save_explanation(folder, explanation, source=photo.name)
            report = printable(str(folder / REPORT_FILE))
            sys.stdout.write(f"{_line(face, explanation)} Report: {report}\n")
            sys.stdout.flush()  # a pipe would keep it until the last face


def _checked_target(
    card: "ModelCard", *, head: str | None, label: str | None
) -> tuple[str, str | None]:
    """Return the head and the label that are meant, before the work begins."""
    from fer_core.explain.target import class_index
    from fer_core.labels import LABEL_OF_SPELLING

    head = head or card.reading_head
    if label is not None:
        label = LABEL_OF_SPELLING.get(label.lower(), label)
    try:
        class_index(card, head=head, label=label or card.heads.get(head, ("",))[0])
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    return head, label


def _explain_all(
    faces: tuple["FaceCrop", ...],
    *,
    recognizer: "ExpressionRecognizer",
    target: tuple[str, str | None],
    on_message: OnMessage,
    on_progress: OnProgress,
) -> Iterator["Explanation"]:
    """Yield the explanation of each face."""
    from fer_core.explain.explanation import explain_crop
    from fer_core.explain.worker import ExplainWorker
    from fer_core.expression.model_folder import find_models

    with ExplainWorker(find_models()) as worker:
        for index, face in enumerate(faces):
            yield explain_crop(
                face.crop,
                recognizer,
                worker,
                head=target[0],
                label=target[1],
                reasons=face.reasons,
                on_message=on_message,
                on_progress=within(on_progress, index / len(faces), (index + 1) / len(faces)),
            )


def _line(face: "FaceCrop", explanation: "Explanation") -> str:
    """Return one line for people: `Face 1: happy 94%. Both methods agree: ...`."""
    if explanation.reading is None:
        return f"Face {face.number} is not read: {', '.join(face.reasons)}."
    return f"Face {face.number}: {explanation.reading.in_words()}. {explanation.agreement.sentence}"
