"""A model's `README.md`: its card and its scores, in words and tables."""

from pathlib import Path
from typing import Final

from fer_core.evaluate.corruptions import corruption_title
from fer_core.evaluate.report import Evaluation
from fer_core.expression.card import CardDetails, ModelCard, Training
from fer_core.files import write_file
from fer_core.metrics.scores import Scores
from fer_core.release.calibrate import MEASURES
from fer_core.release.markdown import bullets, share, table

PAGE: Final = "README.md"
_PROTOCOL: Final = (
    "One network reads one picture once: no averaging over mirrored or shifted copies, nothing "
    "drawn by chance. A face is read alike alone, in a batch, and in any order.",
    "Training faces that are pixel-identical to a test face were left out of training. Without the "
    "test faces that occur among the raw training rows the scores are those in the second column.",
    "Intervals are 95% percentile bootstrap intervals over faces, 1,000 resamples.",
    "{chosen_on} chose the model, its temperature and its threshold; no network was trained on "
    "them.",
)


def write_card_page(folder: Path, card: ModelCard, evaluation: Evaluation) -> None:
    """Write `README.md` into a model's folder."""
    write_file(folder / PAGE, card_page(card, evaluation))


def card_page(card: ModelCard, evaluation: Evaluation) -> str:
    """Return the page of one model as Markdown; what was not measured is left out."""
    details = card.details
    sections = {
        "What it is for": bullets(details.intended_use),
        "What it is not for": bullets(details.not_for),
        "Scores": _scores(evaluation),
        "Each expression": _classes(evaluation),
        "When it says a word": _confidence(card),
        "Faces that are hard to see": _robustness(evaluation),
        "Limits": bullets(details.limits),
        "Files": _files(card),
        "Data": _data(details),
        "Protocol": _protocol(evaluation.split),
        "Licence": details.licence or "",
        "Train it again": _reproduce(details),
    }
    parts = [f"## {title}\n\n{text}" for title, text in sections.items() if text]
    return "\n\n".join([f"# {card.model_id}", _summary(card), *parts]) + "\n"


def _summary(card: ModelCard) -> str:
    mflops = card.details.mflops
    cost = "" if mflops is None else f", {mflops:.0f} million operations a face"
    return (
        f"{card.summary}\n\n{card.n_parameters:,} parameters{cost}; reads a grey face of "
        f"{card.input_size} x {card.input_size} pixels."
    )


def _scores(evaluation: Evaluation) -> str:
    scores, new = evaluation, evaluation.deduplicated
    header = [f"on {evaluation.split}", f"all {scores.n:,} faces, %"]
    header += [] if new is None else [f"the {new.n:,} not in Training, %"]
    names = {"accuracy": "Accuracy", "macro_f1": "Macro-F1", "top2": "Right among the first two",
             "ece": "Calibration error"}  # fmt: skip
    rows = [[title, *(_score(each, name) for each in (scores, new) if each is not None)]
            for name, title in names.items()]  # fmt: skip
    return "\n\n".join([table(header, rows), *_sentences(evaluation)])


def _score(scores: Scores, name: str) -> str:
    return share(getattr(scores, name), scores.intervals.get(name))


def _sentences(evaluation: Evaluation) -> list[str]:
    sentences = []
    fer_plus, human, flipped = evaluation.fer_plus, evaluation.human, evaluation.flip_averaged
    person = evaluation.person
    if fer_plus is not None and fer_plus.accuracy is not None:
        sentences.append(
            f"Of the {fer_plus.n:,} faces on which ten people had a majority it says what the "
            f"majority says on {share(fer_plus.accuracy, fer_plus.interval)}%."
        )
    if human is not None:
        sentences.append(
            f"One person says what most of the others say on {share(human.agreement)}% of the "
            "same kind."
        )
    if person is not None:
        sentences.append(
            f"One person gives a face FER2013's own label in {share(person.accuracy)}% of answers "
            f"(macro-F1 {share(person.macro_f1)}%): those labels are disputed, and a model learns "
            "their habits."
        )
    if flipped is not None:
        sentences.append(
            "With the mirrored face averaged in, at twice the time and never mixed with the "
            f"above: accuracy {share(flipped.accuracy, flipped.intervals.get('accuracy'))}%, "
            f"macro-F1 {share(flipped.macro_f1, flipped.intervals.get('macro_f1'))}%."
        )
    return sentences


def _classes(evaluation: Evaluation) -> str:
    human = evaluation.person.per_class if evaluation.person else {}
    rows = []
    for label in evaluation.labels:
        each = evaluation.per_class[label]
        columns = (each.precision, each.recall, each.f1, human.get(label))
        rows.append([label, f"{each.support:,}", *map(share, columns)])
    header = ["label", "faces", "precision %", "recall %", "F1 %", "one person's F1 %"]
    return table(header, rows)


def _confidence(card: ModelCard) -> str:
    details = card.details
    parts = [f"From {card.min_confidence:.0%} on. {details.min_confidence_reason or ''}".strip()]
    calibration = details.calibration
    if calibration is not None:
        rows = [
            [
                head,
                f"{temperature:.2f}",
                *(share(getattr(calibration, name).get(head)) for name in MEASURES),
            ]
            for head, temperature in card.temperature.items()
        ]
        header = [
            "head", "temperature", "error before, %", "after, %", "by chance, %", "crosswise, %",
            "by chance, %",
        ]  # fmt: skip
        fitted = f"Fitted on {calibration.fitted_on}; judged on {calibration.judged_on}."
        parts += [calibration.method, fitted, table(header, rows)]
    return "\n\n".join(parts)


def _robustness(evaluation: Evaluation) -> str:
    tables = []
    for kind, curve in (evaluation.robustness or {}).items():
        header = [f"{corruption_title(kind)}: {curve.unit}",
                  *(f"{point.level:g}" for point in curve.points)]  # fmt: skip
        rows = [
            ["accuracy %", *(share(point.accuracy) for point in curve.points)],
            ["macro-F1 %", *(share(point.macro_f1) for point in curve.points)],
        ]
        tables.append(table(header, rows))
    if not tables:
        return ""
    first = (
        "What the network itself does with a spoilt crop. The app turns faces upright first and "
        "refuses those that are too small, too dark, too blurred or partly covered."
    )
    return "\n\n".join([first, *tables])


def _files(card: ModelCard) -> str:
    rows = [
        [name + (" (the app's)" if name == card.runtime_file else ""),
         f"{row.bytes / 1e6:.2f}", share(row.accuracy), share(row.macro_f1),
         " / ".join(f"{ms:.2f}" for ms in row.ms_per_face.values())]
        for name, row in card.details.exports.items()
    ]  # fmt: skip
    header = ["file", "MB", "accuracy %", "macro-F1 %", "ms a face, 1 / 4 / 8 at once"]
    weights = card.details.weights
    return "\n\n".join(part for part in (table(header, rows), weights) if part) if rows else ""


def _data(details: CardDetails) -> str:
    training = details.training or Training()
    sentences = [
        "FER2013 (Goodfellow et al. 2013, arXiv 1307.0414) for labels, FER+ (Barsoum et al. 2016, "
        "arXiv 1608.01041) for the votes of ten people a face."
    ]
    cleaning = training.cleaning
    if cleaning:
        sentences.append(
            f"Of {cleaning['n_read']:,} faces read, {cleaning['n_train']:,} were trained on; left "
            f"out were {cleaning['n_blank']:,} blank pictures, {cleaning['n_duplicates']:,} "
            f"repeats, {cleaning['n_conflicting']:,} with differing labels and "
            f"{cleaning['n_also_in_test']:,} that also occur in a test split."
        )
    counts = training.class_counts.get("Training")
    if counts:
        words = ", ".join(f"{label} {count:,}" for label, count in counts.items())
        sentences.append(f"Training rows of each label: {words}.")
    return bullets(sentences)


def _protocol(split: str) -> str:
    chosen_on = "Training faces held out" if split == "Training" else f"The faces of {split}"
    return bullets(line.format(chosen_on=chosen_on) for line in _PROTOCOL)


def _reproduce(details: CardDetails) -> str:
    command = details.reproduce
    if command is None:
        return ""
    note = (details.training or Training()).note
    return f"```\n{command}\n```" + ("" if note is None else f"\n\n{note}")
