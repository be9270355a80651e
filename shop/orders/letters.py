"""Which letters an order sends, when, and in what words. The post itself is `accounts.notices`."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.notices import post
from common.money import vnd
from common.templatetags.vn import vn_date, vn_day, vn_time
from farmers.models import Membership
from payments.intake.models import Credit, Payment, Refund
from payments.intake.queries import gives_back_itself
from shop.orders import links
from shop.orders.models import Order, OrderPayment, SubOrder
from shop.orders.moves import Role


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """Words of one letter, already in the reader's language."""

    subject: str
    paragraphs: list[str]
    button: str
    parts: list[SubOrder] = field(default_factory=list)


def confirmed(order_id: int) -> None:
    """The buyer hears that the order stands, each household that it has something to pack; everybody once.

    What has moved on by then is not announced any more.
    """
    order = Order.objects.filter(pk=order_id).first()
    if order is None:
        return
    placed(order) if order.is_cod else paid(order)
    for part in order.suborders.select_related("order", "storefront").order_by("position"):
        if part.state == SubOrder.State.CONFIRMED:
            household_has_order(part)


def placed(order: Order) -> None:
    """Cash on delivery: the order stands, the money is paid at the door."""

    def words() -> Letter:
        text = _("Chúng tôi đã nhận đơn %(number)s. Bạn trả %(total)s bằng tiền mặt khi nhận hàng.")
        return Letter(
            subject=_("Đã nhận đơn %(number)s") % {"number": order.number},
            paragraphs=[text % {"number": order.number, "total": vnd(order.total_vnd)}, _clock_words()],
            button=_("Theo dõi đơn"),
            parts=_parts(order),
        )

    to_buyer(order, "order_placed", words, once=True)


def paid(order: Order) -> None:
    """The money came and the households know."""

    def words() -> Letter:
        text = _("Chúng tôi đã nhận %(total)s cho đơn %(number)s. Các hộ đã được báo.")
        return Letter(
            subject=_("Đã nhận tiền cho đơn %(number)s") % {"number": order.number},
            paragraphs=[text % {"number": order.number, "total": vnd(order.total_vnd)}, _clock_words()],
            button=_("Theo dõi đơn"),
            parts=_parts(order),
        )

    to_buyer(order, "order_paid", words, once=True)


def expired(order: Order, *, is_held: bool = False) -> None:
    """The goods were let go: nobody paid in time, or (`is_held`) the gateway still doubts the money."""

    def words() -> Letter:
        text = (
            _(
                "Bên thanh toán vẫn đang kiểm tra khoản trả cho đơn %(number)s, nên chúng tôi phải nhả hàng cho người "
                "khác. Tiền của bạn không mất."
            )
            if is_held
            else _(
                "Chúng tôi chưa thấy tiền cho đơn %(number)s nên đã nhả hàng cho người khác. "
                "Bạn không mất gì. Nếu bạn đã chuyển tiền, tiền sẽ được dùng cho đơn này khi còn hàng, "
                "hoặc tự quay về tài khoản của bạn."
            )
        )
        return Letter(
            subject=_("Đơn %(number)s đã hết hạn trả tiền") % {"number": order.number},
            paragraphs=[text % {"number": order.number}, *([held_words()] if is_held else [])],
            button=_("Xem đơn"),
        )

    to_buyer(order, "order_expired", words)


def money_goes_back(order: Order, payment: Payment) -> None:
    """Late money that can no longer be used."""

    def words() -> Letter:
        text = _(
            "%(amount)s cho đơn %(number)s đến khi đơn không còn giao được nữa. "
            "Chúng tôi đang trả lại toàn bộ số tiền này."
        )
        return Letter(
            subject=_("Tiền của đơn %(number)s đang được trả lại") % {"number": order.number},
            paragraphs=[
                text % {"number": order.number, "amount": vnd(payment.settled_vnd)},
                way_back(payment.adapter),
            ],
            button=_("Xem đơn"),
        )

    to_buyer(order, "order_money_back", words)


def refunded(refund: Refund) -> None:
    """Money has gone back, by its gateway or by hand."""
    order = order_of(refund.payment)
    if order is None:
        return

    def words() -> Letter:
        text = _("Đã hoàn %(amount)s của đơn %(number)s. Ngân hàng có thể ghi có chậm vài ngày.")
        return Letter(
            subject=_("Đã hoàn tiền đơn %(number)s") % {"number": order.number},
            paragraphs=[text % {"number": order.number, "amount": vnd(refund.amount_vnd)}],
            button=_("Xem đơn"),
        )

    to_buyer(order, "order_refunded", words)


def refund_by_hand(refund: Refund) -> None:
    """The gateway could not give money back: people of the province do it, unless the buyer's bank did already."""
    order = order_of(refund.payment)
    if order is None or refund.is_taken_back:
        return

    def words() -> Letter:
        text = _(
            "Cổng thanh toán chưa trả lại được %(amount)s của đơn %(number)s. Cán bộ tỉnh sẽ chuyển tay cho bạn; "
            "nếu cần số tài khoản, chúng tôi sẽ liên hệ qua kênh chính thức và không bao giờ hỏi mã OTP."
        )
        return Letter(
            subject=_("Tiền hoàn đơn %(number)s đang được chuyển tay") % {"number": order.number},
            paragraphs=[text % {"number": order.number, "amount": vnd(refund.amount_vnd)}],
            button=_("Xem đơn"),
        )

    to_buyer(order, "order_refund_by_hand", words)


def transferred(credit: Credit) -> None:
    """Money for an order was not the asked sum: what is missing, or what goes back, or has gone."""
    order = credit.payment and order_of(credit.payment)
    if order is None:
        return

    def words() -> Letter:
        back_vnd = credit.returned_vnd or credit.spare_vnd
        facts = {"number": order.number, "came": vnd(credit.amount_vnd), "back": vnd(back_vnd)}
        subject, text = (
            _of_gateway(credit)
            or {
                Credit.State.WAITING: (
                    _("Đơn %(number)s còn thiếu tiền"),
                    _(
                        "Chúng tôi đã nhận %(came)s cho đơn %(number)s, chưa đủ. Mở trang trả tiền để xem còn thiếu bao "
                        "nhiêu và chuyển nốt với đúng nội dung cũ. Không chuyển nốt thì tiền này được trả lại bạn."
                    ),
                ),
                Credit.State.TO_RETURN: (
                    _("Tiền thừa của đơn %(number)s sẽ được trả lại"),
                    _(
                        "%(back)s chuyển cho đơn %(number)s không dùng đến. Cán bộ tỉnh sẽ chuyển trả về tài khoản đã gửi; "
                        "bạn không phải làm gì."
                    ),
                ),
                Credit.State.RETURNED: (
                    _("Đã trả lại tiền thừa của đơn %(number)s"),
                    _("Chúng tôi đã chuyển trả %(back)s của đơn %(number)s về tài khoản đã gửi."),
                ),
            }[credit.state]
        )
        return Letter(subject=subject % facts, paragraphs=[text % facts], button=_("Xem đơn"))

    to_buyer(order, f"transfer_{credit.state}", words)


def _of_gateway(credit: Credit) -> tuple[str, str] | None:
    """Subject and text about money that a gateway took and that nobody asked for so: no account is known for it."""
    if not credit.gateway:
        return None
    return {
        Credit.State.TO_RETURN: (
            _("Tiền đã trả cho đơn %(number)s sẽ được trả lại"),
            _(
                "Cổng thanh toán đã nhận %(came)s, khác số tiền của đơn %(number)s; %(back)s không dùng đến. Cán bộ "
                "tỉnh sẽ trả lại cho bạn; nếu cần số tài khoản, chúng tôi sẽ liên hệ qua kênh chính thức và không bao "
                "giờ hỏi mã OTP."
            ),
        ),
        Credit.State.RETURNED: (
            _("Đã trả lại tiền của đơn %(number)s"),
            _(
                "Chúng tôi đã trả lại %(back)s của đơn %(number)s. Ngân hàng hoặc ví có thể ghi có chậm vài ngày."
            ),
        ),
    }.get(credit.state)


def packed(suborder: SubOrder) -> None:
    def words() -> Letter:
        text = _("%(household)s đã đóng gói phần hàng của bạn trong đơn %(number)s.")
        return Letter(
            subject=_("%(household)s đã đóng gói") % {"household": suborder.storefront.name},
            paragraphs=[text % {"household": suborder.storefront.name, "number": suborder.order.number}],
            button=_("Theo dõi đơn"),
            parts=[suborder],
        )

    to_buyer(suborder.order, "part_packed", words)


def shipped(suborder: SubOrder, *, carrier: str, tracking: str) -> None:
    def words() -> Letter:
        text = _("Hàng của %(household)s đã lên đường (%(carrier)s), dự kiến đến %(day)s.")
        facts = {
            "household": suborder.storefront.name,
            "carrier": carrier,
            "day": vn_date(suborder.promised_to),
        }
        lines = [text % facts]
        if tracking:
            lines.append(_("Mã vận đơn: %(tracking)s") % {"tracking": tracking})
        return Letter(
            subject=_("Hàng của %(household)s đang trên đường") % facts,
            paragraphs=lines,
            button=_("Theo dõi đơn"),
            parts=[suborder],
        )

    to_buyer(suborder.order, "part_shipped", words)


def delivered(suborder: SubOrder) -> None:
    def words() -> Letter:
        text = _("Phần hàng của %(household)s trong đơn %(number)s đã giao xong. Chúc bạn ngon miệng.")
        return Letter(
            subject=_("Đã giao hàng của %(household)s") % {"household": suborder.storefront.name},
            paragraphs=[text % {"household": suborder.storefront.name, "number": suborder.order.number}],
            button=_("Xem đơn"),
        )

    to_buyer(suborder.order, "part_delivered", words)


def declined(suborder: SubOrder, *, refund_vnd: int) -> None:
    """The household cannot fulfil: what happens to the money is said in the same breath."""

    def words() -> Letter:
        facts = {"household": suborder.storefront.name, "number": suborder.order.number}
        text = _(
            "Tiếc quá: %(household)s không giao được phần hàng trong đơn %(number)s. Các phần khác không bị ảnh hưởng."
        )
        return Letter(
            subject=_("%(household)s không giao được hàng") % facts,
            paragraphs=[text % facts, *_money_words(suborder.order, refund_vnd)],
            button=_("Xem đơn"),
            parts=[suborder],
        )

    to_buyer(suborder.order, "part_declined", words)


def part_cancelled(suborder: SubOrder, *, role: str, refund_vnd: int) -> None:
    """Cancelled before packing, or before payment (then only the buyer hears it and nothing goes back)."""

    def words() -> Letter:
        facts = {"household": suborder.storefront.name, "number": suborder.order.number}
        text = _("Phần hàng của %(household)s trong đơn %(number)s đã hủy.")
        return Letter(
            subject=_("Đã hủy hàng của %(household)s") % facts,
            paragraphs=[text % facts, *_money_words(suborder.order, refund_vnd)],
            button=_("Xem đơn"),
        )

    to_buyer(suborder.order, "part_cancelled", words)
    if suborder.confirmed_at and role != Role.HOUSEHOLD:

        def theirs() -> Letter:
            text = _("Đơn %(number)s không phải giao nữa. Hàng đã trở lại lô của nhà mình.")
            return Letter(
                subject=_("Đơn %(number)s đã hủy") % {"number": suborder.number},
                paragraphs=[text % {"number": suborder.number}],
                button=_("Xem đơn"),
            )

        to_household(suborder, "household_part_cancelled", theirs)


def household_has_order(suborder: SubOrder) -> None:
    def words() -> Letter:
        facts = {
            "number": suborder.number,
            "time": vn_time(suborder.pack_by),
            "day": vn_day(suborder.pack_by),
        }
        text = _("Nhà mình có đơn %(number)s. Đóng gói xong trước %(time)s %(day)s.")
        return Letter(
            subject=_("Đơn mới %(number)s") % facts,
            paragraphs=[text % facts, _("Bấm “Nhận việc” để khách yên tâm.")],
            button=_("Mở đơn"),
            parts=[suborder],
        )

    to_household(suborder, "household_order", words, once=True)


def household_reminder(suborder: SubOrder) -> None:
    def words() -> Letter:
        facts = {
            "number": suborder.number,
            "time": vn_time(suborder.pack_by),
            "day": vn_day(suborder.pack_by),
        }
        text = _(
            "Đơn %(number)s chưa ai nhận. Đóng gói xong trước %(time)s %(day)s; không làm kịp thì báo ngay."
        )
        return Letter(
            subject=_("Nhắc: đơn %(number)s đang chờ") % facts,
            paragraphs=[text % facts],
            button=_("Mở đơn"),
        )

    to_household(suborder, "household_reminder", words)


def household_declined_by_clock(suborder: SubOrder) -> None:
    def words() -> Letter:
        text = _(
            "Đơn %(number)s quá hạn đóng gói nên hệ thống đã trả lại tiền cho khách. Đơn này không phải giao nữa."
        )
        return Letter(
            subject=_("Đơn %(number)s đã quá hạn") % {"number": suborder.number},
            paragraphs=[text % {"number": suborder.number}],
            button=_("Xem đơn"),
        )

    to_household(suborder, "household_declined", words)


def order_url(order: Order) -> str:
    """The buyer's address of an order with its signed link."""
    path = reverse("market:order", args=[order.number])
    return f"{settings.PUBLIC_URL}{path}?k={links.sign(order)}"


def held_words() -> str:
    """What becomes of money that the gateway doubts."""
    return _(
        "Được xác nhận: còn hàng thì đơn được giao, hết hàng thì trả lại đủ. Bị từ chối: bên thanh toán trả lại bạn."
    )


def _clock_words() -> str:
    return _("Bạn không phải làm gì thêm: mỗi khi hàng sang bước mới, chúng tôi sẽ báo.")


def way_back(adapter: str) -> str:
    """On which way money comes back to a buyer who paid so."""
    if adapter == "cod":
        return _("Đơn này trả tiền mặt, nên cán bộ tỉnh liên hệ để chuyển cho bạn. Không ai hỏi bạn mã OTP.")
    if gives_back_itself(adapter):
        return _("Tiền về nơi bạn đã trả. Bạn không phải làm gì.")
    return _("Cán bộ tỉnh liên hệ để chuyển cho bạn. Không ai hỏi bạn mã OTP.")


def _money_words(order: Order, refund_vnd: int) -> list[str]:
    if not refund_vnd:
        return [_("Bạn chưa trả tiền cho phần này, nên không mất gì.")]
    return [_("%(amount)s đang được trả lại.") % {"amount": vnd(refund_vnd)}, way_back(order.adapter)]


def order_of(payment: Payment) -> Order | None:
    use = OrderPayment.objects.select_related("order").filter(payment=payment).first()
    return use.order if use else None


def _parts(order: Order) -> list[SubOrder]:
    return list(order.suborders.select_related("storefront").prefetch_related("lines"))


def to_buyer(order: Order, kind: str, words: Callable[[], Letter], *, once: bool = False) -> None:
    """`once`: a letter that a job writes, which may run twice."""
    with translation.override(order.language):
        letter = words()
        context = {"letter": letter, "order": order, "url": order_url(order), "name": order.name}
        text, html = _render(context)
    post.send(
        to_user=order.user,
        phone=order.phone,
        email=order.email,
        language=order.language,
        subject=letter.subject,
        text=text,
        html=html,
        kind=kind,
        key=f"{kind}:{order.pk}" if once else None,
    )


def to_household(suborder: SubOrder, kind: str, words: Callable[[], Letter], *, once: bool = False) -> None:
    members = Membership.objects.filter(household=suborder.storefront.household_id).select_related("user")
    for user in [each.user for each in members]:
        _to_member(user, suborder, kind, words, key=f"{kind}:{suborder.pk}:{user.pk}" if once else None)


def _to_member(
    user: User, suborder: SubOrder, kind: str, words: Callable[[], Letter], *, key: str | None
) -> None:
    with translation.override(user.language):
        letter = words()
        path = reverse("desk:order", args=[suborder.order.number, suborder.position])
        context = {
            "letter": letter,
            "order": suborder.order,
            "url": f"{settings.PUBLIC_URL}{path}",
            "name": user.display_name,
        }
        text, html = _render(context)
    post.send(
        to_user=user,
        language=user.language,
        subject=letter.subject,
        text=text,
        html=html,
        kind=kind,
        key=key,
    )


def _render(context: dict) -> tuple[str, str]:
    context = {**context, "subject": context["letter"].subject, "public_url": settings.PUBLIC_URL}
    return render_to_string("emails/order.txt", context), render_to_string("emails/order.html", context)
