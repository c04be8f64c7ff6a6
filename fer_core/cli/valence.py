"""`train-valence` and `evaluate-valence`: positive or negative, by face, by body and by both."""

import json as json_text
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fer_core.cli.terminal import (
    STDOUT,
    DataOption,
    JsonOption,
    ModelArgument,
    VotesOption,
    messages,
    number,
    print_table,
    printable,
    progress_bar,
    progress_of,
    read_labelled_faces,
    write_json,
)
from fer_core.data.dataset import Split
from fer_core.files import write_file

if TYPE_CHECKING:
    from fer_core.evaluate.valence import ValenceScores
    from fer_core.train.valence import ValenceStudy

_N_SHOWN = 5


def train_valence(
    data: Annotated[
        Path, typer.Argument(help="CSV with a row per sample.", exists=True, dir_okay=False)
    ],
    *,
    out: Annotated[Path, typer.Option(help="File of the model and its scores: NAME.json.")],
    label: Annotated[
        str, typer.Option(help="Column of labels: positive, negative or an expression.")
    ] = "label",
    person: Annotated[str, typer.Option(help="Column that names the person.")] = "person",
    face: Annotated[list[str] | None, typer.Option(help="Columns of the face. [face_*]")] = None,
    body: Annotated[list[str] | None, typer.Option(help="Columns of the body. [body_*]")] = None,
) -> None:
    """Train models that tell positive from negative, and test each on people it has not seen.

    Scores come from people left out in turn. The model that is kept reads face and body only if
    the body helps beyond chance.
    """
    from fer_core.data.valence_table import ValenceColumns, read_valence_table
    from fer_core.train.valence import study_valence

    if out.is_dir() or not out.parent.is_dir():
        raise typer.BadParameter(f"expected --out FILE in a folder that exists, got {out}.")
    columns = ValenceColumns(label, person, tuple(face or ("face_*",)), tuple(body or ("body_*",)))
    table = read_valence_table(data, columns=columns)
    for error in table.bad_rows[:_N_SHOWN]:
        messages.print(printable(str(error)))
    if len(table.bad_rows) > _N_SHOWN:
        messages.print(f"Rows that could not be read: {len(table.bad_rows):,}.")
    if table.n_left_out:
        messages.print(f"Rows left out because they have no side: {table.n_left_out:,}.")
    with progress_bar() as bar, progress_of(bar, "Fitting the models") as on_progress:
        study = study_valence(table, on_progress=on_progress)
    write_file(out, json_text.dumps(asdict(study), indent=1, allow_nan=False) + "\n")
    _print_study(study)


def _print_study(study: "ValenceStudy") -> None:
    typer.echo(
        f"{study.n:,} samples of {study.n_persons:,} people, {study.n_positive:,} positive. AUC: "
        "how often a positive sample gets a higher probability than a negative one."
    )
    print_table(
        *("reads", number("numbers"), number("AUC"), number("accuracy"), number("ECE")),
        rows=[
            (
                side,
                f"{each.n_columns:,}",
                f"{each.auc:.3f} ({each.interval.low:.3f}–{each.interval.high:.3f})",
                f"{each.accuracy:.3f}",
                f"{each.ece:.3f}",
            )
            for side, each in study.scores.items()
        ],
    )
    if study.gain is not None:
        low, high = study.gain
        verdict = "The body helps" if study.does_body_help else "The body adds nothing here"
        typer.echo(f"{verdict}: it changes the AUC of the face by {low:+.3f} to {high:+.3f}.")
    weights = list(study.model.importances().items())[:_N_SHOWN]
    typer.echo(
        "Numbers that weigh most: "
        + ", ".join(f"{printable(name)} {weight:+.2f}" for name, weight in weights)
        + "."
    )


def evaluate_valence(
    model: ModelArgument,
    *,
    data: DataOption = None,
    split: Annotated[Split, typer.Option(help="Faces to score.")] = "PublicTest",
    votes: VotesOption = None,
    json: JsonOption = None,
) -> None:
    """Score a model on positive, neutral or negative: the probabilities of its heads, summed.

    The label head is compared with the labels, the votes head with what most people say.
    """
    from fer_core.data.votes import read_votes
    from fer_core.evaluate.classification import faces_of
    from fer_core.evaluate.valence import evaluate_valence as evaluate_sides
    from fer_core.expression.model_folder import find_models
    from fer_core.expression.recognizer import load_recognizer

    recognizer = load_recognizer(model, models=find_models())
    table = None if votes is None else read_votes(votes)
    with progress_bar() as bar:
        faces = read_labelled_faces(data, bar, side=recognizer.card.input_size)
    counts = None if table is None else table.joined_to(faces.row_split_ids)
    scores = evaluate_sides(recognizer, faces_of(faces.dataset, split), counts)
    if json is not None:
        write_json(json, [each.as_dict() for each in scores])
    if json != STDOUT:
        _print_scores(scores)


def _print_scores(scores: "tuple[ValenceScores, ...]") -> None:
    print_table(
        *("truth", "surprise", number("faces")),
        *(number("sides, accuracy"), number("macro-F1"), number("words, accuracy")),
        rows=[
            (
                each.truth,
                each.surprise,
                f"{each.sides.n:,}",
                f"{each.sides.accuracy:.3f}",
                f"{each.sides.macro_f1:.3f}",
                f"{each.words.accuracy:.3f}",
            )
            for each in scores
        ],
    )
