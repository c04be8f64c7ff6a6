"""`evaluate`: the scores of a model on one split."""

from typing import Annotated

import typer

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


def evaluate(
    model: Annotated[str, typer.Argument(metavar="ID", help="Model ID; `models` lists them.")],
    *,
    data: DataOption = None,
    split: Annotated[
        str, typer.Option(callback=one_of(SPLITS), help=f"Faces to score: {', '.join(SPLITS)}.")
    ] = "PublicTest",
    votes: VotesOption = None,
    json: JsonOption = None,
) -> None:
    """Score a model on labelled faces: accuracy, macro-F1, confusion, calibration, speed."""
    from fer_core.data.votes import read_votes
    from fer_core.evaluate.evaluation import evaluate as evaluate_model
    from fer_core.expression.recognizer import load_recognizer

    recognizer = load_recognizer(model)
    counts = None if votes is None else read_votes(votes)
    with progress_bar() as bar:
        file = read_labelled_faces(data, bar)
    scores = evaluate_model(recognizer, file.dataset, split=split, votes=counts)
    if json is not None:
        write_json(json, scores)
    if json != STDOUT:
        messages.print(
            f"{scores['model']} on {scores['n']:,} faces of {split}: accuracy "
            f"{scores['accuracy']:.3f}, macro-F1 {scores['macro_f1']:.3f}, expected calibration "
            f"error {scores['ece']:.3f}, {scores['ms_per_face']} ms a face."
        )
