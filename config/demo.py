"""`make demo`: database, data, web and worker together; TERM or Ctrl-C stops them together.

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

from config import embedded, environ
from config.roles import APP

PORT = environ.number("PORT", 8000)
LOGINS = """
  {url}

  Buyer            0900000101   (Lan)
  Household owner  0900000001   (Bà Sáu)      {url}/ban-hang/
  Province admin   0900000200   (Tuấn)        {url}/quan-tri/

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


def port_taken() -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", PORT))
        except OSError:
            return True
    return False


def serve(url: str, *, ours: bool) -> None:
    """Prepare, then web and worker until one of them ends; on a server of `ours` they run as `app`."""
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
    ]
    try:
        wait_for_page(url + "/", children)
        print(LOGINS.format(url=url), flush=True)
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
        raise SystemExit("A process of the demo ended by itself: stopping the other.")
    except Stopped:
        print("Stopping …", flush=True)
    finally:
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
    if sys.argv[1:] != ["shell"] and port_taken():
        raise SystemExit(
            f"Port {PORT} is in use: stop what runs there or choose another, PORT=8001 make demo"
        )
    folder = Path(environ.text("DATA_DIR", ".data")).resolve() / "postgres"
    embedded_here = "DATABASE_URL" not in os.environ
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    try:
        if embedded_here:
            os.environ["DATABASE_URL"] = embedded.ensure_database(embedded.start(folder), "cho")
        if sys.argv[1:] == ["shell"]:
            manage("shell")
        else:
            serve(url, ours=embedded_here)
    except Stopped:
        print("Stopped.", flush=True)
    finally:
        if embedded_here:
            embedded.stop(folder)


if __name__ == "__main__":
    main()
