"""`ablate`: every choice of a recipe, changed one at a time, measured and tabled."""

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from fer_core.cli.terminal import (
    STDOUT,
    DataOption,
    JsonOption,
    messages,
    progress_bar,
    read_labelled_faces,
    write_json,
)
from fer_core.cli.training import ShownTraining

_RUNS: Final = Path("runs/ablation")


def ablate(
    *,
    votes: Annotated[Path, typer.Option(help="FER+'s fer2013new.csv.")],
    data: DataOption = None,
    only: Annotated[
        list[str] | None, typer.Option(help="A row to measure; may be given again. All if not.")
    ] = None,
    runs: Annotated[Path, typer.Option(help="Where unfinished and finished rows lie.")] = _RUNS,
    json: JsonOption = None,
) -> None:
    """Train one variation of a small recipe after the other; finished ones are not run again."""
    from fer_core.data.cleaning import clean
    from fer_core.data.votes import read_votes
    from fer_core.train.ablation import VARIATIONS, run_variation, table

    names = [variation.name for variation in VARIATIONS]
    unknown = [name for name in only or () if name not in names]
    if unknown:
        raise typer.BadParameter(f"expected rows of {', '.join(names)}, got {unknown[0]!r}.")
    counts = read_votes(votes)
    rows = []
    with progress_bar() as bar:
        file = read_labelled_faces(data, bar)
        cleaned = clean(file.dataset, bad_rows=file.bad_rows)
        for variation in VARIATIONS:
            if only and variation.name not in only:
                continue
            shown = ShownTraining(bar, n_epochs=variation.recipe.epochs, title=variation.name)
            row = run_variation(variation, cleaned, counts, runs, on_step=shown.on_step)
            shown.remove()
            rows.append(row)
            messages.print(
                f"{variation.change}: accuracy {row['accuracy']:.3f}, macro-F1 "
                f"{row['macro_f1']:.3f}."
            )
    if json is not None:
        write_json(json, rows)
    if json != STDOUT:
        sys.stdout.write(table(rows) + "\n")
