"""Who may sell under a name, and which marks a household may show: both follow from rows and dates."""

from datetime import date

from farmers.models import Certificate, Household
from shop.catalogue.models import Product


def may_use_name(household: Household, product: Product, day: date) -> bool:
    """Whether the household may sell under this product's name on that day.

    A right names communes, a certificate kind, or both; what it does not name it does not ask.
    """
    right = product.right
    if not right:
        return True
    communes, kind = right.get("communes") or [], right.get("certificate")
    if communes and household.commune_id not in communes:
        return False
    return not kind or kind in counted_marks(household, product, day)


def plain_name_of(product: Product) -> Product | None:
    """What a household without the right may sell instead, or None."""
    slug = (product.right or {}).get("plain")
    return Product.objects.filter(slug=slug).first() if slug else None


def counted_marks(household: Household, product: Product, day: date) -> list[str]:
    """Kinds of the household's certificates for this product that count on that day, sorted."""
    papers = household.certificates.filter(product_code=product.slug, state=Certificate.State.VERIFIED)
    return sorted({paper.kind for paper in papers if paper.counts_on(day)})
