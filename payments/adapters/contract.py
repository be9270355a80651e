"""What a way to pay is. Imports nothing of the project, knows no request, model, setting or database.

An adapter is any class with `code`, `label`, `traits`, `problems` and, when a buyer can choose it,
`start`. What it can do beside that it says by having the verb: `Listens`, `Asks`, `Refunds`, `Closes`; a bank feed
`Listens`, `Expects`, `Looks`, `Pulls`.
It is built as `Class(config, http, clock)`; `Config` is a frozen dataclass inside the class, whose field
`tmn_code` of adapter `vnpay` is read from the environment as `PAYMENTS_VNPAY_TMN_CODE`; `setting` gives a field
words for the page where people fill it in.

Three errors leave an adapter: `Refused` (final), `Unreachable` (the result is unknown: ask later),
`Forged` (the call is not from the gateway). Any other exception of `read`, raised after the proof was
found good, means a malformed message: it is kept for a person.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Protocol, runtime_checkable

Clock = Callable[[], datetime]

KINDS = frozenset(
    {
        "settled",
        "failed",
        "pending",
        "held",
        "refunded",
        "refund_failed",
        "disputed",
        "dispute_won",
        "dispute_lost",
    }
)
#: kinds whose amount and currency must equal what was asked; a bank may take back less than that
MONEY_KINDS = frozenset({"settled", "refunded", "dispute_lost"})


class Refused(Exception):
    """The gateway said no, finally. `words` may be shown to the buyer."""

    def __init__(self, code: str, words: str = "") -> None:
        super().__init__(code, words)
        self.code = code
        self.words = words


class Unreachable(Exception):
    """No answer, or none that can be trusted: the result is unknown. Ask later, never retry blindly."""


class Undecided(Unreachable):
    """It answered, so it is well; but its answer decides nothing."""


class Lost(Undecided):
    """Of `start`: it has opened this charge before and will not say again where it is paid.

    Whoever asked then died or gave up before it kept the answer, so no buyer has ever seen that place.
    """


class Forged(Exception):
    """The call does not prove that it comes from the gateway."""


class Outcome(Enum):
    """What became of a notification; the adapter's table `answers` says what its gateway wants to hear."""

    RECORDED = "recorded"
    REPEATED = "repeated"
    UNKNOWN = "unknown"
    MISMATCH = "mismatch"
    FORGED = "forged"
    BROKEN = "broken"


def setting(
    label: str,
    help: str = "",
    *,
    default: Any = MISSING,
    secret: bool | None = None,
    address: bool | None = None,
) -> Any:
    """A field of a `Config`, said to whoever fills it in: what it is called there, and where its value is found.

    Without a default it is required; whether it is a secret, or an address that secrets are sent to, follows from its
    name unless it is said. Texts may be lazy translations. A plain field is called by its own name.
    """
    said = {"label": label, "help": help}
    marks = {"secret": secret, "address": address}
    metadata = said | {name: mark for name, mark in marks.items() if mark is not None}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, kw_only=True, slots=True)
class Traits:
    """What the checkout and the desk need to know of a way to pay. Amounts in whole đồng."""

    #: one sentence for the buyer
    hint: str = ""
    #: name of the icon in the sprite
    icon: str = "wallet"
    min_vnd: int = 1
    max_vnd: int = 99_999_999
    #: what it is paid in; orders are in đồng, so what lacks VND is never offered
    currencies: frozenset[str] = frozenset({"VND"})
    #: how long goods are held for an order that is not paid yet; cash into a hand needs no hold
    hold: timedelta = timedelta(minutes=15)
    #: a long hold ends sooner when a harvest among the goods is closed for orders before
    hold_until_cut_off: bool = False
    #: cash into a hand: one payment per parcel, settled by the person who took it
    by_hand: bool = False
    #: whether `start` speaks with the gateway; an address that is only signed proves nobody's health
    calls_to_start: bool = True
    #: it hears of money itself never: offered only while a bank feed is configured
    needs_feed: bool = False
    #: it tells of credits on the bank account
    is_feed: bool = False
    #: only plays at paying: never in production
    pretend: bool = False
    #: how its gateway calls `read`: another method is refused before anything is read
    methods: frozenset[str] = frozenset({"GET", "POST"})
    #: names of fields whose values are struck out before a call is kept
    redact: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Charge:
    """What is to be paid. `id` is the idempotency key of every call about it."""

    id: str
    amount_vnd: int
    words: str
    created_at: datetime
    expires_at: datetime | None = None
    #: what the gateway called it, as far as it is known
    gateway_ref: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Return:
    """What is to go back. `id` is the idempotency key of every call about it.

    Some gateways want a number of this day, or forget a number after a while: `sent_at` is when the refund
    was last handed over, the same for every repetition of that sending.
    """

    id: str
    of: Charge
    amount_vnd: int
    reason: str = ""
    gateway_ref: str = ""
    sent_at: datetime | None = None
    #: what the gateway calls the other refunds of this charge: they are not this one
    others: frozenset[str] = frozenset()
    #: another refund of the same sum is with the gateway, and nobody knows yet what it is called there
    has_twin: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Hop:
    """The buyer's way to the gateway and back."""

    return_url: str
    notify_url: str
    ip: str = ""
    language: str = "vi"


@dataclass(frozen=True, kw_only=True, slots=True)
class Redirect:
    """Send the buyer to this page."""

    url: str
    gateway_ref: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Transfer:
    """A bank transfer as a person types it who cannot scan."""

    bank: str
    account: str
    account_name: str
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ShowQr:
    """Show this QR code; on a phone `deeplink` opens the wallet; `transfer` says the same in words."""

    payload: str
    deeplink: str = ""
    gateway_ref: str = ""
    transfer: Transfer | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Tell:
    """Nothing to do now but to know this."""

    text: str
    gateway_ref: str = ""


Step = Redirect | ShowQr | Tell


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A request of the gateway, as received. Names of headers are lower case; `query` is not decoded."""

    method: str = "POST"
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """The one kind of answer: start, webhook, query, refund and a person's word all end in it.

    `about` is the id of a charge or return; when the gateway names only its own, `about` is empty and
    `gateway_ref` leads to the payment. `held` is money that the gateway took and doubts: nothing is decided,
    a person looks. `code` keeps the gateway's own word; a `failed` whose code is
    "expired" says that nobody paid in time. `amount_vnd` counts only for the kinds that move money.
    """

    kind: str
    about: str
    event_id: str
    amount_vnd: int = 0
    gateway_ref: str = ""
    code: str = ""
    currency: str = "VND"
    #: the gateway's own words, where they help a person later; no part of what the fact says
    raw: str = field(default="", compare=False)
    #: which sending of a refund it speaks of (`answers.sending`), where the gateway keeps that
    sending: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"A fact of no known kind: {self.kind!r}")
        for name in ("about", "event_id", "gateway_ref", "code", "currency", "raw", "sending"):
            if not isinstance(getattr(self, name), str):
                raise TypeError(f"{name} must be text.")
        if not isinstance(self.amount_vnd, int) or isinstance(self.amount_vnd, bool):
            raise TypeError("An amount is a whole number of đồng.")

    @property
    def moves_money(self) -> bool:
        return self.kind in MONEY_KINDS


@dataclass(frozen=True, kw_only=True, slots=True)
class Credit:
    """Money on the bank account, as a feed tells of it; whose it is must be found in the note.

    `account` and `bank_ref` together name it once for all feeds. Only money that came in is a credit.
    """

    event_id: str
    account: str
    amount_vnd: int
    note: str
    bank_ref: str
    at: datetime
    #: the transfer code of the payment it is for, where the feed knows that otherwise than by the note
    reference: str = ""

    def __post_init__(self) -> None:
        for name in ("event_id", "account", "note", "bank_ref", "reference"):
            if not isinstance(getattr(self, name), str):
                raise TypeError(f"{name} must be text.")
        if not isinstance(self.amount_vnd, int) or isinstance(self.amount_vnd, bool):
            raise TypeError("An amount is a whole number of đồng.")
        if not 0 < self.amount_vnd < 10**15:
            raise ValueError("A credit brings money, and no more than there is.")
        if not self.account or not self.bank_ref:
            raise ValueError("A credit without an account or a reference cannot be kept once.")
        if self.at.tzinfo is None:
            raise ValueError("A moment without its zone.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Pulled:
    """What a feed had to tell when it was asked."""

    said: list[Credit]
    #: where to go on the next time, in the feed's own words
    mark: str
    #: what could not be read, as it was said: a person looks at it
    unread: list[str] = field(default_factory=list)
    #: whether there is more to be asked for at once, from `mark` on
    goes_on: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What the gateway wants to hear."""

    status: int
    body: str = ""
    type: str = "text/plain"


@runtime_checkable
class Adapter(Protocol):
    """Every way to pay, cash included."""

    code: str
    label: str
    traits: Traits

    def problems(self) -> list[str]:
        """What is missing or wrong in the configuration, as sentences; [] is healthy. Makes no call."""

    def start(self, charge: Charge, hop: Hop) -> Step:
        """Open the charge at the gateway. Repeated with one id it opens one charge."""


@runtime_checkable
class Listens(Protocol):
    """It calls us: IPN, webhook, bank feed."""

    answers: Mapping[Outcome, Reply]

    def read(self, call: Call) -> list[Fact | Credit]:
        """Proof first, on the raw bytes, then parse; without proof Forged. [] = nothing that concerns us."""


@runtime_checkable
class Asks(Protocol):
    """We can ask it: lost notifications, unknown results."""

    def ask(self, about: Charge | Return) -> Fact:
        """How things stand. Refused(code) for a return the gateway never heard of."""


@runtime_checkable
class Refunds(Protocol):
    """It can give money back, whole or in part."""

    def refund(self, back: Return) -> Fact:
        """Give it back. Repeated with one id it gives once."""


@runtime_checkable
class Closes(Protocol):
    """It can be told that a charge may not be paid any more."""

    def close(self, charge: Charge) -> Fact:
        """End an unpaid charge; the fact says how it stands afterwards (settled when somebody was faster)."""


@runtime_checkable
class Expects(Protocol):
    """A feed that tells only of transfers it knows of beforehand."""

    def expect(self, charge: Charge, hop: Hop) -> ShowQr:
        """How the transfer is to be made so that it is told of. `charge.gateway_ref` is its transfer code, which
        comes back as the `reference` of the credits. Repeated with one id it leads to the same charge."""


@runtime_checkable
class Looks(Protocol):
    """A feed that can be asked what came for one charge."""

    def look(self, charge: Charge) -> list[Credit]:
        """All that came for it so far, under the same `event_id` as when the feed tells of it by itself."""


@runtime_checkable
class Pulls(Protocol):
    """A feed that can be asked what came to the account: notifications may be lost."""

    def pull(self, mark: str) -> Pulled | None:
        """What came since the mark of the last time ("" the first time), under the same `event_id` as when the
        feed tells of it by itself. Whatever was told before may be told again. None: it is not set up for that."""
