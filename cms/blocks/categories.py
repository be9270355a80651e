from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms import queries


class CategoriesBlock(blocks.StructBlock):
    """All categories as a row of pictures that lead to their pages."""

    title = blocks.CharBlock(label=_("Tiêu đề"), max_length=90)

    class Meta:
        icon = "list-ul"
        label = _("Nhóm hàng")
        template = "cms/blocks/categories.html"

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        context["categories"] = queries.categories()
        return context
