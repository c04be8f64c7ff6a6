"""Errors that a page or the command line can show in one sentence and recover from.

    FerError
    |-- DataError            a data set cannot be used
    |   `-- BadRowError      one row of it cannot be read
    |-- ImageError           a file that is no photo, or one that cannot be read
    |-- ModelError           a model folder cannot be used
    |   `-- ModelNotFoundError
    `-- SettingsError        a setting of the environment or the machine does not fit

A message says what was expected, what came, and what to do next. Wrong arguments in code stay
`ValueError` and `TypeError`.
"""


class FerError(Exception):
    """A problem the person at the screen can act on; `str(error)` is one sentence for them."""


class DataError(FerError):
    """A data set file or folder cannot be used as a whole."""


class BadRowError(DataError):
    """One row of a data set cannot be read.

    Attributes:
        row: Number of the row in the file; the header is row 1. None where the file is one photo
            of a folder.
        reason: What was expected and what came, without file and row.
    """

    def __init__(self, source: str, row: int | None, reason: str) -> None:
        super().__init__(f"{source}: {reason}" if row is None else f"{source}, row {row}: {reason}")
        self.row = row
        self.reason = reason


class ImageError(FerError):
    """A file that is no photo, or a photo that is damaged or too large."""


class ModelError(FerError):
    """A model folder is there but incomplete, damaged, or does not fit this program."""


class ModelNotFoundError(ModelError):
    """No model of that name."""


class SettingsError(FerError):
    """A setting of the environment or the machine is missing or does not fit."""
