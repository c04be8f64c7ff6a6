"""All commands. Each imports what it needs when it runs, so `--help` is quick."""

import io
import logging
import sys
from typing import Annotated, Final

import typer

from fer_core.cli.analyze import analyze
from fer_core.cli.app import app
from fer_core.cli.benchmark import benchmark
from fer_core.cli.evaluate import evaluate
from fer_core.cli.experiments import ablate, evaluate_faces, evaluate_turned
from fer_core.cli.explain import explain
from fer_core.cli.models import models
from fer_core.cli.people import evaluate_people, evaluate_postures
from fer_core.cli.photos import evaluate_photos
from fer_core.cli.sizes import compare_sizes
from fer_core.cli.studies import evaluate_layers, find_label_errors, map_features, train_seeds
from fer_core.cli.terminal import ends_in_a_sentence, silence_libraries
from fer_core.cli.train import train, train_occlusion
from fer_core.cli.valence import evaluate_valence, train_valence

_VERBOSE = "--verbose"

commands = typer.Typer(
    name="cue",
    help="Cue reads the expressions that faces show, in plain words, on your own machine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@commands.callback()
def _start(
    *,
    verbose: Annotated[bool, typer.Option(_VERBOSE, help="Report each step.")] = False,
) -> None:
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="%(message)s")


_COMMANDS: Final = (
    *(app, analyze, explain, models, benchmark),
    *(evaluate, evaluate_photos, evaluate_faces, evaluate_turned),
    *(evaluate_people, evaluate_postures),
    *(train, train_occlusion, ablate, train_valence, evaluate_valence),
    *(evaluate_layers, map_features, find_label_errors, train_seeds, compare_sizes),
)
for command in _COMMANDS:
    commands.command()(ends_in_a_sentence()(command))


def main() -> None:
    """Run the command that the arguments name.

    The exit status is 0, 1 (failed), 2 (wrong usage) or 130 (stopped by Ctrl-C).
    """
    if _VERBOSE not in sys.argv:
        silence_libraries()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # JSON is UTF-8, whatever the terminal's language
    commands()
