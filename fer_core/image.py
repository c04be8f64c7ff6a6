"""Pictures from outside, decoded safely: whatever the bytes, a BGR frame or one `ImageError`.

Colour profiles are not applied: an expression does not hang on the exact shade.
"""

import contextlib
import io
import threading
import warnings
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import pillow_heif
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from fer_core.errors import ImageError
from fer_core.image_kind import HEIF_BRANDS, brand_of, foreign_kind

MAX_PIXELS: Final = 50_000_000  # today's 48 megapixel phones; about 0.6 GB while being decoded
MAX_SIDE: Final = 32_766  # OpenCV's warps count pixels in 16 bits and refuse 32,767 and more
MAX_BYTES: Final = 150_000_000  # MAX_PIXELS of 8-bit RGB without any compression

EXPECTED_KINDS: Final = "JPEG, PNG, WebP, BMP, TIFF, HEIC or GIF"
PILLOW_FORMATS: Final = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF")

# Pillow warns through Python's process-wide filter list: two decodes that silence it at the same
# time could each restore the other's silence. One at a time also bounds the memory.
_decoding = threading.Lock()


def decode_image(data: bytes, *, source: str) -> np.ndarray:
    """Return the picture in `data` as people see it: upright, eight bits, opaque.

    Animations give their first frame. Transparent parts become white, which is how browsers and
    photo viewers show them. Sixteen-bit pictures are scaled to eight bits, not cut off.

    Args:
        data: A whole file: JPEG, PNG, WebP, BMP, TIFF, HEIC or GIF, at most `MAX_BYTES`.
        source: Name of the file, used in messages only.

    Returns:
        `frame_bgr`, uint8 `(height, width, 3)`, contiguous and writable.

    Raises:
        ImageError: Not such a picture, damaged, cut off, or larger than `MAX_PIXELS` or
            `MAX_SIDE`; the size is checked before memory for the pixels is taken.

    >>> decode_image(b"%PDF-1.7", source="letter.jpg")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    fer_core.errors.ImageError: letter.jpg: expected a picture (...), got a PDF document; ...
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
                f"{source}: expected a whole picture, but the file is cut off or damaged; "
                "copy or download it again."
            ) from error


def read_image(path: Path) -> np.ndarray:
    """Return the picture in the file at `path` as `decode_image` does.

    Raises:
        ImageError: The file cannot be read, or `decode_image` refuses its content.
    """
    try:
        _check_bytes(path.stat().st_size, source=str(path))
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ImageError(
            f"{path}: expected a file that can be read, got '{reason}'; check path and permissions."
        ) from error
    return decode_image(data, source=str(path))


def _check_bytes(n_bytes: int, *, source: str) -> None:
    if n_bytes == 0:
        raise ImageError(
            f"{source}: expected a picture ({EXPECTED_KINDS}), got an empty file; "
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
    """Return the picture, its size checked before any pixel is decoded."""
    if brand_of(data) in HEIF_BRANDS:  # by hand: registering would open HEIF to the whole process
        heif = pillow_heif.open_heif(io.BytesIO(data))
        _check_size(heif.size, source=source)
        image = heif.to_pillow()
    else:
        try:
            image = Image.open(io.BytesIO(data), formats=PILLOW_FORMATS)
        except UnidentifiedImageError as error:
            raise ImageError(
                f"{source}: expected a picture ({EXPECTED_KINDS}), got {foreign_kind(data)}; "
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
    """Decode a picture of any Pillow mode into an upright BGR frame.

    A copy of the largest picture takes 200 MB, so none is made that can be done without.
    """
    image.load()
    with contextlib.suppress(Exception):  # damaged EXIF costs the orientation, never the picture
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
    """Return a grey picture of 12, 16 or 32 bits scaled to 8; Pillow itself would clip at 255."""
    levels = np.asarray(image)  # (h, w), uint16, int32 or float32
    tags = getattr(image, "tag_v2", {})  # TIFF only
    if levels.dtype.itemsize == 2:
        white = 4095.0 if tags.get(ExifTags.Base.BitsPerSample) == (12,) else 65535.0
    else:
        white = 1.0
    if image.mode == "I" or not (levels.min() >= 0 and levels.max() <= white):  # nor is NaN
        raise ImageError(
            f"{source}: expected brightness from 0 to 1 or in 8 or 16 bits, got measurements "
            "without a known white; save it as an 8-bit PNG and try again."
        )
    levels = levels.astype(levels.dtype.newbyteorder("="), copy=False)  # OpenCV's only order
    gray = cv2.convertScaleAbs(levels, alpha=255.0 / white)  # rounds
    is_white_zero = tags.get(ExifTags.Base.PhotometricInterpretation) == 0  # Pillow leaves it
    return 255 - gray if is_white_zero else gray
