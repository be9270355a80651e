"""Where tests find the demo's pretended VNPay."""

from fakes.vnpay import SECRET, TMN_CODE, VNPayFake, bars, form, hashed, signed_query

__all__ = ["SECRET", "TMN_CODE", "VNPayFake", "bars", "form", "hashed", "signed_query"]
