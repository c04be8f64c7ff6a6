"""All models side by side: what each costs and what it scores."""

from typing import Final

from fer_core.evaluate.lineup import Entry, load_lineup
from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder
from fer_core.files import write_file
from fer_core.release.markdown import NOT_MEASURED, replace_between_marks, share, table

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


def write_leaderboard(*, models: ModelFolder = SHIPPED_MODELS) -> None:
    """Write the leaderboard into `models/README.md`; text outside its marks stays as it is."""
    path = models.path / PAGE
    page = path.read_text(encoding="utf-8") if path.is_file() else _TITLE
    text = leaderboard(load_lineup(models=models).entries)
    write_file(path, replace_between_marks(page, text))


def leaderboard(entries: tuple[Entry, ...]) -> str:
    """Return all models as a Markdown table with the sentence that explains it."""
    if not entries:
        return "No models yet."
    splits = sorted({entry.evaluation.split for entry in entries})
    explanation = _EXPLANATION.format(split=" or ".join(splits))
    return f"{table(_HEADER, [_row(entry) for entry in entries])}\n\n{explanation}"


def _row(entry: Entry) -> list[str]:
    card, scores, mflops = entry.card, entry.evaluation, entry.card.details.mflops
    fer_plus = scores.fer_plus
    mark = " (default)" if card.is_default else ""
    return [
        f"[{card.model_id}]({card.model_id}/README.md){mark}",
        f"{card.n_parameters:,}",
        NOT_MEASURED if mflops is None else f"{mflops:.0f}",
        NOT_MEASURED if entry.megabytes is None else f"{entry.megabytes:.1f}",
        f"{scores.ms_per_face:.2f}",
        share(scores.accuracy, scores.intervals.get("accuracy")),
        share(scores.macro_f1, scores.intervals.get("macro_f1")),
        share(scores.top2, scores.intervals.get("top2")),
        share(scores.ece, scores.intervals.get("ece")),
        NOT_MEASURED if fer_plus is None else share(fer_plus.accuracy, fer_plus.interval),
    ]
