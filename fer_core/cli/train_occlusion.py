"""`train-occlusion`: the data set in, the network that tells covered faces out."""

from pathlib import Path
from typing import Annotated

import typer

from fer_core.cli.terminal import DataOption, messages, progress_bar, read_labelled_faces
from fer_core.faces.occlusion import OCCLUSION_FOLDER


def train_occlusion(
    *,
    data: DataOption = None,
    out: Annotated[
        Path, typer.Option(help="Folder of the network and its card.")
    ] = OCCLUSION_FOLDER,
    seed: Annotated[int, typer.Option(min=0, help="Seed of everything random.")] = 0,
) -> None:
    """Train the network that finds hands, masks and dark glasses on faces; takes minutes."""
    from fer_core.data.cleaning import clean
    from fer_core.train.occlusion import save_occlusion_network, train_occlusion_network

    with progress_bar() as bar:
        file = read_labelled_faces(data, bar)
        cleaned = clean(file.dataset, bad_rows=file.bad_rows)
        task = bar.add_task("Training", total=None)
        network = train_occlusion_network(
            cleaned.train.pixels,
            seed=seed,
            on_step=lambda step, n_steps: bar.update(task, completed=step, total=n_steps),
        )
        messages.print("Converting and measuring.")
        card = save_occlusion_network(out.resolve(), network, cleaned)
    shares = ", ".join(
        f"{name} {share:.3f}" for name, share in card["share_called_covered"].items()
    )
    messages.print(f"Called covered, of {card['n_measured']:,} faces each: {shares}.")
