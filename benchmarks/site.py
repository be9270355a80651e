"""The site as in production: its settings, two web workers, the job worker, and the bare views beside it."""

import base64
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import data
from benchmarks.load import Answer, drive

HOST = "cho.example"
WORKERS, THREADS = 2, 2
START_S, STOP_S = 180, 15
GRANIAN = "granian"
#: another process stands in a killed one's place at once: for what kills many
FORKING = "gunicorn gthread preload"
SITE, BARE = "config.wsgi:application", "benchmarks.bare.wsgi:application"


def environment() -> dict[str, str]:
    """Production's environment with secrets that are thrown away after this run."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "PUBLIC_URL": f"https://{HOST}",
        "ALLOWED_HOSTS": HOST,
        "PROXY_COUNT": "1",
        "EMAIL_HOST": "127.0.0.1",
        "MAIL_FROM": f"bench@{HOST}",
        "DATA_DIR": str(data.folder()),
        "WEB_THREADS": str(THREADS),
        "LOG_LEVEL": "WARNING",
    }


@dataclass(frozen=True, slots=True)
class Web:
    """A running web server: its port and its first process."""

    port: int
    process: subprocess.Popen

    def workers(self) -> list[int]:
        """The processes that answer: those that the first one started and that are Python with the site in it."""
        return [pid for pid in children(self.process.pid) if _rss_kib(pid) > 20_000] or [self.process.pid]

    def rss_mib(self) -> float:
        """Resident memory of the largest worker in MiB."""
        return max(_rss_kib(pid) for pid in self.workers()) / 1024


@contextmanager
def serve(application: str, settings: dict[str, str], *, server: str = GRANIAN) -> Iterator[Web]:
    """The application behind a server with two workers; stopped at the end."""
    port = free_port()
    command = [sys.executable, "-m", *_command(server, port), application]
    process = _start(command, {**settings, "PROCESS": "web"})
    try:
        _wait(port, process)
        yield Web(port, process)
    finally:
        _stop(process)


@contextmanager
def worker(settings: dict[str, str]) -> Iterator[subprocess.Popen]:
    """The job worker, as a service runs it."""
    process = _start([sys.executable, "-m", "config.worker"], {**settings, "PROCESS": "worker"})
    try:
        yield process
    finally:
        _stop(process)


def collect_static(url: str, settings: dict[str, str]) -> None:
    """Static files with their hashed names, unless those there are newer than their sources."""
    manifest = data.folder() / "static" / "staticfiles.json"
    sources = [*(data.ROOT / "static").rglob("*"), *(data.ROOT / "requirements").iterdir()]
    newest = max(path.stat().st_mtime for path in sources)
    if not manifest.exists() or manifest.stat().st_mtime < newest:
        data.manage(url, settings, "collectstatic", "--noinput", "--verbosity", "0")
        manifest.touch()


def get(path: str, *, cookies: str = "", headers: tuple[str, ...] = ()) -> bytes:
    """A GET as the proxy in front passes it on."""
    return _head("GET", path, cookies, headers) + b"\r\n"


def post(path: str, form: str, *, cookies: str = "", headers: tuple[str, ...] = ()) -> bytes:
    """A POST of our own page's form; `form` is urlencoded."""
    body = form.encode()
    kind = "Content-Type: application/x-www-form-urlencoded"
    more = (f"Origin: https://{HOST}", kind, f"Content-Length: {len(body)}", *headers)
    return _head("POST", path, cookies, more) + b"\r\n" + body


def call(method: str, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """Another machine's call, as the proxy in front passes it on."""
    more = [f"{name}: {value}" for name, value in {**headers, "Content-Length": str(len(body))}.items()]
    return _head(method, path, "", tuple(more)) + b"\r\n" + body


def ask(port: int, raw: bytes) -> Answer:
    """One answer, outside any measurement."""
    kept: list[Answer] = []

    def walk():
        kept.append((yield raw))

    drive(port, [walk()], connections=1)
    return kept[0]


def _head(method: str, path: str, cookies: str, headers: tuple[str, ...]) -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {HOST}",
        "X-Forwarded-Proto: https",
        "X-Forwarded-For: 203.0.113.7",
        "Accept: text/html",
        *headers,
    ]
    lines += [f"Cookie: {cookies}"] if cookies else []
    return ("\r\n".join(lines) + "\r\n").encode()


def _command(server: str, port: int) -> list[str]:
    workers, threads = str(WORKERS), str(THREADS)
    if server == GRANIAN:
        words = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws"]
        again = ["--respawn-failed-workers", "--respawn-interval", "0.5"]
        return [*words, *again, "--workers", workers, "--blocking-threads", threads, "--log-level", "error"]
    kind, *preload = server.removeprefix("gunicorn ").split()
    words = ["gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", workers, "--worker-class", kind]
    words += ["--threads", threads] if kind == "gthread" else []
    return [*words, *[f"--{word}" for word in preload], "--log-level", "error"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(port: int, process: subprocess.Popen) -> None:
    """Until the server answers anything at all."""
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        if process.poll() is not None:
            raise SystemExit(f"The web server ended by itself: the end of {_log()} says why.")
        try:
            ask(port, get("/robots.txt"))
        except (OSError, SystemExit):
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The web server did not start.")


def _start(command: list[str], environment: dict[str, str]) -> subprocess.Popen:
    """A process whose words go into the bench's log."""
    with _log().open("ab") as log:
        return subprocess.Popen(command, cwd=data.ROOT, env=environment, stdout=log, stderr=log)


def _log() -> Path:
    data.folder().mkdir(parents=True, exist_ok=True)
    return data.folder() / "bench.log"


def _stop(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=STOP_S)
    except subprocess.TimeoutExpired:
        for pid in children(process.pid):
            os.kill(pid, signal.SIGKILL)
        process.kill()
        process.wait()


def children(pid: int) -> list[int]:
    """Processes that this one started."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def _rss_kib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)
