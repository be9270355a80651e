"""The directory's lines: one per storefront with rows, added up from them."""

from collections import defaultdict
from collections.abc import Iterable

from farmers.models import Storefront
from shop.search import text
from shop.search.known import Known
from shop.search.models import SearchRow, SearchSeller

#: products that a line keeps
_PRODUCTS = 8
_COLUMNS = [each.name for each in SearchSeller._meta.fields if each.name != "storefront"]


def refresh(storefront_ids: Iterable[int], names: Known) -> None:
    """Make the lines of these storefronts true, inside the caller's transaction that holds their locks. Four queries."""
    ids = set(storefront_ids)
    lines = built(ids, names)
    gone = ids - {line.pk for line in lines}
    SearchSeller.objects.filter(pk__in=gone).delete()
    SearchSeller.objects.bulk_create(
        lines, update_conflicts=True, unique_fields=["storefront"], update_fields=_COLUMNS
    )


def built(storefront_ids: set[int], names: Known) -> list[SearchSeller]:
    """The lines that these storefronts should have now. Two queries."""
    rows: dict[int, list[tuple[int, int]]] = defaultdict(list)
    found = SearchRow.objects.filter(storefront__in=storefront_ids, product__in=names.products)
    for storefront, product, standing in found.values_list("storefront", "product", "standing"):
        rows[storefront].append((product, standing))
    shops = Storefront.objects.filter(pk__in=rows.keys(), household__commune__in=names.communes)
    shops = shops.select_related("household")
    return [_line(shop, rows[shop.pk], names) for shop in shops]


def _line(shop: Storefront, rows: list[tuple[int, int]], names: Known) -> SearchSeller:
    counted: dict[int, int] = defaultdict(int)
    for product, _standing in rows:
        counted[product] += 1
    products = sorted(counted, key=lambda each: (-counted[each], each))
    commune = names.communes[shop.household.commune_id]
    labelled = [(word, "A") for word in text.tokens(shop.name)]
    labelled += [(word, "B") for word in sorted(commune.words)]
    labelled += [(word, "C") for each in products for word in sorted(names.products[each].words)]
    return SearchSeller(
        storefront=shop,
        slug=shop.slug,
        name=shop.name,
        commune_code=commune.code,
        listings=len(rows),
        to_buy=sum(1 for _product, standing in rows if standing),
        products=products[:_PRODUCTS],
        drawing=names.products[products[0]].drawing,
        names=text.vector(labelled),
    )
