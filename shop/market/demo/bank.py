"""The pretend bank of the sandbox: `/demo/ngan-hang/<ref>/` and its small signed API.

It plays the other side of the wire, so it shares no row with us: what it knows lies in the cache. It
learns of a charge from the signed address the buyer comes with, and tells us by signed notifications
that jobs post over real HTTP, like a gateway would.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import get_random_string
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from common import dates
from payments.adapters import registry
from payments.adapters.contract import Forged
from payments.adapters.sandbox import HEADER, check, check_query
from shop.market.demo import bank_tasks
from shop.market.demo.bank_tasks import recall, remember

#: paying late means after the grace that the market gives money on its way
LATE_BY = timedelta(minutes=6)
ACTS = ("pay", "refuse", "close", "twice", "late")
#: acts after which the buyer's browser goes back to the market
RETURNING = ("pay", "refuse", "twice", "late")


def _secret() -> str:
    try:
        return registry.get("sandbox").config.secret
    except registry.NoSuchAdapter as error:
        raise Http404 from error


def _account(request: HttpRequest, ref: str) -> dict[str, Any]:
    """The charge of the address; a first visit brings it along, signed by the market."""
    secret = _secret()
    known = recall(ref)
    if known:
        return known
    query = request.GET
    try:
        check_query(secret, request.META.get("QUERY_STRING", ""))
    except Forged as error:
        raise Http404 from error
    if query["id"] != ref:
        raise Http404
    account = {name: query[name] for name in ("id", "words", "back", "notify", "language")}
    account |= {"amount_vnd": int(query["amount"]), "until": int(query.get("until") or 0)}
    account |= {"state": "open", "refunds": {}, "acts": []}
    remember(account)
    return account


@never_cache
def page(request: HttpRequest, ref: str) -> HttpResponse:
    """The bank's page: what is asked, and what a buyer can do about it."""
    account = _account(request, ref)
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act not in ACTS:
            return _page(request, account, status=400)
        _do(account, act)
        return HttpResponseRedirect(reverse("demo:bank-done", args=[ref, act]))
    return _page(request, account)


def _page(request: HttpRequest, account: dict[str, Any], status: int = 200) -> HttpResponse:
    with translation.override(account["language"]):
        return render(request, "market/demo/bank.html", {"account": account}, status=status)


@never_cache
def done(request: HttpRequest, ref: str, act: str) -> HttpResponse:
    """What the bank did. A page that leads on: a form's redirects must not end on another site."""
    account = recall(ref)
    if account is None or act not in ACTS:
        raise Http404
    context = {"account": account, "act": act, "returns": act in RETURNING, "late_at": _late_at(account)}
    with translation.override(account["language"]):
        return render(request, "market/demo/bank_done.html", context)


def _late_at(account: dict[str, Any]) -> datetime:
    until = datetime.fromtimestamp(account["until"], UTC) if account["until"] else dates.now()
    return max(until, dates.now()) + LATE_BY


def _do(account: dict[str, Any], act: str) -> None:
    ref = account["id"]
    account["acts"].append(act)
    if act == "late":
        remember(account)
        bank_tasks.pay_late.configure(schedule_at=_late_at(account)).defer(ref=ref)
        return
    if act == "refuse":
        account["state"] = "refused" if account["state"] == "open" else account["state"]
    else:
        account["state"] = "paid"
    remember(account)
    for _time in range(2 if act == "twice" else 1):
        bank_tasks.notify.defer(ref=ref, event_id=get_random_string(16))


@csrf_exempt
@require_POST
def api(request: HttpRequest) -> JsonResponse:
    """Asked, closed and told to give back, by calls that the market signs."""
    try:
        check(_secret(), request.body, request.headers.get(HEADER, ""), dates.now())
    except Forged:
        return JsonResponse({"why": "forged"}, status=400)
    asked = json.loads(request.body)
    account = recall(asked.get("of") or asked["id"])
    answer = _answer(account, asked) if account else None
    if answer is None:
        return JsonResponse({"why": "not found"}, status=404)
    status, amount_vnd = answer
    if status == "too much":
        return JsonResponse({"why": status}, status=422)
    return JsonResponse({"status": status, "amount_vnd": amount_vnd, "currency": "VND"})


def _answer(account: dict[str, Any], asked: dict[str, Any]) -> tuple[str, int] | None:
    op, refunds = asked["op"], account["refunds"]
    if op == "ask_refund":
        return ("refunded", refunds[asked["id"]]) if asked["id"] in refunds else None
    if op == "refund":
        return _give_back(account, asked["id"], asked["amount_vnd"])
    if op == "close" and account["state"] == "open":
        account["state"] = "expired"
        remember(account)
    return account["state"], account["amount_vnd"]


def _give_back(account: dict[str, Any], refund_id: str, amount_vnd: int) -> tuple[str, int]:
    refunds = account["refunds"]
    if refund_id not in refunds:
        left = account["amount_vnd"] - sum(refunds.values()) if account["state"] == "paid" else 0
        if amount_vnd > left:
            return "too much", 0
        refunds[refund_id] = amount_vnd
        remember(account)
    return "refunded", refunds[refund_id]
