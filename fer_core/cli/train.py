"""`train` and `train-occlusion`: the data set in, networks and their scores out."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.progress import Progress

from fer_core.cli.terminal import (
    DataOption,
    VotesOption,
    messages,
    print_table,
    progress_bar,
    progress_of,
    read_clean_faces,
    read_labelled_faces,
)
from fer_core.data.dataset import IMAGE_SIZE, NETWORK_SIZES
from fer_core.expression.card import LEFT_OUT_FILE
from fer_core.expression.model_folder import DEFAULT_ID, ModelFolder
from fer_core.faces.occlusion import OCCLUSION_FOLDER
from fer_core.files import recover_folder, replacing_folder

if TYPE_CHECKING:
    import numpy as np

    from fer_core.data.cleaning import CleanData
    from fer_core.data.dataset import FaceDataset
    from fer_core.evaluate.report import Evaluation
    from fer_core.train.loop import Run, Trained
    from fer_core.train.recipes import Recipe

_SIZES: Final = ", ".join(map(str, NETWORK_SIZES))
SeedOption = Annotated[int, typer.Option(min=0, help="Random seed.")]


def train(  # noqa: PLR0913  # an option each
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
    size: Annotated[
        int,
        typer.Option(help=f"Pixels of a face: {_SIZES}. Smaller images are enlarged."),
    ] = IMAGE_SIZE,
    leave_out: Annotated[
        Path | None,
        typer.Option(
            "--leave-out",
            help="CSV of row numbers that are not trained on; with a column decision, those whose "
            "label is wrong.",
            show_default=False,
        ),
    ] = None,
    student: Annotated[
        Path | None,
        typer.Option(
            help="Folder of scripts/train_on_gpu.py: train the last epochs of its student.",
            show_default=False,
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue after the last finished epoch.")
    ] = False,
) -> None:
    """Train a network. A run that was stopped loses at most one epoch; --resume continues it."""
    from fer_core.data.cleaning import clean
    from fer_core.data.selection import read_leave_out
    from fer_core.data.votes import read_votes
    from fer_core.train.loop import Run
    from fer_core.train.loop import train as train_network

    chosen = recipe_named(recipe).at_size(_size(size))
    if student:
        if size != IMAGE_SIZE:
            raise typer.BadParameter(f"a student has {IMAGE_SIZE} pixels, got --size {size}.")
        chosen = _finish(recipe, chosen)
    folder = _model_folder(out)
    table = None if votes is None else read_votes(votes)
    with progress_bar() as bar:
        faces = read_labelled_faces(data, bar, side=size)
        left_out = None if leave_out is None else read_leave_out(leave_out, faces.dataset)
        cleaned = clean(
            faces.dataset,
            n_unreadable=faces.n_unreadable,
            n_further=faces.n_further,
            leave_out=None if left_out is None else left_out.rows,
        )
        counts = None if table is None else table.joined_to(faces.row_split_ids)
        for sentence in cleaned.report.sentences():
            messages.print(sentence)
        with progress_of(bar, "Training") as on_progress:
            run = Run(
                recipe_name=recipe,
                recipe=chosen,
                checkpoint=folder / "checkpoint",
                n_epochs=epochs or chosen.epochs,
                seed=seed,
                student=student,
                left_out=left_out,
                on_progress=on_progress,
                on_message=messages.print,
            )
            try:
                trained = train_network(run, cleaned, counts, resume=resume)
            except KeyboardInterrupt:
                raise KeyboardInterrupt(_stopped(run)) from None
        scores = _save_and_release(
            folder, trained, run, dataset=faces.dataset, data=cleaned, votes=counts, bar=bar
        )
    part = f"{scores.n:,} faces of {scores.split}"
    if cleaned.report.n_held_out:
        part += " that were kept for validation"
    typer.echo(
        f"{folder.name}: accuracy {scores.accuracy:.3f}, macro-F1 {scores.macro_f1:.3f} on {part}."
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
        _, cleaned = read_clean_faces(data, bar)
        with progress_of(bar, "Training") as on_progress:
            network = train_occlusion_network(
                cleaned.train.pixels, seed=seed, on_progress=on_progress
            )
        messages.print("Exporting and measuring the network.")
        card = save_occlusion_network(out.resolve(), network, cleaned)
    shares = card.share_called_covered.items()
    typer.echo(f"Share classified as occluded, of {card.n_measured:,} faces each:")
    print_table("", "", rows=[(name, f"{share:.3f}") for name, share in shares])


def recipe_named(name: str) -> "Recipe":
    """Return a recipe; an unknown name is wrong usage."""
    from fer_core.train.recipes import RECIPES

    if name not in RECIPES:
        raise typer.BadParameter(f"expected a recipe of {', '.join(RECIPES)}, got {name!r}.")
    return RECIPES[name]


def _size(size: int) -> int:
    if size not in NETWORK_SIZES:
        raise typer.BadParameter(f"expected --size {_SIZES}, got {size}.")
    return size


def _finish(name: str, recipe: "Recipe") -> "Recipe":
    if recipe.finish is None:
        raise typer.BadParameter(
            f"{name} has no student that a GPU trains; use the recipe general."
        )
    return recipe.finish


def _model_folder(out: Path) -> Path:
    """Return the model's folder, created now: one that cannot be written to fails at once."""
    folder = out.resolve()
    if folder.name == DEFAULT_ID:
        raise typer.BadParameter(f"{DEFAULT_ID!r} means the default model; choose another name.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    recover_folder(folder)
    folder.mkdir(exist_ok=True)
    return folder


def _save_and_release(
    folder: Path,
    trained: "Trained",
    run: "Run",
    *,
    dataset: "FaceDataset",
    data: "CleanData",
    votes: "np.ndarray | None",
    bar: Progress,
) -> "Evaluation":
    """Replace a model's folder by the finished model; until then an earlier model stays whole."""
    from fer_core.release.release import write_release
    from fer_core.train.save import load_keras_predictor, save_model

    has_test = bool(len(dataset.split("PublicTest")))
    try:
        with replacing_folder(folder) as fresh, progress_of(bar, "Corrupted faces") as on_progress:
            save_model(
                fresh,
                trained,
                run,
                dataset=dataset,
                data=data,
                has_votes=votes is not None,
                is_default=_becomes_default(folder),
                on_message=messages.print,
            )
            scores = write_release(
                folder.name,
                dataset if has_test else data.validation,
                votes,
                models=ModelFolder(fresh.parent),
                split="PublicTest" if has_test else "Training",
                load_keras=load_keras_predictor,
                on_message=messages.print,
                on_progress=on_progress,
            )
            _keep_other_files(folder, fresh)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(_stopped(run)) from None
    return scores


def _becomes_default(folder: Path) -> bool:
    """Return whether no other model is the default one."""
    others = ModelFolder(folder.parent).cards()
    return not any(card.is_default and card.model_id != folder.name for card in others)


def _keep_other_files(folder: Path, fresh: Path) -> None:
    """Copy the files that training does not write: the checkpoint, and a user's own files."""
    from fer_core.evaluate.report import TURNED_FILE

    for path in folder.iterdir():
        if path.name in (TURNED_FILE, LEFT_OUT_FILE) or (fresh / path.name).exists():
            continue  # about the old weights, or written anew
        copy = shutil.copytree if path.is_dir() else shutil.copy2
        copy(path, fresh / path.name)


def _stopped(run: "Run") -> str:
    """Return the sentence for the person who stopped a training with Ctrl-C."""
    from fer_core.train.checkpoint import n_finished_epochs

    n_finished = n_finished_epochs(run.checkpoint)
    if not n_finished:
        return "Stopped before the end of the first epoch; nothing was saved."
    return f"Stopped after epoch {n_finished}; continue with --resume."
