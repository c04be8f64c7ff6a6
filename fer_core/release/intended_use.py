"""What a model is for, what it is not for and where it fails, in sentences for its card."""

from dataclasses import replace
from typing import Final

from fer_core.evaluate.corruptions import CORRUPTIONS
from fer_core.evaluate.report import Evaluation
from fer_core.evaluate.robustness import RobustnessPoint
from fer_core.expression.card import CardDetails, ModelCard, Training
from fer_core.labels import WORDS

INTENDED_USE: Final = (
    "To put the expression that a face shows into a word, live or in pictures, for people who find "
    "expressions hard to read, their families and therapists, with a person judging what it means.",
    "To study expression recognition: data, training and evidence are open and can be run again.",
)
NOT_FOR: Final = (
    "To say what a person feels, thinks or intends: a face shows an expression, nobody can see an "
    "emotion.",
    "To judge, select, grade, diagnose or watch people, at work, in school, at a border or in a "
    "shop; the European AI Act (2024/1689, article 5) forbids much of this.",
    "To decide anything without a person: even its surest words are sometimes wrong.",
)
_DATA_LIMITS: Final = (
    "FER2013's faces are small grey pictures found on the web by search words: posed and strong "
    "expressions are over-represented, and nobody recorded the age, skin tone or origin of the "
    "people, so how it differs between groups is not known.",
    "The labels are what other people would say, not what the person in the picture felt.",
)


def with_statements(card: ModelCard, evaluation: Evaluation) -> CardDetails:
    """Return a card's details with `intended_use`, `not_for`, `limits` and `reproduce`."""
    return replace(
        card.details,
        intended_use=INTENDED_USE,
        not_for=NOT_FOR,
        limits=(*_measured_limits(evaluation), *_DATA_LIMITS),
        reproduce=training_command(card),
    )


def training_command(card: ModelCard) -> str:
    """Return the command that trains a model like this one."""
    training = card.details.training or Training()
    epochs = "" if training.epochs is None else f" --epochs {training.epochs}"
    votes = " --votes fer2013new.csv" if "votes" in card.heads else ""
    return (
        f"python -m fer_core train {training.recipe or 'RECIPE'} --data fer2013.csv{votes} "
        f"--out models/{card.model_id} --seed {training.seed or 0}{epochs}"
    )


def _measured_limits(evaluation: Evaluation) -> list[str]:
    """Return where it fails, with the numbers: the labels it misses, and faces that are spoilt."""
    by_recall = sorted(evaluation.labels, key=lambda name: evaluation.per_class[name].recall)
    weakest = [
        f"{WORDS[label]} in {evaluation.per_class[label].recall:.0%}" for label in by_recall[:3]
    ]
    limits = [f"It misses much: of the faces so labelled it finds {', '.join(weakest)}."]
    for kind, curve in (evaluation.robustness or {}).items():
        point = _first_fall(curve.points)
        if point is not None and kind in CORRUPTIONS:
            limits.append(
                f"Faces {CORRUPTIONS[kind].limit.format(level=point.level)}: accuracy falls from "
                f"{curve.points[0].accuracy:.0%} to {point.accuracy:.0%}."
            )
    return limits


def _first_fall(points: tuple[RobustnessPoint, ...]) -> RobustnessPoint | None:
    """Return the first point at which a tenth of the faces is lost, or None."""
    return next((each for each in points if each.accuracy <= points[0].accuracy - 0.1), None)
