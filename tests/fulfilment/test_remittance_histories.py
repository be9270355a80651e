"""Whatever carriers say in whatever order, and whatever people decide: each đồng is accounted for once."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from payments.intake.models import Payment
from shop.fulfilment import remittance
from shop.fulfilment.errors import NotPossible
from shop.fulfilment.models import RemittanceLine
from tests.books.books import sheet
from tests.builders.payouts import officer
from tests.builders.remittances import ASKED, booked, cash, delivered, fresh, on_the_road, says
from tests.fulfilment.conftest import breaks

pytestmark = pytest.mark.django_db
SUMS = some.sampled_from(
    ["0", "1", "5000", "80000", "300000", "375000", "380000", "380001", "500000", "x", ""]
)
#: which parcel, collected, fee, transferred, the carrier's number
LINES = some.tuples(some.integers(0, 2), SUMS, SUMS, SUMS, some.sampled_from(["DS1", "DS2"]))
FILES = some.lists(some.lists(LINES, min_size=1, max_size=4), min_size=1, max_size=4)
DECISIONS = some.lists(some.sampled_from([*remittance.Choice.values, "close"]), max_size=8)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(files=FILES, decisions=DECISIONS)
def test_no_parcel_pays_more_than_it_owes_and_the_books_say_the_same(files, decisions):
    with transaction.atomic():
        parts = [delivered(), on_the_road(), delivered(cash_by="household")]
        for each in files:
            _file(parts, each, decisions)
            assert breaks() == []
        _same_as_the_lines(parts)
        transaction.set_rollback(True)


def _file(parts, lines, decisions) -> None:
    file = booked(*(says(parts[part], *sums, reference=number) for part, *sums, number in lines))
    assert file.lines.count() == len(lines)
    mai = officer("Mai")
    for line, decision in zip(
        file.lines.filter(state__in=("differs", "unreadable")), decisions, strict=False
    ):
        try:
            if decision == "close":
                remittance.close(line, by=mai, note="x")
            else:
                remittance.decide(line, decision, by=mai, note="x")
        except NotPossible:
            continue


def _same_as_the_lines(parts) -> None:
    """Of each parcel what was booked of its lines is what it says it handed over, and never too much."""
    bank_vnd = 0
    for part in parts:
        lines = RemittanceLine.objects.filter(suborder=part, entry__isnull=False)
        taken_vnd = sum(each.booked_bank_vnd + each.booked_fee_vnd for each in lines)
        bank_vnd += sum(each.booked_bank_vnd for each in lines)
        payment = Payment.objects.get(pk=cash(part).pk)
        assert payment.handed_over_vnd == taken_vnd <= ASKED
        assert (fresh(part).cash_by == "household") <= (taken_vnd == 0)
    assert sheet().get("bank", 0) == bank_vnd
    assert not RemittanceLine.objects.filter(state="unreadable", collected_vnd__isnull=False).exists()
