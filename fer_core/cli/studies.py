"""What takes minutes and is stored: layers, a map of features, label errors, several seeds."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.progress import Progress

from fer_core.cli.terminal import (
    DataOption,
    ModelArgument,
    VotesOption,
    messages,
    number,
    print_table,
    progress_bar,
    progress_of,
    read_clean_faces,
    read_labelled_faces,
)
from fer_core.data.dataset import IMAGE_SIZE
from fer_core.expression.model_folder import find_models

if TYPE_CHECKING:
    from fer_core.data.dataset import FaceDataset
    from fer_core.explain.probes import LayerProbes

_RUNS: Final = Path("runs/folds")  # ignored by git


def evaluate_layers(model: ModelArgument, *, data: DataOption = None) -> None:
    """Measure what each block of a network has learned, and which faces excite each channel.

    Writes layers.json and layers.npz into the model's folder. The page Inside shows them.
    """
    from fer_core.data.row_numbers import save_row_numbers
    from fer_core.explain.keras_file import load_keras
    from fer_core.explain.layer_study import study_layers
    from fer_core.explain.probes import EXCITING_FILE, save_probes

    models = find_models()
    card = models.card(model)
    network = load_keras(card, models)
    with progress_bar() as bar:
        faces, cleaned = read_clean_faces(data, bar, side=card.input_size)
        originals = _with_48_pixels(faces.dataset, data, bar)
        with progress_of(bar, "Studying the layers") as on_progress:
            found = study_layers(
                network,
                card,
                cleaned.train,
                cleaned.validation,
                originals=originals,
                on_progress=on_progress,
            )
    save_probes(found.probes, models=models)
    save_row_numbers(models.path_of(card.model_id) / EXCITING_FILE, found.exciting)
    _print_probes(found.probes)


def _print_probes(probes: "LayerProbes") -> None:
    typer.echo(
        f"Linear probes of {probes.model}: fitted on {probes.n_train:,} faces, scored on "
        f"{probes.n_test:,}."
    )
    print_table(
        *("block ends with", number("features"), number("accuracy"), number("macro-F1")),
        rows=[
            (p.layer, f"{p.n_features:,}", f"{p.accuracy:.3f}", f"{p.macro_f1:.3f}")
            for p in probes.stages
        ],
    )


def map_features(model: ModelArgument, *, data: DataOption = None) -> None:
    """Compute the map of a network's features that the page Dataset shows; it takes minutes.

    Writes feature_map.npz beside the models.
    """
    from fer_core.data.row_numbers import save_row_numbers
    from fer_core.explain.feature_map import map_features as map_features_of
    from fer_core.explain.keras_file import load_keras

    models = find_models()
    card = models.card(model)
    network = load_keras(card, models)
    with progress_bar() as bar:
        faces = read_labelled_faces(data, bar, side=card.input_size).dataset
        originals = _with_48_pixels(faces, data, bar)
        with progress_of(bar, "Mapping the features") as on_progress:
            numbers = map_features_of(
                network, card, faces, originals=originals, on_progress=on_progress
            )
    path = models.path / "feature_map.npz"
    save_row_numbers(path, numbers.about(faces))
    typer.echo(f"{path.name}: {len(numbers):,} faces by the features of {card.model_id}.")


def _with_48_pixels(faces: "FaceDataset", data: Path | None, bar: Progress) -> "FaceDataset":
    """Return the faces as pages join them to stored rows: with 48 pixels, read anew if need be."""
    if faces.pixels.shape[1] == IMAGE_SIZE:
        return faces
    return read_labelled_faces(data, bar).dataset


def find_label_errors(
    *,
    data: DataOption = None,
    votes: VotesOption = None,
    recipe: Annotated[str, typer.Option(help="Recipe of the networks.")] = "vgg",
    epochs: Annotated[
        int | None,
        typer.Option(min=1, help="Epochs per network. Default: the recipe's.", show_default=False),
    ] = None,
    runs: Annotated[Path, typer.Option(help="Folder of unfinished and finished folds.")] = _RUNS,
) -> None:
    """Train five networks, each without a fifth of the faces, and store what they say of it.

    Writes label_errors.npz beside the models, from which the page Dataset ranks the labels. A run
    that was stopped goes on after the last finished epoch.
    """
    from dataclasses import replace

    from fer_core.cli.train import recipe_named
    from fer_core.data.row_numbers import save_row_numbers
    from fer_core.data.votes import read_votes
    from fer_core.train.folds import CrossValidation, agreement, out_of_fold

    chosen = recipe_named(recipe)
    if epochs is not None:
        chosen = replace(chosen, cycles=(epochs,))
    table = None if votes is None else read_votes(votes)
    with progress_bar() as bar:
        faces, cleaned = read_clean_faces(data, bar)
        counts = None if table is None else table.joined_to(faces.row_split_ids)
        with progress_of(bar, "Training five networks") as on_progress:
            study = CrossValidation(
                recipe, chosen, runs, on_progress=on_progress, on_message=messages.print
            )
            numbers = out_of_fold(study, faces.dataset, cleaned, counts)
    path = find_models().path / "label_errors.npz"
    save_row_numbers(path, numbers.about(faces.dataset))
    typer.echo(
        f"{path.name}: {len(numbers):,} faces. The networks agree with the label of "
        f"{agreement(numbers, cleaned.train):.1%} of the training faces that they did not see."
    )


def train_seeds(
    recipe: Annotated[
        str,
        typer.Argument(metavar="RECIPE", help="Name of a recipe with a model of the same name."),
    ],
    *,
    data: DataOption = None,
    votes: VotesOption = None,
    seeds: Annotated[int, typer.Option(min=1, help="Number of trainings.")] = 3,
    runs: Annotated[Path, typer.Option(help="Folder of the checkpoints.")] = Path("runs/seeds"),
) -> None:
    """Train a recipe with several seeds, to see how much of its scores is chance.

    Writes seeds.json into the folder of the model. A run that was stopped goes on after the last
    finished epoch.
    """
    from fer_core.cli.train import recipe_named
    from fer_core.data.votes import read_votes
    from fer_core.evaluate.seeds import save_seeds
    from fer_core.train.seeds import train_seeds as train_all

    chosen = recipe_named(recipe)
    models = find_models()
    name = models.card(recipe).model_id
    table = None if votes is None else read_votes(votes)
    with progress_bar() as bar:
        faces, cleaned = read_clean_faces(data, bar)
        counts = None if table is None else table.joined_to(faces.row_split_ids)
        with progress_of(bar, f"Training {recipe}") as on_progress:
            trainings = train_all(
                recipe,
                chosen,
                cleaned,
                counts,
                n_seeds=seeds,
                folder=runs,
                on_progress=on_progress,
                on_message=messages.print,
            )
    save_seeds(name, trainings, models=models)
    for each in trainings.seeds:
        last = each.history[-1]
        typer.echo(
            f"{name}, seed {each.seed}: accuracy {last.val_accuracy:.3f}, macro-F1 "
            f"{last.val_macro_f1:.3f}, loss {last.loss:.2f} in training and {last.val_loss:.2f} "
            "on other faces."
        )
