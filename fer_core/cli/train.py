"""`train`: a recipe and the data set in, a model folder out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fer_core.cli.terminal import (
    DataOption,
    VotesOption,
    messages,
    progress_bar,
    read_labelled_faces,
)
from fer_core.cli.training import ShownTraining
from fer_core.expression.model_folder import DEFAULT_ID

if TYPE_CHECKING:
    from fer_core.train.recipes import Recipe


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
    from fer_core.data.cleaning import clean
    from fer_core.data.votes import read_votes
    from fer_core.train.loop import Run
    from fer_core.train.loop import train as train_network
    from fer_core.train.save import save_model

    chosen, folder = _recipe(recipe), _model_folder(out)
    counts = None if votes is None else read_votes(votes)
    with progress_bar() as bar:
        file = read_labelled_faces(data, bar)
        cleaned = clean(file.dataset, bad_rows=file.bad_rows)
        for sentence in cleaned.report.sentences():
            messages.print(sentence)
        shown = ShownTraining(bar, n_epochs=epochs or chosen.epochs)
        run = Run(
            recipe_name=recipe,
            recipe=chosen,
            checkpoint=folder / "checkpoint",
            n_epochs=shown.n_epochs,
            seed=seed,
            on_step=shown.on_step,
            on_epoch=shown.on_epoch,
        )
        try:
            trained = train_network(run, cleaned, counts, resume=resume)
            scores = save_model(
                folder,
                trained,
                run,
                dataset=file.dataset,
                data=cleaned,
                votes=counts,
                on_stage=lambda stage: messages.print(f"{folder.name}: {stage}."),
            )
        except KeyboardInterrupt:
            raise KeyboardInterrupt(shown.stopped()) from None
    messages.print(
        f"{folder.name}: accuracy {scores.accuracy:.3f}, macro-F1 {scores.macro_f1:.3f} on "
        f"{scores.n:,} faces of {scores.split}."
    )


def _recipe(name: str) -> "Recipe":
    from fer_core.train.recipes import RECIPES

    if name not in RECIPES:
        raise typer.BadParameter(f"expected a recipe of {', '.join(RECIPES)}, got {name!r}.")
    return RECIPES[name]


def _model_folder(out: Path) -> Path:
    """Return the folder, made before training: a place that cannot be written to fails at once."""
    folder = out.resolve()
    if folder.name == DEFAULT_ID:
        raise typer.BadParameter(f"{DEFAULT_ID!r} means the default model; choose another name.")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
