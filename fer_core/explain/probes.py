"""Scores of linear probes, as `models/<id>/layers.json` holds them. No TensorFlow here."""

import json
from dataclasses import asdict, dataclass
from typing import Final

from fer_core.errors import ModelError
from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder
from fer_core.files import parse_json, write_file
from fer_core.metrics.intervals import check_shares

PROBES_FILE: Final = "layers.json"
EXCITING_FILE: Final = "layers.npz"


@dataclass(frozen=True, slots=True)
class Probe:
    """A linear classifier on the maps of one layer.

    Attributes:
        layer: Name of the layer.
        n_features: Numbers per face that it gets.
        accuracy: Share of faces whose label it finds.
        macro_f1: Mean F1 of the labels.
    """

    layer: str
    n_features: int
    accuracy: float
    macro_f1: float

    def __post_init__(self) -> None:
        check_shares(self.layer, [self.accuracy, self.macro_f1])


@dataclass(frozen=True, slots=True)
class LayerProbes:
    """The probes of one network, from its first block to its last.

    Attributes:
        model: Name of the model's folder.
        n_train: Training faces with which the probes were fitted.
        n_test: Faces of PublicTest with which they were scored.
        stages: One probe per block.
    """

    model: str
    n_train: int
    n_test: int
    stages: tuple[Probe, ...]

    def __post_init__(self) -> None:
        if not self.stages:
            raise ValueError("expected at least one stage")


def load_probes(model_id: str, *, models: ModelFolder = SHIPPED_MODELS) -> LayerProbes:
    """Return the stored probes of one model.

    Raises:
        ModelError: They are not measured yet, or the file is damaged.
    """
    path = models.path_of(model_id) / PROBES_FILE
    advice = f"Measure them: python -m fer_core evaluate-layers {model_id} --data FILE"
    try:
        return parse_json(path.read_text(encoding="utf-8"), LayerProbes)
    except FileNotFoundError as error:
        raise ModelError(f"{model_id} has no linear probes yet. {advice}") from error
    except (OSError, ValueError) as error:
        raise ModelError(
            f"models/{model_id}/{PROBES_FILE} is damaged ({error}). {advice}"
        ) from error


def save_probes(probes: LayerProbes, *, models: ModelFolder = SHIPPED_MODELS) -> None:
    """Write `layers.json` into the model's folder, which exists."""
    text = json.dumps(asdict(probes), indent=1, allow_nan=False)
    write_file(models.path_of(probes.model) / PROBES_FILE, text + "\n")
