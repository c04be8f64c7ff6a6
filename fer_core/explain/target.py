"""What an attribution is about: one label of one head."""

from fer_core.expression.card import ModelCard


def class_index(card: ModelCard, *, head: str, label: str) -> int:
    """Return the index of a label among those of a head.

    Raises:
        ValueError: The model has no such head, or the head no such label.
    """
    if head not in card.heads:
        raise ValueError(f"Expected a head of {', '.join(card.heads)}, got {head!r}.")
    labels = card.heads[head]
    if label not in labels:
        raise ValueError(f"Expected a label of {', '.join(labels)}, got {label!r} for {head!r}.")
    return labels.index(label)
