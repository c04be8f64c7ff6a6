"""All models compared in `models/README.md`: cost and scores."""

from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import quote

from fer_core.evaluate.lineup import Entry, load_lineup
from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder
from fer_core.files import write_file
from fer_core.release.model_page import (
    NOT_MEASURED,
    PAGE,
    escape_markdown,
    percent_range,
    score_range,
)

BEGIN: Final = "<!-- leaderboard: written by `python -m fer_core models --write-cards` -->"
END: Final = "<!-- end of leaderboard -->"
_TITLE: Final = "# Models\n"
_HEADER: Final = (
    *("model", "parameters", "MFLOPs", "MB", "ms per face", "accuracy (%)", "macro-F1"),
    *("top-2 (%)", "calibration error (%)", "FER+ majority (%)"),
)
_EXPLANATION: Final = (
    "Scores on {split}. One network classifies each face once. The 95% interval is in brackets "
    "(percentile bootstrap over faces). MB and milliseconds are of the file that the app runs; the "
    "milliseconds were measured on one core."
)


def write_leaderboard(*, models: ModelFolder = SHIPPED_MODELS) -> None:
    """Write the leaderboard into `models/README.md`; text outside its marks stays as it is."""
    path = models.path / PAGE
    page = path.read_text(encoding="utf-8") if path.is_file() else _TITLE
    text = leaderboard(load_lineup(models=models).comparable)
    write_file(path, replace_between_marks(page, text))


def leaderboard(entries: tuple[Entry, ...]) -> str:
    """Return all models as a Markdown table, and sentences that explain it."""
    if not entries:
        return "No models yet."
    splits = sorted({entry.evaluation.split for entry in entries})
    explanation = _EXPLANATION.format(split=" or ".join(splits))
    return f"{_table(_HEADER, [_row(entry) for entry in entries])}\n\n{explanation}"


def replace_between_marks(page: str, text: str) -> str:
    r"""Return a page with new text between `BEGIN` and `END`; the rest stays as it is.

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


def _row(entry: Entry) -> list[str]:
    card, scores, mflops = entry.card, entry.evaluation, entry.card.details.mflops
    fer_plus = scores.fer_plus
    mark = " (default)" if card.is_default else ""
    return [
        f"[{escape_markdown(card.model_id)}]({quote(card.model_id)}/{PAGE}){mark}",
        f"{card.n_parameters:,}",
        NOT_MEASURED if mflops is None else f"{mflops:.0f}",
        NOT_MEASURED if entry.megabytes is None else f"{entry.megabytes:.1f}",
        f"{scores.ms_per_face:.2f}",
        *(score_range(scores, name) for name in ("accuracy", "macro_f1", "top2", "ece")),
        NOT_MEASURED if fer_plus is None else percent_range(fer_plus.accuracy, fer_plus.interval),
    ]


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; the first column is text, the others are numbers."""
    rule = ["---", *["---:"] * (len(header) - 1)]
    lines = [f"| {' | '.join(header)} |", f"|{'|'.join(rule)}|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])
