"""What a model is for, what it is not for and where it fails, in sentences for its card."""

from typing import Any, Final

from fer_core.evaluate.report import StoredEvaluation
from fer_core.expression.card import ModelCard
from fer_core.labels import WORDS
from fer_core.metrics.evidence import RobustnessPoint

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
_WORD_FOR: Final = {
    "tilt": "tilted by {level:g} degrees and not turned upright first",
    "blur": "blurred by {level:g} pixels",
    "noise": "under noise of {level:g} grey levels",
    "darkness": "with {level:.0%} of the light left",
    "resolution": "only {level:g} pixels wide",
    "covered_mouth": "covered over {level:.0%} of the band from nose to chin",
    "covered_eyes": "covered over {level:.0%} of the band of the eyes",
}


def statements_of(card: ModelCard, evaluation: StoredEvaluation) -> dict[str, Any]:
    """Return `intended_use`, `not_for`, `limits` and `reproduce` of a card's details."""
    return {
        "intended_use": list(INTENDED_USE),
        "not_for": list(NOT_FOR),
        "limits": [*_measured_limits(evaluation), *_DATA_LIMITS],
        "reproduce": training_command(card),
    }


def training_command(card: ModelCard) -> str:
    """Return the command that trains a model like this one."""
    training = card.details.get("training", {})
    epochs = f" --epochs {training['epochs']}" if "epochs" in training else ""
    votes = " --votes fer2013new.csv" if "votes" in card.heads else ""
    return (
        f"python -m fer_core train {training.get('recipe', 'RECIPE')} --data fer2013.csv{votes} "
        f"--out models/{card.model_id} --seed {training.get('seed', 0)}{epochs}"
    )


def _measured_limits(evaluation: StoredEvaluation) -> list[str]:
    """Return where it fails, with the numbers: the labels it misses, and faces that are spoilt."""
    by_recall = sorted(evaluation.labels, key=lambda name: evaluation.scores.per_class[name].recall)
    weakest = [
        f"{WORDS[label]} in {evaluation.scores.per_class[label].recall:.0%}"
        for label in by_recall[:3]
    ]
    limits = [f"It misses much: of the faces so labelled it finds {', '.join(weakest)}."]
    for kind, curve in evaluation.robustness.items():
        point = _first_fall(curve.points)
        if point is not None and kind in _WORD_FOR:
            limits.append(
                f"Faces {_WORD_FOR[kind].format(level=point.level)}: accuracy falls from "
                f"{curve.points[0].accuracy:.0%} to {point.accuracy:.0%}."
            )
    return limits


def _first_fall(points: tuple[RobustnessPoint, ...]) -> RobustnessPoint | None:
    """Return the first point at which a tenth of the faces is lost, or None."""
    return next((each for each in points if each.accuracy <= points[0].accuracy - 0.1), None)
