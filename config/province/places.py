"""Communes, delivery zones, methods and rates."""

from common import province
from common.vietnamese import sort_key
from config.province.rows import Loader, translated
from farmers.models import Commune
from shop.delivery.models import Method, Rate, Zone


def load_communes(loader: Loader) -> None:
    for row in province.read("communes.json")["communes"]:
        fields = {
            name: row[name] for name in ("name", "name_en", "slug", "former_district", "former_districts")
        }
        fields |= {"lat": str(row["lat"]), "lon": str(row["lon"]), "sort_key": sort_key(row["short_name"])}
        fields["former_communes"] = [unit["name"] for unit in row["merged_from"]]
        loader.put(Commune, {"code": row["code"]}, fields)


def load_delivery(loader: Loader) -> None:
    data = province.read("zones.json")
    for position, row in enumerate(data["zones"]):
        fields = {"province_codes": row["provinces"], "reach": row["reach"], "position": position}
        loader.put(Zone, {"code": row["code"]}, fields | translated("name", row["name"]))
    for position, row in enumerate(data["methods"]):
        fields = {"is_pickup": row["is_pickup"], "carrier": row["carrier"], "position": position}
        fields |= translated("name", row["name"]) | translated("hint", row["hint"])
        loader.put(Method, {"code": row["code"]}, fields)
    for row in data["rates"]:
        key = {"method_id": row["method"], "zone_id": row["zone"]}
        loader.put(Rate, key, {name: row[name] for name in row if name not in {"method", "zone"}})
