"""All models side by side: what each costs and what it scores."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fer_core.errors import ModelError
from fer_core.evaluate.markdown import NOT_MEASURED, replace_between_marks, share, table
from fer_core.evaluate.stored import StoredEvaluation, load_evaluation
from fer_core.expression.card import MODELS_FOLDER, ModelCard, list_cards

PAGE: Final = "README.md"
_TITLE: Final = "# Models\n"
_HEADER: Final = (
    *("model", "parameters", "MFLOPs", "MB", "ms a face", "accuracy %", "macro-F1 %", "top-2 %"),
    *("calibration error %", "FER+ majority %"),
)
_EXPLANATION: Final = (
    "Scores on {split}, one network, one look at a face; in brackets the 95 % interval "
    "(percentile bootstrap over faces). MB and milliseconds are of the file that the app runs, "
    "the milliseconds on one core."
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One model of the leaderboard; None stands for what was not measured.

    Attributes:
        card: Its card.
        evaluation: Its stored scores.
        mflops: Millions of operations a face.
        megabytes: Size of the file that the app runs, 10^6 bytes.
        ms_per_face: Median milliseconds to read one face on one core.
    """

    card: ModelCard
    evaluation: StoredEvaluation
    mflops: float | None
    megabytes: float | None
    ms_per_face: float


def list_entries(*, models_folder: Path = MODELS_FOLDER) -> tuple[Entry, ...]:
    """Return all models that have stored scores, the highest macro-F1 first."""
    entries = []
    for card in list_cards(models_folder=models_folder):
        try:
            evaluation = load_evaluation(card.model_id, models_folder=models_folder)
        except ModelError:  # its own page says what is wrong with it
            continue
        entries.append(entry_of(card, evaluation))
    return tuple(sorted(entries, key=lambda entry: -entry.evaluation.scores.macro_f1))


def entry_of(card: ModelCard, evaluation: StoredEvaluation) -> Entry:
    """Return the entry of one model."""
    n_bytes = card.details.get("twins", {}).get(card.runtime_file, {}).get("bytes")
    return Entry(
        card=card,
        evaluation=evaluation,
        mflops=card.details.get("mflops"),
        megabytes=None if n_bytes is None else n_bytes / 1e6,
        ms_per_face=evaluation.ms_per_face,
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
