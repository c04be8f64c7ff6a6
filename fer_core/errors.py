"""Errors that a page or the command line can show in one sentence and recover from.

    FerError
    |-- DataError            a data set cannot be used
    |   `-- BadRowError      one row of it cannot be read
    |-- ImageError           a file that is not a photo, or one that cannot be read
    |-- ModelError           a model folder cannot be used
    |   `-- ModelNotFoundError
    `-- SettingsError        a setting of the environment or the machine does not fit

A message says what was expected, what came, and what to do next. Wrong arguments in code stay
`ValueError` and `TypeError`.
"""

import logging

logger = logging.getLogger(__name__)


class FerError(Exception):
    """A problem the person at the screen can act on; `str(error)` is one sentence for them."""


class DataError(FerError):
    """A data set file or folder cannot be used as a whole."""


class BadRowError(DataError):
    """One row of a data set cannot be read.

    Attributes:
        line: Number of the line in the file, from 1, at which the row starts. None where the file
            is one photo of a folder.
        reason: What was expected and what came, without file and line.
    """

    def __init__(self, source: str, line: int | None, reason: str) -> None:
        place = source if line is None else f"{source}, line {line:,}"
        super().__init__(f"{place}: {reason}")
        self.line = line
        self.reason = reason


class ImageError(FerError):
    """A file that is not a photo, or a photo that is damaged or too large."""


class ModelError(FerError):
    """A model folder is there but incomplete, damaged, or does not fit this program."""


class ModelNotFoundError(ModelError):
    """No model of that name."""


class SettingsError(FerError):
    """A setting of the environment or the machine is missing or does not fit."""


def photo_problem(
    error: Exception,
    *,
    source: str,
    next_step: str = "try another copy, or report it with the lines in the log",
) -> str:
    """Return one sentence on why one photo could not be read, whatever it raised.

    The message of an `ImageError` is that sentence. Any other error is logged with its traceback,
    which holds no pixels and no scores.

    Args:
        error: What was raised while the photo was read.
        source: Name for the person: the file, or "This frame".
        next_step: What the person can do.

    Raises:
        FerError: The error is one, but not about this photo: no other could be read either.

    >>> photo_problem(ImageError("a.jpg: expected a photo, got a letter."), source="a.jpg")
    'a.jpg: expected a photo, got a letter.'
    """
    if isinstance(error, ImageError):
        return str(error)
    if isinstance(error, FerError):
        raise error
    logger.error("%s could not be read", source, exc_info=error)
    if isinstance(error, MemoryError):
        return (
            f"{source}: expected enough free memory to read it, got too little; close other "
            "programs, or use a smaller copy."
        )
    return f"{source}: expected to read it, but the program failed on it; {next_step}."
