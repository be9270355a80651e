"""Make sure the browser tests have a Chromium: `python -m config.chromium`.

As root with apt it is installed from the distribution, else Playwright's own download is tried;
where neither works one sentence says what is missing.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLAYWRIGHT = Path.home() / ".cache" / "ms-playwright"


def system_chromium() -> str | None:
    """The path of an installed Chromium or Chrome, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def find() -> str | None:
    """A browser to drive: the system's, or the newest that Playwright has brought."""
    if path := system_chromium():
        return path
    found = sorted(PLAYWRIGHT.glob("chromium-*/chrome-linux*/chrome"))
    return str(found[-1]) if found else None


def ensure() -> str | None:
    if path := find():
        return path
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        packages = ["chromium", "fonts-noto-core", "fonts-noto-cjk"]
        subprocess.run(["apt-get", "install", "-y", "-qq", *packages], check=False, stdout=subprocess.DEVNULL)
    if not find():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    return find()


if __name__ == "__main__":
    if not ensure():
        sys.exit("The browser tests need Chromium: install your system's package `chromium` and run again.")
