"""The faces of FER2013 that excite each channel most, as `layers.npz` holds them: by row alone."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from fer_core.data.dataset import NO_ROW, FaceDataset
from fer_core.data.row_numbers import NOT_STORED, RowNumbers, load_row_numbers
from fer_core.errors import DataError, ModelError
from fer_core.explain.probes import EXCITING_FILE
from fer_core.explain.same_photo import shows_again
from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder

_ROWS: Final = "/rows"  # after the name of a layer: the name of its array


@dataclass(frozen=True, slots=True, eq=False)
class ChannelFaces:
    """The faces that excite one channel most, as far as a file has them.

    Attributes:
        pixels: `(n, 48, 48)` uint8, strongest first.
        rows: `(n,)` their rows.
        n_missing: Faces that are stored, but that the file does not have or that differ in it.
        n_repeats: Faces left out, as they show the photo of a stronger one.
    """

    pixels: np.ndarray
    rows: np.ndarray
    n_missing: int
    n_repeats: int


@dataclass(frozen=True, slots=True, eq=False)
class ExcitingFaces:
    """For each layer, the rows of the faces that excite each of its channels most.

    Attributes:
        numbers: Every row that occurs, with the digest of its pixels.
        by_layer: `(n_channels, n_faces)` int rows by the name of the layer, strongest first;
            `NO_ROW` where there were too few faces.
    """

    numbers: RowNumbers
    by_layer: dict[str, np.ndarray]

    def __post_init__(self) -> None:
        for layer, rows in self.by_layer.items():
            if rows.ndim != 2 or not rows.size or rows.dtype.kind not in "iu":
                raise ValueError(
                    f"expected int rows (n_channels, n_faces) for {layer}, got {rows.dtype} "
                    f"{rows.shape}"
                )
            if not np.isin(rows[rows != NO_ROW], self.numbers.rows).all():
                raise ValueError(f"expected a digest for every row of {layer}")

    def faces_of(self, layer: str, channel: int, dataset: FaceDataset) -> ChannelFaces:
        """Return the faces that excite one channel most, strongest first, each photo once.

        Args:
            layer: One of `by_layer`.
            channel: Its channel, from 0.
            dataset: Faces of FER2013's CSV, in any order.
        """
        rows = self.by_layer[layer][channel]
        rows = rows[rows != NO_ROW]
        order = np.argsort(dataset.rows, kind="stable")
        places = np.searchsorted(dataset.rows[order], rows).clip(max=max(len(dataset) - 1, 0))
        places = order[places] if len(dataset) else np.zeros(0, dtype=np.int64)
        fits = self.numbers.joined_to(dataset.rows[places], dataset.pixels[places]) != NOT_STORED
        fits &= dataset.rows[places] == rows[: len(places)]
        found = places[fits]
        kept = found[~shows_again(dataset.pixels[found])]
        return ChannelFaces(
            dataset.pixels[kept],
            dataset.rows[kept],
            n_missing=len(rows) - len(found),
            n_repeats=len(found) - len(kept),
        )


def load_exciting_faces(
    model_id: str, *, models: ModelFolder = SHIPPED_MODELS
) -> ExcitingFaces | None:
    """Return the stored rows of one model; None if they were not computed.

    Raises:
        ModelError: The file is damaged.
    """
    path = models.path_of(model_id) / EXCITING_FILE
    if not path.is_file():
        return None
    try:
        numbers = load_row_numbers(path)
        by_layer = {
            name.removesuffix(_ROWS): rows
            for name, rows in numbers.values.items()
            if name.endswith(_ROWS)
        }
        return ExcitingFaces(numbers, by_layer)
    except (DataError, ValueError) as error:
        raise ModelError(
            f"models/{model_id}/{EXCITING_FILE} is damaged ({error}). Restore the folder, or "
            "measure the layers again."
        ) from error
