"""`Decisions`: which labels a person found wrong or right, in the order of the decisions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from fer_core.data.selection import RIGHT, WRONG, SelectedRow


@dataclass(frozen=True, slots=True)
class Decisions:
    """Decisions in the order in which they were made: `WRONG` or `RIGHT` by row."""

    by_row: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def from_selection(cls, rows: Iterable[SelectedRow]) -> "Decisions":
        """Return the decisions of a selection; rows without one are left out.

        >>> Decisions.from_selection([SelectedRow(7, "happy", WRONG), SelectedRow(8)]).n_wrong()
        1
        """
        decided = {entry.row: entry.decision for entry in rows if entry.decision is not None}
        return cls(MappingProxyType(decided))

    def __len__(self) -> int:
        return len(self.by_row)

    def __contains__(self, row: int) -> bool:
        return row in self.by_row

    def n_wrong(self) -> int:
        """Return the number of labels that are wrong."""
        return sum(decision == WRONG for decision in self.by_row.values())

    def with_row(self, row: int, *, is_wrong: bool) -> "Decisions":
        """Return the decisions with one more, the last one; it replaces an earlier one."""
        others = {known: decision for known, decision in self.by_row.items() if known != row}
        return Decisions(MappingProxyType({**others, row: WRONG if is_wrong else RIGHT}))

    def without_last(self) -> "Decisions":
        """Return the decisions without the last one; without any, the same."""
        return Decisions(MappingProxyType(dict(list(self.by_row.items())[:-1])))
