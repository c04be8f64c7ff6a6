"""What the face commands measured, read back: `models/faces.json` and `models/ID/turned.json`.

The first is about the finders, which every model shares, so it lies beside the models; the second
is about one model and lies in its folder. Neither holds a picture.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from fer_core.errors import ModelError
from fer_core.evaluate.detection import DetectorScores, KindScores, TiltScores
from fer_core.evaluate.tilt import CropComparison, TurnedEvaluation, TurnedScores
from fer_core.weights import MODELS_FOLDER

FACES_FILE: Final = "faces.json"
TURNED_FILE: Final = "turned.json"
_Content = TypeVar("_Content")


@dataclass(frozen=True, slots=True)
class FaceFinding:
    """Scores of face detectors on one folder of annotated photos, at least one detector."""

    detectors: tuple[DetectorScores, ...]

    def __post_init__(self) -> None:
        if not self.detectors or not all(scores.tilts for scores in self.detectors):
            raise ValueError("expected at least one detector and one tilt")
        tilts = [tilt for scores in self.detectors for tilt in scores.tilts]
        if any(not 0 <= tilt.n_found <= tilt.n_faces or tilt.n_false < 0 for tilt in tilts):
            raise ValueError("expected no more faces found than there are")


def load_face_finding(*, models_folder: Path = MODELS_FOLDER) -> FaceFinding:
    """Return the stored scores of the face detectors.

    Raises:
        ModelError: The file is missing or damaged.
    """
    return _load(
        models_folder / FACES_FILE,
        lambda values: FaceFinding(tuple(map(_detector_scores, values["detectors"]))),
        command="evaluate-faces --data DIR --json models/faces.json",
    )


def load_turned(model_id: str, *, models_folder: Path = MODELS_FOLDER) -> TurnedEvaluation:
    """Return how well one model reads turned faces, as stored.

    Raises:
        ModelError: The file is missing or damaged.
    """
    return _load(
        models_folder / model_id / TURNED_FILE,
        _turned_evaluation,
        command=f"evaluate-turned {model_id} --data FILE --json models/{model_id}/turned.json",
    )


def _detector_scores(values: Mapping[str, Any]) -> DetectorScores:
    counts = ("degrees", "n_photos", "n_faces", "n_found", "n_false")
    return DetectorScores(
        detector=str(values["detector"]),
        mode=str(values["mode"]),
        tilts=tuple(TiltScores(*(tilt[name] for name in counts)) for tilt in values["tilts"]),
        face_free={kind: KindScores(**row) for kind, row in values["face_free"].items()},
        ms_per_frame=float(values["ms_per_frame"]),
    )


def _turned_evaluation(values: Mapping[str, Any]) -> TurnedEvaluation:
    return TurnedEvaluation(
        model=str(values["model"]),
        split=str(values["split"]),
        n_faces=int(values["n_faces"]),
        own_crop_macro_f1=float(values["own_crop_macro_f1"]),
        tilts=tuple(TurnedScores(**row) for row in values["tilts"]),
        crops=tuple(CropComparison(**row) for row in values["crops"]),
    )


def _load(path: Path, parse: Callable[[Any], _Content], *, command: str) -> _Content:
    again = f"Measure it: python -m fer_core {command}"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ModelError(f"Not measured yet. {again}") from error
    except OSError as error:
        raise ModelError(f"{path.name} cannot be read: {error.strerror}. {again}") from error
    except UnicodeDecodeError as error:
        raise ModelError(f"{path.name} is no text. {again}") from error
    try:
        return parse(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f"{path.name} is damaged ({type(error).__name__}: {error}). {again}"
        ) from error
