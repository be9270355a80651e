"""One act, however many do it at the same time; without the guard it would count for each of them."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from payments.books import accounts, balances, post
from payments.books.audit import breaks
from payments.books.models import Account, Entry, Posting
from tests.books.test_post import HOME, SHARES

pytestmark = pytest.mark.race


def at_once(act, times=8):
    gate = threading.Barrier(times)

    def run(number):
        gate.wait()
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def test_eight_threads_post_one_act_once(committed_db):
    ids = at_once(lambda _number: post.settled(1, adapter="sandbox", amount_vnd=100).pk)
    assert len(set(ids)) == 1 and (Entry.objects.count(), Posting.objects.count()) == (1, 2)
    assert Account.objects.filter(kind="escrow").count() == 1 and list(breaks()) == []


def test_eight_acts_open_their_common_accounts_once(committed_db):
    at_once(lambda number: post.completed(number, payment_id=number, earners=HOME, shares=SHARES))
    assert balances.balance(accounts.payable(7)) == -8 * 93_000
    assert Account.objects.filter(owner="household:7").count() == 2


def test_control_looking_first_and_writing_then_would_post_it_eight_times(committed_db):
    """Take the unique act away, look before you write: everybody sees nothing, and everybody writes."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE books_entry DROP CONSTRAINT books_entry_act_key")
    looked = threading.Barrier(8)
    bank, vat = (
        Account.objects.get(kind=kind, owner=owner) for kind, owner in (("bank", ""), ("tax", "vat"))
    )

    def naive(_number):
        with transaction.atomic():
            known = balances.standing(["settled:payment:1"])
            looked.wait()
            if not known:
                entry = Entry.objects.create(act="settled:payment:1", kind="settled", about="payment:1")
                Posting.objects.create(entry=entry, account=bank, amount_vnd=100)
                Posting.objects.create(entry=entry, account=vat, amount_vnd=-100)

    at_once(naive)
    assert Entry.objects.count() == 8
