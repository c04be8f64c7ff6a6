"""Numbers and tables as Markdown, and the part of a page that a command writes."""

from collections.abc import Iterable, Sequence
from typing import Final

from fer_core.metrics.intervals import Interval

NOT_MEASURED: Final = "–"
BEGIN: Final = "<!-- leaderboard: written by `python -m fer_core models --write-cards` -->"
END: Final = "<!-- end of leaderboard -->"


def share(value: float | None, interval: Interval | None = None) -> str:
    """Return a share as per cent, with its interval where there is one.

    >>> share(0.6589, Interval(0.643, 0.674)), share(None)
    ('65.9 (64.3–67.4)', '–')
    """
    if value is None:
        return NOT_MEASURED
    text = f"{100 * value:.1f}"
    return (
        text if interval is None else f"{text} ({100 * interval.low:.1f}–{100 * interval.high:.1f})"
    )


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; the first column is text, the others are numbers.

    >>> print(table(["file", "MB"], [["a", "1.6"]]))
    | file | MB |
    |---|---:|
    | a | 1.6 |
    """
    rule = ["---", *["---:"] * (len(header) - 1)]
    lines = [f"| {' | '.join(header)} |", f"|{'|'.join(rule)}|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def bullets(sentences: Iterable[str]) -> str:
    r"""Return sentences as a list.

    >>> bullets(["One.", "Two."])
    '- One.\n- Two.'
    """
    return "\n".join(f"- {sentence}" for sentence in sentences)


def replace_between_marks(page: str, text: str) -> str:
    r"""Return a page with new text between `BEGIN` and `END`, and all else as it was.

    A page without the two marks gets them at its end.

    >>> replace_between_marks(f"Mine.\n{BEGIN}\nold\n{END}\nToo.", "new").splitlines()[2]
    'new'
    """
    part = f"{BEGIN}\n{text}\n{END}"
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if begin and end:
        return before + part + after
    return f"{page.rstrip()}\n\n{part}\n".lstrip("\n")
