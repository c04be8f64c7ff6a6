"""`evaluate`: the scores of a model on one split."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from fer_core.cli.terminal import (
    STDOUT,
    DataOption,
    JsonOption,
    VotesOption,
    messages,
    one_of,
    progress_bar,
    read_labelled_faces,
    write_json,
)
from fer_core.data.dataset import SPLITS

if TYPE_CHECKING:
    import numpy as np

    from fer_core.data.dataset import FaceDataset
    from fer_core.evaluate.report import Evaluation
    from fer_core.expression.model_folder import ModelFolder
    from fer_core.release.release import RunKerasBenchmark


def evaluate(
    model: Annotated[str, typer.Argument(metavar="ID", help="Model ID; `models` lists them.")],
    *,
    data: DataOption = None,
    split: Annotated[
        str, typer.Option(callback=one_of(SPLITS), help=f"Faces to score: {', '.join(SPLITS)}.")
    ] = "PublicTest",
    votes: VotesOption = None,
    full: Annotated[
        bool, typer.Option("--full", help="Score faces that are spoilt on purpose too: minutes.")
    ] = False,
    save: Annotated[
        bool,
        typer.Option(
            "--save",
            help="Calibrate the model anew on PublicTest and write card, scores and README.md "
            "into its folder; --full is included.",
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
    counts = None if votes is None else read_votes(votes)
    with progress_bar() as bar:
        dataset = read_labelled_faces(data, bar).dataset
        if save:
            scores = _save(recognizer.card.model_id, models, dataset, counts, bar=bar)
        else:
            from fer_core.evaluate.classification import evaluate as evaluate_model

            on_robustness = _shown(bar) if full else None
            scores = evaluate_model(
                recognizer, dataset, split=split, votes=counts, on_robustness=on_robustness
            )
    if json is not None:
        write_json(json, scores.as_dict())
    if json != STDOUT:
        messages.print(_sentence(scores))


def _save(
    model_id: str,
    models: "ModelFolder",
    dataset: "FaceDataset",
    votes: "np.ndarray | None",
    *,
    bar: Progress,
) -> "Evaluation":
    """Measure a model anew, write its folder and the leaderboard, and return its scores."""
    from fer_core.release.leaderboard import write_leaderboard
    from fer_core.release.release import Reporting, write_release

    reporting = Reporting(
        on_stage=lambda stage: messages.print(f"{model_id}: {stage}."), on_robustness=_shown(bar)
    )
    scores = write_release(
        model_id,
        dataset,
        votes,
        models=models,
        run_keras_benchmark=_keras_benchmark_runner(),
        reporting=reporting,
    )
    write_leaderboard(models=models)
    return scores


def _keras_benchmark_runner() -> "RunKerasBenchmark | None":
    """Return what runs the Keras file, or None where no Keras backend is installed."""
    try:
        from fer_core.train.keras_benchmark import run_keras_benchmark
    except ImportError as error:
        messages.print(f"The Keras file's own row stays as it is: {error}.", markup=False)
        return None
    return run_keras_benchmark


def _shown(bar: Progress) -> Callable[[float], None]:
    task = bar.add_task("Spoilt faces", total=1.0)
    return lambda share: bar.update(task, completed=share)


def _sentence(scores: "Evaluation") -> str:
    low, high = scores.intervals["accuracy"]
    return (
        f"{scores.model} on {scores.n:,} faces of {scores.split}: accuracy {scores.accuracy:.3f} "
        f"({low:.3f} to {high:.3f}), macro-F1 {scores.macro_f1:.3f}, expected calibration error "
        f"{scores.ece:.3f}, {scores.ms_per_face} ms per face."
    )
