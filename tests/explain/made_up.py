"""Made-up crops, maps, attributions, and a worker that needs no TensorFlow."""

import numpy as np

from fer_core.explain.agreement import agreement_of
from fer_core.explain.explanation import Explanation
from fer_core.explain.results import Activations, Attribution, LayerMaps, scaled
from fer_core.results import Expression

LABELS = ("happy", "sad", "neutral")


def drawn_crop(size=48):
    """Return a face of three dark spots on a slope of greys, uint8 `(size, size)`."""
    crop = np.linspace(90, 200, size * size).reshape(size, size).astype(np.uint8)
    third = size // 3
    for row, column in ((third, third), (third, 2 * third), (2 * third, size // 2)):
        crop[row - 2 : row + 3, column - 4 : column + 5] = 20
    return crop


def attribution(heat=None, *, method="grad_cam", label="happy", size=48):
    if heat is None:
        heat = np.linspace(-1, 1, size * size).reshape(size, size)
    return Attribution(method, "tiny", "votes", label, scaled(np.asarray(heat, dtype=np.float32)))


def layer(name="conv", *, stage=0, n_channels=3, side=8):
    rng = np.random.default_rng(n_channels)
    maps = rng.normal(size=(side, side, n_channels)).astype(np.float32)
    return LayerMaps(name, "Conv2D", stage, "Slides patterns over the picture.", maps)


def activations(model_id="tiny", crop=None):
    layers = (
        layer(),
        layer("pool", stage=1, side=4),
        layer("last", stage=1, n_channels=20, side=4),
    )
    filters = np.ones((3, 3, 2), dtype=np.float32)
    return Activations(model_id, drawn_crop() if crop is None else crop, layers, filters)


def explanation(*, occlusion=None):
    heat = attribution()
    occlusion = occlusion or attribution(method="occlusion")
    reading = Expression.from_probs(LABELS, np.array([0.7, 0.2, 0.1]))
    return Explanation(
        "tiny",
        drawn_crop(),
        reading,
        Expression.from_probs(LABELS[:2], np.array([0.6, 0.4])),
        "votes",
        "happy",
        activations(),
        heat,
        occlusion,
        agreement_of(heat, occlusion),
    )


class MadeUpWorker:
    """What `ExplainWorker` gives, without a process; it remembers whether it was closed."""

    def __init__(self, _models=None):
        self.is_closed = False
        self.asked = []

    def activations(self, model_id, crop, *, on_message):
        on_message("Computing the maps of all layers.")
        return activations(model_id, crop)

    def grad_cam(self, model_id, crop, *, head, label, on_message):
        self.asked.append((head, label))
        heat = np.linspace(-1, 1, crop.size).reshape(crop.shape).astype(np.float32)
        return Attribution("grad_cam", model_id, head, label, heat)

    def close(self):
        self.is_closed = True

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()
