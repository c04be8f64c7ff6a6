"""`train`: a recipe and the data set in, a model folder out."""

import os
from pathlib import Path
from typing import Annotated

import typer

from fer_core.cli.terminal import (
    DataOption,
    VotesOption,
    data_path,
    errors_as_sentences,
    messages,
    progress_bar,
)


def train(
    recipe: Annotated[str, typer.Argument(help="Name of a recipe, for example plain or best.")],
    *,
    out: Annotated[Path, typer.Option(help="Folder of the model: models/ID.")],
    data: DataOption = None,
    votes: VotesOption = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, help="Stop after so many epochs; else the recipe's.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of everything random.")] = 0,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on after the last finished epoch.")
    ] = False,
) -> None:
    """Train a network. Ctrl-C or a kill loses at most one epoch: --resume goes on."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before keras loads its backend
    from fer_core.data.cleaning import clean
    from fer_core.data.folder import read_dataset
    from fer_core.data.votes import read_votes
    from fer_core.train.artifacts import save_model
    from fer_core.train.loop import Run
    from fer_core.train.loop import train as train_network
    from fer_core.train.recipes import RECIPES

    if recipe not in RECIPES:
        raise typer.BadParameter(f"expected a recipe of {', '.join(RECIPES)}, got {recipe!r}.")
    with errors_as_sentences(), progress_bar() as bar:
        reading = bar.add_task("Reading the faces", total=1.0)
        file = read_dataset(
            data_path(data),
            skip_bad_rows=True,
            on_progress=lambda share: bar.update(reading, completed=share),
        )
        cleaned = clean(file.dataset, bad_rows=file.bad_rows)
        bar.remove_task(reading)
        for sentence in (*map(str, file.bad_rows[:5]), *cleaned.report.sentences()):
            messages.print(sentence, markup=False)
        counts = None if votes is None else read_votes(votes)
        n_epochs = epochs or RECIPES[recipe].epochs
        stepping = bar.add_task("Training", total=None)

        def on_step(epoch: int, step: int, n_steps: int) -> None:
            bar.update(
                stepping,
                description=f"Epoch {epoch + 1} of {n_epochs}",
                completed=epoch * n_steps + step,
                total=n_epochs * n_steps,
            )

        run = Run(
            recipe_name=recipe,
            recipe=RECIPES[recipe],
            checkpoint=out / "checkpoint",
            n_epochs=n_epochs,
            seed=seed,
            on_step=on_step,
            on_epoch=_print_epoch,
        )
        trained = train_network(run, cleaned, counts, resume=resume)
        scores = save_model(
            out,
            trained,
            run,
            dataset=file.dataset,
            data=cleaned,
            votes=counts,
            on_stage=lambda stage: messages.print(f"{out.name}: {stage}."),
        )
    messages.print(
        f"{out.name}: accuracy {scores['accuracy']:.3f}, macro-F1 {scores['macro_f1']:.3f} "
        f"on {scores['n']:,} faces of {scores['split']}."
    )


def _print_epoch(entry: dict[str, float]) -> None:
    messages.print(
        f"Epoch {entry['epoch']:.0f}: loss {entry['loss']:.3f}, validation accuracy "
        f"{entry['val_accuracy']:.3f}, macro-F1 {entry['val_macro_f1']:.3f}."
    )
