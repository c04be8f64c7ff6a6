"""What the models cannot use of a collection, and what is changed for them, in sentences."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from fer_core.labels import FER2013_LABELS, VOTE_LABELS, WORDS

_N_NAMED: Final = 5


def collection_notes(
    further_classes: Sequence[str],
    sizes: np.ndarray,
    *,
    is_color: np.ndarray,
    side: int,
    number_column: str,
) -> tuple[str, ...]:
    """Return one sentence per matter; none where all images are as the models take them.

    Where some images have further classes, the sentences on colours and sizes are about the others
    and say so.

    Args:
        further_classes: Class of each image that is none of FER2013's.
        sizes: `(n, 2)` width and height of the images that they can use.
        is_color: `(n,)` bool, of the same images.
        side: Pixels of a face of the models.
        number_column: Column in which numbers were taken for FER2013's classes; else empty.

    >>> collection_notes(["contempt"], np.array([[48, 48], [96, 96]]),
    ...     is_color=np.array([False, True]), side=48, number_column="")[0]
    '1 image has the class scornful, which only the votes head knows; training does not use it.'
    """
    voted = [name for name in further_classes if name in VOTE_LABELS]
    unknown = [name for name in further_classes if name not in VOTE_LABELS]
    n_all = len(sizes) if further_classes else None
    word = WORDS[VOTE_LABELS[-1]]
    notes = [
        *_sentence(len(unknown), f"a class that the models do not know{_listed(unknown)}"),
        *_sentence(
            len(voted),
            f"the class {word}, which only the votes head knows; training does not use it",
        ),
        *_sentence(int(is_color.sum()), "colours; the models see it in grey", n_all=n_all),
        *size_notes(sizes, side, n_all=n_all),
    ]
    if number_column:
        order = ", ".join(f"{number} {label}" for number, label in enumerate(FER2013_LABELS))
        notes.append(f"The numbers in the column {number_column} are read as FER2013's: {order}.")
    return tuple(notes)


def size_notes(sizes: np.ndarray, side: int, *, n_all: int | None = None) -> tuple[str, ...]:
    """Return one sentence per way in which images change to the size of the models.

    Args:
        sizes: `(n, 2)` width and height of the images.
        side: Pixels of a face of the models.
        n_all: Number of these images where the collection has others too; else None.

    >>> size_notes(np.array([[48, 48], [48, 48]]), 96)
    ('2 images have a side under 96 pixels; the models see them enlarged.',)
    """
    width, height = sizes.T
    is_small = np.minimum(width, height) < side
    is_large = ~is_small & (np.maximum(width, height) > side)
    return (
        *_sentence(
            int(is_small.sum()),
            f"a side under {side} pixels; the models see it enlarged",
            n_all=n_all,
        ),
        *_sentence(
            int(is_large.sum()), f"over {side} pixels a side; the models see it shrunk", n_all=n_all
        ),
        *_sentence(
            int((width != height).sum()), "unequal sides; the models see it squeezed", n_all=n_all
        ),
    )


def _sentence(n: int, rest: str, *, n_all: int | None = None) -> tuple[str, ...]:
    if n == 0:
        return ()
    verb = "has" if n == 1 else "have"
    if n > 1:
        rest = rest.replace("see it", "see them").replace("use it", "use them")
    if n_all is not None:
        part = f"{n:,} of the {n_all:,} images"
        if n == n_all:
            part = "The only image" if n == 1 else f"All {n:,} images"
        return (f"{part} with FER2013's expressions {verb} {rest}.",)
    return (f"{n:,} {'image' if n == 1 else 'images'} {verb} {rest}.",)


def _listed(classes: Sequence[str]) -> str:
    """Return the classes with the most images."""
    counts = Counter(classes)
    names = [name for name, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
    others = len(names) - _N_NAMED
    more = f" and {others:,} more" if others > 0 else ""
    return f": {', '.join(names[:_N_NAMED])}{more}"
