"""`models`: what can be named with `--model`."""

import sys

from fer_core.cli.terminal import messages


def models() -> None:
    """List the models, one a line; the one the app uses is marked `default`."""
    from fer_core.expression.card import list_cards

    cards = list_cards()
    for card in cards:
        mark = " default" if card.is_default else ""
        sys.stdout.write(
            f"{card.model_id}{mark} {card.n_parameters:,} parameters: {card.summary}\n"
        )
    if not cards:
        messages.print("No models. Train one: python -m fer_core train RECIPE --out models/ID.")
