"""Databases of the version before: what was counted, accounted for and returned there, and what it wrote on meanwhile."""

import pytest
from django.core.management import call_command

from config.management.commands.audit_books import ROOMS
from payments.intake import inflows
from payments.intake import services as intake
from payments.intake.models import Counting, Credit, Inflow, Payment
from payments.payouts import dues as sending_dues
from payments.payouts.models import Due, Payout
from shop.fulfilment.models import Remittance
from tests.builders import dues, payouts, transfers
from tests.builders.inflows import came, handed_over, remitted
from tests.builders.payouts import officer
from tests.builders.remittances import ASKED, booked, cash, delivered, says

SENT = ASKED - 5_000


@pytest.fixture(autouse=True)
def _configured(monkeypatch):
    transfers.configure(monkeypatch)


def counted(amount_vnd: int, about: str) -> Credit:
    credit = came(amount_vnd)
    intake.credit_counted(credit, inflows.of(about), by=officer("Tuấn"))
    return credit


def bounced_due(number: str, **how: bool) -> Due:
    dues.earned(50_000)
    due = dues.sent(dues.proposed(30_000, number=number))
    return sending_dues.bounce(due, by=officer("Mai"), why="sai số", **how)


def audited() -> list[str]:
    """What the audits say, also of money that the tests put straight into the books."""
    return sorted(line for room in ROOMS for line in room.breaks())


def fresh(credit: Credit) -> Credit:
    return Credit.objects.get(pk=credit.pk)


def test_a_credit_counted_before_is_paired_with_its_sum_and_of_the_rest_nobody_knows(committed_db):
    certain = counted(183_000, remitted(183_000).about)
    one, other = (booked(says(delivered())) for _time in range(2))
    either = counted(SENT, f"cash_file:{one.pk}")
    by_hand = handed_over(77_000)
    due, _never_left = bounced_due("BK-21"), bounced_due("BK-22", never_left=True)
    payout, said = payouts.bounced(), audited()
    call_command("migrate", "intake", "0012", verbosity=0)
    call_command("migrate", verbosity=0)

    assert fresh(certain).sender == "gateway:sandbox"
    assert Counting.objects.get(credit=certain).inflow == inflows.of("remittance:sandbox:BK-11")
    assert not inflows.of("remittance:sandbox:BK-11").lacks_vnd and not inflows.of(f"credit:{certain.pk}")
    # Either file may be the one that was paid: it stays as it was counted.
    assert fresh(either).sender == "before" and Counting.objects.get(credit=either).inflow.sender == "before"
    unknown = {f"cash_file:{one.pk}", f"cash_file:{other.pk}", by_hand.about, f"payout:{payout.pk}"}
    assert {each.about for each in Inflow.objects.all() if each.is_unknown} == {*unknown, f"due:{due.pk}"}
    assert inflows.lacking() == {} and audited() == said

    # An overpayment is counted for none of them, until a person finds one and says that it is its money.
    credit = came(77_000)
    assert not inflows.inflows_for(credit).exists()
    (found,) = inflows.inflows_for(credit, by_hand.words)
    intake.credit_counted(credit, found, by=officer("Tuấn"))
    assert not inflows.of(by_hand.about).is_unknown and not inflows.of(by_hand.about).lacks_vnd
    assert audited() == said


@pytest.mark.django_db
def test_what_the_version_before_wrote_meanwhile_is_filled_in_once():
    remitted()
    file = booked(says(delivered()), says(delivered()))
    parcel = delivered()
    intake.cash_handed_over(cash(parcel), bank_vnd=300_000, by=officer("Tuấn"))
    waits = cash(delivered())
    payouts.bounced()
    payouts.bounced()
    Payout.objects.filter(pk=Payout.objects.latest("pk").pk).update(never_left=True)
    Inflow.objects.filter(about=f"payout:{Payout.objects.latest('pk').pk}").delete()
    facts = ("sender", "about", "words", "sent_vnd", "came_vnd", "from_before")
    before, said = sorted(Inflow.objects.values_list(*facts)), audited()

    # As the version before leaves it; of the file it decided a line after the migration.
    Inflow.objects.exclude(about=f"cash_file:{file.pk}").delete()
    Inflow.objects.filter(about=f"cash_file:{file.pk}").update(sent_vnd=SENT)
    Payment.objects.filter(pk=waits.pk).update(cash_with="")
    assert len(audited()) == len(said) + 5
    call_command("mend_after_upgrade")
    assert sorted(Inflow.objects.values_list(*facts)) == before and len(before) == 4
    assert Payment.objects.get(pk=waits.pk).cash_with == "carrier:post" and audited() == said


@pytest.mark.django_db
def test_what_the_version_before_added_to_what_nobody_knows_of_is_waited_for_by_itself(capsys):
    file = booked(says(delivered()), says(delivered()))
    parcel = delivered()
    for bank_vnd in (300_000, 80_000):
        intake.cash_handed_over(cash(parcel), bank_vnd=bank_vnd, by=officer("Tuấn"))
    by_hand, said = Inflow.objects.get(about__startswith="payment:"), audited()
    # Of each one sum is from before; the version before booked the other one after the migration, and told nobody.
    Inflow.objects.filter(about=f"cash_file:{file.pk}").update(from_before=True, sent_vnd=SENT)
    Inflow.objects.filter(pk=by_hand.pk).update(from_before=True, sent_vnd=300_000)
    assert inflows.lacking() == {}
    for _time in range(2):
        call_command("mend_after_upgrade")
        assert inflows.lacking() == {"carrier:post": SENT + 80_000} and audited() == said
    assert [each.lacks_vnd for each in inflows.waited_for(by_hand.about)] == [300_000, 80_000]
    assert [each.is_unknown for each in inflows.waited_for(f"cash_file:{file.pk}")] == [True, False]
    assert capsys.readouterr().out.splitlines() == ["Filled in: 2.", "Filled in: 0."]


@pytest.mark.django_db
def test_filling_in_twice_changes_nothing(capsys):
    remitted()
    booked(says(delivered()))
    Inflow.objects.all().delete()
    call_command("mend_after_upgrade")
    counted(SENT, f"cash_file:{Remittance.objects.get().pk}")
    call_command("mend_after_upgrade")
    assert capsys.readouterr().out.splitlines() == ["Filled in: 2.", "Filled in: 0."]
    call_command("audit_books")
