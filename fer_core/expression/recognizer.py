"""`ExpressionRecognizer`: crops of faces in, expressions out."""

from typing import Final

import numpy as np
from scipy.special import softmax

from fer_core.errors import ModelError
from fer_core.expression.card import ModelCard
from fer_core.expression.model_folder import DEFAULT_ID, SHIPPED_MODELS, ModelFolder
from fer_core.expression.preprocess import NORMALISATIONS
from fer_core.litert import LiteRtNetwork
from fer_core.results import Expression

_MAX_BATCH: Final = 64  # crops classified at once; bounds the network's work space


class ExpressionRecognizer:
    """One trained model, ready to use. Threads may share it."""

    def __init__(self, card: ModelCard, network: LiteRtNetwork) -> None:
        """Join a card and its network.

        Raises:
            ModelError: The network's input or outputs are not those of the card.
        """
        size = card.input_size
        if network.input_shape[1:] != (size, size, 1):
            raise ModelError(
                f"{card.model_id}: expected an input of ({size}, {size}, 1), got "
                f"{network.input_shape[1:]}. Train the model again."
            )
        self.card = card
        self._network = network
        self._normalise = NORMALISATIONS[card.normalisation]
        self._output_of_head = {
            head: _output_index(card, network, head=head) for head in card.heads
        }

    def recognize(self, crops: np.ndarray) -> tuple[Expression, ...]:
        """Return the expression that each crop shows; see `predict_reading`.

        Args:
            crops: `(n, input_size, input_size)` uint8 grey.
        """
        probs = self.predict_reading(crops)
        labels = self.card.heads[self.card.reading_head]
        needed = self.card.min_confidences
        return tuple(
            Expression.from_probs(labels, row, min_confidence=needed[int(row.argmax())])
            for row in probs
        )

    def predict_reading(self, crops: np.ndarray) -> np.ndarray:
        """Return what the app shows: `(n, n_classes)` float32 in the order of the `reading_head`.

        It comes from both heads by the card's rule, or from the `reading_head` if it has none.

        Raises:
            ValueError: The crops have another size.
        """
        heads = self.predict_heads(crops)
        rule = self.card.reading
        if rule is None:
            return heads[self.card.reading_head]
        return rule.probs(heads, self.card.heads)

    def predict_probs(self, crops: np.ndarray, *, head: str) -> np.ndarray:
        """Return the calibrated probabilities of one head; the card's temperature is applied.

        Args:
            crops: `(n, input_size, input_size)` uint8 grey.
            head: Name of a head of the card.

        Returns:
            `(n, n_classes)` float32.

        Raises:
            ValueError: The card has no such head, or the crops have another size.
        """
        if head not in self.card.heads:
            raise ValueError(f"Expected a head of {', '.join(self.card.heads)}, got {head!r}.")
        logits = self.predict_logits(crops)[head]
        return self._calibrated(logits, head=head)

    def predict_heads(self, crops: np.ndarray) -> dict[str, np.ndarray]:
        """Return the calibrated probabilities of every head, by its name, from one pass.

        Raises:
            ValueError: The crops have another size.
        """
        return {
            head: self._calibrated(logits, head=head)
            for head, logits in self.predict_logits(crops).items()
        }

    def predict_logits(self, crops: np.ndarray) -> dict[str, np.ndarray]:
        """Return the logits of each head, by its name: `(n, size, size)` uint8 -> `(n, n_classes)`.

        Raises:
            ValueError: The crops have another size.
        """
        size = self.card.input_size
        if crops.shape[1:] != (size, size):
            raise ValueError(f"Expected crops (n, {size}, {size}), got {crops.shape}.")
        outputs = [
            self._network.run(self._normalise(crops[start : start + _MAX_BATCH]))
            for start in range(0, len(crops), _MAX_BATCH)
        ]
        return {
            head: np.concatenate([output[index] for output in outputs])
            if outputs
            else np.zeros((0, len(self.card.heads[head])), dtype=np.float32)
            for head, index in self._output_of_head.items()
        }

    def _calibrated(self, logits: np.ndarray, *, head: str) -> np.ndarray:
        return np.asarray(softmax(logits / self.card.temperature.get(head, 1.0), axis=1))


def load_recognizer(
    model_id: str = DEFAULT_ID,
    *,
    models: ModelFolder = SHIPPED_MODELS,
    weights_file: str | None = None,
) -> ExpressionRecognizer:
    """Return the recogniser of one model.

    Args:
        model_id: Name of its folder, or `default`.
        models: Where the models lie.
        weights_file: One of its LiteRT files; None for the one that its card names.

    Raises:
        ModelNotFoundError: There is no such model.
        ModelError: Its card or its weights cannot be used.
    """
    card = models.card(model_id)
    file_name = weights_file or card.runtime_file
    weights = models.weights(card, file_name)
    source = f"models/{card.model_id}/{file_name}"
    return ExpressionRecognizer(card, LiteRtNetwork(weights, source=source))


def _output_index(card: ModelCard, network: LiteRtNetwork, *, head: str) -> int:
    """Return the index of the head's output: conversion keeps shapes, but not names or order."""
    n_classes = len(card.heads[head])
    matches = [i for i, shape in enumerate(network.output_shapes) if shape[-1] == n_classes]
    if len(matches) != 1:
        raise ModelError(
            f"{card.model_id}: expected one output of {n_classes} values for head {head!r}, got "
            f"outputs {network.output_shapes}. Train the model again."
        )
    return matches[0]
