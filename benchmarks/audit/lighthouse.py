"""Lighthouse's figures of one page on a slow phone, through npx where Node is installed."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass

#: the last line that runs on Node 20
VERSION = "lighthouse@12"
_KINDS = {"Document": "HTML", "Script": "JavaScript", "Stylesheet": "CSS", "Font": "fonts"}
_PICTURES = {"Image", "Media"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Scores of 0–100, times in seconds and milliseconds, bytes on the wire by kind of a first visit."""

    performance: int
    accessibility: int
    best_practices: int
    seo: int
    lcp_s: float
    cls: float
    tbt_ms: float
    bytes: dict[str, int]
    failed: tuple[str, ...]


def is_there() -> bool:
    return shutil.which("npx") is not None


def look(url: str, *, chromium: str, cookies: str = "") -> Page:
    """One visit. Raises CalledProcessError when Lighthouse itself fails."""
    command = ["npx", "--yes", VERSION, url, "--output=json", "--quiet"]
    command.append("--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-background-networking")
    if cookies:
        command += ["--extra-headers", json.dumps({"Cookie": cookies})]
    environment = {**os.environ, "CHROME_PATH": chromium}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, timeout=180)
    return _read(json.loads(done.stdout))


def _read(report: dict) -> Page:
    audits, scores = report["audits"], report["categories"]
    sizes: dict[str, int] = {}
    for request in audits["network-requests"]["details"]["items"]:
        kind = request.get("resourceType") or "Other"
        if kind not in _PICTURES:
            name = _KINDS.get(kind, "other")
            sizes[name] = sizes.get(name, 0) + int(request.get("transferSize") or 0)
    return Page(
        performance=_score(scores["performance"]),
        accessibility=_score(scores["accessibility"]),
        best_practices=_score(scores["best-practices"]),
        seo=_score(scores["seo"]),
        lcp_s=audits["largest-contentful-paint"]["numericValue"] / 1000,
        cls=audits["cumulative-layout-shift"]["numericValue"],
        tbt_ms=audits["total-blocking-time"]["numericValue"],
        bytes=sizes,
        failed=tuple(sorted(_failed(audits, scores))),
    )


def _score(category: dict) -> int:
    return round((category["score"] or 0) * 100)


def _failed(audits: dict, scores: dict) -> list[str]:
    """Names of what costs points outside performance."""
    asked = {
        each["id"]
        for name in ("accessibility", "best-practices", "seo")
        for each in scores[name]["auditRefs"]
        if each["weight"]
    }
    return [name for name in asked if audits[name]["score"] is not None and audits[name]["score"] < 0.9]
