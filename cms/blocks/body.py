"""The list of blocks that home, campaign and standard pages share."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.blocks.categories import CategoriesBlock
from cms.blocks.hero import HeroBlock
from cms.blocks.product_grid import ProductGridBlock
from cms.blocks.season_wheel import SeasonWheelBlock

RICH_TEXT_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link"]

BODY = [
    ("hero", HeroBlock()),
    ("product_grid", ProductGridBlock()),
    ("categories", CategoriesBlock()),
    ("season_wheel", SeasonWheelBlock()),
    (
        "rich_text",
        blocks.RichTextBlock(
            features=RICH_TEXT_FEATURES,
            label=_("Đoạn văn"),
            icon="pilcrow",
            template="cms/blocks/rich_text.html",
        ),
    ),
]
