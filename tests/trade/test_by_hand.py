"""docs/money-by-hand.md comes out to the đồng when the same things happen through the real services."""

from dataclasses import replace

from benchmarks.trade import checks, example, month
from benchmarks.trade.example import Example
from benchmarks.trade.goods import GOODS
from benchmarks.trade.goods import HOUSEHOLD as OWN_GROWN
from benchmarks.trade.market import Market
from benchmarks.trade.plain import reckon
from shop.orders import money


def differences(by_hand: Example, market: Market) -> list[str]:
    """What the document says otherwise than the market's own rows and books do."""
    said = [
        ("sold", by_hand.sold, {each: sold(market, each) for each in by_hand.sold}),
        ("earned", by_hand.earned, {each: earned(market, each) for each in by_hand.earned}),
        ("balances", by_hand.sheet, checks.sheet(market.town)),
    ]
    found = [
        f"{name}: {ours} by hand, {theirs} in the market" for name, ours, theirs in said if ours != theirs
    ]
    return [*found, *checks.by_hand(market.town, by_hand).wrong]


def sold(market: Market, order: str) -> tuple[int, int]:
    row = market.orders[example.number_of(order)]
    return row.goods_vnd, row.delivery_vnd


def earned(market: Market, order: str) -> tuple[int, ...]:
    part = market.orders[example.number_of(order)].suborders.get()
    left = money.left_of(part)
    shares = money.shares_of(part, left)
    taken = (shares.commission_vnd, shares.vat_vnd, shares.income_tax_vnd)
    return (left.goods_vnd, *taken, shares.payable_vnd, shares.delivery_vnd)


def test_it_is_about_the_goods_that_are_sold():
    for name, (price_vnd, fee, vat, income_tax, gross_g) in example.wares().items():
        good = GOODS[name]
        assert (good.price_vnd, good.gross_g) == (price_vnd, gross_g)
        assert good.fee_bp[OWN_GROWN] == round(fee * 100)
        assert good.taxes[OWN_GROWN] == (round(vat * 1000), round(income_tax * 1000))


def test_what_is_reckoned_by_hand_is_what_the_services_do(committed_db):
    by_hand = example.read()
    with month.played(by_hand.alone()) as market:
        compared = checks.all_of(market.town, market.tills, reckon(market.facts))
        assert list(checks.names(compared)) == []
        assert differences(by_hand, market) == []
        for wrong in off_by_one(by_hand):
            assert differences(wrong, market)


def off_by_one(by_hand: Example) -> list[Example]:
    """The document with one figure after the other wrong by one đồng."""
    (first_vnd, said), *others = by_hand.payouts
    found = [replace(by_hand, payouts=((first_vnd + 1, said), *others))]
    for account, balance_vnd in by_hand.sheet.items():
        found.append(replace(by_hand, sheet={**by_hand.sheet, account: balance_vnd + 1}))
    for table in ("sold", "earned"):
        for order, figures in getattr(by_hand, table).items():
            for place in range(len(figures)):
                changed = tuple(vnd + (number == place) for number, vnd in enumerate(figures))
                found.append(replace(by_hand, **{table: {**getattr(by_hand, table), order: changed}}))
    return found
