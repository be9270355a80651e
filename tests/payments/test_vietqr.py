"""The code a buyer scans: as published, as we write it, as the strictest bank reads it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from payments.adapters import emv, emv_reader
from payments.adapters.references import reference_of
from payments.adapters.testing import CHARGE, HOP, NOW, AdapterContract
from payments.adapters.vietqr import VietQR
from payments.adapters.wire import Http

VECTORS = json.loads((Path(__file__).parent / "vectors/vietqr.json").read_text())
GOOD = [each for each in VECTORS["vietqr"] if each.get("valid", True) and not each.get("crc_only")]
#: what we write: to an account, without tags of other systems
OURS = [each for each in GOOD if each["service"] == "QRIBFTTA" and "wallet" not in each["name"]]
BAD = [each for each in VECTORS["vietqr"] if not each.get("valid", True) or each.get("crc_only")]


def named(vectors: list[dict]) -> dict:
    return {"argvalues": vectors, "ids": [each["name"] for each in vectors]}


def order_of(vector: dict) -> emv.Order:
    return emv.Order(
        bank_bin=vector["bin"],
        account=vector["account"],
        amount_vnd=vector["amount_vnd"],
        purpose=vector["purpose"] or "",
        bill=vector["bill"] or "",
        service=vector["service"],
    )


def adapter(**changes: str) -> VietQR:
    facts = {"bank_bin": "970436", "account": "0123456789", "account_name": "SO CONG THUONG LANG SON"}
    return VietQR(VietQR.Config(**{**facts, **changes}), Http(), lambda: NOW)


class TestContract(AdapterContract):
    def adapter(self) -> VietQR:
        return adapter()


def test_the_checksum_is_the_published_one():
    assert [emv.crc(each["input"]) for each in VECTORS["crc"]] == [each["crc"] for each in VECTORS["crc"]]
    for vector in VECTORS["vietqr"]:
        if vector.get("valid", True):
            assert emv.crc(vector["payload"][:-4]) == vector["crc"]


@pytest.mark.parametrize("vector", **named(OURS))
def test_we_write_what_is_published(vector):
    assert emv.build(order_of(vector)) == vector["payload"]


@pytest.mark.parametrize("vector", **named(GOOD))
def test_the_strict_reader_reads_what_is_published(vector):
    assert emv_reader.read(vector["payload"]) == order_of(vector)


@pytest.mark.parametrize("vector", **named(BAD))
def test_the_strict_reader_refuses_what_is_wrong(vector):
    with pytest.raises(emv_reader.Unreadable):
        emv_reader.read(vector["payload"])


WORDS = some.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz ", max_size=25)
ORDERS = some.builds(
    emv.Order,
    bank_bin=some.from_regex(r"[0-9]{6}", fullmatch=True).filter(str.isascii),
    account=some.text("0123456789ABCXYZabc", min_size=1, max_size=19),
    amount_vnd=some.none() | some.integers(1, emv.MOST_VND),
    purpose=WORDS,
    bill=WORDS,
)


@given(order=ORDERS)
def test_whatever_is_written_reads_the_same(order):
    assert emv_reader.read(emv.build(order)) == order


@given(order=ORDERS, at=some.integers(0, 200), sign=some.text("0123456789AZ ", min_size=1, max_size=1))
def test_one_changed_character_is_seen(order, at, sign):
    text = emv.build(order)
    at %= len(text)
    changed = text[:at] + sign + text[at + 1 :]
    if changed != text:
        with pytest.raises(emv_reader.Unreadable):
            emv_reader.read(changed)


@given(text=some.text(max_size=120))
def test_the_reader_refuses_and_never_breaks(text):
    for each in (text, text + "6304" + (emv.crc(text + "6304") if text.isascii() else "")):
        try:
            emv_reader.read(each)
        except emv_reader.Unreadable:
            continue


@pytest.mark.parametrize(
    "change",
    [{"bank_bin": "97043"}, {"account": "1" * 20}, {"account": ""}, {"amount_vnd": 0}, {"amount_vnd": 10**13},
     {"purpose": "đơn hàng"}, {"purpose": "X" * 26}, {"bill": "A-1"}],
)  # fmt: skip
def test_what_does_not_fit_is_not_written(change):
    with pytest.raises(ValueError):
        emv.build(replace(emv.Order(bank_bin="970436", account="1", amount_vnd=1), **change))


def test_the_step_says_the_same_as_code_and_in_words():
    step = adapter().start(CHARGE, HOP)
    read = emv_reader.read(step.payload)
    assert (read.bank_bin, read.account, read.amount_vnd) == ("970436", "0123456789", 185_000)
    assert read.purpose == step.transfer.note == step.gateway_ref == reference_of(CHARGE.id, "XL")
    assert (step.transfer.bank, step.transfer.account_name) == ("Vietcombank", "SO CONG THUONG LANG SON")
    assert CHARGE.words.replace("-", "") != step.transfer.note


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"bank_bin": "97043"}, "BANK_BIN"),
        ({"bank_bin": "999999"}, "BANK_NAME"),
        ({"account": "1-2"}, "ACCOUNT"),
    ],
)
def test_what_is_wrong_in_the_configuration_is_said(change, word):
    (sentence,) = adapter(**change).problems()
    assert word in sentence
    assert adapter(bank_bin="999999", bank_name="Ngân hàng mới").problems() == []
