"""The commands, joined; what a command needs is imported when it runs, so `--help` is quick."""

import logging
import sys
from typing import Annotated

import typer

from fer_core.cli.analyze import analyze
from fer_core.cli.benchmark import benchmark
from fer_core.cli.evaluate import evaluate
from fer_core.cli.terminal import errors_as_sentences
from fer_core.cli.train import train

commands = typer.Typer(
    name="fer_core",
    help="Cue: read the expressions that faces show, in plain words, on your own machine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@commands.callback()
def _start(
    verbose: Annotated[bool, typer.Option("--verbose", help="Say what is being done.")] = False,
) -> None:
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING)


@commands.command()
def models() -> None:
    """List the models, one a line; the one the app uses is marked `default`."""
    from fer_core.expression.card import list_cards

    with errors_as_sentences():
        for card in list_cards():
            mark = " default" if card.is_default else ""
            sys.stdout.write(
                f"{card.model_id}{mark} {card.n_parameters:,} parameters: {card.summary}\n"
            )


for command in (analyze, train, evaluate, benchmark):
    commands.command()(command)


def main() -> None:
    """Run the command that the arguments name; the exit status is 0, 1 (failed) or 2 (usage)."""
    commands()
