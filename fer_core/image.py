"""Photos from outside become BGR frames; whatever the bytes, the only error is `ImageError`.

Colour profiles are not applied: an expression does not depend on the exact shade.
"""

import contextlib
import io
import os
import threading
import warnings
from pathlib import Path
from typing import Final, Literal, get_args

import cv2
import numpy as np
import pillow_heif
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from fer_core.errors import ImageError
from fer_core.files import PHOTO_STARTS, file_kind, is_heif

MAX_PIXELS: Final = 50_000_000  # today's 48 megapixel phones; about 0.6 GB while being decoded
MAX_SIDE: Final = 32_766  # OpenCV's warps count pixels in 16 bits and refuse 32,767 and more
MAX_BYTES: Final = 150_000_000  # MAX_PIXELS of 8-bit RGB without any compression

EXPECTED_KINDS: Final = "JPEG, PNG, WebP, BMP, TIFF, HEIC or GIF"
PILLOW_FORMATS: Final = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF")

ColorOrder = Literal["bgr", "rgb"]

# Pillow warns through Python's process-wide filter list: two decodes that silence it at the same
# time could each restore the other's silence. One at a time also bounds the memory.
_decoding = threading.Lock()


def decode_image(data: bytes, *, source: str) -> np.ndarray:
    """Return a photo as people see it: upright, eight bits, opaque.

    An animation gives its first frame. Transparent parts become white, as in browsers and photo
    viewers. Sixteen bits are scaled to eight, not cut off.

    Args:
        data: A whole file: JPEG, PNG, WebP, BMP, TIFF, HEIC or GIF, at most `MAX_BYTES`.
        source: Name of the file, used in messages only.

    Returns:
        `frame_bgr`, uint8 `(height, width, 3)`, contiguous and writable.

    Raises:
        ImageError: The file is of another kind, damaged, cut off, or larger than `MAX_PIXELS` or
            `MAX_SIDE`. The size is checked before memory for the pixels is taken.

    >>> decode_image(b"%PDF-1.7", source="letter.jpg")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    fer_core.errors.ImageError: letter.jpg: expected a photo (...), got a PDF document; ...
    """
    _check_bytes(len(data), source=source)
    with _decoding, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about metadata nobody asked for
        try:
            return _to_frame(_open(data, source=source), source=source)
        except ImageError:
            raise
        except Exception as error:  # decoders of hostile bytes raise nearly every type there is
            raise ImageError(
                f"{source}: expected a whole photo, but the file is cut off or damaged; "
                "copy or download it again."
            ) from error


def read_image(path: str | os.PathLike[str]) -> np.ndarray:
    """Return the photo in a file as people see it; see `decode_image`.

    Args:
        path: The file.

    Returns:
        `frame_bgr`, uint8 `(height, width, 3)`, contiguous and writable.

    Raises:
        ImageError: The file cannot be read, or `decode_image` refuses its content.
    """
    path = Path(path)
    try:
        _check_bytes(path.stat().st_size, source=str(path))
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        reason = getattr(error, "strerror", None) or error
        raise ImageError(
            f"{path} cannot be read: {reason}. Check the path and permissions."
        ) from error
    return decode_image(data, source=str(path))


def frame_of_array(array: np.ndarray, *, color: ColorOrder) -> np.ndarray:
    """Return an array of pixels as a contiguous BGR frame.

    Args:
        array: uint8 `(height, width, 3)`. It is not changed.
        color: Order of its last axis: "rgb" as Pillow and imageio have it, "bgr" as OpenCV has it.

    Raises:
        ValueError: The array has another shape or dtype, or `color` is neither.
        ImageError: It is larger than `MAX_PIXELS` or `MAX_SIDE`.

    >>> frame_of_array(np.array([[[1, 2, 3]]], np.uint8), color="rgb").tolist()
    [[[3, 2, 1]]]
    """
    if color not in get_args(ColorOrder):
        raise ValueError(f"Expected color 'rgb' or 'bgr', got {color!r}.")
    is_colour = array.ndim == 3 and array.shape[2] == 3 and array.size > 0
    if array.dtype != np.uint8 or not is_colour:
        raise ValueError(
            f"Expected uint8 pixels of shape (height, width, 3), got {array.dtype} {array.shape}."
            f"{_advice_on(array)}"
        )
    _check_size((array.shape[1], array.shape[0]), source="array")
    return np.ascontiguousarray(array if color == "bgr" else array[..., ::-1])


def _advice_on(array: np.ndarray) -> str:
    """Return how to turn an array into colour pixels, as far as its dtype and shape tell."""
    if array.dtype != np.uint8:
        return " Scale the values to 0 to 255 and convert them: array.astype(np.uint8)."
    if array.ndim == 2:
        return " Repeat the grey values: np.dstack([array] * 3)."
    if array.ndim == 3 and array.shape[2] == 4:
        return " Leave out the transparency: array[..., :3]."
    return ""


def _check_bytes(n_bytes: int, *, source: str) -> None:
    if n_bytes == 0:
        raise ImageError(
            f"{source}: expected a photo ({EXPECTED_KINDS}), got an empty file; "
            "copy or download it again."
        )
    if n_bytes > MAX_BYTES:
        raise ImageError(
            f"{source}: expected at most {MAX_BYTES // 10**6} MB, got {n_bytes // 10**6} MB; "
            "save a smaller copy and try again."
        )


def _check_size(size: tuple[int, int], *, source: str) -> None:
    width, height = size
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise ImageError(
            f"{source}: expected at most {MAX_PIXELS // 10**6} million pixels and {MAX_SIDE} a "
            f"side, got {width} x {height}; save a smaller copy and try again."
        )


def _open(data: bytes, *, source: str) -> Image.Image:
    """Return the photo, its size checked before any pixel is decoded."""
    if is_heif(data):  # by hand: registering would open HEIF to the whole process
        heif = pillow_heif.open_heif(io.BytesIO(data))
        _check_size(heif.size, source=source)
        image = heif.to_pillow()
    else:
        try:
            image = Image.open(io.BytesIO(data), formats=PILLOW_FORMATS)
        except UnidentifiedImageError as error:
            raise ImageError(
                f"{source}: expected a photo ({EXPECTED_KINDS}), got {_refused_kind(data)}; "
                "save it as JPEG or PNG, or choose another file."
            ) from error
        except Image.DecompressionBombError as error:
            raise ImageError(
                f"{source}: expected at most {MAX_PIXELS // 10**6} million pixels, got several "
                "times as many; save a smaller copy and try again."
            ) from error
    _check_size(image.size, source=source)
    _check_planes(image, source=source)
    return image


def _refused_kind(data: bytes) -> str:
    """Return a noun for bytes that Pillow does not open; a photo's own kind is then damaged."""
    kind = file_kind(data)
    if kind == "a TIFF file":  # there are more layouts than Pillow knows
        return "a damaged or unusual TIFF file"
    own = {"a WebP file", "a HEIC file", *(noun for _, noun in PHOTO_STARTS)}
    return kind.replace("a ", "a damaged ", 1) if kind in own else kind


def _check_planes(image: Image.Image, *, source: str) -> None:
    """Refuse the one layout that Pillow 13 decodes to noise without a word."""
    tags = getattr(image, "tag_v2", {})  # TIFF only
    is_planar = tags.get(ExifTags.Base.PlanarConfiguration) == 2
    if is_planar and max(tags.get(ExifTags.Base.BitsPerSample, (8,))) > 8:
        raise ImageError(
            f"{source}: expected a TIFF with its colours interleaved, got 16-bit colour planes; "
            "save it as PNG and try again."
        )


def _to_frame(image: Image.Image, *, source: str) -> np.ndarray:
    """Decode a photo of any Pillow mode into an upright BGR frame.

    A copy of the largest photo takes 200 MB, so none is made that can be avoided.
    """
    image.load()
    with contextlib.suppress(Exception):  # damaged EXIF costs the orientation, never the photo
        ImageOps.exif_transpose(image, in_place=True)
    if image.mode.startswith(("I", "F")):
        gray = _to_eight_bits(image, source=source)
        return cv2.cvtColor(gray, cv2.COLOR_GRAY2BGR)
    if image.has_transparency_data:
        if image.mode != "RGBA":
            image = image.convert("RGBA")
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image)
        image = white
    if image.mode != "RGB":
        image = image.convert("RGB")
    image_rgb = np.asarray(image)  # (h, w, 3)
    del image
    return cv2.cvtColor(image_rgb, cv2.COLOR_RGB2BGR)


def _to_eight_bits(image: Image.Image, *, source: str) -> np.ndarray:
    """Return a grey photo of 12, 16 or 32 bits scaled to 8; Pillow itself would clip at 255."""
    levels = np.asarray(image)  # (h, w), uint16, int32 or float32
    tags = getattr(image, "tag_v2", {})  # TIFF only
    if levels.dtype.itemsize == 2:
        white = 4095.0 if tags.get(ExifTags.Base.BitsPerSample) == (12,) else 65535.0
    else:
        white = 1.0
    if image.mode == "I" or not (levels.min() >= 0 and levels.max() <= white):  # also rejects NaN
        raise ImageError(
            f"{source}: expected brightness from 0 to 1 or in 8 or 16 bits, got measurements "
            "without a known white; save it as an 8-bit PNG and try again."
        )
    levels = levels.astype(levels.dtype.newbyteorder("="), copy=False)  # OpenCV's only order
    gray = cv2.convertScaleAbs(levels, alpha=255.0 / white)  # rounds
    is_white_zero = tags.get(ExifTags.Base.PhotometricInterpretation) == 0  # Pillow leaves it
    return 255 - gray if is_white_zero else gray
