"""What a file's first bytes say it is, in words for whoever dropped the wrong one."""

from typing import Final

# Brands of ISO/IEC 23008-12, annex B, with "mif1" and "msf1", which phones write for HEIC too.
HEIF_BRANDS: Final = frozenset(b"heic heix heim heis hevc hevx hevm hevs mif1 msf1".split())
KINDS_BY_MAGIC: Final = (  # first bytes of what people drop by mistake, or of ours, spoilt
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"8BPS", "a Photoshop file"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 picture"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL picture"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\x1aE\xdf\xa3", "a video"),
    (b"OggS", "a video or sound"),
    (b"ID3", "a sound"),
    (b"\xff\xd8\xff", "a damaged JPEG picture"),
    (b"\x89PNG", "a damaged PNG picture"),
    (b"GIF8", "a damaged GIF picture"),
    (b"II*\x00", "a damaged or unusual TIFF picture"),
    (b"MM\x00*", "a damaged or unusual TIFF picture"),
)


def brand_of(data: bytes) -> bytes:
    """Return the four letters with which HEIC, AVIF and many videos say what they are, or none."""
    return data[8:12] if data[4:8] == b"ftyp" else b""


def foreign_kind(data: bytes) -> str:
    """Return a noun for bytes that are no picture of ours, as far as their start tells."""
    for magic, noun in KINDS_BY_MAGIC:
        if data.startswith(magic):
            return noun
    if brand := brand_of(data):
        return "an AVIF picture" if brand in (b"avif", b"avis") else "a video"
    if data.startswith(b"RIFF"):
        return "a damaged WebP picture" if data[8:12] == b"WEBP" else "a video or sound"
    start = data[:1024].lower()
    for word, noun in ((b"<svg", "an SVG drawing"), (b"<html", "a web page")):
        if word in start:
            return noun
    return "a text file" if start.isascii() and b"\x00" not in start else "something else"
