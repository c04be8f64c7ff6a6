"""The training of the network that tells covered faces, and the choice of its limit."""

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import keras
import numpy as np
from keras import layers

from fer_core.data.cleaning import CleanData
from fer_core.evaluate.corruptions import covered_eyes, covered_mouth
from fer_core.expression.card import KERAS_FILE
from fer_core.faces.occlusion import CROP_SIZE, OCCLUSION_CARD, OCCLUSION_FILE, OcclusionNetwork
from fer_core.train.augment import Augmentation, augment
from fer_core.train.export import convert
from fer_core.train.occluders import occlude_faces, put_hats_on
from fer_core.train.torch_layers import training_copy

EPOCHS: Final = 24
FALSE_ALARMS: Final = 0.005
"""Share of clear faces that the limit lets be called covered: whoever is, is not read at all."""
_BATCH: Final = 128  # covered faces, and as many clear ones
_RATE, _DECAY = 2e-3, 1e-3
_HATS: Final = 0.2  # share of the clear faces whose forehead is covered
_CHANGES: Final = Augmentation(erase_share=0.0, corruption_share=0.3)

OnStep = Callable[[int, int], None]


def occlusion_network() -> keras.Model:
    """Return the untrained network: grey levels `(n, 48, 48, 1)` in `[0, 255]` to log odds."""
    pixels = keras.Input((CROP_SIZE, CROP_SIZE, 1), name="pixels")
    x = layers.LayerNormalization(axis=(1, 2, 3), center=False, scale=False)(pixels)
    for width, kernel in ((8, 5), (16, 3), (32, 3), (48, 3)):
        x = layers.Conv2D(width, kernel, strides=2, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Dropout(0.2)(layers.Flatten()(x))
    return keras.Model(pixels, layers.Dense(1, name="log_odds")(x))


def train_occlusion_network(
    crops: np.ndarray,
    *,
    n_epochs: int = EPOCHS,
    seed: int = 0,
    on_step: OnStep = lambda _step, _n_steps: None,
) -> keras.Model:
    """Return a trained network.

    Args:
        crops: Faces, mostly clear, uint8 `(n, 48, 48)`, at least one.
        n_epochs: How often each face is seen, by turns covered and clear.
        seed: Of everything random.
        on_step: Told after every batch: how many there were, and how many there will be.
    """
    keras.utils.set_random_seed(seed)
    network = occlusion_network()
    trained = training_copy(network, side=CROP_SIZE)
    n_steps = n_epochs * -(-len(crops) // (2 * _BATCH))
    rate = keras.optimizers.schedules.CosineDecay(_RATE, n_steps)
    trained.compile(
        keras.optimizers.AdamW(rate, weight_decay=_DECAY),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        jit_compile=False,
    )
    batches = _batches(crops, n_epochs, np.random.default_rng(seed))
    for step, (pixels, is_occluded) in enumerate(batches):
        trained.train_on_batch(pixels, is_occluded)
        on_step(step + 1, n_steps)
    network.set_weights(trained.get_weights())
    return network


def save_occlusion_network(folder: Path, network: keras.Model, data: CleanData) -> dict[str, Any]:
    """Write the network and its card; return the card.

    Args:
        folder: Where both go; what was there stays whole until both are finished.
        network: As trained.
        data: Its validation faces choose the limit and measure what it catches.

    Raises:
        ModelError: The network cannot be converted to LiteRT.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder) as name:
        unfinished = Path(name)
        network.save(unfinished / KERAS_FILE)
        convert(
            unfinished / KERAS_FILE,
            exact_path=unfinished / "exact.tflite",
            float_path=unfinished / OCCLUSION_FILE,
            int8_path=unfinished / "int8.tflite",
        )
        weights = (unfinished / OCCLUSION_FILE).read_bytes()
        card = {"sha256": hashlib.sha256(weights).hexdigest(), "limit": 0.0}
        (unfinished / OCCLUSION_CARD).write_text(json.dumps(card), encoding="utf-8")
        card |= _measured(OcclusionNetwork(unfinished), data.validation.pixels)
        card |= {
            "n_train": len(data.train),
            "n_parameters": network.count_params(),
            "date": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        }
        (unfinished / OCCLUSION_CARD).write_text(
            json.dumps(card, indent=2) + "\n", encoding="utf-8"
        )
        for file in (OCCLUSION_FILE, OCCLUSION_CARD):
            shutil.move(unfinished / file, folder / file)
    return card


def _batches(
    crops: np.ndarray, n_epochs: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield pixels `(b, 48, 48, 1)` float32 and whether each face is covered, `(b, 1)` float32."""
    for _ in range(n_epochs):
        order = rng.permutation(len(crops))
        for chosen in np.array_split(order, -(-len(crops) // (2 * _BATCH))):
            faces = crops[chosen]
            is_occluded = np.arange(len(faces)) < len(faces) // 2
            has_hat = ~is_occluded & (rng.random(len(faces)) < _HATS)
            faces[is_occluded] = occlude_faces(faces[is_occluded], rng)
            faces[has_hat] = put_hats_on(faces[has_hat], rng)
            pixels = augment(faces, _CHANGES, rng, side=CROP_SIZE)[..., None]
            yield pixels.astype(np.float32), is_occluded[:, None].astype(np.float32)


def _measured(network: OcclusionNetwork, crops: np.ndarray) -> dict[str, Any]:
    """Return the limit, by `FALSE_ALARMS`, and the share of faces it calls covered."""
    rng = np.random.default_rng(0)
    clear = network.log_odds(crops)
    limit = float(np.quantile(clear, 1 - FALSE_ALARMS))
    shown = {
        "clear": crops,
        "forehead covered": put_hats_on(crops, rng),
        "light mask": covered_mouth(crops, 1.0, rng),
        "dark glasses": covered_eyes(crops, 1.0, rng),
        "covered as in training": occlude_faces(crops, rng),
    }
    shares = {
        name: float((network.log_odds(faces) > limit).mean()) for name, faces in shown.items()
    }
    return {
        "limit": limit,
        "limit_rule": f"{100 * FALSE_ALARMS}% of the clear faces are called covered",
        "n_measured": len(crops),
        "share_called_covered": {name: round(share, 4) for name, share in shares.items()},
    }
