"""Render the PNG files of `fer_core/drawing/glyphs` from the SVG files beside them.

Run `python -m scripts.render_glyphs` after changing an SVG file. It needs Chromium, as the
browser tests do. Each PNG file stores the digest of its SVG file, so a test notices when one is
out of date.
"""

import hashlib
import io
import shutil
from pathlib import Path

from PIL import Image, PngImagePlugin
from playwright.sync_api import sync_playwright

from fer_core.drawing.sprites import GLYPHS, GLYPHS_FOLDER
from fer_core.drawing.style import PLATE_BGR
from tests.browser.tab import CHROMIUM_NAMES, QUIET_FLAGS

SIDE_PX = 256  # the largest glyph on a photo of 24 megapixels has 236


def main() -> None:
    """Render every glyph on the colour of a plate."""
    blue, green, red = PLATE_BGR
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=next(filter(None, map(shutil.which, CHROMIUM_NAMES))),
            args=QUIET_FLAGS,
            ignore_default_args=["--headless"],
        )
        page = browser.new_page(viewport={"width": SIDE_PX, "height": SIDE_PX})
        for name in GLYPHS:
            svg = (GLYPHS_FOLDER / f"{name}.svg").read_text("utf-8")
            style = f"margin: 0; background: rgb({red}, {green}, {blue})"
            page.set_content(f"<body style='{style}'>{svg}</body>")
            save_png(page.screenshot(), svg, GLYPHS_FOLDER / f"{name}.png")
        browser.close()


def save_png(screenshot: bytes, svg: str, path: Path) -> None:
    """Write the rendering as a small PNG file that names the SVG it was made from."""
    source = PngImagePlugin.PngInfo()
    source.add_text("svg_sha256", hashlib.sha256(svg.encode()).hexdigest())
    image = Image.open(io.BytesIO(screenshot)).convert("RGB").quantize(colors=64, dither=0)
    image.save(path, optimize=True, pnginfo=source)


if __name__ == "__main__":
    main()
