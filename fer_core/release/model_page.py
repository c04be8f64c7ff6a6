"""A model's `README.md`, made by `model_page.md.jinja`, and the texts of its card on usage."""

import re
import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from fer_core.data.dataset import IMAGE_SIZE
from fer_core.evaluate.corruptions import CORRUPTIONS, corruption_title
from fer_core.evaluate.photos import PhotoEvaluation
from fer_core.evaluate.report import Evaluation, load_photos
from fer_core.evaluate.robustness import RobustnessPoint
from fer_core.expression.card import LEFT_OUT_FILE, ModelCard, Training
from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder
from fer_core.files import write_file
from fer_core.labels import FER2013_LABELS, WORDS
from fer_core.metrics.intervals import Interval

PAGE: Final = "README.md"
NOT_MEASURED: Final = "–"
INTENDED_USE: Final = (
    "To name the expression that a face shows, live or in photos, for people who find expressions "
    "hard to read, their families and therapists. A person judges what the expression means.",
    "To study expression recognition. Data, training and evaluation can be run again.",
)
NOT_FOR: Final = (
    "To infer what a person feels, thinks or intends. A face shows an expression; nobody can see "
    "an emotion.",
    "To judge, select, grade, diagnose or monitor people, at work, in schools, at borders or in "
    "shops. The European AI Act (2024/1689, article 5) forbids much of this.",
    "To decide anything without a person. Even the most confident words are sometimes wrong.",
)
_FER2013_LIMIT: Final = (
    "FER2013's faces are small grey photos that were found on the web by search terms. Posed and "
    "strong expressions are over-represented. Age, skin tone and origin were not recorded, so it "
    "is unknown how the scores differ between groups."
)
_LABELS_LIMIT: Final = "The labels say what other people see in a face, not what the person felt."
_MARKUP: Final = re.compile(r"[\\`*\[\]<>&|~#]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


def write_model_page(
    card: ModelCard, evaluation: Evaluation, *, models: ModelFolder = SHIPPED_MODELS
) -> None:
    """Write `README.md` into a model's folder.

    Raises:
        ModelError: The stored scores on whole photos are damaged.
    """
    photos = load_photos(card.model_id, models=models)
    write_file(models.path_of(card.model_id) / PAGE, model_page(card, evaluation, photos))


def model_page(
    card: ModelCard, evaluation: Evaluation, photos: Sequence[PhotoEvaluation] = ()
) -> str:
    """Return the page of one model as Markdown; parts that were not measured are left out."""
    pages = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=False,  # noqa: S701  # for HTML; names that could be Markdown are `escaped`
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    pages.filters.update(
        corruption_title=corruption_title,
        escaped=escape_markdown,
        interval=interval_in_words,
        percent=percent,
        percent_range=percent_range,
        share=lambda scores, name: percent_range(
            scores.shares()[name].value if scores.shares()[name].n else None,
            scores.intervals.get(name),
        ),
        fraction=fraction,
        score=score_range,
        thousands=lambda number: f"{number:,}",
    )
    template = pages.get_template("model_page.md.jinja")
    return template.render(
        card=card,
        details=card.details,
        training=_training_of(card),
        evaluation=evaluation,
        split=_split_in_words(card, evaluation.split),
        photos=photos,
        labels=FER2013_LABELS,
        words=WORDS,
    )


def with_usage(card: ModelCard, evaluation: Evaluation) -> ModelCard:
    """Return the card with its `intended_use`, `not_for`, `limits` and `reproduce`."""
    data_limits = (_FER2013_LIMIT,) if _training_of(card).is_on_fer2013 else ()
    details = replace(
        card.details,
        intended_use=INTENDED_USE,
        not_for=NOT_FOR,
        limits=(*_measured_limits(evaluation), *data_limits, _LABELS_LIMIT),
        reproduce=training_command(card) if _is_repeatable(card) else None,
    )
    return replace(card, details=details)


def _split_in_words(card: ModelCard, split: str) -> str:
    """Return the name of a split: of FER2013 its own, of other data what the split is for."""
    is_named = _training_of(card).is_on_fer2013 or split == "Training"
    return split if is_named else "the test split"


def training_command(card: ModelCard) -> str:
    """Return the command that trains a model like this one; three, if a GPU trains a student."""
    training = _training_of(card)
    data = "fer2013.csv" if training.is_on_fer2013 else "DATA"
    epochs = "" if training.epochs is None else f" --epochs {training.epochs}"
    votes = " --votes fer2013new.csv" if "votes" in card.heads else ""
    size = "" if card.input_size == IMAGE_SIZE else f" --size {card.input_size}"
    folder = shlex.quote(f"models/{card.model_id}")
    left_out = ""
    if training.left_out is not None:
        path = shlex.quote(f"models/{card.model_id}/{LEFT_OUT_FILE}")
        left_out = f" --leave-out {path}"
    first = student = ""
    if training.student_epochs is not None:
        first = (
            f"python scripts/pack_faces.py --data fer2013.csv{votes} faces.npz.xz && "
            "python scripts/train_on_gpu.py faces.npz.xz OUT && "
        )
        student = " --student OUT"
    return (
        f"{first}python -m fer_core train {training.recipe or 'RECIPE'} --data {data}{votes} "
        f"--out {folder} --seed {training.seed or 0}{epochs}{size}{left_out}{student}"
    )


def _training_of(card: ModelCard) -> Training:
    return card.details.training or Training()


def _is_repeatable(card: ModelCard) -> bool:
    training = card.details.training
    return training is None or training.is_repeatable


def percent(share: float | None) -> str:
    """Return a share in percent, without the sign.

    >>> percent(0.6589), percent(None)
    ('65.9', '–')
    """
    return NOT_MEASURED if share is None else f"{100 * share:.1f}"


def percent_range(share: float | None, interval: Interval | None) -> str:
    """Return a share in percent with its interval, without signs.

    >>> percent_range(0.6589, Interval(0.643, 0.674)), percent_range(0.6589, None)
    ('65.9 (64.3–67.4)', '65.9')
    """
    if share is None or interval is None:
        return percent(share)
    return f"{percent(share)} ({percent(interval.low)}–{percent(interval.high)})"


class _WithIntervals(Protocol):
    """Scores of any kind."""

    @property
    def intervals(self) -> dict[str, Interval]: ...


def fraction(score: float | None) -> str:
    """Return a score that is no share of faces, such as macro-F1.

    >>> fraction(0.69444), fraction(None)
    ('0.694', '–')
    """
    return NOT_MEASURED if score is None else f"{score:.3f}"


def score_range(scores: _WithIntervals, name: str) -> str:
    """Return a score of a model with its interval: macro-F1 as a fraction, shares in percent."""
    value, interval = getattr(scores, name), scores.intervals.get(name)
    if name != "macro_f1":
        return percent_range(value, interval)
    if value is None or interval is None:
        return fraction(value)
    return f"{fraction(value)} ({fraction(interval.low)}–{fraction(interval.high)})"


def interval_in_words(interval: Interval | None) -> str:
    """Return the end of a sentence's score: its interval, or nothing if there is none.

    >>> interval_in_words(Interval(0.643, 0.674)), interval_in_words(None)
    (' (95% interval 64.3–67.4%)', '')
    """
    if interval is None:
        return ""
    return f" (95% interval {percent(interval.low)}–{percent(interval.high)}%)"


def escape_markdown(name: str) -> str:
    r"""Return a name as Markdown that shows it as it is, on one line.

    An underscore inside a word is not markup and stays.

    >>> escape_markdown("mini_xception"), escape_markdown("*a* | <b>\nc_")
    ('mini_xception', '\\*a\\* \\| \\<b\\> c\\_')
    """
    return _MARKUP.sub(r"\\\g<0>", " ".join(name.split()))


def _measured_limits(evaluation: Evaluation) -> list[str]:
    """Return the labels with the weakest recall, and the corruptions that cost a tenth."""
    recalls = {label: evaluation.per_class[label].recall for label in evaluation.labels}
    weakest = sorted(recalls, key=lambda label: recalls[label])[:3]
    words = ", ".join(f"{WORDS[label]} {recalls[label]:.0%}" for label in weakest)
    limits = [f"Weakest recall: {words}."]
    for kind, curve in (evaluation.robustness or {}).items():
        point = _first_fall(curve.points)
        if point is not None and kind in CORRUPTIONS:
            limits.append(
                f"Faces {CORRUPTIONS[kind].limit.format(level=point.level)}: accuracy falls from "
                f"{curve.points[0].accuracy:.0%} to {point.accuracy:.0%}."
            )
    return limits


def _first_fall(points: tuple[RobustnessPoint, ...]) -> RobustnessPoint | None:
    """Return the first point at which the accuracy is 10 points lower, or None."""
    return next((each for each in points if each.accuracy <= points[0].accuracy - 0.1), None)
