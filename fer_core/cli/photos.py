"""`evaluate-photos`: whole photos from file to word."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fer_core.cli.terminal import (
    FAILED,
    STDOUT,
    CropsOption,
    DetectorOption,
    JsonOption,
    ModelOption,
    messages,
    number,
    print_table,
    progress_bar,
    progress_of,
    write_json,
)
from fer_core.faces.registry import DEFAULT_DETECTOR
from fer_core.labels import FER2013_LABELS, WORDS

if TYPE_CHECKING:
    from fer_core.evaluate.photo_scores import PhotoScores
    from fer_core.evaluate.photos import PhotoEvaluation
    from fer_core.expression.model_folder import ModelFolder


def evaluate_photos(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR",
            help="Folder with photos and labels.csv: the columns file, label (may be empty), and "
            "any further ones, which are groups. A column such as subject tells persons apart.",
        ),
    ],
    *,
    crops: CropsOption = False,
    model: ModelOption = "default",
    detector: DetectorOption = DEFAULT_DETECTOR,
    json: JsonOption = None,
    save: Annotated[
        bool,
        typer.Option(
            "--save",
            help="Write the scores into the model's folder too: the Evaluation page and the "
            "model's README.md show them. No name of a photo or a person is written.",
        ),
    ] = False,
) -> None:
    """Read labelled photos from file to word: found, read, said and right, per label and group.

    Accuracy and macro-F1 are of the leading word, sure or not, over the photos that were read. A
    label of which no photo was read counts in macro-F1 as 0.

    Status 1 if any photo could not be read.
    """
    from fer_core.data.labelled_photos import read_labelled_photos
    from fer_core.evaluate.photo_scores import FILE_NOT_READ
    from fer_core.evaluate.photos import evaluate_photos as evaluate
    from fer_core.expression.model_folder import find_models
    from fer_core.pipeline import load_pipeline

    photos = read_labelled_photos(folder)
    for sentence in photos.repeats:
        messages.print(sentence)
    pipeline = load_pipeline(detector=detector, model=model)
    with progress_bar() as bar, progress_of(bar, "Reading the photos") as on_progress:
        scores = evaluate(
            pipeline, photos, is_crop=crops, on_progress=on_progress, on_message=messages.print
        )
    if json is not None:
        write_json(json, scores.as_dict())
    if save:
        _save(scores, find_models())
    if json != STDOUT:
        _print_scores(scores)
    raise typer.Exit(FAILED if FILE_NOT_READ in scores.unread else 0)


def _save(scores: "PhotoEvaluation", models: "ModelFolder") -> None:
    """Write the scores and the model's page, which shows them."""
    from fer_core.errors import ModelError
    from fer_core.evaluate.report import load_evaluation, save_photos
    from fer_core.release.model_page import write_model_page

    messages.print(f"Written: {save_photos(scores, models=models)}.")
    try:
        evaluation = load_evaluation(scores.model, models=models)
    except ModelError as error:
        messages.print(f"{error} Without it, README.md is not written.")
    else:
        write_model_page(models.card(scores.model), evaluation, models=models)


def _print_scores(scores: "PhotoEvaluation") -> None:
    typer.echo(f"{scores.model} on {scores.title}: {_sentence(scores)}")
    if scores.unread:
        print_table(
            *("not read", number("photos")),
            rows=[(reason, f"{n:,}") for reason, n in scores.unread.items()],
        )
    if scores.per_class:
        print_table(
            *("label", number("photos"), number("found"), number("read"), number("recall")),
            *(number("F1"), number("said"), number("said right")),
            rows=[
                (
                    *(WORDS[label], f"{row.n:,}", f"{row.found:,}", f"{row.read:,}"),
                    *(f"{row.recall:.3f}", f"{row.f1:.3f}", f"{row.said:,}", f"{row.said_right:,}"),
                )
                for label, row in scores.per_class.items()
            ],
        )
    for column, by_value in scores.without_clusters().groups.items():
        _print_groups(column, by_value)
    for difference in scores.differences:
        typer.echo(f"{difference.in_words()}.")
    for sentence in _notes(scores):
        typer.echo(sentence)


def _print_groups(column: str, by_value: "Mapping[str, PhotoScores]") -> None:
    has_scores = any(row.scored for row in by_value.values())
    print_table(
        *(column, number("photos"), number("found"), number("read"), number("said")),
        *([number("accuracy")] if has_scores else []),
        rows=[
            (
                *(value, f"{row.n:,}", f"{row.found / row.n:.3f}", f"{row.read / row.n:.3f}"),
                f"{row.said:,}",
                *(["–" if row.accuracy is None else f"{row.accuracy:.3f}"] if has_scores else []),
            )
            for value, row in by_value.items()
        ],
    )


def _sentence(scores: "PhotoScores") -> str:
    """Return the counts and scores in one sentence."""
    parts = [f"{scores.n:,} photos, {scores.found:,} found, {scores.read:,} read"]
    right = "" if scores.said_right is None else f", {scores.said_right:,} of them right"
    parts.append(f"{scores.said:,} said{right}")
    for name, value in (("accuracy", scores.accuracy), ("macro-F1", scores.macro_f1)):
        if value is not None:
            low, high = scores.intervals.get(name.replace("-F1", "_f1"), (value, value))
            parts.append(f"{name} {value:.3f} ({low:.3f} to {high:.3f})")
    return ", ".join(parts) + "."


def _notes(scores: "PhotoEvaluation") -> Iterator[str]:
    """Yield sentences on how to read the numbers."""
    if scores.n_comparisons:
        yield (
            f"{len(scores.differences)} of {scores.n_comparisons} shares of groups differ from all "
            "other groups beyond chance (Fisher's exact test, corrected by Holm's method, 5%)."
        )
    if scores.cluster_column:
        yield (
            f"Intervals are over {scores.n_clusters:,} values of {scores.cluster_column}, since "
            "their photos are alike. For the same reason groups are not compared."
        )
    if scores.unscored:
        labels = " and ".join(f"{n:,} {label}" for label, n in scores.unscored.items())
        yield (
            f"Not in accuracy and macro-F1: {labels}. They are over FER2013's labels: "
            f"{', '.join(FER2013_LABELS)}."
        )
