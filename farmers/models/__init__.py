"""Who sells, one noun a file."""

from farmers.models.bank import BankAccount, BankAccountChange
from farmers.models.certificate import Certificate, CertificateKind
from farmers.models.commune import Commune
from farmers.models.growing_area import GrowingArea
from farmers.models.household import Household, HouseholdEvent, Membership
from farmers.models.storefront import Storefront
from farmers.models.tax_code import TaxCode

__all__ = [
    "BankAccount",
    "BankAccountChange",
    "Certificate",
    "CertificateKind",
    "Commune",
    "GrowingArea",
    "Household",
    "HouseholdEvent",
    "Membership",
    "Storefront",
    "TaxCode",
]
