"""What all commands share: options, output, progress, and how a command ends.

Results go to standard output, so that they can be piped; progress and problems go to standard
error.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Column, Table

from fer_core.data.dataset import IMAGE_SIZE
from fer_core.errors import DataError, FerError, ModelNotFoundError
from fer_core.faces.registry import DetectorName
from fer_core.files import write_file
from fer_core.labels import FER2013_LABELS
from fer_core.progress import OnMessage, OnProgress

if TYPE_CHECKING:
    from fer_core.data.cleaning import CleanData
    from fer_core.data.dataset import LabelledFaces

STDOUT: Final = Path("-")
FAILED: Final = 1
WRONG_USAGE: Final = 2
INTERRUPTED: Final = 130  # 128 + SIGINT, as shells count it
TRAINING_PACKAGES: Final = ("h5py", "keras", "tensorflow")  # the extra `train`
_N_BAD_ROWS_SHOWN: Final = 5
_PIPE_WIDTH: Final = 1_000  # characters; in a pipe every row of a table stays on one line

# what is printed may come from a file or its name: nothing in it is markup
messages: Final = Console(stderr=True, markup=False, emoji=False, highlight=False, soft_wrap=True)


def printable(text: str) -> str:
    r"""Return a text that cannot steer a terminal: a control character becomes its escape.

    >>> printable("a\x1b[31m.jpg")
    'a\\x1b[31m.jpg'
    """
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def _in_existing_folder(path: Path | None) -> Path | None:
    """Refuse an output file that could not be written, before the work begins."""
    if path in (None, STDOUT):
        return path
    if path.is_dir() or not path.parent.is_dir():
        raise typer.BadParameter(f"expected a file in a folder that exists, got {path}.")
    return path


DataOption = Annotated[
    Path | None,
    typer.Option(
        help="FER2013's CSV file (plain, .gz, .xz or .zip) or folder. Default: the path in "
        "FER2013_CSV, else a file in data/.",
        show_default=False,
    ),
]
VotesOption = Annotated[
    Path | None, typer.Option(help="FER+'s votes: fer2013new.csv.", show_default=False)
]
ModelArgument = Annotated[str, typer.Argument(metavar="ID", help="Model; `models` lists them.")]
ModelOption = Annotated[str, typer.Option(metavar="ID", help="Model; `models` lists them.")]
DetectorOption = Annotated[DetectorName, typer.Option(help="Face detector.")]
CropsOption = Annotated[
    bool,
    typer.Option(
        "--crops",
        help="Each photo is one upright face that is cut out already, at least 24 pixels wide and "
        "high: read it whole, without a detector. The edges of one that is not square are "
        "repeated.",
    ),
]
JsonOption = Annotated[
    Path | None,
    typer.Option(
        "--json",
        callback=_in_existing_folder,
        help="Write JSON to this file; - means standard output.",
        show_default=False,
    ),
]
CsvOption = Annotated[
    Path | None,
    typer.Option(
        "--csv",
        callback=_in_existing_folder,
        help="Write CSV to this file; - means standard output.",
        show_default=False,
    ),
]


@contextmanager
def ends_in_a_sentence() -> Iterator[None]:
    """End a command with one sentence and an exit status at an error or Ctrl-C.

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
        raise  # the reader of our output has left; click ends quietly
    except OSError as error:
        _end(f"{error.filename or 'A file'}: {error.strerror or error}.", FAILED)
    except KeyboardInterrupt as interrupt:
        _end(str(interrupt) or "Stopped.", INTERRUPTED)


def _end(sentence: str, status: int) -> None:
    # not through rich: Ctrl-C in the middle of one of its prints can leave it silent
    typer.echo(sentence, err=True)
    raise typer.Exit(status)


def silence_libraries() -> None:
    """Drop what C libraries write to standard error; what Python writes still arrives.

    LiteRT, TensorFlow and libtiff write there, whatever their settings.
    """
    if sys.stderr is None:  # closed by the program that started us
        return
    own = os.fdopen(os.dup(2), "w", buffering=1, encoding="utf-8", errors="backslashreplace")
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123  # a descriptor is wanted, not a path
        os.dup2(nowhere.fileno(), 2)
    sys.stderr = own


def write_text(path: Path, text: str) -> None:
    """Write text to a file, whole or not at all, or to standard output for the path `-`."""
    if path == STDOUT:
        sys.stdout.write(text)
    else:
        write_file(path, text)


def write_json(path: Path, value: Any) -> None:  # noqa: ANN401  # any JSON value
    """Write a value as JSON, as `write_text` does."""
    write_text(path, json.dumps(value, indent=2, allow_nan=False) + "\n")


def print_table(*columns: Column | str, rows: Iterable[Sequence[str]]) -> None:
    """Print results in columns: as wide as the terminal, or one line per row in a pipe.

    Args:
        columns: A header each, or a `Column` that says more; if all are empty, there is no header.
        rows: Cells, one per column.
    """
    has_header = any(column.header if isinstance(column, Column) else column for column in columns)
    table = Table(*columns, box=None, padding=(0, 2, 0, 0), show_header=has_header)
    for row in rows:
        table.add_row(*row)
    width = None if sys.stdout.isatty() else _PIPE_WIDTH
    Console(width=width, markup=False, emoji=False, highlight=False).print(table)


def number(header: str) -> Column:
    """Return a column of numbers for `print_table`."""
    return Column(header, justify="right")


def progress_bar() -> Progress:
    """Return a progress bar on standard error that goes when done; it shows nothing in a pipe."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(),
        console=messages,
        transient=True,
        disable=not messages.is_terminal,
        redirect_stdout=sys.stdout.isatty(),  # else results meant for a pipe would appear here
    )


@contextmanager
def progress_of(bar: Progress, description: str) -> Iterator[OnProgress]:
    """Show one task in a progress bar while it lasts, and yield the callback that moves it."""
    task = bar.add_task(description, total=1.0)
    try:
        yield lambda share: bar.update(task, completed=share)
    finally:
        bar.remove_task(task)


def stage_teller(bar: Progress, task: TaskID) -> OnMessage:
    """Return what tells the stage of a task, for work that takes minutes without a result.

    A terminal shows the sentence in the bar. In a pipe each new one is a line on standard error.
    """
    if messages.is_terminal:
        return lambda sentence: bar.update(task, description=sentence)
    last = ""

    def say(sentence: str) -> None:
        nonlocal last
        if sentence != last:  # work that goes on says it again
            messages.print(sentence)
        last = sentence

    return say


def read_labelled_faces(
    given: Path | None, bar: Progress, *, side: int = IMAGE_SIZE
) -> "LabelledFaces":
    """Return the faces of the data set given, else of the local one; print the first problems.

    Args:
        given: The data set; None for the local one.
        bar: Shows the progress.
        side: Pixels of a face of the network.

    Raises:
        DataError: There is no data set, it cannot be used, or holds none of FER2013's classes.
    """
    from fer_core.data.collection_reader import load_collection
    from fer_core.data.dataset import LabelledFaces
    from fer_core.data.fer2013 import find_fer2013

    path = given or find_fer2013()
    if path is None:
        raise DataError(
            "Expected FER2013's CSV, which Kaggle offers. Name it with --data or FER2013_CSV, or "
            "put it into data/ as fer2013.csv."
        )
    with progress_of(bar, "Reading the faces") as on_progress:
        collection = load_collection(path, side=side, on_progress=on_progress)
    for sentence in (*collection.notes, *collection.problems[:_N_BAD_ROWS_SHOWN]):
        messages.print(sentence)
    if collection.n_problems > _N_BAD_ROWS_SHOWN:
        messages.print(f"Rows or files that could not be read: {collection.n_problems:,}.")
    faces = collection.unjoined_faces
    if faces is None:
        raise DataError(
            f"{collection.name} holds none of the classes that training and evaluation need: "
            f"{', '.join(FER2013_LABELS)}."
        )
    return LabelledFaces(
        faces,
        n_unreadable=collection.n_problems,
        n_rows=collection.n_rows,
        n_further=collection.n_further,
    )


def read_clean_faces(
    given: Path | None, bar: Progress, *, side: int = IMAGE_SIZE
) -> tuple["LabelledFaces", "CleanData"]:
    """Return the faces as `read_labelled_faces` does, and cleaned for training.

    Args:
        given: The data set; None for the local one.
        bar: Shows the progress.
        side: Pixels of a face of the network.

    Raises:
        DataError: There is no data set, it cannot be used, or cleaning leaves too few faces.
    """
    from fer_core.data.cleaning import clean

    faces = read_labelled_faces(given, bar, side=side)
    return faces, clean(faces.dataset, n_unreadable=faces.n_unreadable, n_further=faces.n_further)
