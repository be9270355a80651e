"""VNPay, the real client over HTTP against a pretended VNPay that checks our signatures."""

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as some

from payments.adapters.contract import Call, Charge, Fact, Forged, Outcome, Refused, Undecided, Unreachable
from payments.adapters.testing import CHARGE, HOP, NOW
from payments.adapters.vnpay import QUERY, QUERY_ANSWER, REFUND, REFUND_ANSWER, VNPay, joined, plain
from payments.adapters.wire import Http
from tests.gateways.server import dead_url
from tests.gateways.vnpay_fake import SECRET, TMN_CODE, VNPayFake, form, hashed, signed_query
from tests.gateways.wallet import at_home
from tests.payments.adapters.fakes import FakeContract, back

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "vnpay.json").read_text())
IPNS = [each for each in VECTORS if each["name"].startswith("ipn") and "params" in each]
SECRETLY = [each for each in VECTORS if each["secret"]]


def adapter(url: str = "https://vnpay.example", now=NOW, timeout_s: float = 2, **config) -> VNPay:
    facts = {
        "tmn_code": TMN_CODE,
        "hash_secret": SECRET,
        "pay_url": f"{url}/pay.html",
        "api_url": f"{url}/api",
    }
    return VNPay(VNPay.Config(**{**facts, **config}), Http(timeout_s), lambda: now)


def ipn(params: dict, secure_hash: str) -> Call:
    return Call(method="GET", query=f"{urlencode(params)}&vnp_SecureHash={secure_hash}")


@pytest.fixture
def home():
    with at_home(VNPayFake(now=lambda: NOW)) as fake:
        yield fake, adapter(fake.url)


def begun(fake: VNPayFake, ours: VNPay, charge: Charge = CHARGE) -> str:
    return fake.come(ours.start(charge, HOP).url)


@pytest.fixture
def paid(home):
    fake, ours = home
    fake.pay(begun(fake, ours))
    return fake, ours, replace(CHARGE, gateway_ref="14512345")


class TestContract(FakeContract):
    def unreachable(self):
        return adapter(dead_url())

    def calls(self):
        vectors = {each["name"]: each for each in IPNS}
        good = vectors["ipn success"]
        stranger = vectors["ipn with stranger parameter and empty bank tran"]
        return [
            (ipn(each["params"], each["secure_hash"]), [settled(each["secure_hash"])])
            for each in (good, stranger)
        ]

    def forgeries(self):
        return [ipn(each["params"], each["secure_hash"]) for each in IPNS if not each["valid"]]

    def settled(self):
        self.fake.pay(begun(self.fake, self.ours))
        return replace(CHARGE, gateway_ref="14512345")


def settled(secure_hash: str, **changes) -> Fact:
    facts = {
        "kind": "settled",
        "about": "XL7K3M9Q01",
        "event_id": secure_hash.lower(),
        "amount_vnd": 185_000,
        "gateway_ref": "14512345",
        "code": "00",
    }
    return Fact(**{**facts, **changes})


# --- vectors


@pytest.mark.parametrize("vector", SECRETLY, ids=lambda vector: vector["name"])
def test_the_hash_of_every_vector(vector):
    ours = adapter(hash_secret=vector["secret"])
    right = ours._hash(vector["hash_data"]) == vector["secure_hash"].lower()
    assert right is (vector["valid"] is not False)


@pytest.mark.parametrize(
    "vector", [each for each in VECTORS if "&" in each["hash_data"]], ids=lambda vector: vector["name"]
)
def test_the_joined_text_of_every_vector(vector):
    assert joined(vector["params"]) == vector["hash_data"]


@pytest.mark.parametrize(
    "vector", [each for each in VECTORS if each.get("kind")], ids=lambda vector: vector["name"]
)
def test_the_bars_of_every_vector(vector):
    order = {"querydr_answer": QUERY_ANSWER, "refund_answer": REFUND_ANSWER, "refund": REFUND}[vector["kind"]]
    assert "|".join(vector["params"][f"vnp_{name}"] for name in order) == vector["hash_data"]
    assert len(QUERY) == 9


@pytest.mark.parametrize("vector", IPNS, ids=lambda vector: vector["name"])
def test_ipn_vectors(vector):
    call = ipn(vector["params"], vector["secure_hash"])
    if not vector["valid"]:
        with pytest.raises(Forged):
            adapter().read(call)
        return
    [fact] = adapter().read(call)
    expect = vector.get("expect", {"paid": True})
    assert (fact.kind == "settled") is expect["paid"]
    assert (fact.kind == "held") is expect.get("hold", False)


def test_either_reading_of_odd_characters_is_accepted():
    vector = next(each for each in VECTORS if "hash_data_other" in each)
    more = {"vnp_ResponseCode": "24", "vnp_TransactionStatus": "02", "vnp_TransactionNo": "0"}
    params = vector["params"] | more
    raw = form(params)
    other = raw.replace("~", "%7E").replace("%2A", "*")
    assert raw != other
    for text in (raw, other):
        [fact] = adapter().read(ipn(params, hashed(text)))
        assert fact.kind == "failed"


def test_what_a_cancelled_payment_says_names_no_transaction():
    vector = next(each for each in IPNS if "(24)" in each["name"])
    [fact] = adapter().read(ipn(vector["params"], vector["secure_hash"]))
    assert (fact.kind, fact.code, fact.gateway_ref) == ("failed", "24", "")


def test_two_cancelled_payments_are_two_events():
    one, two = ({"vnp_TxnRef": ref} for ref in ("A1", "A2"))
    events = {heard(**{**CANCELLED, **each}).event_id for each in (one, two)}
    assert len(events) == 2


# --- the way there

PAID = {
    "vnp_Amount": "18500000",
    "vnp_ResponseCode": "00",
    "vnp_TransactionStatus": "00",
    "vnp_TransactionNo": "14512345",
    "vnp_TmnCode": TMN_CODE,
    "vnp_TxnRef": CHARGE.id,
}
CANCELLED = PAID | {"vnp_ResponseCode": "24", "vnp_TransactionStatus": "02", "vnp_TransactionNo": "0"}


def heard(**fields) -> Fact:
    [fact] = adapter().read(Call(method="GET", query=signed_query({**PAID, **fields})))
    return fact


def test_the_address_says_the_sum_and_the_hours_of_vietnam():
    said = dict(parse_qsl(urlsplit(adapter().start(CHARGE, HOP).url).query))
    assert (said["vnp_Amount"], said["vnp_CreateDate"], said["vnp_ExpireDate"]) == (
        "18500000",
        "20260815093000",
        "20260815100000",
    )
    assert (said["vnp_TxnRef"], said["vnp_Locale"], said["vnp_IpAddr"]) == (CHARGE.id, "vn", "113.160.1.9")


def test_words_are_made_plain():
    assert plain("Đơn Na Chi Lăng + 10% (túi/hộp)~*!'") == "Don Na Chi Lang 10 tui hop"
    assert len(plain("ă" * 400)) == 255


@pytest.mark.parametrize("amount_vnd", [0, 4_999, 1_000_000_000])
def test_a_sum_vnpay_does_not_take_is_refused(amount_vnd):
    with pytest.raises(Refused):
        adapter().start(replace(CHARGE, amount_vnd=amount_vnd), HOP)


@given(
    words=some.text(max_size=80),
    url=some.text(alphabet=some.characters(codec="utf-8"), max_size=60),
    ip=some.ip_addresses().map(str),
    amount_vnd=some.integers(5_000, 999_999_999),
)
def test_whatever_is_asked_the_other_side_finds_it_signed(words, url, ip, amount_vnd):
    hop = replace(HOP, return_url=f"https://cho.example.vn/{url}", ip=ip)
    made = adapter().start(
        replace(CHARGE, words=words.encode("utf-8", "ignore").decode(), amount_vnd=amount_vnd), hop
    )
    query = urlsplit(made.url).query
    said, _mark, proof = query.partition("&vnp_SecureHash=")
    assert hmac.new(SECRET.encode(), said.encode(), hashlib.sha512).hexdigest() == proof
    fields = parse_qs(said, keep_blank_values=True)
    assert said.split("&") == sorted(said.split("&"), key=lambda pair: pair.partition("=")[0])
    assert fields["vnp_Amount"] == [str(amount_vnd * 100)] and fields["vnp_ReturnUrl"] == [hop.return_url]


@given(
    fields=some.dictionaries(
        some.sampled_from(["vnp_OrderInfo", "vnp_BankCode", "vnp_CardType", "vnp_PayDate", "vnp_BankTranNo"]),
        some.text(alphabet=some.characters(codec="utf-8"), max_size=40),
    )
)
def test_whatever_vnpay_signs_we_believe(fields):
    assert heard(**fields).kind == "settled"


# --- what it says


@pytest.mark.parametrize(
    ("response", "status", "kind"),
    [
        ("00", "00", "settled"),
        ("00", "02", "failed"),
        ("24", "00", "pending"),
        ("00", "01", "pending"),
        ("00", "99", "pending"),
        ("07", "07", "held"),
        ("07", "00", "held"),
        ("00", "07", "held"),
        ("99", "01", "pending"),
        ("99", "04", "pending"),
        *[
            (code, "02", "failed")
            for code in ("09", "10", "11", "12", "13", "15", "24", "51", "65", "75", "79", "99", "ZZ")
        ],
    ],
)
def test_only_both_codes_together_mean_paid(response, status, kind):
    assert heard(vnp_ResponseCode=response, vnp_TransactionStatus=status).kind == kind


def test_nobody_paid_in_time():
    assert heard(**CANCELLED | {"vnp_ResponseCode": "11"}).code == "expired"


@pytest.mark.parametrize(
    "change",
    [{"vnp_Amount": ""}, {"vnp_Amount": "1e3"}, {"vnp_Amount": "-100"}, {"vnp_Amount": "150"}, {"vnp_Amount": "9" * 5000},
     {"vnp_Amount": "１００"}, {"vnp_ResponseCode": ""}, {"vnp_TransactionStatus": ""}, {"vnp_TxnRef": ""}],
)  # fmt: skip
def test_rightly_signed_nonsense_is_no_forgery(change):
    with pytest.raises((KeyError, ValueError)):
        heard(**change)


def test_another_shop_and_doubled_fields_are_forged():
    with pytest.raises(Forged):
        heard(vnp_TmnCode="ANOTHER1")
    query = signed_query(PAID)
    with pytest.raises(Forged):
        adapter().read(Call(method="GET", query=f"vnp_Amount=100&{query}"))


def test_every_answer_is_json_with_text_codes():
    said = {outcome: json.loads(reply.body)["RspCode"] for outcome, reply in VNPay.answers.items()}
    assert said == {
        Outcome.RECORDED: "00",
        Outcome.REPEATED: "02",
        Outcome.UNKNOWN: "01",
        Outcome.MISMATCH: "04",
        Outcome.FORGED: "97",
        Outcome.BROKEN: "99",
    }
    assert {(reply.status, reply.type) for reply in VNPay.answers.values()} == {(200, "application/json")}


# --- asking


def test_asking_before_anybody_came(home):
    _fake, ours = home
    fact = ours.ask(CHARGE)
    assert (fact.kind, fact.code) == ("pending", "unknown")


@pytest.mark.parametrize(
    ("status", "kind"),
    [("00", "settled"), ("10", "settled"), ("20", "settled"), ("01", "pending"), ("04", "pending"), ("07", "held"),
     ("02", "failed"), ("08", "failed"), ("11", "failed"), ("09", "held"), ("77", "held")],
)  # fmt: skip
def test_asking_tells_how_it_stands(home, status, kind):
    fake, ours = home
    fake.pay(begun(fake, ours), "00", status)
    fact = ours.ask(CHARGE)
    assert (fact.kind, fact.amount_vnd, fact.gateway_ref) == (kind, 185_000, "14512345")


def test_who_asks_about_a_payment_and_hears_of_a_refund_sends_for_a_person(paid):
    _fake, ours, charge = paid
    ours.refund(back(charge))
    assert ours.ask(charge).kind == "held"


@pytest.mark.parametrize(
    "broken",
    [(500, b""), (200, b"<html>"), (200, b"[]"), (200, b"{}"), (302, b"{}"), (200, b'{"vnp_ResponseCode": "00"}'),
     (200, b'{"vnp_ResponseCode": "94", "vnp_Message": "Duplicate"}')],
)  # fmt: skip
def test_an_answer_that_cannot_be_trusted_decides_nothing(paid, broken):
    fake, ours, charge = paid
    fake.broken = broken
    for call in (lambda: ours.ask(charge), lambda: ours.refund(back(charge)), lambda: ours.ask(back(charge))):
        with pytest.raises(Unreachable):
            call()


def test_an_answer_unsigned_wrongly_signed_or_too_late_decides_nothing(paid):
    fake, ours, charge = paid
    fake.unsigned = True
    with pytest.raises(Unreachable):
        ours.ask(charge)
    fake.unsigned, fake.answer_secret = False, "another"
    with pytest.raises(Unreachable):
        ours.ask(charge)
    fake.answer_secret, fake.slow_s = SECRET, 0.6
    with pytest.raises(Unreachable):
        adapter(fake.url, timeout_s=0.2).ask(charge)


def test_a_wrong_secret_is_unknown_and_no_failed_payment(home):
    fake, ours = home
    begun(fake, ours)
    with pytest.raises(Unreachable):
        adapter(fake.url, hash_secret="0123456789abcdef").ask(CHARGE)


# --- giving back


def test_refunds_whole_and_in_parts_never_exceed_the_whole(paid):
    _fake, ours, charge = paid
    assert ours.refund(back(charge, 100_000)).kind == "refunded"
    assert ours.refund(back(charge, 85_000, "back-2")).kind == "refunded"
    with pytest.raises(Refused):
        ours.refund(back(charge, 1_000, "back-3"))


def test_a_whole_refund_says_so(paid):
    fake, ours, charge = paid
    fact = ours.refund(back(charge, 185_000))
    assert (fact.kind, fact.amount_vnd, fact.gateway_ref) == ("refunded", 185_000, "14600000")
    [given] = fake.refunds.values()
    assert given["said"]["vnp_TransactionType"] == "02"


@pytest.mark.parametrize(
    ("status", "kind"), [("05", "pending"), ("06", "pending"), ("09", "refund_failed"), ("02", "refund_failed"), ("99", "pending")]
)  # fmt: skip
def test_accepted_is_not_done(paid, status, kind):
    fake, ours, charge = paid
    fake.refund_status = status
    assert ours.refund(back(charge)).kind == kind


def test_a_refund_whose_answer_was_lost_is_found_and_not_given_twice(paid):
    fake, ours, charge = paid
    fake.loses_answers = True
    with pytest.raises(Unreachable):
        ours.refund(back(charge))
    fake.loses_answers = False
    # 94: the number is known; what becomes of it is asked at once
    assert ours.refund(back(charge)).kind == "refunded"
    assert ours.ask(back(charge)).kind == "refunded"
    assert len(fake.refunds) == 1


def test_a_refund_of_the_same_sum_is_not_mistaken_for_another(paid):
    _fake, ours, charge = paid
    first = ours.refund(back(charge))
    others = frozenset({first.gateway_ref})
    with pytest.raises(Refused):
        ours.ask(back(charge, name="back-2", others=others))
    yesterday = NOW - timedelta(days=1)
    assert ours.ask(back(charge, name="back-2", others=others, sent_at=yesterday)).kind == "pending"
    assert ours.ask(back(charge, gateway_ref=first.gateway_ref)).kind == "refunded"
    assert ours.ask(back(charge, gateway_ref="1")).kind == "pending"


def test_a_refund_is_sent_again_only_while_its_number_is_remembered(paid):
    _fake, ours, charge = paid
    with pytest.raises(Refused):
        ours.ask(back(charge))
    assert ours.ask(back(charge, sent_at=NOW - timedelta(days=1))).kind == "pending"


def test_a_refund_of_what_was_not_paid_is_refused(home):
    fake, ours = home
    begun(fake, ours)
    with pytest.raises(Refused) as refusal:
        ours.refund(back(CHARGE))
    assert refusal.value.code == "95"


def test_a_refusal_of_what_may_have_been_given_before_decides_nothing(paid):
    _fake, ours, charge = paid
    ours.refund(back(charge, 185_000))
    with pytest.raises(Refused):
        ours.refund(back(charge, 1_000, "back-2", sent_at=NOW))
    with pytest.raises(Undecided):
        ours.refund(back(charge, 1_000, "back-3", sent_at=NOW - timedelta(minutes=2)))


def test_a_second_sending_has_a_number_of_its_own(paid):
    fake, ours, charge = paid
    fake.refund_status = "09"
    ours.refund(back(charge))
    ours.refund(back(charge, sent_at=NOW + timedelta(hours=2)))
    assert len(fake.refunds) == 2 and all(len(name) <= 32 for name in fake.refunds)


def test_a_number_that_is_known_though_another_refund_is_shown_stays_unknown(paid):
    fake, ours, charge = paid
    ours.refund(back(charge))
    other = ours.refund(back(charge, 7_000, "back-2"))
    with pytest.raises(Unreachable):
        ours.refund(back(charge, others=frozenset({other.gateway_ref})))
    assert len(fake.refunds) == 2


# --- configuration


def test_problems_are_said_in_plain_words():
    assert adapter().problems() == []
    wrong = adapter("http://vnpay.example", tmn_code="?", hash_secret="kurz").problems()
    assert len(wrong) == 4 and all("PAYMENTS_VNPAY_" in each for each in wrong)
