"""What was bought, one noun a file."""

from shop.orders.models.line import Allocation, OrderLine
from shop.orders.models.order import Order
from shop.orders.models.refund import PartRefund
from shop.orders.models.rule import CommissionRule, WithholdingRule
from shop.orders.models.suborder import SubOrder, SubOrderEvent
from shop.orders.models.tax import TaxMonth, TaxTotal
from shop.orders.models.use import OrderPayment

__all__ = [
    "Allocation",
    "CommissionRule",
    "Order",
    "OrderLine",
    "OrderPayment",
    "PartRefund",
    "SubOrder",
    "SubOrderEvent",
    "TaxMonth",
    "TaxTotal",
    "WithholdingRule",
]
