"""Draw static/img/share/ again: `python -m config.drawings`, or `make drawings`, after an illustration has changed.

The illustrations are SVG, which Pillow cannot read and Facebook and Zalo do not show; a Chromium paints each once,
so that the pictures for sharing can be put together without one.
"""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from config.chromium import find

STATIC = Path(__file__).resolve().parent.parent / "static" / "img"
SOURCE, TARGET = STATIC / "illustrations", STATIC / "share"
#: the scenes that stand for a household and for the whole market
SCENES = ("anh-nha-san", "anh-ro-na")
#: other scenes are never shared
LEFT_OUT = ("anh-", "valley-", "gio-", "dong-", "tren-")
FRUIT, SCENE, MARK = (520, 520), (788, 640), (112, 112)
QUALITY = 84


def paint(page: Page, source: Path, size: tuple[int, int]) -> Image.Image:
    """The SVG at that size in pixels, on nothing."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    svg = source.read_text()
    page.set_content(f"<style>*{{margin:0}}svg{{width:100vw;height:100vh;display:block}}</style>{svg}")
    return Image.open(io.BytesIO(page.screenshot(omit_background=True)))


def main() -> None:
    TARGET.mkdir(exist_ok=True)
    fruits = [path for path in sorted(SOURCE.glob("*.svg")) if not path.stem.startswith(LEFT_OUT)]
    wanted = [(path, FRUIT) for path in fruits]
    wanted += [(SOURCE / f"{name}.svg", SCENE) for name in SCENES] + [(STATIC / "mark.svg", MARK)]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find(), args=["--no-sandbox"])
        page = browser.new_page()
        for path, size in wanted:
            image = paint(page, path, size)
            image = image.convert("RGB") if image.getextrema()[3][0] == 255 else image
            image.save(TARGET / f"{path.stem}.webp", quality=QUALITY, method=6)
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
