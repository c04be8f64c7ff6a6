"""What all commands share: options, where text goes, how a command ends, how progress shows."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from fer_core.errors import DataError, FerError, ModelNotFoundError
from fer_core.faces.registry import DETECTOR_NAMES
from fer_core.files import write_file

if TYPE_CHECKING:
    from fer_core.data.fer2013 import LabelledFaces

STDOUT: Final = Path("-")
FAILED: Final = 1
WRONG_USAGE: Final = 2
INTERRUPTED: Final = 130  # 128 + SIGINT, as shells count it
TRAINING_PACKAGES: Final = ("h5py", "keras", "tensorflow")  # the extra `train`
_N_BAD_ROWS_SHOWN: Final = 5

messages: Final = Console(stderr=True, highlight=False, soft_wrap=True)
"""For people; results go to standard output, so that `--json -` can be piped."""


def _in_existing_folder(path: Path | None) -> Path | None:
    """Refuse a file that could not be written, before the work whose result it is to hold."""
    if path in (None, STDOUT):
        return path
    if path.is_dir() or not path.parent.is_dir():
        raise typer.BadParameter(f"expected a file in a folder that exists, got {path}.")
    return path


def one_of(choices: tuple[str, ...]) -> Callable[[str], str]:
    """Return a check for an option that takes one of a few words."""

    def check(word: str) -> str:
        if word not in choices:
            raise typer.BadParameter(f"expected {' or '.join(choices)}, got {word!r}.")
        return word

    return check


DataOption = Annotated[
    Path | None,
    typer.Option(help="FER2013's CSV, plain, .gz, .xz or .zip, or its folder; else FER2013_CSV."),
]
VotesOption = Annotated[Path | None, typer.Option(help="FER+'s fer2013new.csv.")]
ModelOption = Annotated[str, typer.Option(help="Model ID; `models` lists them.")]
DetectorOption = Annotated[
    str,
    typer.Option(
        callback=one_of(DETECTOR_NAMES), help=f"How faces are found: {', '.join(DETECTOR_NAMES)}."
    ),
]
JsonOption = Annotated[
    Path | None,
    typer.Option(
        "--json",
        callback=_in_existing_folder,
        help="Write JSON to this file; - for standard output.",
    ),
]
CsvOption = Annotated[
    Path | None,
    typer.Option(
        "--csv",
        callback=_in_existing_folder,
        help="Write CSV to this file; - for standard output.",
    ),
]


@contextmanager
def ends_in_a_sentence() -> Iterator[None]:
    """End a command with one sentence and an exit status where an error or Ctrl-C comes up.

    A `KeyboardInterrupt` may carry the sentence. An unknown model is wrong usage.
    """
    try:
        yield
    except ModelNotFoundError as error:
        _end(str(error), WRONG_USAGE)
    except FerError as error:
        _end(str(error), FAILED)
    except ModuleNotFoundError as error:
        if error.name not in TRAINING_PACKAGES:
            raise
        _end(
            f"This command needs {error.name}: install Cue with its extra 'train', as in "
            "pip install '.[train]'.",
            FAILED,
        )
    except BrokenPipeError:
        raise  # whoever read our output has seen enough; click ends quietly
    except OSError as error:
        _end(f"{error.filename or 'A file'}: {error.strerror or error}.", FAILED)
    except KeyboardInterrupt as interrupt:
        _end(str(interrupt) or "Stopped.", INTERRUPTED)


def _end(sentence: str, status: int) -> None:
    messages.print(sentence, markup=False)
    raise typer.Exit(status)


def silence_libraries() -> None:
    """Drop what libraries in C write to standard error; what Python writes still arrives.

    LiteRT, TensorFlow and libtiff announce themselves there whatever their settings.
    """
    if sys.stderr is None:  # closed by whoever started us
        return
    own = os.fdopen(os.dup(2), "w", buffering=1, encoding="utf-8", errors="backslashreplace")
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123  # a descriptor is wanted, not a path
        os.dup2(nowhere.fileno(), 2)
    sys.stderr = own


def write_text(path: Path, text: str) -> None:
    """Write text to a file, or to standard output where the path is `-`."""
    if path == STDOUT:
        sys.stdout.write(text)
    else:
        write_file(path, text)


def write_json(path: Path, value: Any) -> None:  # noqa: ANN401  # any JSON value
    """Write a value as JSON to a file, or to standard output where the path is `-`."""
    write_text(path, json.dumps(value, indent=2, allow_nan=False) + "\n")


def progress_bar() -> Progress:
    """Return a progress bar on standard error, gone when done; nothing in a pipe."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(),
        console=messages,
        transient=True,
        disable=not messages.is_terminal,
    )


def read_labelled_faces(given: Path | None, bar: Progress) -> "LabelledFaces":
    """Return the data set given, else the local one, naming the first rows that cannot be read.

    Raises:
        DataError: There is none, or it cannot be used.
    """
    from fer_core.data.fer2013 import find_fer2013
    from fer_core.data.folder import read_dataset

    path = given or find_fer2013()
    if path is None:
        raise DataError(
            "Expected FER2013's CSV: name it with --data or FER2013_CSV, or put it into data/ as "
            "fer2013.csv. README.md says where to get it."
        )
    task = bar.add_task("Reading the faces", total=1.0)
    file = read_dataset(
        path,
        skip_bad_rows=True,
        on_progress=lambda share: bar.update(task, completed=share),
    )
    bar.remove_task(task)
    for bad_row in file.bad_rows[:_N_BAD_ROWS_SHOWN]:
        messages.print(str(bad_row), markup=False)
    if len(file.bad_rows) > _N_BAD_ROWS_SHOWN:
        messages.print(f"{len(file.bad_rows):,} rows in all could not be read.")
    return file
