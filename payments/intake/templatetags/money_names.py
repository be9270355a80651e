"""What the province's pages call gateways, instead of their codes. No query."""

from django import template

from payments.intake import names

register = template.Library()


@register.filter
def gateway(code: str) -> str:
    """'vnpay' → 'VNPay'; the code itself of what is not installed any more."""
    return names.gateway(code)
