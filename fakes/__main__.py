"""`python -m fakes <port> <the market's address> <file>`: the pretended gateways, until TERM or Ctrl-C."""

import signal
import sys
import threading
from pathlib import Path

from fakes.house import House
from fakes.server import serving


def main(port: int, site: str, file: Path) -> None:
    """Serve on 127.0.0.1; SystemExit with words when the port is taken."""
    stopped = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_args: stopped.set())
    house = House(f"http://127.0.0.1:{port}", site, file)
    try:
        with serving(house.answer, port):
            stopped.wait()
    except OSError as error:
        raise SystemExit(f"The pretended gateways cannot listen on port {port}: {error.strerror}") from error


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
