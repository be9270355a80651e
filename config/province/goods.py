"""Categories and the shared catalogue."""

from common import province
from config.province.rows import Loader, translated
from shop.catalogue.models import Category, Product

PLAIN = (
    "synonyms",
    "season_months",
    "unit",
    "usual_packs",
    "shelf_life_days",
    "reach",
    "max_transit_days",
    "tax_class",
    "age_restricted",
    "marks",
    "right",
    "illustration",
)


def load_goods(loader: Loader) -> None:
    data = province.read("products.json")
    for position, row in enumerate(data["categories"]):
        fields = {"position": position, "illustration": row["illustration"]}
        loader.put(Category, {"slug": row["slug"]}, fields | translated("name", row["name"]))
    categories = dict(Category.objects.values_list("slug", "pk"))
    for position, row in enumerate(data["products"]):
        fields = {name: row[name] for name in PLAIN} | {
            "commune_codes": row["communes"],
            "position": position,
        }
        fields["category_id"] = categories[row["category"]]
        for name in ("name", "description", "storage", "season_note"):
            fields |= translated(name, row[name])
        loader.put(Product, {"slug": row["slug"]}, fields)
