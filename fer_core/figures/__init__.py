"""Results as plotly figures, each with the sentence that says what to read in it."""

from plotly.graph_objects import Figure

from fer_core.figures.balance import balance_caption, class_balance
from fer_core.figures.calibration import (
    coverage_caption,
    coverage_curves,
    reliability_caption,
    reliability_curves,
)
from fer_core.figures.class_scores import class_scores, class_scores_caption
from fer_core.figures.confusion import confusion_caption, confusion_matrix
from fer_core.figures.expression import expression_bars
from fer_core.figures.leaderboard import leaderboard, leaderboard_caption
from fer_core.figures.learning import loss_caption, loss_curves, score_caption, score_curves
from fer_core.figures.precision_recall import precision_recall_caption, precision_recall_curves
from fer_core.figures.robustness import (
    hardship_overview,
    robustness_caption,
    robustness_curves,
)
from fer_core.figures.tilts import (
    by_detector,
    detector_name,
    false_faces_by_tilt,
    false_faces_caption,
    finding_caption,
    reading_by_tilt,
    reading_caption,
    recall_by_tilt,
)

__all__ = [
    "Figure",
    "balance_caption",
    "by_detector",
    "class_balance",
    "class_scores",
    "class_scores_caption",
    "confusion_caption",
    "confusion_matrix",
    "coverage_caption",
    "coverage_curves",
    "detector_name",
    "expression_bars",
    "false_faces_by_tilt",
    "false_faces_caption",
    "finding_caption",
    "hardship_overview",
    "leaderboard",
    "leaderboard_caption",
    "loss_caption",
    "loss_curves",
    "precision_recall_caption",
    "precision_recall_curves",
    "reading_by_tilt",
    "reading_caption",
    "recall_by_tilt",
    "reliability_caption",
    "reliability_curves",
    "robustness_caption",
    "robustness_curves",
    "score_caption",
    "score_curves",
]
