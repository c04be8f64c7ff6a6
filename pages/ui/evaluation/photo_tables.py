"""The numbers behind the charts about whole photos, as tables."""

from collections.abc import Mapping

from fer_core.evaluate.differences import share_in_words
from fer_core.evaluate.photo_scores import PhotoScores
from fer_core.evaluate.photos import PhotoEvaluation
from fer_core.figures import said_labels, word_counts
from fer_core.figures.photos import STEPS
from fer_core.figures.style import percent
from fer_core.labels import NOT_SURE_WORD, WORDS
from fer_core.metrics.intervals import wilson_interval
from pages.ui.charts import Table
from pages.ui.evaluation.tables import ABSENT, ranged, share_with_interval

Sets = Mapping[str, PhotoEvaluation]
"""Scores on one set of photos, by model."""


def sets_table(measured: Mapping[str, Sets]) -> Table:
    """Return a row per model and set: photos, those read, and the scores.

    Args:
        measured: Scores by model and by the title of the set.
    """
    rows = [(model, scores) for model, sets in measured.items() for scores in sets.values()]
    models: Table = {"Model": [model for model, _ in rows]} if len(measured) > 1 else {}
    return {
        "Photos": [scores.title for _, scores in rows],
        **models,
        "Number": [f"{scores.n:,}" for _, scores in rows],
        "Read": [_cell(scores, "read") for _, scores in rows],
        "Words right": [_cell(scores, "said_right") for _, scores in rows],
        "Accuracy": [_cell(scores, "accuracy") for _, scores in rows],
        "Macro-F1": [
            ABSENT
            if scores.macro_f1 is None
            else ranged(scores.macro_f1, scores.intervals.get("macro_f1"), "{:.3f}")
            for _, scores in rows
        ],
    }


def steps_table(sets: Sets) -> Table:
    """Return a row per step from file to word, and a column per model."""
    steps = [title.replace("<br>", " ") for title in STEPS.values()]
    return {"Step": steps} | {
        _headed(model, sets, "share"): [_cell(scores, name, with_counts=True) for name in STEPS]
        for model, scores in sets.items()
    }


def recall_table(sets: Sets) -> Table:
    """Return a row per model and expression: counts from photo to right word, and the scores."""
    rows = [(model, label, row) for model, s in sets.items() for label, row in s.per_class.items()]
    models: Table = {"Model": [model for model, *_ in rows]} if len(sets) > 1 else {}
    return {
        **models,
        "Expression": [WORDS[label] for _, label, _ in rows],
        "Photos": [f"{row.n:,}" for *_, row in rows],
        "Read": [f"{row.read:,}" for *_, row in rows],
        "Recall": [share_with_interval(row.recall, row.interval) for *_, row in rows],
        "Precision": [percent(row.precision, digits=1) for *_, row in rows],
        "F1": [percent(row.f1, digits=1) for *_, row in rows],
        "Words said": [f"{row.said:,}" for *_, row in rows],
        "Of these right": [f"{row.said_right:,}" for *_, row in rows],
    }


def unread_table(sets: Sets) -> Table:
    """Return a row per reason, and a column per model."""
    reasons = list(dict.fromkeys(reason for scores in sets.values() for reason in scores.unread))
    return {"Reason": reasons} | {
        _headed(model, sets, "photos"): [
            _cell(scores, reason, with_counts=True) for reason in reasons
        ]
        for model, scores in sets.items()
    }


def groups_table(groups: Mapping[str, PhotoScores], whole: PhotoScores) -> Table:
    """Return a row per group: photos, found, read, unread compared with all, and why."""
    unread = 1 - whole.read / whole.n
    rows = list(groups.values())
    return {
        "Group": list(groups),
        "Photos": [f"{row.n:,}" for row in rows],
        "Found": [_cell(row, "found") for row in rows],
        "Read": [_cell(row, "read") for row in rows],
        "Unread, times all": [
            f"{(1 - row.read / row.n) / unread:.2f}" if unread else ABSENT for row in rows
        ],
        "Why unread": [
            ", ".join(f"{reason} {count}" for reason, count in row.unread.items()) or ABSENT
            for row in rows
        ],
    }


def groups_words_table(groups: Mapping[str, PhotoScores]) -> Table:
    """Return a row per group and a column per word: its share of the faces read, with interval."""
    labels = said_labels(groups)
    columns = [*(WORDS[label] for label in labels), NOT_SURE_WORD]
    counts = [word_counts(scores, labels) for scores in groups.values()]
    return {
        "Group": list(groups),
        "Faces read": [f"{scores.read:,}" for scores in groups.values()],
    } | {
        column: [
            share_with_interval(row[index] / scores.read, wilson_interval(row[index], scores.read))
            if scores.read
            else ABSENT
            for row, scores in zip(counts, groups.values(), strict=True)
        ]
        for index, column in enumerate(columns)
    }


def differences_table(scores: PhotoEvaluation) -> Table:
    """Return a row per difference beyond chance, the least likely by chance first."""
    rows = scores.differences
    return {
        "Group": [f"{row.column} {row.value}" for row in rows],
        "What": [share_in_words(row.what) for row in rows],
        "In the group": [percent(row.share, digits=1) for row in rows],
        "In all others": [percent(row.others, digits=1) for row in rows],
        "Corrected p": [f"{row.p_value:.1g}" for row in rows],
    }


def _cell(scores: PhotoScores, name: str, *, with_counts: bool = False) -> str:
    """Return a share with its interval, and the counts behind it; a dash for a share of nothing."""
    share = scores.shares().get(name)
    if share is None or not share.n:
        return ABSENT
    text = share_with_interval(share.value, scores.intervals.get(name))
    return f"{text}, {share.count:,} of {share.n:,}" if with_counts else text


def _headed(model: str, sets: Sets, word: str) -> str:
    return model if len(sets) > 1 else word.capitalize()
