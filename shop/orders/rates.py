"""What is kept of a sale for the market and for the tax office: rates as ruled on the day, amounts per line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from shop.orders.values import QuoteLine

#: where no row fits, what cannot be told is taxed as the law taxes it: at the highest
HIGHEST_VAT, HIGHEST_INCOME_TAX = Decimal("0.05"), Decimal("0.02")
WHOLE_BP = 10_000
# One statement however many lines: the first rule of each list that fits.
FIRST_THAT_FITS = """
    SELECT fee.rate_bp, tax.id, tax.vat_rate, tax.income_tax_rate
    FROM unnest(%(packs)s::bigint[], %(classes)s::text[], %(own)s::boolean[])
        WITH ORDINALITY AS sold(pack_id, tax_class, own_grown, place)
    JOIN catalogue_pack AS pack ON pack.id = sold.pack_id
    JOIN catalogue_listing AS listing ON listing.id = pack.listing_id
    JOIN catalogue_product AS product ON product.id = listing.product_id
    JOIN farmers_storefront AS storefront ON storefront.id = listing.storefront_id
    JOIN farmers_household AS household ON household.id = storefront.household_id
    LEFT JOIN LATERAL (
        SELECT rule.rate_bp FROM orders_commissionrule AS rule
        WHERE rule.seller_kind IN ('', household.kind)
            AND coalesce(rule.product_id = product.id, true)
            AND coalesce(rule.category_id = product.category_id, true)
            AND rule.from_day <= %(day)s AND coalesce(rule.until_day >= %(day)s, true)
        ORDER BY rule.position LIMIT 1) AS fee ON true
    LEFT JOIN LATERAL (
        SELECT rule.id, rule.vat_rate, rule.income_tax_rate FROM orders_withholdingrule AS rule
        WHERE rule.seller_kind IN ('', household.kind)
            AND rule.tax_class IN ('', sold.tax_class)
            AND coalesce(rule.own_grown = sold.own_grown, true)
            AND rule.from_day <= %(day)s AND coalesce(rule.until_day >= %(day)s, true)
        ORDER BY rule.position LIMIT 1) AS tax ON true
    ORDER BY sold.place
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rates:
    #: parts of ten thousand
    fee_rate_bp: int
    vat_rate: Decimal
    income_tax_rate: Decimal
    #: the rule that says so of the taxes; none where no rule fits
    withholding_id: int | None = None

    def on(self, line_vnd: int) -> dict[str, int | Decimal | None]:
        """The rates with their rule, and what they take of a line of so much, each rounded down to whole đồng."""
        return {
            "fee_rate_bp": self.fee_rate_bp,
            "fee_vnd": line_vnd * self.fee_rate_bp // WHOLE_BP,
            "withholding_id": self.withholding_id,
            "vat_rate": self.vat_rate,
            "vat_vnd": int(line_vnd * self.vat_rate),
            "income_tax_rate": self.income_tax_rate,
            "income_tax_vnd": int(line_vnd * self.income_tax_rate),
        }


def of(lines: Sequence[QuoteLine], day: date) -> list[Rates]:
    """The rates of each line, in their order, as ruled on that day. One query."""
    values = {
        "packs": [line.pack_id for line in lines],
        "classes": [line.tax_class for line in lines],
        "own": [line.own_grown for line in lines],
        "day": day,
    }
    with connection.cursor() as cursor:
        cursor.execute(FIRST_THAT_FITS, values)
        return [_rates(*row) for row in cursor.fetchall()]


def _rates(
    fee_rate_bp: int | None,
    withholding_id: int | None,
    vat_rate: Decimal | None,
    income_tax_rate: Decimal | None,
) -> Rates:
    return Rates(
        fee_rate_bp=fee_rate_bp or 0,
        vat_rate=HIGHEST_VAT if vat_rate is None else vat_rate,
        income_tax_rate=HIGHEST_INCOME_TAX if income_tax_rate is None else income_tax_rate,
        withholding_id=withholding_id,
    )
