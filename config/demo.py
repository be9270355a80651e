"""`make demo`: database, data, web, worker and pretended gateways together; TERM or Ctrl-C stops them together.

`python -m config.demo shell` opens a Django shell on the same database instead.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from config import embedded, environ, pretended
from config.roles import APP

PORT = environ.number("PORT", 8000)
LOGINS = """
  {url}

  Buyer            0900000101   (Lan)
  Household owner  0900000001   (Bà Sáu)      {url}/ban-hang/
  Province admin   0900000200   (Tuấn)        {url}/quan-tri/
  Finance officer  0900000201   (Thu)         {url}/quan-tri/tai-chinh/
  Gateways that only pretend                  {gateways}/

  Sign in with the number; the code appears in the post box: {url}/demo/hop-thu/
  Stop with Ctrl-C.
"""


class Stopped(Exception):
    """Somebody asked us to stop."""


def stop(*_args: object) -> None:
    raise Stopped


def manage(*arguments: str) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], check=True)


def wait_for_page(url: str, children: list[subprocess.Popen]) -> None:
    for _ in range(600):
        if any(child.poll() is not None for child in children):
            raise SystemExit("The demo did not start: the lines above say why.")
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 - our own address
        except OSError:
            time.sleep(0.1)
        else:
            return


def port_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def ports_must_be_free() -> None:
    """SystemExit that says which port is not, and what to type instead."""
    if port_taken(PORT):
        raise SystemExit(
            f"Port {PORT} is in use: stop what runs there or choose another, PORT=8001 make demo"
        )
    gateways = pretended.port()
    if gateways == PORT or port_taken(gateways):
        raise SystemExit(
            f"Port {gateways}, where the pretended gateways should listen, is in use: stop what runs there"
            f" or choose another, GATEWAYS_PORT={gateways + 1} make demo"
        )


def keep_to_this_machine() -> None:
    """Where the machine has a proxy for the internet, our own addresses are still asked without it."""
    known = os.environ.get("no_proxy") or os.environ.get("NO_PROXY", "")
    hosts = [each for each in (known, "127.0.0.1", "localhost") if each]
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join(hosts)


def gateways(url: str, folder: Path) -> list[str]:
    """The command of the pretended gateways, which call the market at `url` and keep in `folder` what they know."""
    file = folder / "pretended-gateways.json"
    return [sys.executable, "-m", "fakes", str(pretended.port()), url.rstrip("/"), str(file)]


def serve(url: str, folder: Path, *, ours: bool) -> None:
    """Prepare, then all processes until one of them ends; on a server of `ours` web and worker run as `app`."""
    manage("prepare_demo", *(["--roles"] if ours else []))
    database = {"DATABASE_URL": embedded.as_user(os.environ["DATABASE_URL"], APP)} if ours else {}
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(PORT)]
    web += [
        "--workers",
        "1",
        "--blocking-threads",
        "4",
        "--workers-kill-timeout",
        "5",
        "--no-ws",
        "--log-level",
        "warning",
    ]
    children = [
        subprocess.Popen([*web, "config.wsgi:application"], env={**os.environ, **database, "PROCESS": "web"}),
        subprocess.Popen(
            [sys.executable, "-m", "config.worker"], env={**os.environ, **database, "PROCESS": "worker"}
        ),
        # In a group of its own, so that Ctrl-C reaches it through us: it goes last, the others may still ask it.
        subprocess.Popen(gateways(url, folder), process_group=0),
    ]
    try:
        wait_for_page(pretended.url() + "/", children)
        wait_for_page(url + "/", children)
        print(LOGINS.format(url=url, gateways=pretended.url()), flush=True)
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
        raise SystemExit("A process of the demo ended by itself: stopping the others.")
    except Stopped:
        print("Stopping …", flush=True)
    finally:
        end(children[:-1])
        end(children[-1:])


def end(children: list[subprocess.Popen]) -> None:
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(timeout=15)
        except subprocess.TimeoutExpired:
            child.kill()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")
    url = os.environ.setdefault("PUBLIC_URL", f"http://127.0.0.1:{PORT}")
    if sys.argv[1:] != ["shell"]:
        ports_must_be_free()
    folder = Path(environ.text("DATA_DIR", ".data")).resolve()
    embedded_here = "DATABASE_URL" not in os.environ
    keep_to_this_machine()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    try:
        if embedded_here:
            os.environ["DATABASE_URL"] = embedded.ensure_database(embedded.start(folder / "postgres"), "cho")
        if sys.argv[1:] == ["shell"]:
            manage("shell")
        else:
            serve(url, folder, ours=embedded_here)
    except Stopped:
        print("Stopped.", flush=True)
    finally:
        if embedded_here:
            embedded.stop(folder / "postgres")


if __name__ == "__main__":
    main()
