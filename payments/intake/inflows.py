"""The read side of what gateways and carriers account for as sent, and what the bank returned.

What lacks money, who sends, who sent too much.
"""

from collections.abc import Iterable

from django.db.models import Case, F, Q, QuerySet, Sum, When
from django.utils.translation import gettext as _

from payments.books import links
from payments.books.models import Account
from payments.intake.inflow_models import BANK, BEFORE, LATER
from payments.intake.models import Credit, Inflow

#: what nothing has come for and is from before may have come long ago
KNOWN = Q(from_before=False) | Q(came_vnd__gt=0)


def inflows_for(credit: Credit, text: str = "") -> QuerySet[Inflow]:
    """What lacks money that the credit may be counted for: what lacks exactly as much first, then the latest.

    With `text` those whose words, or what their sender is called, hold it, also those from before of which nobody knows.
    """
    rows = Inflow.objects.filter(came_vnd__lt=F("sent_vnd")).exclude(sender=BEFORE)
    if credit.sender:
        rows = rows.filter(sender=credit.sender)
    if not text:
        rows = rows.filter(KNOWN)
    else:
        rows = rows.filter(Q(words__icontains=text) | Q(sender__in=_called(text)))
    exact = Case(When(sent_vnd=F("came_vnd") + credit.spare_vnd, then=0), default=1)
    return rows.order_by(exact, "-pk")


def _called(text: str) -> list[str]:
    """Owner keys of the senders in whose words the text stands, however it is written."""
    names = words_of([*senders(), BANK])
    return [key for key, words in names.items() if key and text.casefold() in words.casefold()]


def senders() -> list[str]:
    """Owner keys of the gateways and carriers that ever held money of ours."""
    kinds = {Account.Kind.GATEWAY: "gateway:{}", Account.Kind.CARRIER: "{}"}
    rows = Account.objects.filter(kind__in=kinds).exclude(owner__startswith="household:")
    return sorted(kinds[kind].format(owner) for kind, owner in rows.values_list("kind", "owner"))


def lacking() -> dict[str, int]:
    """Sender → đồng that it accounted for and no credit has brought; what is from before is not known to lack."""
    rows = Inflow.objects.filter(KNOWN, came_vnd__lt=F("sent_vnd")).exclude(sender=BEFORE).order_by()
    return dict(rows.values_list("sender").annotate(whole=Sum(F("sent_vnd") - F("came_vnd"))))


def over() -> dict[str, int]:
    """Sender → đồng that it sent beyond what it accounts for, and that we hold."""
    rest = F("amount_vnd") - F("counted_vnd") - F("returned_vnd")
    rows = Credit.objects.filter(state=Credit.State.OVER).order_by()
    return dict(rows.values_list("sender").annotate(whole=Sum(rest)))


def waited_for(about: str) -> QuerySet[Inflow]:
    """The same, and after it what is waited for because of that since the upgrade, where it is from before."""
    return Inflow.objects.filter(about__in=(about, about + LATER)).order_by("pk")


def of(about: str) -> Inflow | None:
    """What is waited for because of a statement, a file or a parcel's cash; None where nothing is."""
    return Inflow.objects.filter(about=about).first()


def words_of(keys: Iterable[str]) -> dict[str, str]:
    """Senders as people call them."""
    called = links.called({*keys} - {"", BEFORE, BANK})
    ours = {"": "", BEFORE: _("ghép từ trước"), BANK: _("ngân hàng trả về")}
    return {**ours, **{key: each.words for key, each in called.items()}}
