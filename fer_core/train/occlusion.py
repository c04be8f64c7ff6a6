"""Training of the network that detects occluded faces, on faces that are occluded on purpose."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import cv2
import keras
import numpy as np
from keras import layers

from fer_core.data.cleaning import CleanData
from fer_core.evaluate.corruptions import covered_eyes, covered_mouth
from fer_core.expression.card import KERAS_FILE
from fer_core.faces.occlusion import (
    CROP_SIZE,
    OCCLUSION_CARD,
    OCCLUSION_FILE,
    OcclusionCard,
    OcclusionNetwork,
)
from fer_core.files import write_file
from fer_core.progress import OnProgress, ignore
from fer_core.train.augment import Augmentation, augment
from fer_core.train.export import convert
from fer_core.train.torch_layers import training_copy
from fer_core.weights import sha256_of

EPOCHS: Final = 24
FALSE_ALARMS: Final = 0.005
"""Share of clear faces that may be classified as occluded: a flagged face gets no reading."""
_BATCH: Final = 128  # occluded faces, and as many clear ones
_RATE, _DECAY = 2e-3, 1e-3
_HATS: Final = 0.2  # share of the clear faces that get a hat
_CHANGES: Final = Augmentation(erase_share=0.0, corruption_share=0.3)

# Place of an occluder, as x and y of its centre, width, height; then the largest deviation of each.
# All are shares of the side.
_Place = tuple[tuple[float, ...], tuple[float, ...]]
_PARTS: Final[tuple[_Place, ...]] = (
    ((0.50, 0.79, 0.75, 0.40), (0.05, 0.04, 0.25, 0.10)),  # mouth and chin
    ((0.50, 0.36, 0.85, 0.26), (0.04, 0.03, 0.20, 0.08)),  # both eyes
    ((0.22, 0.50, 0.52, 0.90), (0.04, 0.10, 0.08, 0.20)),  # the subject's right half
    ((0.78, 0.50, 0.52, 0.90), (0.04, 0.10, 0.08, 0.20)),  # the subject's left half
)
_HAT: Final[_Place] = ((0.50, 0.04, 1.00, 0.18), (0.10, 0.03, 0.30, 0.08))
_MAX_TURN_DEG: Final = 20.0


def occlude_faces(crops: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return copies of crops `(n, size, size)` uint8, each with one part of the face occluded.

    The part is the mouth, both eyes, or one half. The occluder is uniform, a gradient, stripes, or
    a piece of another crop, which may be skin.
    """
    return _occlude(crops, [_PARTS[choice] for choice in rng.integers(0, 4, len(crops))], rng)


def put_hats_on(crops: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return copies of crops with the forehead occluded; such faces count as clear."""
    return _occlude(crops, [_HAT] * len(crops), rng)


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
    on_progress: OnProgress = ignore,
) -> keras.Model:
    """Return a trained network.

    Args:
        crops: Faces, mostly clear, uint8 `(n, 48, 48)`, at least one.
        n_epochs: Number of times that each face is used, occluded in half of them.
        seed: Seed of everything random.
        on_progress: Called after every batch.
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
    for step, (pixels, is_occluded) in enumerate(batches, start=1):
        trained.train_on_batch(pixels, is_occluded)
        on_progress(step / n_steps)
    network.set_weights(trained.get_weights())
    return network


def save_occlusion_network(folder: Path, network: keras.Model, data: CleanData) -> OcclusionCard:
    """Write the network and its card; return the card.

    Args:
        folder: Folder of both. The files there stay until both new ones are finished.
        network: The trained network.
        data: Its validation faces choose the limit and measure the detection.

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
        unmeasured = OcclusionCard(
            sha256=sha256_of(weights),
            limit=0.0,
            n_train=len(data.train),
            n_parameters=network.count_params(),
            date=dt.datetime.now(tz=dt.UTC).date().isoformat(),
        )
        write_file(unfinished / OCCLUSION_CARD, unmeasured.to_json())
        card = _measured(unmeasured, OcclusionNetwork(unfinished), data.validation.pixels)
    write_file(folder / OCCLUSION_FILE, weights)
    write_file(folder / OCCLUSION_CARD, card.to_json())
    return card


def _batches(
    crops: np.ndarray, n_epochs: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield pixels `(b, 48, 48, 1)` and whether each face is occluded `(b, 1)`, both float32."""
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


def _measured(card: OcclusionCard, network: OcclusionNetwork, crops: np.ndarray) -> OcclusionCard:
    """Return the card with its limit, chosen by `FALSE_ALARMS`, and what is called occluded."""
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
    return replace(
        card,
        limit=limit,
        limit_rule=f"{100 * FALSE_ALARMS}% of the clear faces are classified as occluded",
        n_measured=len(crops),
        share_called_covered={name: round(share, 4) for name, share in shares.items()},
    )


def _occlude(crops: np.ndarray, parts: list[_Place], rng: np.random.Generator) -> np.ndarray:
    occluded = crops.copy()
    for index, (centre_and_size, deviation) in enumerate(parts):
        place = np.array(centre_and_size) + np.array(deviation) * rng.uniform(-1, 1, 4)
        donor = crops[rng.integers(len(crops))]
        share = _mask(crops.shape[1], place, rng)
        texture = _texture(donor, rng)
        occluded[index] = np.rint(crops[index] + share * (texture - crops[index]))
    return occluded


def _mask(size: int, place: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return how much of each pixel is occluded, float32 `(size, size)` in `[0, 1]`."""
    x, y, width, height = (float(share * size) for share in place)
    turn_deg = float(rng.uniform(-_MAX_TURN_DEG, _MAX_TURN_DEG))
    mask = np.zeros((size, size), np.float32)
    if rng.random() < 0.5:
        axes = (max(width, 2.0), max(height, 2.0))
        cv2.ellipse(mask, ((x, y), axes, turn_deg), 1.0, thickness=-1)
    else:
        corners = cv2.boxPoints(((x, y), (width, height), turn_deg))
        cv2.fillConvexPoly(mask, np.rint(corners).astype(np.int32), 1.0)
    softness = rng.uniform(0.0, 1.2)
    return mask if softness < 0.3 else cv2.GaussianBlur(mask, (0, 0), softness)


def _texture(donor: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the grey levels of an occluder, float32 `(size, size)` in `[0, 255]`."""
    size = len(donor)
    kind = rng.integers(0, 4)
    if kind == 0:
        texture = np.full((size, size), rng.uniform(0, 255))
    elif kind == 1:
        texture = np.tile(np.linspace(rng.uniform(0, 255), rng.uniform(0, 255), size), (size, 1))
        texture = texture if rng.random() < 0.5 else texture.T
    elif kind == 2:
        across, down = np.outer(rng.normal(0.0, 1.0, 2), np.arange(size))
        stripes = np.sin(np.add.outer(across, down))
        texture = rng.uniform(40, 215) + rng.uniform(10, 40) * stripes
    else:
        turn_deg, zoom = float(rng.uniform(0, 360)), float(rng.uniform(1.0, 3.0))
        turn = cv2.getRotationMatrix2D((size / 2, size / 2), turn_deg, zoom)
        turn[:, 2] += rng.uniform(-size / 4, size / 4, 2).astype(turn.dtype)
        piece = cv2.warpAffine(donor, turn, (size, size), borderMode=cv2.BORDER_REFLECT_101)
        texture = piece + rng.uniform(-40, 40)
    noisy = texture + rng.normal(0.0, 3.0, (size, size))
    return np.asarray(np.clip(noisy, 0, 255), dtype=np.float32)
