"""What a carrier tells us. Plain values only: no models, no settings, no request, no clock."""

from dataclasses import dataclass
from typing import Protocol

from django.utils.functional import Promise


@dataclass(frozen=True, kw_only=True, slots=True)
class Parcel:
    """What is handed over."""

    #: the suborder's number as people say it
    number: str
    gross_g: int
    #: what is collected at the door; 0 when everything is paid
    cash_vnd: int = 0


class Carrier(Protocol):
    """A way to have parcels carried. A capability that a carrier does not have is left out."""

    #: the name of its entry point, which `Method.carrier` holds
    code: str
    #: what people call it
    label: str | Promise
    #: whether it brings back the cash of a parcel paid at the door
    collects_cash: bool

    def takes(self, parcel: Parcel) -> bool:
        """Whether it carries a parcel like this."""
        ...


class Tracks(Protocol):
    """A carrier whose parcels can be followed."""

    def address(self, tracking: str) -> str:
        """Where a person follows this tracking number; '' when the number cannot be one of its own."""
        ...
