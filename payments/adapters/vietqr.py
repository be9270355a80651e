"""VietQR: a transfer from any bank's app to the market's account. Nothing is called and nothing calls.

The QR code carries account, sum and a reference; a bank feed tells of the money (`payments.adapters.feeds`)
and `payments.intake.matching` finds whose it is.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from common import province
from payments.adapters import emv
from payments.adapters.banks import NAMES
from payments.adapters.contract import Charge, Clock, Hop, ShowQr, Traits, Transfer, setting
from payments.adapters.references import reference_of
from payments.adapters.wire import Http


class VietQR:
    """Starts only: money is seen by the feeds, and goes back by hand."""

    code = "vietqr"
    label = _("Chuyển khoản VietQR")
    traits = Traits(
        hint=_("Quét mã bằng ứng dụng ngân hàng nào cũng được. Không mất phí."),
        icon="qr",
        min_vnd=1_000,
        # above it banks send by another, slower way
        max_vnd=499_999_999,
        hold=timedelta(hours=24),
        hold_until_cut_off=True,
        calls_to_start=False,
        needs_feed=True,
    )

    @dataclass(frozen=True)
    class Config:
        bank_bin: str = setting(_("Ngân hàng (6 chữ số BIN)"), _("ví dụ 970436 là Vietcombank"))
        account: str = setting(_("Số tài khoản"), _("tài khoản nhận tiền của chợ"))
        account_name: str = setting(_("Tên tài khoản"), _("như ngân hàng ghi, không dấu"))
        #: shown to the buyer; empty: looked up by the six digits
        bank_name: str = setting(_("Tên ngân hàng, nếu không ai biết số BIN"), default="")

    def __init__(self, config: Config, http: Http, clock: Clock) -> None:
        self.config = config

    def problems(self) -> list[str]:
        wrong = []
        if not emv.BIN.fullmatch(self.config.bank_bin):
            wrong.append(_("PAYMENTS_VIETQR_BANK_BIN phải là sáu chữ số."))
        elif not self._bank():
            wrong.append(_("Thiếu PAYMENTS_VIETQR_BANK_NAME: không biết ngân hàng nào mang sáu chữ số này."))
        if not emv.ACCOUNT.fullmatch(self.config.account):
            wrong.append(_("PAYMENTS_VIETQR_ACCOUNT phải là chữ và số, nhiều nhất 19 ký tự."))
        return [str(each) for each in wrong]

    def start(self, charge: Charge, hop: Hop) -> ShowQr:
        """The code to scan, and the same in words for whoever types it. The reference follows from the id."""
        note = reference_of(charge.id, province.order_prefix())
        payload = emv.build(
            emv.Order(
                bank_bin=self.config.bank_bin,
                account=self.config.account,
                amount_vnd=charge.amount_vnd,
                purpose=note,
            )
        )
        words = Transfer(
            bank=self._bank(),
            account=self.config.account,
            account_name=self.config.account_name,
            note=note,
        )
        return ShowQr(payload=payload, gateway_ref=note, transfer=words)

    def _bank(self) -> str:
        return self.config.bank_name or NAMES.get(self.config.bank_bin, "")
