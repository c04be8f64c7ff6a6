"""`compare-sizes`: the same training at several sizes of faces, on photos that none has seen."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fer_core.cli.terminal import messages, number, print_table, progress_bar, progress_of
from fer_core.expression.model_folder import ModelFolder, find_models
from fer_core.progress import within

if TYPE_CHECKING:
    from fer_core.evaluate.sizes import SizeComparison, SizeScores
    from fer_core.expression.card import ModelCard


def compare_sizes(
    folders: Annotated[
        list[Path],
        typer.Argument(
            metavar="FOLDER...",
            help="Folders of models that differ in --size alone.",
            exists=True,
            file_okay=False,
        ),
    ],
    *,
    photos: Annotated[
        Path,
        typer.Option(help="Folder of photos with labels.csv.", exists=True, file_okay=False),
    ],
) -> None:
    """Compare models of several sizes on FER2013 and on photos; writes sizes.json.

    Train them first: train RECIPE --size 48 --out FOLDER, then the same with --size 96.
    """
    from fer_core.data.labelled_photos import read_labelled_photos
    from fer_core.evaluate.photos import evaluate_photos
    from fer_core.evaluate.report import load_evaluation
    from fer_core.evaluate.sizes import SizeComparison, save_sizes, size_row
    from fer_core.expression.recognizer import load_recognizer
    from fer_core.pipeline import load_pipeline

    places = [(ModelFolder(path.resolve().parent), path.resolve().name) for path in folders]
    cards = [models.card(name) for models, name in places]
    recipe, epochs, seed = _shared_training(cards)
    labelled = read_labelled_photos(photos)
    rows, splits = [], set()
    with progress_bar() as bar, progress_of(bar, "Reading the photos") as on_progress:
        for index, ((models, name), card) in enumerate(zip(places, cards, strict=True)):
            evaluation = load_evaluation(name, models=models)
            pipeline = load_pipeline(model=load_recognizer(name, models=models))
            part = within(on_progress, index / len(cards), (index + 1) / len(cards))
            scores = evaluate_photos(
                pipeline, labelled, on_progress=part, on_message=messages.print
            )
            rows.append(size_row(card.input_size, evaluation, scores))
            splits.add(evaluation.split)
    if len(splits) > 1:
        raise typer.BadParameter(f"expected models that were scored on one split, got {splits}.")
    rows.sort(key=lambda row: row.size)
    comparison = SizeComparison(recipe, epochs, seed, splits.pop(), labelled.name, tuple(rows))
    save_sizes(comparison, models=find_models())
    _print_sizes(comparison)


def _shared_training(cards: "list[ModelCard]") -> tuple[str, int, int]:
    """Return recipe, epochs and seed of models that share them and differ in size."""
    trainings = [card.details.training for card in cards]
    ways = {(t.recipe, t.epochs, t.seed) for t in trainings if t}
    recipe, epochs, seed = next(iter(ways), (None, None, None))
    is_alike = all(trainings) and len(ways) == 1 and len(cards) > 1
    if not is_alike or len({card.input_size for card in cards}) < len(cards):
        raise typer.BadParameter(
            "expected at least two models of different sizes with the same recipe, epochs and "
            f"seed, got {', '.join(f'{card.model_id} ({card.input_size})' for card in cards)}."
        )
    return recipe or "", epochs or 0, seed or 0


def _print_sizes(comparison: "SizeComparison") -> None:
    print_table(
        *("pixels", number(f"{comparison.split} macro-F1"), number(f"{comparison.data} macro-F1")),
        number("ms per face"),
        rows=[
            (str(row.size), _words(row.labels), _words(row.photos), f"{row.ms_per_face:.2f}")
            for row in comparison.rows
        ],
    )


def _words(scores: "SizeScores | None") -> str:
    if scores is None:
        return "–"
    low, high = scores.intervals.get("macro_f1", (scores.macro_f1, scores.macro_f1))
    return f"{scores.macro_f1:.3f} ({low:.3f}–{high:.3f})"
