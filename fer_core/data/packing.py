"""A collection as named arrays and a JSON object: for a pipe between processes and for a file.

Nothing is pickled. Where the faces are the thumbnails themselves, their pixels are packed once.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from fer_core.data.collection import ImageCollection
from fer_core.data.dataset import FaceDataset
from fer_core.errors import DataError

_COLUMNS: Final = ("thumbnails", "label_ids", "split_ids", "rows", "sizes", "is_color")
_NAMES: Final = ("labels", "splits", "files", "problems", "notes")  # tuples of str
_PLAIN: Final = ("name", "n_problems", "n_rows")
_FACES: Final = ("pixels", "label_ids", "split_ids", "rows")
_FACE: Final = "face_"


def pack(collection: ImageCollection) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return a JSON object and the arrays that `unpack` takes."""
    header = {name: getattr(collection, name) for name in (*_PLAIN, *_NAMES)}
    arrays = {name: getattr(collection, name) for name in _COLUMNS}
    faces = collection.faces
    if faces is not None:
        arrays |= {_FACE + name: getattr(faces, name) for name in _FACES}
        if faces.pixels is collection.thumbnails:
            del arrays[_FACE + "pixels"]
    return header, arrays


def unpack(header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> ImageCollection:
    """Return the collection that was packed; its arrays cannot be written to.

    Raises:
        DataError: Something is missing, or does not fit together.
    """
    for array in arrays.values():
        array.flags.writeable = False  # sessions share it
    try:
        faces = None
        if _FACE + "rows" in arrays:
            pixels = arrays.get(_FACE + "pixels", arrays["thumbnails"])
            faces = FaceDataset(pixels, *(arrays[_FACE + name] for name in _FACES[1:]))
        fields: dict[str, Any] = {name: header[name] for name in _PLAIN}
        fields |= {name: tuple(header[name]) for name in _NAMES}
        fields |= {name: arrays[name] for name in _COLUMNS}
        return ImageCollection(**fields, faces=faces)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(f"Expected a packed collection, got another one ({error}).") from error
