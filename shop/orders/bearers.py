"""Who bears a refund, in words: what the finance desk reads before it says yes."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from payments.books.post import Shares
from shop.orders.models import PartRefund
from shop.orders.money import Fault, all_shares_given_back, earned_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Bearer:
    """Who it is, how many đồng, and how it is taken."""

    who: str
    amount_vnd: int
    how: str


def bearers_of(part: PartRefund) -> list[Bearer]:
    """Who bears a refund that is not booked yet; together they bear all of it."""
    return bearers_of_all([part])[0]


def bearers_of_all(parts: Sequence[PartRefund]) -> list[list[Bearer]]:
    """The same of many, in their order. Three queries, however many."""
    shares, earned = all_shares_given_back(parts), earned_of({part.suborder_id for part in parts})
    return [
        _bearers(part, given, earned=part.suborder_id in earned)
        for part, given in zip(parts, shares, strict=True)
    ]


def _bearers(part: PartRefund, shares: Shares, *, earned: bool) -> list[Bearer]:
    if part.fault == Fault.CARRIER:
        return [_deliverer(part)]
    if part.fault in (Fault.NOBODY, Fault.BUYER):
        return [_loss_fund(part)]
    return [each for each in _earners(part, shares, earned=earned) if each.amount_vnd]


def _deliverer(part: PartRefund) -> Bearer:
    suborder = part.suborder
    if suborder.carrier == "own":
        return Bearer(
            who=suborder.storefront.name,
            amount_vnd=part.amount_vnd,
            how=_("hộ tự giao: trừ vào tiền giao của hộ, ở lần chi trả tới"),
        )
    return Bearer(
        who=suborder.way,
        amount_vnd=part.amount_vnd,
        how=_("trừ vào tiền nợ bên giao; hộ vẫn nhận đủ"),
    )


def _loss_fund(part: PartRefund) -> Bearer:
    how = (
        _("không nợ người mua; tỉnh tự nguyện trả lại, hộ và bên giao vẫn nhận đủ")
        if part.fault == Fault.BUYER
        else _("hộ và bên giao vẫn nhận đủ")
    )
    return Bearer(who=_("Quỹ tổn thất của tỉnh"), amount_vnd=part.amount_vnd, how=how)


def _earners(part: PartRefund, shares: Shares, *, earned: bool) -> list[Bearer]:
    suborder = part.suborder
    how = (
        _("đã ghi cho hộ: thành dòng âm của lần chi trả tới")
        if earned
        else _("chưa ghi cho hộ: khi đơn hoàn tất, hộ nhận ít đi ngần này")
    )
    own = suborder.carrier == "own"
    household_vnd = shares.payable_vnd + (shares.delivery_vnd if own else 0)
    taxes = _("thuế đã khấu trừ được trả lại") if earned else _("khấu trừ ít đi")
    return [
        Bearer(who=suborder.storefront.name, amount_vnd=household_vnd, how=how),
        Bearer(
            who=suborder.way,
            amount_vnd=0 if own else shares.delivery_vnd,
            how=_("tiền giao không trả cho bên giao nữa"),
        ),
        Bearer(who=_("Phí của chợ"), amount_vnd=shares.commission_vnd, how=_("chợ thu ít đi")),
        Bearer(who=_("Thuế GTGT"), amount_vnd=shares.vat_vnd, how=taxes),
        Bearer(who=_("Thuế TNCN"), amount_vnd=shares.income_tax_vnd, how=taxes),
    ]
