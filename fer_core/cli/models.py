"""`models`: the models that --model can name."""

from typing import TYPE_CHECKING, Annotated

import typer

from fer_core.cli.terminal import messages, number, print_table

if TYPE_CHECKING:
    from fer_core.expression.model_folder import ModelFolder


def models(
    *,
    default: Annotated[
        str | None,
        typer.Option(
            metavar="ID", help="Make this model the default one of the app.", show_default=False
        ),
    ] = None,
    write_cards: Annotated[
        bool,
        typer.Option(
            "--write-cards",
            help="Write each model's README.md, and the leaderboard models/README.md, again from "
            "card.json and evaluation.json.",
        ),
    ] = False,
) -> None:
    """List the models, one per line; the one that the app uses is marked `default`."""
    from fer_core.expression.model_folder import MODELS_VARIABLE, find_models

    found = find_models()
    if default is not None:
        found.make_default(default)
    cards = found.cards()
    print_table(
        *("", "", number(""), ""),
        rows=[
            (
                card.model_id,
                "default" if card.is_default else "",
                f"{card.n_parameters:,} parameters",
                card.summary,
            )
            for card in cards
        ],
    )
    if not cards:
        messages.print(
            f"No models in {found.path}, which {MODELS_VARIABLE} names if it is set. Train one: "
            f"python -m fer_core train RECIPE --out {found.path}/ID."
        )
    if write_cards:
        _write_cards(found)


def _write_cards(found: "ModelFolder") -> None:
    from fer_core.evaluate.lineup import load_lineup
    from fer_core.release.leaderboard import write_leaderboard
    from fer_core.release.model_page import write_model_page

    for entry in load_lineup(models=found).entries:
        write_model_page(entry.card, entry.evaluation, models=found)
    write_leaderboard(models=found)
