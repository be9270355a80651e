"""The wire: HTTP with a time-out and without redirects, proofs, stamps."""

import hashlib
import hmac
import json
import queue
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from payments.adapters.contract import Forged, Unreachable

T = TypeVar("T")
#: a buyer waits no longer than this for a gateway: with what our page needs itself, five seconds
HASTY_S = 4
#: a job may be patient
PATIENT_S = 35
ANSWER_LIMIT = 1024 * 1024
STAMP_TOLERANCE_S = 300
HERE = frozenset({"127.0.0.1", "localhost"})


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes

    def json(self) -> dict[str, Any]:
        """The body as a JSON object, else Unreachable: an answer that cannot be read decides nothing."""
        try:
            said = json.loads(self.body)
        except ValueError as error:
            raise Unreachable("The answer is not JSON.") from error
        if not isinstance(said, dict):
            raise Unreachable("The answer is not an object.")
        return said


class Http:
    """Calls out. No redirect is followed, every call ends in time, every trouble is Unreachable."""

    def __init__(self, timeout_s: float = HASTY_S) -> None:
        self.timeout_s = timeout_s

    def post(self, url: str, body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
        """POST and read the answer whatever its status; Unreachable when there is none, or it trickles."""
        return self._call("POST", url, body, headers)

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """The same by GET."""
        return self._call("GET", url, None, headers)

    def _call(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str] | None) -> Answer:
        ends_at = monotonic() + self.timeout_s
        try:
            with requests.request(
                method,
                url,
                data=body,
                headers=dict(headers or {}),
                timeout=(3.05, self.timeout_s),
                allow_redirects=False,
                stream=True,
            ) as response:
                return Answer(response.status_code, _limited(response, ends_at))
        except (requests.RequestException, HTTPError) as error:
            raise Unreachable(type(error).__name__) from error


def _limited(response: requests.Response, ends_at: float) -> bytes:
    whole = b""
    # As much as is there at a time: a whole piece would be waited for, byte by byte.
    while piece := response.raw.read1(64 * 1024, decode_content=True):
        whole += piece
        if len(whole) > ANSWER_LIMIT:
            raise Unreachable("The answer is too long.")
        if monotonic() > ends_at:
            raise Unreachable("The answer trickles.")
    return whole


def within(seconds: float, call: Callable[[], T]) -> T:
    """The call's result or error, Unreachable when it takes longer in all, however it trickles.

    It runs in a thread of its own, so it must not touch the database. What comes too late is dropped.
    """
    ended: queue.SimpleQueue[Future] = queue.SimpleQueue()

    def run() -> None:
        future: Future = Future()
        try:
            future.set_result(call())
        except BaseException as error:
            future.set_exception(error)
        ended.put(future)

    threading.Thread(target=run, daemon=True).start()
    try:
        return ended.get(timeout=seconds).result()
    except queue.Empty:
        raise Unreachable(f"No answer within {seconds} s.") from None


def keeps_secrets(url: str) -> bool:
    """Whether keys may be sent to this address: by https, or to this very machine, where tests play the gateway."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in HERE))


def hmac_hex(secret: str, message: bytes, digest: str = "sha256") -> str:
    """Lower-case hex of the HMAC."""
    return hmac.new(secret.encode(), message, getattr(hashlib, digest)).hexdigest()


def same(left: str, right: str) -> bool:
    """Constant-time comparison that never trips over text that is not ASCII."""
    return hmac.compare_digest(left.encode("utf-8", "surrogatepass"), right.encode("utf-8", "surrogatepass"))


def fresh(stamp: int, now: datetime, tolerance_s: int = STAMP_TOLERANCE_S) -> None:
    """Forged when a signed Unix stamp lies further off than the tolerance, in the past or the future."""
    if abs(now.timestamp() - stamp) > tolerance_s:
        raise Forged("stamp")
