from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from cms import queries
from cms.blocks.choices import CodeBlock, goods
from cms.choosers import ListingChooserBlock

RULES = [
    ("season", _("Đang vào mùa")),
    ("product", _("Một sản phẩm")),
    ("category", _("Một nhóm hàng")),
    ("commune", _("Một xã, phường")),
    ("hand", _("Chọn từng tin bán")),
]


class ProductGridBlock(blocks.StructBlock):
    """Cards of listings by a rule, or those an editor picked."""

    title = blocks.CharBlock(label=_("Tiêu đề"), max_length=90)
    text = blocks.TextBlock(label=_("Lời dẫn"), required=False, max_length=300)
    rule = blocks.ChoiceBlock(label=_("Chọn theo"), choices=RULES, default="season")
    which = CodeBlock(label=_("Sản phẩm, nhóm hoặc xã nào"), choices=goods, required=False)
    listings = blocks.ListBlock(ListingChooserBlock(), label=_("Tin bán đã chọn"), default=[])
    limit = blocks.IntegerBlock(label=_("Nhiều nhất"), min_value=2, max_value=24, default=8)
    more = blocks.CharBlock(label=_("Chữ của đường dẫn xem thêm"), required=False, max_length=40)

    class Meta:
        icon = "grip"
        label = _("Lưới hàng")
        template = "cms/blocks/product_grid.html"

    def clean(self, value):
        value = super().clean(value)
        if value["rule"] in {"product", "category", "commune"} and not value["which"]:
            raise StructBlockValidationError(
                block_errors={"which": ValidationError(_("Chọn sản phẩm, nhóm hàng hoặc xã."))}
            )
        if value["rule"] == "hand" and not value["listings"]:
            raise StructBlockValidationError(
                block_errors={"listings": ValidationError(_("Chọn ít nhất một tin bán."))}
            )
        return value

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        context["cards"] = queries.cards(
            value["rule"],
            which=value["which"] or "",
            chosen=[listing.pk for listing in value["listings"] if listing],
            limit=value["limit"] or 8,
        )
        context["more_url"] = queries.more_url(value["rule"], which=value["which"] or "")
        return context
