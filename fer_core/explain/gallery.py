"""Pictures of what a network computes: sheets of maps, filters, and heat on a face, RGB uint8.

All are opaque, so they look the same on a light page and on a dark one. Their colours differ with
every kind of colour blindness.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from fer_core.explain.results import Attribution, LayerMaps

MAX_CHANNELS: Final = 16  # on one sheet; a wide layer has 192
SHEET_COLUMNS: Final = 8
TILE: Final = 96  # pixels; a map of 3 pixels shows its 9 squares
FACE_SIDE: Final = 384
_GAP: Final = 4
_GAP_RGB: Final = (110, 140, 170)  # between tiles: no map and no filter has this colour
# Okabe & Ito 2008: blue and vermilion differ for everybody; the same two colours as in the charts
FOR_RGB: Final = (213, 94, 0)
AGAINST_RGB: Final = (0, 114, 178)
_MAX_OPACITY: Final = 0.75  # the face stays visible below the strongest heat
_OUTLINED: Final = 0.5  # of the strongest heat
_DASH: Final = 10  # points of an outline that are drawn, then left out


@dataclass(frozen=True, slots=True, eq=False)
class ChannelSheet:
    """Some maps of one layer as one picture.

    Attributes:
        image_rgb: uint8 `(height, width, 3)`.
        channels: Index of each map on it, row by row, the most active first.
        n_channels: Maps of the layer.
    """

    image_rgb: np.ndarray
    channels: tuple[int, ...]
    n_channels: int


def channel_sheet(layer: LayerMaps, *, max_channels: int = MAX_CHANNELS) -> ChannelSheet:
    """Return the most active maps of a layer as one picture, each with its own scale.

    Args:
        layer: The layer.
        max_channels: Maps on the sheet, at least 1.

    Raises:
        ValueError: `max_channels` is out of range.
    """
    if max_channels < 1:
        raise ValueError(f"Out of range: {max_channels=} (min 1).")
    channels = most_active(layer, n=max_channels)
    tiles = [map_picture(layer.maps[..., channel]) for channel in channels]
    return ChannelSheet(_sheet(tiles), channels, layer.maps.shape[2])


def most_active(layer: LayerMaps, *, n: int) -> tuple[int, ...]:
    """Return the channels that differ most between places of this face, at most `n`.

    A channel with one value everywhere says nothing about places, however large the value is.
    """
    spread = layer.maps.std(axis=(0, 1))
    return tuple(int(channel) for channel in np.argsort(-spread, kind="stable")[:n])


def map_picture(values: np.ndarray, *, side: int = TILE) -> np.ndarray:
    """Return one map as a picture: dark blue for its smallest value, yellow for its largest.

    Args:
        values: `(height, width)` float32. A flat map becomes dark.
        side: Longer side of the picture in pixels.
    """
    low, high = float(values.min()), float(values.max())
    share = (values - low) / (high - low) if high > low else np.zeros_like(values)
    grey = _enlarged((share * 255).astype(np.uint8), side)
    # cividis, Nuñez et al. 2018, arXiv 1712.01662: made for people with colour blindness
    coloured_bgr = cv2.applyColorMap(grey, cv2.COLORMAP_CIVIDIS)
    return np.ascontiguousarray(coloured_bgr[..., ::-1])


def filter_sheet(filters: np.ndarray) -> np.ndarray:
    """Return all kernels of a first convolution as one picture, each with its own scale.

    Grey is 0, white the largest weight, black the most negative of the same size.

    Args:
        filters: `(height, width, n_filters)` float32.
    """
    tiles = []
    for index in range(filters.shape[2]):
        kernel = filters[..., index]
        largest = np.abs(kernel).max() or 1.0
        grey = np.rint(127.5 + 127.5 * kernel / largest).astype(np.uint8)
        tiles.append(np.repeat(_enlarged(grey, TILE)[..., None], 3, axis=2))
    return _sheet(tiles)


def heat_on_face(
    crop: np.ndarray, attribution: Attribution, *, side: int = FACE_SIDE
) -> np.ndarray:
    """Return the face with what speaks for the expression in vermilion, against it in blue.

    The strongest places have an outline too, solid for and dashed against, so that the picture
    can be read without its colours.

    Args:
        crop: `(size, size)` uint8 grey.
        attribution: The map of this face.
        side: Side of the picture in pixels.

    Raises:
        ValueError: The map has another size than the face.
    """
    if crop.shape != attribution.heat.shape:
        raise ValueError(f"Expected a face of {attribution.heat.shape}, got {crop.shape}.")
    face = face_picture(crop, side=side).astype(np.float32)
    heat = cv2.resize(attribution.heat, (side, side), interpolation=cv2.INTER_LINEAR)
    opacity = _MAX_OPACITY * np.abs(heat)[..., None]
    colour = np.where(heat[..., None] > 0, FOR_RGB, AGAINST_RGB).astype(np.float32)
    picture = np.rint(face * (1 - opacity) + colour * opacity).astype(np.uint8)
    _outline(picture, heat >= _OUTLINED, is_dashed=False)
    _outline(picture, heat <= -_OUTLINED, is_dashed=True)
    return picture


def face_picture(crop: np.ndarray, *, side: int = FACE_SIDE) -> np.ndarray:
    """Return a grey crop as an RGB picture, its pixels enlarged as they are."""
    return np.repeat(_enlarged(crop, side)[..., None], 3, axis=2)


def to_png(image_rgb: np.ndarray) -> bytes:
    """Return a picture, RGB uint8 `(height, width, 3)`, as the content of a PNG file."""
    _, png = cv2.imencode(".png", np.ascontiguousarray(image_rgb[..., ::-1]))
    return png.tobytes()


def _enlarged(image: np.ndarray, side: int) -> np.ndarray:
    scale = side / max(image.shape[:2])
    size = (max(round(image.shape[1] * scale), 1), max(round(image.shape[0] * scale), 1))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_NEAREST_EXACT))


def _sheet(tiles: list[np.ndarray]) -> np.ndarray:
    height, width = tiles[0].shape[:2]
    n_columns = min(SHEET_COLUMNS, len(tiles))
    n_rows = -(-len(tiles) // n_columns)
    size = (n_rows * (height + _GAP) + _GAP, n_columns * (width + _GAP) + _GAP)
    sheet = np.full((*size, 3), _GAP_RGB, np.uint8)
    for index, tile in enumerate(tiles):
        top = _GAP + index // n_columns * (height + _GAP)
        left = _GAP + index % n_columns * (width + _GAP)
        sheet[top : top + height, left : left + width] = tile
    return sheet


def _outline(picture: np.ndarray, mask: np.ndarray, *, is_dashed: bool) -> None:
    """Draw the edge of a mask, black and white, visible on any grey; in place."""
    edges, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    for width, grey in ((4, 0), (2, 255)):
        for edge in edges:
            step = 2 * _DASH if is_dashed else len(edge)
            length = _DASH if is_dashed else len(edge)
            for start in range(0, len(edge), step):
                part = edge[start : start + length]
                cv2.polylines(picture, [part], not is_dashed, (grey, grey, grey), width)
