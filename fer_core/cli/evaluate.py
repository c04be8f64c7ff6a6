"""`evaluate`: the scores of a model on one split."""

from pathlib import Path
from typing import Annotated

import typer

from fer_core.cli.terminal import (
    DataOption,
    JsonOption,
    VotesOption,
    data_path,
    errors_as_sentences,
    messages,
    progress_bar,
    write_json,
)


def evaluate(
    model: Annotated[str, typer.Argument(metavar="ID", help="Model ID; `models` lists them.")],
    *,
    data: DataOption = None,
    split: Annotated[str, typer.Option(help="Training, PublicTest or PrivateTest.")] = "PublicTest",
    votes: VotesOption = None,
    json: JsonOption = None,
) -> None:
    """Score a model on labelled faces: accuracy, macro-F1, confusion, calibration, speed."""
    from fer_core.data.dataset import SPLITS
    from fer_core.data.folder import read_dataset
    from fer_core.data.votes import read_votes
    from fer_core.evaluate.evaluation import evaluate as evaluate_model
    from fer_core.expression.recognizer import load_recognizer

    if split not in SPLITS:
        raise typer.BadParameter(f"expected a split of {', '.join(SPLITS)}, got {split!r}.")
    with errors_as_sentences():
        recognizer = load_recognizer(model)
        with progress_bar() as bar:
            reading = bar.add_task("Reading the faces", total=1.0)
            file = read_dataset(
                data_path(data),
                skip_bad_rows=True,
                on_progress=lambda share: bar.update(reading, completed=share),
            )
        for bad_row in file.bad_rows[:5]:
            messages.print(str(bad_row), markup=False)
        counts = None if votes is None else read_votes(votes)
        scores = evaluate_model(recognizer, file.dataset, split=split, votes=counts)
        if json is not None:
            write_json(json, scores)
    if json != Path("-"):
        messages.print(
            f"{scores['model']} on {scores['n']:,} faces of {split}: accuracy "
            f"{scores['accuracy']:.3f}, macro-F1 {scores['macro_f1']:.3f}, expected calibration "
            f"error {scores['ece']:.3f}, {scores['ms_per_face']} ms a face."
        )
