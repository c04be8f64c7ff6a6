"""Results as plotly figures, each with a caption that says its message in words."""

from plotly.graph_objects import Figure

from fer_core.figures.balance import balance_caption, class_balance
from fer_core.figures.crowd import (
    crowd_agreement,
    crowd_agreement_caption,
    labels_and_leaders_caption,
    person_bars,
    person_caption,
    shared_words,
    shared_words_caption,
)
from fer_core.figures.curve_charts import (
    coverage_caption,
    coverage_curves,
    precision_recall_caption,
    precision_recall_curves,
    reliability_caption,
    reliability_curves,
)
from fer_core.figures.expression import expression_bars
from fer_core.figures.feature_map import (
    clicked_place,
    feature_map,
    neighbour_caption,
    neighbour_matrix,
)
from fer_core.figures.groups import (
    differences_caption,
    differences_method,
    groups_read,
    groups_read_caption,
    groups_words,
    said_labels,
    word_counts,
)
from fer_core.figures.leaderboard import leaderboard, leaderboard_caption
from fer_core.figures.learning import loss_caption, loss_curves, score_caption, score_curves
from fer_core.figures.overfitting import training_gaps, training_gaps_caption
from fer_core.figures.photos import (
    recall_per_expression,
    recall_per_expression_caption,
    steps_caption,
    steps_to_word,
    unread_reasons,
    unread_reasons_caption,
)
from fer_core.figures.probes import probe_curves, probes_caption
from fer_core.figures.robustness import (
    corruption_overview,
    robustness_caption,
    robustness_curves,
)
from fer_core.figures.score_charts import (
    class_scores,
    class_scores_caption,
    confused_faces_caption,
    confusion_caption,
    confusion_matrix,
)
from fer_core.figures.seeds import (
    seed_losses,
    seed_losses_caption,
    seed_scores,
    seed_scores_caption,
)
from fer_core.figures.shares import change_caption, heads_caption, share_bars, shown_labels
from fer_core.figures.sizes import scores_by_size, scores_by_size_caption
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
    "change_caption",
    "class_balance",
    "class_scores",
    "class_scores_caption",
    "clicked_place",
    "confused_faces_caption",
    "confusion_caption",
    "confusion_matrix",
    "corruption_overview",
    "coverage_caption",
    "coverage_curves",
    "crowd_agreement",
    "crowd_agreement_caption",
    "differences_caption",
    "differences_method",
    "expression_bars",
    "false_faces_by_tilt",
    "false_faces_caption",
    "feature_map",
    "groups_read",
    "groups_read_caption",
    "groups_words",
    "heads_caption",
    "labels_and_leaders_caption",
    "leaderboard",
    "leaderboard_caption",
    "loss_caption",
    "loss_curves",
    "macro_f1_by_tilt",
    "macro_f1_caption",
    "neighbour_caption",
    "neighbour_matrix",
    "person_bars",
    "person_caption",
    "precision_recall_caption",
    "precision_recall_curves",
    "probe_curves",
    "probes_caption",
    "recall_by_tilt",
    "recall_caption",
    "recall_per_expression",
    "recall_per_expression_caption",
    "reliability_caption",
    "reliability_curves",
    "robustness_caption",
    "robustness_curves",
    "said_labels",
    "score_caption",
    "score_curves",
    "scores_by_size",
    "scores_by_size_caption",
    "seed_losses",
    "seed_losses_caption",
    "seed_scores",
    "seed_scores_caption",
    "share_bars",
    "shared_words",
    "shared_words_caption",
    "shown_labels",
    "steps_caption",
    "steps_to_word",
    "training_gaps",
    "training_gaps_caption",
    "unread_reasons",
    "unread_reasons_caption",
    "word_counts",
]
