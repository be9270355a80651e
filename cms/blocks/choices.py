"""What editors choose from, by stable codes rather than row ids: pages move between databases."""

import calendar

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from farmers.models import Commune
from shop.catalogue.models import Category, Product

#: drawings in static/img/hero, each by day and by night
SCENES = [
    ("na", _("Na trên núi đá")),
    ("quyt", _("Quýt trong lân")),
    ("hoi", _("Hoa hồi")),
    ("dao", _("Đào, chanh rừng")),
    ("thung-lung", _("Thung lũng")),
]
MONTHS = [(month, str(month)) for month in range(1, len(calendar.month_name))]


def products() -> list[tuple[str, str]]:
    return list(Product.objects.values_list("slug", "name"))


def goods() -> list[tuple[str, list[tuple[str, str]]]]:
    """Products, categories and communes in groups; their codes never coincide."""
    return [
        (str(_("Sản phẩm")), products()),
        (str(_("Nhóm hàng")), list(Category.objects.values_list("slug", "name"))),
        (str(_("Xã, phường")), list(Commune.objects.values_list("code", "name"))),
    ]


class CodeBlock(blocks.ChoiceBlock):
    """A choice among rows of the database by their code, which is read without asking for the rows."""

    def normalize_choice(self, value):
        return value
