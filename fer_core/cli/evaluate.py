"""`evaluate`: the scores of a model on one split."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from fer_core.cli.terminal import (
    STDOUT,
    DataOption,
    JsonOption,
    ModelArgument,
    VotesOption,
    messages,
    progress_bar,
    progress_of,
    read_labelled_faces,
    write_json,
)
from fer_core.data.dataset import Split

if TYPE_CHECKING:
    import numpy as np

    from fer_core.data.dataset import FaceDataset
    from fer_core.evaluate.report import Evaluation
    from fer_core.expression.model_folder import ModelFolder
    from fer_core.release.release import LoadKeras


def evaluate(
    model: ModelArgument,
    *,
    data: DataOption = None,
    split: Annotated[Split, typer.Option(help="Faces to score.")] = "PublicTest",
    votes: VotesOption = None,
    full: Annotated[
        bool,
        typer.Option(
            "--full", help="Score corrupted faces and the training faces too; it takes minutes."
        ),
    ] = False,
    save: Annotated[
        bool,
        typer.Option(
            "--save",
            help="Calibrate the model again on PublicTest, and write card, scores and README.md "
            "into its folder. Includes --full.",
        ),
    ] = False,
    json: JsonOption = None,
) -> None:
    """Score a model on labelled faces: accuracy, macro-F1, confusion, calibration, speed."""
    from fer_core.data.votes import read_votes
    from fer_core.expression.model_folder import find_models
    from fer_core.expression.recognizer import load_recognizer

    if save and split != "PublicTest":
        raise typer.BadParameter(f"--save measures on PublicTest, got --split {split}.")
    models = find_models()
    recognizer = load_recognizer(model, models=models)
    table = None if votes is None else read_votes(votes)
    with progress_bar() as bar:
        faces = read_labelled_faces(data, bar, side=recognizer.card.input_size)
        dataset = faces.dataset
        counts = None if table is None else table.joined_to(faces.row_split_ids)
        if save:
            scores = _save(recognizer.card.model_id, models, dataset, counts, bar=bar)
        else:
            from fer_core.data.selection import read_left_out
            from fer_core.evaluate.classification import evaluate as evaluate_model

            with progress_of(bar, "Scoring") as on_progress:
                scores = evaluate_model(
                    recognizer,
                    dataset,
                    split=split,
                    votes=counts,
                    is_full=full,
                    left_out=read_left_out(recognizer.card, dataset, models=models),
                    on_progress=on_progress,
                )
    if json is not None:
        write_json(json, scores.as_dict())
    if json != STDOUT:
        typer.echo(_sentence(scores))


def _save(
    model_id: str,
    models: "ModelFolder",
    dataset: "FaceDataset",
    votes: "np.ndarray | None",
    *,
    bar: Progress,
) -> "Evaluation":
    """Measure a model again, write its folder and the leaderboard, and return its scores."""
    from fer_core.release.leaderboard import write_leaderboard
    from fer_core.release.release import write_release

    with progress_of(bar, "Scoring") as on_progress:
        scores = write_release(
            model_id,
            dataset,
            votes,
            models=models,
            load_keras=_keras_loader(),
            on_message=messages.print,
            on_progress=on_progress,
        )
    write_leaderboard(models=models)
    return scores


def _keras_loader() -> "LoadKeras | None":
    """Return the function that loads the Keras file, or None if no Keras backend is installed."""
    try:
        from fer_core.train.save import load_keras_predictor
    except ImportError as error:
        messages.print(f"The Keras file is not measured again: {error}.")
        return None
    return load_keras_predictor


def _sentence(scores: "Evaluation") -> str:
    low, high = scores.intervals["accuracy"]
    return (
        f"{scores.model} on {scores.n:,} faces of {scores.split}: accuracy {scores.accuracy:.3f} "
        f"({low:.3f} to {high:.3f}), macro-F1 {scores.macro_f1:.3f}, expected calibration error "
        f"{scores.ece:.3f}, {scores.ms_per_face} ms per face.{_shown(scores)}"
    )


def _shown(scores: "Evaluation") -> str:
    """Return the sentence on the words that the app shows."""
    shown = scores.shown
    if shown is None:
        return ""
    right = "" if shown.accuracy is None else f"; {shown.accuracy:.1%} of these words are right"
    return f" The app shows a word for {shown.coverage:.1%} of the faces{right}."
