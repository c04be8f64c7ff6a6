"""`models`: the models that --model can name."""

from typing import Annotated

import typer

from fer_core.cli.terminal import messages, number, print_table


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
    from fer_core.expression.card import list_cards, make_default

    if default is not None:
        make_default(default)
    cards = list_cards()
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
        messages.print("No models. Train one: python -m fer_core train RECIPE --out models/ID.")
    if write_cards:
        _write_cards()


def _write_cards() -> None:
    from fer_core.evaluate.lineup import list_entries
    from fer_core.release.leaderboard import write_leaderboard
    from fer_core.release.model_page import write_card_page
    from fer_core.weights import MODELS_FOLDER

    for entry in list_entries():
        write_card_page(MODELS_FOLDER / entry.card.model_id, entry.card, entry.evaluation)
    write_leaderboard()
