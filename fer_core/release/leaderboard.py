"""All models side by side: what each costs and what it scores."""

from pathlib import Path
from typing import Final

from fer_core.evaluate.lineup import Entry, list_entries
from fer_core.release.markdown import NOT_MEASURED, replace_between_marks, share, table
from fer_core.weights import MODELS_FOLDER

PAGE: Final = "README.md"
_TITLE: Final = "# Models\n"
_HEADER: Final = (
    *("model", "parameters", "MFLOPs", "MB", "ms a face", "accuracy %", "macro-F1 %", "top-2 %"),
    *("calibration error %", "FER+ majority %"),
)
_EXPLANATION: Final = (
    "Scores on {split}, one network, one look at a face; in brackets the 95% interval "
    "(percentile bootstrap over faces). MB and milliseconds are of the file that the app runs, "
    "the milliseconds on one core."
)


def write_leaderboard(*, models_folder: Path = MODELS_FOLDER) -> None:
    """Write the leaderboard into `models/README.md`; text outside its marks stays as it is."""
    path = models_folder / PAGE
    page = path.read_text(encoding="utf-8") if path.is_file() else _TITLE
    text = leaderboard(list_entries(models_folder=models_folder))
    path.write_text(replace_between_marks(page, text), encoding="utf-8")


def leaderboard(entries: tuple[Entry, ...]) -> str:
    """Return all models as a Markdown table with the sentence that explains it."""
    if not entries:
        return "No models yet."
    splits = sorted({entry.evaluation.split for entry in entries})
    explanation = _EXPLANATION.format(split=" or ".join(splits))
    return f"{table(_HEADER, [_row(entry) for entry in entries])}\n\n{explanation}"


def _row(entry: Entry) -> list[str]:
    card, evaluation, scores = entry.card, entry.evaluation, entry.evaluation.scores
    fer_plus = evaluation.fer_plus
    mark = " (default)" if card.is_default else ""
    return [
        f"[{card.model_id}]({card.model_id}/README.md){mark}",
        f"{card.n_parameters:,}",
        NOT_MEASURED if entry.mflops is None else f"{entry.mflops:.0f}",
        NOT_MEASURED if entry.megabytes is None else f"{entry.megabytes:.1f}",
        f"{entry.ms_per_face:.2f}",
        share(scores.accuracy, scores.intervals.get("accuracy")),
        share(scores.macro_f1, scores.intervals.get("macro_f1")),
        share(scores.top2, scores.intervals.get("top2")),
        share(scores.ece, scores.intervals.get("ece")),
        NOT_MEASURED if fer_plus is None else share(fer_plus.accuracy, fer_plus.interval),
    ]
