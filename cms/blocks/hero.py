from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from cms.blocks.choices import MONTHS, SCENES
from cms.blocks.links import LinkBlock
from common import dates
from common.photos.pictures import Picture, picture


class HeroValue(blocks.StructValue):
    @property
    def photo(self) -> Picture | None:
        """The chosen photo once its sizes are made; until then the drawn scene stands."""
        return picture(self.get("image"), "wide")

    @property
    def fits_today(self) -> bool:
        """Whether this hero is for the present month; without months it always is."""
        return not self["months"] or dates.today().month in {int(month) for month in self["months"]}

    @property
    def month(self) -> int | None:
        """The month to name beside the eyebrow, when the hero follows the seasons."""
        return dates.today().month if self["months"] else None


class HeroBlock(blocks.StructBlock):
    """The top of a page. Of several heroes the first that fits the month is shown."""

    eyebrow = blocks.CharBlock(label=_("Dòng nhỏ phía trên"), required=False, max_length=60)
    title = blocks.CharBlock(label=_("Tiêu đề"), max_length=90)
    text = blocks.TextBlock(label=_("Lời dẫn"), required=False, max_length=300)
    image = ImageChooserBlock(label=_("Ảnh"), required=False)
    scene = blocks.ChoiceBlock(label=_("Tranh, khi không có ảnh"), choices=SCENES, required=False)
    months = blocks.MultipleChoiceBlock(
        label=_("Hiện trong các tháng"),
        help_text=_("Để trống: hiện quanh năm."),
        choices=MONTHS,
        required=False,
    )
    warm = blocks.BooleanBlock(label=_("Nút chính màu hồng đỏ"), required=False)
    links = blocks.ListBlock(LinkBlock(), label=_("Nút"), max_num=2, default=[])

    class Meta:
        icon = "image"
        label = _("Mở đầu")
        template = "cms/blocks/hero.html"
        value_class = HeroValue
