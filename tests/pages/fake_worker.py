"""A worker of the Inside page that invents its maps."""

import numpy as np

from fer_core.explain.results import Activations, Attribution, LayerMaps


class FakeWorker:
    """Answers at once; `failure` is raised instead, after the first message."""

    def __init__(self):
        self.failure: BaseException | None = None
        self.asked: list[str] = []

    def activations(self, model_id, crop, *, on_message):
        self._begin(f"{model_id} maps", on_message)
        rng = np.random.default_rng(0)
        layers = tuple(
            LayerMaps(
                name, "ReLU", stage, "Keeps places.", rng.random((side, side, 20), np.float32)
            )
            for name, stage, side in (
                *(("first", 0, 48), ("second", 0, 48), ("third", 0, 48)),
                *(("fourth", 1, 24), ("last", 4, 3)),
            )
        )
        return Activations(model_id, crop, layers, rng.random((3, 3, 16), np.float32))

    def grad_cam(self, model_id, crop, *, head, label, on_message):
        self._begin(f"{model_id} {head} {label}", on_message)
        heat = np.linspace(-1, 1, crop.size, dtype=np.float32).reshape(crop.shape)
        return Attribution("grad_cam", model_id, head, label, heat)

    def _begin(self, what, on_message):
        self.asked.append(what)
        on_message("Computing.")
        if self.failure is not None:
            raise self.failure
