"""Results as plotly figures, each with a caption that says its message in words."""

from plotly.graph_objects import Figure

from fer_core.figures.balance import balance_caption, class_balance
from fer_core.figures.curve_charts import (
    coverage_caption,
    coverage_curves,
    precision_recall_caption,
    precision_recall_curves,
    reliability_caption,
    reliability_curves,
)
from fer_core.figures.expression import expression_bars
from fer_core.figures.leaderboard import leaderboard, leaderboard_caption
from fer_core.figures.learning import loss_caption, loss_curves, score_caption, score_curves
from fer_core.figures.robustness import (
    corruption_overview,
    robustness_caption,
    robustness_curves,
)
from fer_core.figures.score_charts import (
    class_scores,
    class_scores_caption,
    confusion_caption,
    confusion_matrix,
)
from fer_core.figures.tilts import (
    by_detector,
    false_faces_by_tilt,
    false_faces_caption,
    macro_f1_by_tilt,
    macro_f1_caption,
    recall_by_tilt,
    recall_caption,
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
    "corruption_overview",
    "coverage_caption",
    "coverage_curves",
    "expression_bars",
    "false_faces_by_tilt",
    "false_faces_caption",
    "leaderboard",
    "leaderboard_caption",
    "loss_caption",
    "loss_curves",
    "macro_f1_by_tilt",
    "macro_f1_caption",
    "precision_recall_caption",
    "precision_recall_curves",
    "recall_by_tilt",
    "recall_caption",
    "reliability_caption",
    "reliability_curves",
    "robustness_caption",
    "robustness_curves",
    "score_caption",
    "score_curves",
]
