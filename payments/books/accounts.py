"""Names of accounts: a kind, and the owner where there are many of the kind."""

from typing import NamedTuple

from payments.books.models import Account

Kind = Account.Kind


class Name(NamedTuple):
    """What an account is found by. Owners: see `Account.owner`."""

    kind: str
    owner: str = ""


BANK = Name(Kind.BANK)
COMMISSION = Name(Kind.COMMISSION)
VAT = Name(Kind.TAX, "vat")
INCOME_TAX = Name(Kind.TAX, "income")
PROMOTIONS = Name(Kind.PROMOTIONS)
LOSS_FUND = Name(Kind.LOSS_FUND)


def subject(account: Account) -> str:
    """Whose it is, as `payments.books.links` knows it; empty for the one of its kind."""
    if ":" in account.owner or not account.owner:
        return account.owner
    kind = Kind.GATEWAY if account.kind == Kind.FEES else account.kind
    return f"{kind}:{account.owner}"


def household(household_id: int) -> str:
    """The owner key of a household."""
    return f"household:{household_id}"


def carrier(code: str) -> str:
    """The owner key of a carrier."""
    return f"carrier:{code}"


def gateway(adapter: str) -> Name:
    """What a gateway has taken for us and not sent on."""
    return Name(Kind.GATEWAY, adapter)


def fees(adapter: str) -> Name:
    return Name(Kind.FEES, adapter)


def cash(holder: str) -> Name:
    """Cash that a carrier or a household took at the door."""
    return Name(Kind.CARRIER, holder)


def escrow(payment_id: int) -> Name:
    """What buyers paid and nobody has earned yet, by the payment."""
    return Name(Kind.ESCROW, f"payment:{payment_id}")


def payable(household_id: int) -> Name:
    return Name(Kind.PAYABLE, household(household_id))


def delivery(owner: str) -> Name:
    """Delivery fees owed to a carrier or a household."""
    return Name(Kind.DELIVERY, owner)


def unidentified(credit_id: int | str) -> Name:
    """A bank transfer that does not say whose it is, by the transfer."""
    return Name(Kind.UNIDENTIFIED, f"credit:{credit_id}")


def refunds_due(refund_id: int) -> Name:
    return Name(Kind.REFUNDS_DUE, f"refund:{refund_id}")
