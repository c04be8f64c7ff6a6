"""Linear probes as `layers.json` holds them: how much a linear classifier reads from each stage.

Source: Alain and Bengio 2016, "Understanding intermediate layers using linear classifier probes",
arXiv 1610.01644.
"""

from dataclasses import dataclass
from typing import Final

from fer_core.errors import ModelError
from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder
from fer_core.files import parse_json
from fer_core.metrics.intervals import check_shares

LAYERS_FILE: Final = "layers.json"  # in a model's folder


@dataclass(frozen=True, slots=True)
class ProbedStage:
    """A linear classifier on what one convolutional stage computes.

    Attributes:
        layer: Name of the stage's last layer.
        n_features: Numbers that the classifier gets per face.
        accuracy: On faces that it was not fitted on, in `[0, 1]`.
        macro_f1: The same.
    """

    layer: str
    n_features: int
    accuracy: float
    macro_f1: float

    def __post_init__(self) -> None:
        check_shares(self.layer, [self.accuracy, self.macro_f1])


@dataclass(frozen=True, slots=True)
class LayerProbes:
    """The probes of one model, from its first stage to its last.

    Attributes:
        model: Name of the model's folder.
        n_train: Faces that the classifiers were fitted on.
        n_test: Faces that they were measured on.
        labels: Whose labels, for example `FER2013`.
        stages: At least one.
    """

    model: str
    n_train: int
    n_test: int
    labels: str
    stages: tuple[ProbedStage, ...]

    def __post_init__(self) -> None:
        if not self.stages:
            raise ValueError("expected at least one stage")

    @property
    def half_way(self) -> int:
        """Number, from 1, of the first stage with half of what macro-F1 gains from first to last.

        >>> stages = [ProbedStage("conv", 9, 0.5, score) for score in (0.2, 0.5, 0.7)]
        >>> LayerProbes("a", 9, 9, "FER2013", tuple(stages)).half_way
        2
        """
        first, last = self.stages[0].macro_f1, self.stages[-1].macro_f1
        middle = (first + last) / 2
        scores = enumerate((stage.macro_f1 for stage in self.stages), start=1)
        return next((n for n, score in scores if score >= middle), len(self.stages))


def load_probes(model_id: str, *, models: ModelFolder = SHIPPED_MODELS) -> LayerProbes | None:
    """Return the stored probes of one model; None if they were not measured.

    Raises:
        ModelError: The file is damaged.
    """
    path = models.path_of(model_id) / LAYERS_FILE
    try:
        return parse_json(path.read_text(encoding="utf-8"), LayerProbes)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:  # ValueError: damaged, or not UTF-8
        raise ModelError(
            f"models/{model_id}/{LAYERS_FILE} is damaged ({error}). Restore the folder, or "
            "measure the layers again."
        ) from error
