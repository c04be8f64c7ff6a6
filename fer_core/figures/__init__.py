"""Results as plotly figures, each with the sentence that says what to read in it."""

from plotly.graph_objects import Figure

from fer_core.figures.balance import balance_caption, class_balance
from fer_core.figures.class_scores import class_scores, class_scores_caption
from fer_core.figures.confusion import confusion_caption, confusion_matrix
from fer_core.figures.expression import expression_bars
from fer_core.figures.learning import loss_caption, loss_curves, score_caption, score_curves

__all__ = [
    "Figure",
    "balance_caption",
    "class_balance",
    "class_scores",
    "class_scores_caption",
    "confusion_caption",
    "confusion_matrix",
    "expression_bars",
    "loss_caption",
    "loss_curves",
    "score_caption",
    "score_curves",
]
