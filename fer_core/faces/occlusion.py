"""Detects occluded faces: behind a hand, a mask or dark glasses.

The small network was trained by `python -m fer_core train-occlusion` on faces that were occluded on
purpose. `occlusion.json` beside its weights holds the threshold and the measured rates.
"""

import json
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from fer_core.errors import ModelError
from fer_core.files import parse_json
from fer_core.litert import LiteRtNetwork
from fer_core.weights import MODELS_FOLDER, read_verified

OCCLUSION_FOLDER: Final = MODELS_FOLDER / "quality"
OCCLUSION_FILE: Final = "occlusion.tflite"
OCCLUSION_CARD: Final = "occlusion.json"
CROP_SIZE: Final = 48  # pixels, of the faces it was trained on


@dataclass(frozen=True, slots=True)
class OcclusionCard:
    """`occlusion.json`: the threshold of the network and what was measured of it.

    Attributes:
        sha256: Digest of the weights.
        limit: Log odds from which on a face counts as occluded.
        limit_rule: How the limit was chosen, in words.
        n_measured: Faces of each kind that were measured.
        share_called_covered: Share that is classified as occluded, by kind of face.
        n_train: Faces that the network was trained on.
        n_parameters: Trained numbers.
        date: ISO date of the end of training.
    """

    sha256: str
    limit: float
    limit_rule: str = ""
    n_measured: int = 0
    share_called_covered: dict[str, float] = field(default_factory=dict)
    n_train: int = 0
    n_parameters: int = 0
    date: str = ""

    def to_json(self) -> str:
        """Return the text of its file."""
        return json.dumps(asdict(self), indent=2, allow_nan=False) + "\n"


class OcclusionNetwork:
    """Classifies faces as occluded or clear. Threads may share it."""

    def __init__(self, folder: Path = OCCLUSION_FOLDER) -> None:
        """Load the weights and the threshold.

        Raises:
            ModelError: A file is missing, damaged, or not the one its card describes.
        """
        advice = "Install Cue again; in a checkout: git checkout -- models/quality"
        try:
            card = parse_json((folder / OCCLUSION_CARD).read_text("utf-8"), OcclusionCard)
        except (OSError, ValueError) as error:
            raise ModelError(
                f"Cannot read {folder / OCCLUSION_CARD} ({error}). {advice}"
            ) from error
        self._threshold = card.limit
        weights = read_verified(folder / OCCLUSION_FILE, card.sha256, advice=advice)
        self._network = LiteRtNetwork(weights, source=OCCLUSION_FILE)

    def log_odds(self, crops: np.ndarray) -> np.ndarray:
        """Return the log odds `(n,)` float32 that each face is occluded.

        Args:
            crops: Upright grey crops, uint8 `(n, size, size)`; `n` may be 0.
        """
        if not len(crops):
            return np.zeros(0, dtype=np.float32)
        if crops.shape[1] != CROP_SIZE:
            crops = np.stack([cv2.resize(crop, (CROP_SIZE, CROP_SIZE)) for crop in crops])
        (log_odds,) = self._network.run(crops[..., None].astype(np.float32))  # (n, 1)
        return np.asarray(log_odds[:, 0])

    def is_occluded(self, crops: np.ndarray) -> np.ndarray:
        """Return whether each face counts as occluded, `(n,)` bool; `crops` as for `log_odds`."""
        return np.asarray(self.log_odds(crops) > self._threshold)


@lru_cache(maxsize=1)  # read-only and lock-free, so all sessions share one copy
def load_occlusion_network() -> OcclusionNetwork:
    """Return the shipped network; each call returns the same one.

    Raises:
        ModelError: See `OcclusionNetwork`.
    """
    return OcclusionNetwork()
