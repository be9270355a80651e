"""A suborder's way as the buyer reads it: what is done, what happens now, what comes."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from common.templatetags.vn import vn_day, vn_time
from shop.orders.models import SubOrder

State = SubOrder.State
PROGRESS = [State.CONFIRMED, State.PACKED, State.SHIPPED, State.DELIVERED]
ENDED = {State.CANCELLED, State.DECLINED, State.RETURNED, State.REFUNDED}
TONES = {
    State.AWAITING_PAYMENT: "warn",
    State.CONFIRMED: "info",
    State.PACKED: "info",
    State.SHIPPED: "ok",
    State.DELIVERED: "ok",
    State.COMPLETED: "ok",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """`mark` is done, now or todo."""

    what: str
    when: str
    mark: str
    icon: str


def tone(suborder: SubOrder) -> str:
    """The badge's colour: ok, info, warn or bad."""
    return TONES.get(suborder.state, "bad")


def scene(suborder: SubOrder) -> str:
    """The picture over a part: on the road, at home, or in the orchard."""
    if suborder.state in (State.SHIPPED, State.DELIVERED, State.COMPLETED):
        return "tren-duong" if suborder.state == State.SHIPPED else "anh-nhan-hang"
    return "anh-vuon"


def steps(suborder: SubOrder, *, is_cod: bool) -> list[Step]:
    """The steps of one part, in the order they happen; an ended part shows how far it came and why it ended."""
    rows = [
        (_("Đã đặt, trả khi nhận") if is_cod else _("Đã trả tiền"), suborder.confirmed_at, "", "wallet"),
        (_("Nhà vườn nhận việc"), suborder.seen_at, "", "check"),
        (_("Đóng gói xong"), suborder.packed_at, _clock(suborder), "box"),
    ]
    if not suborder.is_pickup:
        rows.append((_("Lên đường"), suborder.shipped_at, suborder.way, "truck"))
    last = _("Bạn đến lấy hàng") if suborder.is_pickup else _("Bạn nhận hàng")
    rows.append((last, suborder.delivered_at, _promise(suborder), "home"))
    if suborder.state in ENDED:
        return [*_done(rows), _end(suborder)]
    return _marked(rows, waiting=suborder.state == State.AWAITING_PAYMENT)


def _marked(rows: list[tuple[str, datetime | None, str, str]], *, waiting: bool) -> list[Step]:
    found, now_given = [], False
    last_done = max((place for place, row in enumerate(rows) if row[1]), default=-1)
    for place, (what, moment, plan, icon) in enumerate(rows):
        if moment or place < last_done:
            found.append(Step(what=what, when=_moment(moment), mark="done", icon="check"))
        elif not now_given:
            now_given = True
            found.append(Step(what=what, when=plan, mark="now" if not waiting else "todo", icon=icon))
        else:
            found.append(Step(what=what, when=plan, mark="todo", icon=icon))
    return found


def _done(rows: list[tuple[str, datetime | None, str, str]]) -> list[Step]:
    return [
        Step(what=what, when=_moment(at), mark="done", icon="check") for what, at, _plan, _icon in rows if at
    ]


def _end(suborder: SubOrder) -> Step:
    return Step(what=suborder.get_state_display(), when=_moment(suborder.ended_at), mark="now", icon="x")


def _moment(moment: datetime | None) -> str:
    return f"{vn_time(moment)}, {vn_day(moment)}" if moment else ""


def _clock(suborder: SubOrder) -> str:
    if suborder.pack_by is None:
        return ""
    return _("hẹn xong trước %(time)s, %(day)s") % {
        "time": vn_time(suborder.pack_by),
        "day": vn_day(suborder.pack_by),
    }


def _promise(suborder: SubOrder) -> str:
    if suborder.promised_from == suborder.promised_to:
        return vn_day(suborder.promised_to)
    return f"{vn_day(suborder.promised_from)} – {vn_day(suborder.promised_to)}"
