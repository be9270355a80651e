"""Names, numbers and secrets that exist nowhere else go through the acts of money; then it is looked where they are."""

import json
import re
import time
from contextlib import suppress
from urllib.parse import quote, quote_plus

import requests

from accounts.notices.models import Notice
from benchmarks.drill import histories
from benchmarks.drill.browser import Browser
from benchmarks.drill.buying import Buyer
from benchmarks.drill.ground import packs
from benchmarks.drill.run import Task
from benchmarks.drill.world import SECRETS, World, standing, wait_until
from benchmarks.goals import Figures
from benchmarks.report import say
from payments.adapters.contract import Call
from payments.intake.models import Inbox
from tests.gateways import vnpay_fake

WHO = {
    "name": "Canary Quạchthịkimyến",
    "phone": "0987 612 345",
    "email": "canary-7f3a@example.org",
    "street": "Số 1871 ngõ Canhchim",
    "note": "Lời nhắn canhsat9917",
}
CARD, HOLDER = "9704198526191432198", "CANARY HOLDERNAME"
#: what stands for the person, and the number of the card
PERSON = (
    "Quạchthịkimyến",
    "987612345",
    "0987 612 345",
    "987 612 345",
    "canary-7f3a",
    "Canhchim",
    "canhsat9917",
)
CARD_WORDS = (CARD, HOLDER)
JOBS = "SELECT task_name, args::text FROM procrastinate_jobs"
ENDS_S = 120


def drill(task: Task, figures: Figures) -> None:
    with standing(task.folder, task.url, task.settings) as world:
        buyers = [_walk(world, way) for way in ("vnpay", "momo", "zalopay", "vietqr")]
        given_back_s = wait_until(lambda: _given_back(buyers[:3]), seconds=ENDS_S, pause_s=2)
        time.sleep(3)
        tokens = [
            value for each in buyers for name, value in each.browser.cookies.items() if "csrf" not in name
        ]
        tokens += [each.payment.reference for each in buyers]
        jobs = [f"{name} {args}" for name, args in world.ask(JOBS)]
    log = (task.folder / "bench.log").read_text(errors="replace")
    secret = {form for word in (*PERSON, *CARD_WORDS, *SECRETS) for form in _forms(word)}
    missing = _not_there(buyers, log, world.asked)
    if given_back_s is None:
        missing.append("no refund of what was cancelled")
    figures.put("canaries: buyers walked", len(buyers), wrong=missing)
    _put(figures, "canaries: found in logs", {"log": log}, {*secret, *tokens})
    raw = {
        f"inbox {row.pk}": row.raw + json.dumps(row.fact, ensure_ascii=False) for row in Inbox.objects.all()
    }
    _put(figures, "canaries: found in stored messages", raw, secret)
    _put(figures, "canaries: found in addresses asked for", {path: path for path in world.asked}, secret)
    _put(
        figures,
        "canaries: found in jobs",
        {f"job {place} {job}": job for place, job in enumerate(jobs)},
        secret,
    )
    say(
        f"  looked at {len(log):,} signs of log, {len(raw)} messages, {len(world.asked)} addresses, {len(jobs)} jobs"
    )


def _not_there(buyers: list[Buyer], log: str, asked: list[str]) -> list[str]:
    """Places without the canary that must have it, or that must not be empty: to look there would prove nothing."""
    wanted = {
        "the orders": all(each.order.name == WHO["name"] for each in buyers),
        "the notices": Notice.objects.filter(email=WHO["email"]).exists(),
        "the struck card": Inbox.objects.filter(raw__contains="vnp_CardNumber=%2A%2A%2A").exists(),
        "the log": "forged" in log.lower() and bool(log),
        "the addresses": any("vnp_TxnRef" in each for each in asked)
        and any("create" in each for each in asked),
    }
    return [f"nothing in {place}" for place, there in wanted.items() if not there]


def _forms(word: str) -> set[str]:
    """As it is typed, in an address, in a form, and in JSON."""
    return {word, quote(word), quote_plus(word), json.dumps(word)[1:-1]}


def _put(figures: Figures, name: str, texts: dict[str, str], words: set[str]) -> None:
    hits = [f"{word} in {where[:60]}" for where, text in texts.items() for word in words if word in text]
    figures.put(name, len(hits), wrong=hits)


def _walk(world: World, way: str) -> Buyer:
    """An order of the canary's, paid with a card that the gateway tells of, told again, forged and broken, cancelled."""
    buyer = Buyer(world, way, packs()[:2], who=dict(WHO))
    buyer.fill_cart()
    buyer.place()
    buyer.start()
    buyer.pay()
    code, call = _with_card(buyer)
    for each in (call, call, _broken(call)):
        world.deliver(code, each)
    if wait_until(lambda: buyer.order.state != "placed", seconds=30) is None:
        raise TimeoutError(f"The order paid by {way} stayed unpaid.")
    buyer.cancel()
    # somebody tries the order's page without its link, and a page that does not exist
    for path in (f"/don-hang/{buyer.order.number}/", "/thanh-toan/khong-co/"):
        Browser(world.web.port).get(path)
    with suppress(requests.RequestException):
        world.deliver("khong-co", call)
    return buyer


def _with_card(buyer: Buyer) -> tuple[str, Call]:
    """The gateway's word; VNPay's holds the payer's card as strangers' parameters may, rightly signed."""
    if buyer.way != "vnpay":
        return buyer.word()
    said = buyer.gateway.fields(buyer.ref) | {"vnp_CardNumber": CARD, "vnp_CardHolder": HOLDER}
    return "vnpay", Call(method="GET", query=vnpay_fake.signed_query(said))


def _broken(call: Call) -> Call:
    return Call(method=call.method, query=re.sub("Hash=..", "Hash=00", call.query), body=call.body + b" {", headers=call.headers)  # fmt: skip


def _given_back(buyers: list[Buyer]) -> bool:
    histories.let_time_pass()
    return all(each.payment.refunded_vnd for each in buyers)
