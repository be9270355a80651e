"""What a household hears of its payouts. The post itself is `accounts.notices`."""

from django.utils.translation import gettext as _

from common.money import vnd
from farmers.letters import Letter, tell
from payments.payouts.bank_file import bank_name
from payments.payouts.models import Payout

MONEY, ACCOUNT = "desk:money", "desk:money-account"


def sent(payout: Payout) -> None:
    """The money is on its way."""

    def words() -> Letter:
        facts = _facts(payout)
        return Letter(
            subject=_("Chợ đã chuyển %(amount)s cho nhà mình") % facts,
            paragraphs=[
                _("Tiền về tài khoản %(bank)s có bốn số cuối %(end)s, thường trong ngày.") % facts,
                _("Nội dung chuyển khoản: %(note)s. Từng đơn và số tiền xem ở mục Tiền.") % facts,
            ],
            button=_("Xem tiền của nhà mình"),
        )

    tell(payout.household, "payout_sent", words, MONEY)


def bounced(payout: Payout) -> None:
    """The bank sent it back, or it never left; nothing is lost."""

    def words() -> Letter:
        facts = _facts(payout)
        return Letter(
            subject=_("Tiền chưa tới được tài khoản của nhà mình"),
            paragraphs=[
                _("%(amount)s gửi tới tài khoản có bốn số cuối %(end)s chưa rời tài khoản của chợ.") % facts
                if payout.never_left
                else _("Ngân hàng trả lại %(amount)s mà chợ chuyển tới tài khoản có bốn số cuối %(end)s.")
                % facts,
                _("Tiền không mất: chợ giữ cho nhà mình và trả vào lần sau. Lý do ngân hàng ghi ở dưới."),
                _("Chủ hộ xem lại số tài khoản; sai thì sửa ở mục Tiền."),
            ],
            button=_("Xem tài khoản nhận tiền"),
            why=payout.reason,
        )

    tell(payout.household, "payout_bounced", words, ACCOUNT)


def _facts(payout: Payout) -> dict[str, str]:
    return {
        "amount": vnd(payout.amount_vnd),
        "bank": bank_name(payout.bank_bin),
        "end": payout.account_end,
        "note": payout.note,
    }
