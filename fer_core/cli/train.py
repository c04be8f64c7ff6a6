"""`train`, `train-occlusion` and `ablate`: the data set in, networks and their scores out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.progress import Progress

from fer_core.cli.terminal import (
    STDOUT,
    DataOption,
    JsonOption,
    VotesOption,
    messages,
    print_table,
    progress_bar,
    progress_of,
    read_labelled_faces,
    write_json,
)
from fer_core.expression.model_folder import DEFAULT_ID
from fer_core.faces.occlusion import OCCLUSION_FOLDER

if TYPE_CHECKING:
    from fer_core.data.cleaning import CleanData
    from fer_core.data.dataset import LabelledFaces
    from fer_core.train.recipes import Recipe

SeedOption = Annotated[int, typer.Option(min=0, help="Random seed.")]

_RUNS: Final = Path("runs/ablation")


def train(
    recipe: Annotated[
        str,
        typer.Argument(metavar="RECIPE", help="Name of the recipe, for example plain or best."),
    ],
    *,
    out: Annotated[Path, typer.Option(help="Folder of the new model: models/ID.")],
    data: DataOption = None,
    votes: VotesOption = None,
    epochs: Annotated[
        int | None,
        typer.Option(min=1, help="Number of epochs. Default: the recipe's.", show_default=False),
    ] = None,
    seed: SeedOption = 0,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue after the last finished epoch.")
    ] = False,
) -> None:
    """Train a network. A run that was stopped loses at most one epoch; --resume continues it."""
    from fer_core.data.votes import read_votes
    from fer_core.train.loop import Run
    from fer_core.train.loop import train as train_network
    from fer_core.train.save import save_model

    chosen, folder = _recipe(recipe), _model_folder(out)
    counts = None if votes is None else read_votes(votes)
    with progress_bar() as bar:
        faces, cleaned = _read_and_clean(data, bar)
        for sentence in cleaned.report.sentences():
            messages.print(sentence)
        shown = TrainingProgress(bar, n_epochs=epochs or chosen.epochs)
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
                dataset=faces.dataset,
                data=cleaned,
                votes=counts,
                on_stage=lambda stage: messages.print(f"{folder.name}: {stage}."),
            )
        except KeyboardInterrupt:
            raise KeyboardInterrupt(shown.stopped()) from None
    typer.echo(
        f"{folder.name}: accuracy {scores.accuracy:.3f}, macro-F1 {scores.macro_f1:.3f} on "
        f"{scores.n:,} faces of {scores.split}."
    )


def train_occlusion(
    *,
    data: DataOption = None,
    out: Annotated[
        Path,
        typer.Option(
            help="Folder of the network and its card.",
            show_default=f"models/{OCCLUSION_FOLDER.name}",
        ),
    ] = OCCLUSION_FOLDER,
    seed: SeedOption = 0,
) -> None:
    """Train the network that detects hands, masks and dark glasses on faces; it takes minutes."""
    from fer_core.train.occlusion import save_occlusion_network, train_occlusion_network

    with progress_bar() as bar:
        _, cleaned = _read_and_clean(data, bar)
        with progress_of(bar, "Training") as on_progress:
            network = train_occlusion_network(
                cleaned.train.pixels,
                seed=seed,
                on_step=lambda step, n_steps: on_progress(step / n_steps),
            )
        messages.print("Converting and measuring.")
        card = save_occlusion_network(out.resolve(), network, cleaned)
    shares = card["share_called_covered"].items()
    typer.echo(f"Share called occluded, of {card['n_measured']:,} faces each:")
    print_table("", "", rows=[(name, f"{share:.3f}") for name, share in shares])


def ablate(
    *,
    votes: Annotated[Path, typer.Option(help="FER+'s votes: fer2013new.csv.")],
    data: DataOption = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ROW",
            help="Train this row; repeat it for more. Default: all.",
            show_default=False,
        ),
    ] = None,
    runs: Annotated[
        Path, typer.Option(help="Folder of the unfinished and the finished rows.")
    ] = _RUNS,
    json: JsonOption = None,
) -> None:
    """Change one choice of a small recipe per row, train it, and compare the scores.

    Rows that are finished are not trained again.
    """
    from fer_core.data.votes import read_votes
    from fer_core.train.ablation import VARIATIONS, run_variation, table

    names = [variation.name for variation in VARIATIONS]
    unknown = [name for name in only or () if name not in names]
    if unknown:
        raise typer.BadParameter(f"expected rows of {', '.join(names)}, got {unknown[0]!r}.")
    counts = read_votes(votes)
    rows = []
    with progress_bar() as bar:
        _, cleaned = _read_and_clean(data, bar)
        for variation in VARIATIONS:
            if only and variation.name not in only:
                continue
            shown = TrainingProgress(bar, n_epochs=variation.recipe.epochs, title=variation.name)
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
        typer.echo(table(rows))


def _read_and_clean(data: Path | None, bar: Progress) -> tuple["LabelledFaces", "CleanData"]:
    from fer_core.data.cleaning import clean

    faces = read_labelled_faces(data, bar)
    return faces, clean(faces.dataset, bad_rows=faces.bad_rows)


def _recipe(name: str) -> "Recipe":
    from fer_core.train.recipes import RECIPES

    if name not in RECIPES:
        raise typer.BadParameter(f"expected a recipe of {', '.join(RECIPES)}, got {name!r}.")
    return RECIPES[name]


def _model_folder(out: Path) -> Path:
    """Return the model's folder, created now: one that cannot be written to fails at once."""
    folder = out.resolve()
    if folder.name == DEFAULT_ID:
        raise typer.BadParameter(f"{DEFAULT_ID!r} means the default model; choose another name.")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class TrainingProgress:
    """Shows the progress of a training, and says where it stopped after Ctrl-C."""

    def __init__(self, bar: Progress, *, n_epochs: int, title: str = "") -> None:
        self.n_epochs = n_epochs
        self._bar = bar
        self._title = f"{title}: epoch" if title else "Epoch"
        self._task = bar.add_task("Training", total=None)
        self._n_finished: int | None = None  # epochs; None before the first step

    def on_step(self, epoch: int, step: int, n_steps: int) -> None:
        """Move the bar."""
        self._n_finished = epoch
        self._bar.update(
            self._task,
            description=f"{self._title} {epoch + 1} of {self.n_epochs}",
            completed=epoch * n_steps + step,
            total=self.n_epochs * n_steps,
        )

    def remove(self) -> None:
        """Remove the bar, so that the next training can show its own."""
        self._bar.remove_task(self._task)

    def on_epoch(self, entry: dict[str, float]) -> None:
        """Print the scores of an epoch."""
        self._n_finished = int(entry["epoch"])
        messages.print(
            f"Epoch {entry['epoch']:.0f}: loss {entry['loss']:.3f}, validation accuracy "
            f"{entry['val_accuracy']:.3f}, macro-F1 {entry['val_macro_f1']:.3f}."
        )

    def stopped(self) -> str:
        """Return the sentence for the person who stopped it."""
        if self._n_finished is None:
            return "Stopped before the first step; no finished epoch was lost."
        if self._n_finished == 0:
            return "Stopped before the end of the first epoch; nothing was saved."
        return f"Stopped after epoch {self._n_finished}; continue with --resume."
