"""What all commands share: where text goes, how errors end a command, how progress shows."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from fer_core.errors import DataError, FerError

STDOUT: Final = Path("-")
messages: Final = Console(stderr=True, highlight=False, soft_wrap=True)
"""For people; results go to standard output, so that `--json -` can be piped."""

DataOption = Annotated[
    Path | None,
    typer.Option(help="FER2013's CSV, plain, .gz, .xz or .zip, or its folder; else FER2013_CSV."),
]
VotesOption = Annotated[Path | None, typer.Option(help="FER+'s fer2013new.csv.")]
JsonOption = Annotated[
    Path | None, typer.Option("--json", help="Write JSON to this file; - for standard output.")
]


@contextmanager
def errors_as_sentences() -> Iterator[None]:
    """End the command with status 1 and one sentence where a `FerError` or file error comes up."""
    try:
        yield
    except FerError as error:
        messages.print(str(error), markup=False)
        raise typer.Exit(1) from error
    except OSError as error:
        messages.print(f"{error.filename or 'A file'}: {error.strerror}.", markup=False)
        raise typer.Exit(1) from error


def write_text(path: Path, text: str) -> None:
    """Write text to a file, or to standard output where the path is `-`."""
    if path == STDOUT:
        sys.stdout.write(text)
    else:
        path.write_text(text, encoding="utf-8")


def write_json(path: Path, value: Any) -> None:  # noqa: ANN401  # any JSON value
    """Write a value as JSON to a file, or to standard output where the path is `-`."""
    write_text(path, json.dumps(value, indent=2, allow_nan=False) + "\n")


def progress_bar() -> Progress:
    """Return a progress bar on standard error, gone when done."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
        console=messages,
        transient=True,
    )


def data_path(given: Path | None) -> Path:
    """Return the data set to use: the one given, else the local one.

    Raises:
        DataError: Neither is there.
    """
    from fer_core.data.fer2013 import find_fer2013

    path = given or find_fer2013()
    if path is None:
        raise DataError(
            "Expected FER2013's CSV: name it with --data or FER2013_CSV, or put it into data/ as "
            "fer2013.csv. README.md says where to get it."
        )
    return path
