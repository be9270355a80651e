"""The test kit for payment adapters, shipped to whoever writes one. Inherit it and fill in the gateway:

    class TestMyPay(AdapterContract):
        def adapter(self): return MyPay(MyPay.Config(secret="…"), Http(), lambda: NOW)
        def calls(self): return [(call, [fact])]

pytest collects every promise below. What an adapter cannot do (`start` of a bank feed,
`Listens`, `Asks`, `Refunds`, `Pulls` …) is not tested.

Bytes of a call are changed to their neighbours everywhere and to each of the 255 others at one place in sixteen, at other
places every day; `ADAPTER_BYTES=3` says which of the sixteen, `ADAPTER_BYTES=all` takes every place (minutes).
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from common import province
from payments.adapters.contract import (
    Adapter,
    Asks,
    Call,
    Charge,
    Credit,
    Expects,
    Fact,
    Forged,
    Hop,
    Listens,
    Looks,
    Outcome,
    Pulls,
    Redirect,
    Refunds,
    Refused,
    Reply,
    Return,
    ShowQr,
    Tell,
    Unreachable,
)
from payments.adapters.references import reference_of

NOW = datetime.fromisoformat("2026-08-15T09:30:00+07:00")
CHARGE = Charge(
    id="7k3m9qabcdefghjkmnpqrstvwx",
    amount_vnd=185_000,
    words="XL-7K3M-9QAB",
    created_at=NOW,
    expires_at=NOW + timedelta(minutes=30),
)
HOP = Hop(
    return_url="https://cho.example.vn/thanh-toan/7k3m9q/ve/",
    notify_url="https://cho.example.vn/webhooks/x/",
    ip="113.160.1.9",
)


class AdapterContract:
    """What every adapter promises."""

    #: what takes a byte's place, or stands before it, everywhere; beside the byte's own neighbours
    BYTES = b"\x000Az&=\xff"
    #: of so many places one has every byte tried
    TURNS = 16

    def adapter(self) -> Adapter:
        """A configured adapter whose clock stands at NOW (or at the time of the vectors)."""
        raise NotImplementedError

    def unreachable(self) -> Adapter | None:
        """The same adapter with a gateway that is out of reach; None when it never calls out."""
        return None

    def calls(self) -> Iterable[tuple[Call, list[Fact | Credit]]]:
        """Proven calls and the facts that they say: published vectors and captured notifications."""
        return []

    def forgeries(self) -> Iterable[Call]:
        """Calls that prove nothing."""
        return []

    def charges_made(self) -> int | None:
        """How many charges the gateway knows after `start`; None when start makes no call."""
        return None

    def settled(self) -> Charge | None:
        """A charge that the gateway believes to be paid, so that refunds of it can be tried."""
        return None

    def refunds_made(self) -> int | None:
        """How many refunds the gateway knows."""
        return None

    # --- promises

    def test_it_says_what_it_is(self) -> None:
        adapter = self.adapter()
        assert isinstance(adapter, Adapter if hasattr(adapter, "start") else Listens)
        assert adapter.code == adapter.code.lower() and str(adapter.label)
        assert 0 < adapter.traits.min_vnd <= adapter.traits.max_vnd
        longest = timedelta(hours=24 if adapter.traits.hold_until_cut_off else 1)
        assert timedelta() < adapter.traits.hold <= longest

    def test_it_is_healthy_when_configured(self) -> None:
        assert self.adapter().problems() == []

    def test_start_says_what_the_buyer_does_now(self) -> None:
        if not hasattr(self.adapter(), "start"):
            return
        step = self.adapter().start(CHARGE, HOP)
        assert isinstance(step, Redirect | ShowQr | Tell)

    def test_start_repeated_with_one_id_makes_one_charge(self) -> None:
        adapter = self.adapter()
        if not hasattr(adapter, "start"):
            return
        first, second = adapter.start(CHARGE, HOP), adapter.start(CHARGE, HOP)
        assert first == second
        assert self.charges_made() in (None, 1)

    def test_a_dead_gateway_is_unknown_and_never_a_failure(self) -> None:
        adapter = self.unreachable()
        if adapter is None:
            return
        starter = adapter if self.charges_made() is None else self.adapter()
        known = replace(CHARGE, gateway_ref=reference_of(CHARGE.id, province.order_prefix()))
        if hasattr(starter, "start"):
            known = replace(CHARGE, gateway_ref=starter.start(CHARGE, HOP).gateway_ref)
        for call in self._calls_out(adapter, known):
            try:
                call()
            except Unreachable:
                continue
            raise AssertionError("No answer must be Unreachable.")

    def test_every_outcome_has_its_reply(self) -> None:
        adapter = self.adapter()
        if isinstance(adapter, Listens):
            assert {outcome: type(adapter.answers[outcome]) for outcome in Outcome} == dict.fromkeys(
                Outcome, Reply
            )

    def test_its_gateway_calls_by_the_methods_it_names(self) -> None:
        methods = self.adapter().traits.methods
        assert methods and methods <= {"GET", "POST"}
        assert {call.method for call, _facts in self.calls()} <= methods

    def test_proven_calls_say_their_facts(self) -> None:
        for call, facts in self.calls():
            assert self.adapter().read(call) == facts

    def test_forgeries_are_forged(self) -> None:
        adapter = self.adapter()
        for call in [*self.forgeries(), *self._never_signed(adapter)]:
            assert self._read(adapter, call) is Forged, call

    def test_one_changed_byte_is_forged_or_says_the_same(self) -> None:
        adapter = self.adapter()
        for call, facts in self.calls():
            for changed in self._changed(call):
                assert self._read(adapter, changed) in (Forged, facts), changed

    def test_an_unknown_return_is_refused_when_asked(self) -> None:
        adapter, charge = self.adapter(), self.settled()
        if charge is None or not isinstance(adapter, Asks) or not isinstance(adapter, Refunds):
            return
        try:
            adapter.ask(Return(id="never-sent", of=charge, amount_vnd=1_000))
        except Refused:
            return
        raise AssertionError("A return that the gateway never heard of must be Refused.")

    def test_a_refund_repeated_with_one_id_gives_once(self) -> None:
        adapter, charge = self.adapter(), self.settled()
        if charge is None or not isinstance(adapter, Refunds):
            return
        back = Return(id="back-1", of=charge, amount_vnd=5_000, reason="hư hỏng")
        first, second = adapter.refund(back), adapter.refund(back)
        assert first == second and first.kind in {"refunded", "pending"} and first.about == "back-1"
        assert self.refunds_made() in (None, 1)

    # --- how

    def _read(self, adapter: Listens, call: Call) -> object:
        try:
            return adapter.read(call)
        except Forged:
            return Forged

    def _never_signed(self, adapter: Adapter) -> list[Call]:
        if not isinstance(adapter, Listens):
            return []
        hostile = [b"", b"{}", b"\xff\xfe\x00", b"[" * 5000, '{"ồ": 1}'.encode(), b"a=1&b=2"]
        return [Call(body=body) for body in hostile] + [Call(method="GET", query="a=%00&%ff=1")]

    def _changed(self, call: Call) -> Iterator[Call]:
        for body in self._changed_bytes(call.body):
            yield replace(call, body=body)
        for query in self._changed_bytes(call.query.encode()):
            yield replace(call, query=query.decode("latin-1"))
        for name, value in call.headers.items():
            for changed in self._changed_bytes(value.encode()):
                yield replace(call, headers={**call.headers, name: changed.decode("latin-1")})

    def _changed_bytes(self, whole: bytes) -> Iterator[bytes]:
        turn = os.environ.get("ADAPTER_BYTES") or str(date.today().toordinal() % self.TURNS)
        for at, byte in enumerate(whole):
            every = turn == "all" or at % self.TURNS == int(turn)
            yield whole[:at] + whole[at + 1 :]
            for other in range(256) if every else {*self.BYTES, (byte + 1) % 256, byte ^ 0x20}:
                yield whole[:at] + bytes([other]) + whole[at:]
                if other != byte:
                    yield whole[:at] + bytes([other]) + whole[at + 1 :]
        for other in range(256) if whole else ():
            yield whole + bytes([other])

    def _calls_out(self, adapter: Adapter, known: Charge) -> list:
        calls = [] if self.charges_made() is None else [lambda: adapter.start(CHARGE, HOP)]
        if isinstance(adapter, Asks):
            calls.append(lambda: adapter.ask(known))
        if isinstance(adapter, Refunds):
            calls.append(lambda: adapter.refund(Return(id="back-1", of=known, amount_vnd=5_000)))
        if isinstance(adapter, Expects):
            calls.append(lambda: adapter.expect(known, HOP))
        if isinstance(adapter, Looks):
            calls.append(lambda: adapter.look(known))
        if isinstance(adapter, Pulls):
            calls.append(lambda: adapter.pull(""))
        return calls
