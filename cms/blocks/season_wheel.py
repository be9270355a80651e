from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms import queries
from cms.blocks.choices import CodeBlock, products


class SeasonWheelBlock(blocks.StructBlock):
    """The twelve months of a product, with the present one marked."""

    product = CodeBlock(label=_("Sản phẩm"), choices=products)
    text = blocks.TextBlock(label=_("Lời dẫn"), required=False, max_length=300)

    class Meta:
        icon = "calendar-alt"
        label = _("Lịch mùa vụ")
        template = "cms/blocks/season_wheel.html"

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        context["product"] = queries.season(value["product"])
        return context
