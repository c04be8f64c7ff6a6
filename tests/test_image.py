import io
import struct
import threading
import tracemalloc
import warnings
import zlib

import cv2
import numpy as np
import pillow_heif
import pytest
from PIL import ExifTags, Image

from fer_core import image as image_module
from fer_core.errors import ImageError
from fer_core.image import MAX_PIXELS, MAX_SIDE, decode_image, frame_of_array, read_image

WIDTH, HEIGHT = 96, 64
LOSSY = 12.0  # mean difference in levels that colour subsampling may cost
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "HEIC")


def gradient_rgb():
    """A smooth photo without any symmetry: every rotation or swap of channels shows."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    return np.dstack([x * 2, y * 3, 255 - x - y]).astype(np.uint8)  # (64, 96, 3)


def encode(image, kind, **options):
    buffer = io.BytesIO()
    if kind == "HEIC":
        pillow_heif.from_pillow(image).save(buffer, **options)
    else:
        image.save(buffer, kind, **options)
    return buffer.getvalue()


def mean_difference(frame_bgr, expected_rgb):
    assert frame_bgr.shape == expected_rgb.shape
    return np.abs(frame_bgr[:, :, ::-1].astype(int) - expected_rgb.astype(int)).mean()


def as_rgb(gray):
    return np.repeat(gray[:, :, None], 3, axis=2)


def png_with_header(width, height):
    """A PNG of a few bytes that claims to have a size."""

    def chunk(name, content):
        checksum = zlib.crc32(name + content)
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels)


def gray_tiff(content, *, bits, photometric, byte_order="<"):
    """An uncompressed one-strip TIFF, written by hand: Pillow itself writes no such kinds."""
    mark = b"II" if byte_order == "<" else b"MM"
    entries = ((256, WIDTH), (257, HEIGHT), (258, bits), (259, 1), (262, photometric))
    entries += ((273, 8), (277, 1), (278, HEIGHT), (279, len(content)))
    directory = struct.pack(byte_order + "H", len(entries))
    for tag, value in entries:
        directory += struct.pack(byte_order + "HHIHH", tag, 3, 1, value, 0)
    head = mark + struct.pack(byte_order + "HI", 42, 8 + len(content))
    return head + content + directory + struct.pack(byte_order + "I", 0)


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_gives_a_contiguous_writable_frame(kind):
    frame_bgr = decode_image(encode(Image.fromarray(gradient_rgb()), kind), source="a")
    assert frame_bgr.dtype == np.uint8
    assert frame_bgr.flags.c_contiguous
    assert frame_bgr.flags.writeable
    tolerance = 0 if kind in ("PNG", "BMP", "TIFF") else LOSSY
    assert mean_difference(frame_bgr, gradient_rgb()) <= tolerance


@pytest.mark.parametrize("size", [(1, 1), (1, 200), (200, 1)])
def test_the_smallest_photos_are_read(size):
    frame_bgr = decode_image(encode(Image.new("RGB", size, "red"), "PNG"), source="a")
    assert frame_bgr.shape == (size[1], size[0], 3)
    assert frame_bgr[0, 0].tolist() == [0, 0, 255]


# How a camera that was held so stores an upright scene: the inverse of what EXIF 2.32 prescribes.
STORED = {
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.transpose(1, 0, 2),
    6: lambda upright: np.rot90(upright, 1),
    7: lambda upright: np.rot90(upright, 2).transpose(1, 0, 2),
    8: lambda upright: np.rot90(upright, 3),
}


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIC"])
def test_a_photo_is_upright_however_the_camera_was_held(kind, orientation):
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](gradient_rgb())))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    data = encode(stored, kind, exif=exif.tobytes())
    assert mean_difference(decode_image(data, source="a"), gradient_rgb()) < LOSSY


def test_damaged_metadata_does_not_prevent_reading():
    data = encode(Image.fromarray(gradient_rgb()), "JPEG", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff")
    assert mean_difference(decode_image(data, source="a"), gradient_rgb()) < LOSSY


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF"])
def test_grey_photos_become_three_equal_channels(kind):
    gray = gradient_rgb()[:, :, 0]
    frame_bgr = decode_image(encode(Image.fromarray(gray), kind), source="a")
    assert mean_difference(frame_bgr, as_rgb(gray)) < 2


@pytest.mark.parametrize("mode", ["1", "P", "PA", "LA", "CMYK", "YCbCr"])
def test_every_colour_mode_looks_as_pillow_shows_it(mode):
    photo = Image.fromarray(gradient_rgb()).convert(mode)
    data = encode(photo, "PNG" if mode in ("1", "P", "LA") else "TIFF")
    expected_rgb = np.asarray(photo.convert("RGB"))
    assert mean_difference(decode_image(data, source="a"), expected_rgb) <= 1


def test_a_cmyk_jpeg_is_not_inverted():
    data = encode(Image.fromarray(gradient_rgb()).convert("CMYK"), "JPEG", quality=95)
    assert mean_difference(decode_image(data, source="a"), gradient_rgb()) < LOSSY


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "GIF", "HEIC"])
def test_transparent_parts_become_white(kind):
    rgba = np.dstack([gradient_rgb(), np.zeros((HEIGHT, WIDTH), np.uint8)])
    frame_bgr = decode_image(encode(Image.fromarray(rgba), kind), source="a")
    assert frame_bgr.min() >= 254


def test_half_transparent_parts_are_mixed_with_white():
    rgba = Image.new("RGBA", (2, 2), (0, 100, 200, 128))
    # Worked by hand: c * 128/255 + 255 * 127/255
    assert decode_image(encode(rgba, "PNG"), source="a")[0, 0].tolist() == [227, 177, 127]


def test_a_transparent_palette_colour_becomes_white():
    photo = Image.new("P", (2, 1))
    photo.putpalette([10, 20, 30, 40, 50, 60])
    photo.putdata([0, 1])
    frame_bgr = decode_image(encode(photo, "PNG", transparency=0), source="a")
    assert frame_bgr[0].tolist() == [[255, 255, 255], [60, 50, 40]]


@pytest.mark.parametrize("extension", [".png", ".tiff"])
@pytest.mark.parametrize("n_channels", [1, 3, 4])
def test_sixteen_bits_are_scaled_and_not_cut_off(extension, n_channels):
    rgb = gradient_rgb()
    bgra = np.dstack([rgb[:, :, ::-1], np.full((HEIGHT, WIDTH), 255, np.uint8)])
    levels = {1: rgb[:, :, 0], 3: bgra[:, :, :3], 4: bgra}[n_channels].astype(np.uint16) * 257
    data = cv2.imencode(extension, levels)[1].tobytes()
    expected_rgb = as_rgb(rgb[:, :, 0]) if n_channels == 1 else rgb
    assert mean_difference(decode_image(data, source="a"), expected_rgb) == 0


@pytest.mark.parametrize("byte_order", ["<", ">"])
def test_sixteen_bit_tiffs_of_either_byte_order_are_equal(byte_order):
    gray = gradient_rgb()[:, :, 0]
    content = (gray.astype(np.uint16) * 257).astype(byte_order + "u2").tobytes()
    data = gray_tiff(content, bits=16, photometric=1, byte_order=byte_order)
    assert mean_difference(decode_image(data, source="a"), as_rgb(gray)) == 0


def test_a_sixteen_bit_tiff_whose_zero_is_white_is_inverted():
    gray = gradient_rgb()[:, :, 0]
    content = (65535 - gray.astype(np.uint16) * 257).astype("<u2").tobytes()
    frame_bgr = decode_image(gray_tiff(content, bits=16, photometric=0), source="a")
    assert mean_difference(frame_bgr, as_rgb(gray)) == 0


def test_a_twelve_bit_tiff_is_scaled_to_its_own_white():
    all_white = b"\xff" * (WIDTH * HEIGHT * 12 // 8)
    assert decode_image(gray_tiff(all_white, bits=12, photometric=1), source="a").min() == 255


def test_a_ten_bit_heic_looks_right():
    levels = (gradient_rgb().astype(np.uint16) * 257).tobytes()
    photo = pillow_heif.from_bytes(mode="RGB;16", size=(WIDTH, HEIGHT), data=levels)
    buffer = io.BytesIO()
    photo.save(buffer, quality=95)
    assert mean_difference(decode_image(buffer.getvalue(), source="a"), gradient_rgb()) < LOSSY


def test_floating_point_from_zero_to_one_is_scaled():
    gray = gradient_rgb()[:, :, 0]
    data = encode(Image.fromarray((gray / 255).astype(np.float32)), "TIFF")
    assert mean_difference(decode_image(data, source="a"), as_rgb(gray)) == 0


@pytest.mark.parametrize(
    "levels",
    [
        np.full((4, 4), 200, np.float32),
        np.full((4, 4), -0.5, np.float32),
        np.full((4, 4), np.nan, np.float32),
        np.full((4, 4), 70_000, np.int32),
    ],
    ids=["above one", "negative", "not a number", "32 bits"],
)
def test_measurements_without_a_known_white_are_refused(levels):
    with pytest.raises(ImageError, match="without a known white; save it as an 8-bit PNG"):
        decode_image(encode(Image.fromarray(levels), "TIFF"), source="a.tif")


def test_sixteen_bit_colour_planes_are_refused_instead_of_read_as_noise():
    photo = Image.fromarray(gradient_rgb())
    tags = {ExifTags.Base.PlanarConfiguration: 2, ExifTags.Base.BitsPerSample: (16, 16, 16)}
    photo.tag_v2 = tags
    with pytest.raises(ImageError, match="interleaved, got 16-bit colour planes"):
        image_module._check_planes(photo, source="a.tif")


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_an_animation_gives_its_first_frame(kind):
    frames = [Image.new("RGB", (32, 32), color) for color in ("red", "blue", "lime")]
    data = encode(frames[0], kind, save_all=True, append_images=frames[1:])
    blue, green, red = decode_image(data, source="a").reshape(-1, 3).mean(axis=0)
    assert red > 240
    assert max(blue, green) < 15


@pytest.mark.parametrize(
    ("data", "noun"),
    [
        (b"", "an empty file"),
        (b"%PDF-1.7 ...", "a PDF document"),
        (b"PK\x03\x04....", "a ZIP archive or an office document"),
        (b"\x00\x00\x00\x18ftypisom....", "a video"),
        (b"\x1aE\xdf\xa3....", "a video"),
        (b"RIFF....AVI ", "a video or sound"),
        (b"\x00\x00\x00\x18ftypavif....", "an AVIF file"),
        (b'<?xml version="1.0"?><svg width="9">', "an SVG drawing"),
        (b"<!DOCTYPE html><HTML>", "a web page"),
        (b"BMW is a car\n", "a text file"),
        (b"\xff\xd8\xff\xe0", "a damaged JPEG file"),
        (b"RIFF....WEBP", "a damaged WebP file"),
        (b"II*\x00\xff\xff\xff\xff", "a damaged or unusual TIFF file"),
        (bytes(range(256)), "a file of unknown kind"),
    ],
)
def test_a_file_that_is_no_photo_is_named_in_one_sentence(data, noun):
    with pytest.raises(ImageError, match=rf"^a\.jpg: expected a photo \(.*\), got {noun};") as it:
        decode_image(data, source="a.jpg")
    assert str(it.value).endswith(".")
    assert "\n" not in str(it.value)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_that_is_cut_off_is_refused(kind, share):
    noise = np.random.default_rng(5).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    data = encode(Image.fromarray(noise), kind)
    with pytest.raises(ImageError, match=r"cut off or damaged|got a damaged"):
        decode_image(data[: int(len(data) * share)], source="a")


@pytest.mark.parametrize(
    "size", [(50_000, 50_000), (12_000, 12_000), (7_072, 7_072), (MAX_SIDE + 1, 1)]
)
def test_a_photo_that_is_too_large_is_refused_before_memory_is_taken(size):
    tracemalloc.start()
    try:
        with pytest.raises(ImageError, match="save a smaller copy and try again"):
            decode_image(png_with_header(*size), source="a.png")
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_a_heic_that_claims_a_huge_size_is_refused():
    data = encode(Image.fromarray(gradient_rgb()), "HEIC")
    at = data.find(b"ispe") + 8  # the box that states width and height
    data = data[:at] + struct.pack(">II", 50_000, 50_000) + data[at + 8 :]
    with pytest.raises(ImageError, match="save a smaller copy"):
        decode_image(data, source="a.heic")


def test_the_largest_allowed_header_is_not_refused_for_its_size():
    assert 10_000 * 5_000 == MAX_PIXELS
    with pytest.raises(ImageError, match="cut off or damaged"):
        decode_image(png_with_header(10_000, 5_000), source="a.png")


def test_too_many_bytes_are_refused(monkeypatch):
    monkeypatch.setattr(image_module, "MAX_BYTES", 2_000_000)
    with pytest.raises(ImageError, match="expected at most 2 MB, got 3 MB"):
        decode_image(bytes(3_000_000), source="a.png")


@pytest.mark.parametrize("kind", FORMATS)
def test_random_damage_gives_a_frame_or_an_image_error(kind):
    rng = np.random.default_rng(20_131)
    exif = {} if kind in ("BMP", "GIF") else {"exif": Image.Exif().tobytes()}
    whole = encode(Image.fromarray(gradient_rgb()[::2, ::2].copy()), kind, **exif)
    n_refused = 0
    for _ in range(60):
        data = bytearray(whole)
        for at in rng.integers(0, len(data), size=rng.integers(1, 12)):
            data[at] = rng.integers(256)
        if rng.random() < 0.3:
            del data[rng.integers(1, len(data)) :]
        try:
            frame_bgr = decode_image(bytes(data), source="a")
            assert frame_bgr.ndim == 3
        except ImageError:
            n_refused += 1
    assert n_refused > 0


def test_no_warning_escapes_and_the_filters_do_not_change(recwarn):
    before = list(warnings.filters)
    with pytest.raises(ImageError, match="smaller copy"):
        decode_image(png_with_header(12_000, 12_000), source="a")  # Pillow warns of a bomb
    assert list(warnings.filters) == before
    assert not recwarn.list


def test_threads_may_decode_at_the_same_time():
    data = {kind: encode(Image.fromarray(gradient_rgb()), kind) for kind in FORMATS}
    differences = []

    def decode_all():
        frames = [decode_image(whole, source="a") for whole in data.values()]
        differences.extend(mean_difference(frame_bgr, gradient_rgb()) for frame_bgr in frames)

    threads = [threading.Thread(target=decode_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(differences) == 4 * len(FORMATS)
    assert max(differences) < LOSSY


def test_decoding_registers_no_new_format_with_pillow():
    known = set(Image.OPEN)
    decode_image(encode(Image.new("RGB", (64, 64)), "HEIC"), source="a")
    assert set(Image.OPEN) == known


def test_a_file_is_read_from_its_path(tmp_path):
    path = tmp_path / "größe.png"
    path.write_bytes(encode(Image.fromarray(gradient_rgb()), "PNG"))
    assert mean_difference(read_image(path), gradient_rgb()) == 0


@pytest.mark.parametrize(("color", "pixel"), [("bgr", [1, 2, 3]), ("rgb", [3, 2, 1])])
def test_an_array_becomes_a_contiguous_frame_in_opencvs_order(color, pixel):
    array = np.broadcast_to(np.array([1, 2, 3], np.uint8), (4, 5, 3))
    frame_bgr = frame_of_array(array, color=color)
    assert frame_bgr[0, 0].tolist() == pixel
    assert frame_bgr.flags.c_contiguous


def test_an_array_that_is_too_large_is_refused():
    array = np.broadcast_to(np.zeros(3, np.uint8), (1, MAX_SIDE + 1, 3))
    with pytest.raises(ImageError, match="array: expected at most 50 million pixels"):
        frame_of_array(array, color="rgb")


@pytest.mark.parametrize("name", ["none.png", "."], ids=["missing", "folder"])
def test_a_path_that_is_not_a_file_is_named_in_the_error(tmp_path, name):
    with pytest.raises(ImageError, match=r" cannot be read: .*\. Check the path"):
        read_image(tmp_path / name)


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(image_module, "MAX_BYTES", 1_000_000)
    path = tmp_path / "a.png"
    path.write_bytes(bytes(2_000_000))
    with pytest.raises(ImageError, match="expected at most 1 MB, got 2 MB"):
        read_image(path)


def test_a_path_with_a_null_character_gets_a_sentence():
    with pytest.raises(ImageError, match=r"cannot be read: .*null"):
        read_image("a\0b.jpg")
