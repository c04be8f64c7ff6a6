"""`Decisions`: which labels a person found wrong or right, kept by row, saved as CSV."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from fer_core.data.dataset import MAX_FACES
from fer_core.errors import DataError

_COLUMNS: Final = ("row", "label_is")
_WORDS: Final = {True: "wrong", False: "right"}


@dataclass(frozen=True, slots=True)
class Decisions:
    """Decisions in the order in which they were made; `is_wrong` by row."""

    is_wrong: Mapping[int, bool] = field(default_factory=lambda: MappingProxyType({}))

    def __len__(self) -> int:
        return len(self.is_wrong)

    def __contains__(self, row: int) -> bool:
        return row in self.is_wrong

    def wrong_rows(self) -> tuple[int, ...]:
        """Return the rows whose label is wrong, in the order of the decisions."""
        return tuple(row for row, is_wrong in self.is_wrong.items() if is_wrong)

    def with_row(self, row: int, *, is_wrong: bool) -> "Decisions":
        """Return the decisions with one more, the last one; it replaces an earlier one."""
        others = {known: answer for known, answer in self.is_wrong.items() if known != row}
        return Decisions(MappingProxyType({**others, row: is_wrong}))

    def without_last(self) -> "Decisions":
        """Return the decisions without the last one; without any, the same."""
        return Decisions(MappingProxyType(dict(list(self.is_wrong.items())[:-1])))


def decisions_csv(decisions: Decisions) -> str:
    r"""Return the decisions as CSV: a row of the data file, and whether its label is wrong.

    >>> decisions_csv(Decisions().with_row(7, is_wrong=True))
    'row,label_is\n7,wrong\n'
    """
    lines = [",".join(_COLUMNS)]
    lines += [f"{row},{_WORDS[is_wrong]}" for row, is_wrong in decisions.is_wrong.items()]
    return "\n".join(lines) + "\n"


def read_decisions(content: bytes, *, name: str) -> Decisions:
    """Return the decisions in a file that `decisions_csv` wrote.

    Args:
        content: The file.
        name: Its name, for messages.

    Raises:
        DataError: It is another file, or a line of it is damaged.
    """
    advice = "Use a file that was downloaded in the tab Label errors."
    try:
        table = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{name} is not a CSV file ({error}). {advice}") from error
    if not table or tuple(cell.strip() for cell in table[0]) != _COLUMNS:
        raise DataError(f"{name}: expected the columns {' and '.join(_COLUMNS)}. {advice}")
    answers = {word: is_wrong for is_wrong, word in _WORDS.items()}
    is_wrong: dict[int, bool] = {}
    for number, cells in enumerate(table[1:], start=2):
        fits = len(cells) == len(_COLUMNS) and cells[0].isascii() and cells[0].isdigit()
        if not fits or cells[1] not in answers or int(cells[0][:12]) >= MAX_FACES:
            shown = ",".join(cells)[:20]
            raise DataError(
                f"{name}, line {number}: expected a row and `wrong` or `right`, got {shown!r}. "
                f"{advice}"
            )
        is_wrong[int(cells[0])] = answers[cells[1]]
    return Decisions(MappingProxyType(is_wrong))
