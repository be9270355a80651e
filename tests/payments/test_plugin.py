"""A stranger's way to pay: installed beside the market it is there, without a change in our code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from common import plugins

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "examples" / "payment_adapter"
CONFIGURED = {
    "PAYMENTS_VIMAU_SHOP": "cho",
    "PAYMENTS_VIMAU_KEY": "a key of the invented wallet",
    "PAYMENTS_VIMAU_PAGE": "https://vimau.example.vn/pay",
}


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """A throw-away folder that holds the package as `pip install --target` would; nothing is downloaded."""
    folder = tmp_path_factory.mktemp("stranger")
    uv = Path(sys.executable).with_name("uv")
    flags = ("--offline", "--no-index", "--no-deps", "--cache-dir", str(folder / "cache"))
    command = [str(uv), "pip", "install", "--quiet", *flags, "--target", str(folder / "site"), str(PACKAGE)]
    subprocess.run(command, check=True, cwd=folder)
    return folder / "site"


def environment(*folders: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return {**kept, "PYTHONPATH": os.pathsep.join(str(each) for each in folders), **more}


def walk(environ: dict[str, str]) -> dict:
    environ = {**environ, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.payments.stranger"],
        check=True,
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
    )
    return json.loads(done.stdout)


@pytest.mark.usefixtures("committed_db")
def test_installed_and_configured_it_is_offered_and_pays(installed):
    said = walk(environment(installed, **CONFIGURED))
    assert "vimau" in said["offered"] and "vimau" not in said["for 1,000"] and said["troubles"] == []
    assert said["led to"].startswith("https://vimau.example.vn/pay?shop=cho&id=")
    assert said["heard"] == [[400, {"ok": False}], [200, {"ok": True}], [200, {"ok": True}]]
    assert (said["state"], said["settled_vnd"]) == ("settled", 185_000)


@pytest.mark.usefixtures("committed_db")
def test_installed_and_not_configured_it_says_what_is_missing(installed):
    said = walk(environment(installed, PAYMENTS_VIMAU_SHOP="cho"))
    assert "vimau" not in said["offered"]
    assert [name for name in CONFIGURED if name in " ".join(said["troubles"])] == [
        "PAYMENTS_VIMAU_KEY",
        "PAYMENTS_VIMAU_PAGE",
    ]


@pytest.mark.usefixtures("committed_db")
def test_what_is_not_installed_is_not_there():
    assert "vimau" not in plugins.load("payment_adapters")
    assert walk(environment(**CONFIGURED))["offered"] == ["cod", "sandbox"]


def test_it_keeps_every_promise_of_an_adapter(installed):
    environ = environment(installed, ROOT)
    environ.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:django", str(PACKAGE)],
        check=False,
        cwd=PACKAGE,
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert done.returncode == 0 and " passed" in done.stdout, done.stdout
