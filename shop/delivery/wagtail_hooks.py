"""Zones, methods and rates of delivery in the province's back office."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from shop.delivery.models import Method, Rate, Zone

LANGUAGES = ("vi", "en", "zh_hans")


class RateViewSet(SnippetViewSet):
    model = Rate
    icon = "table"
    menu_label = _("Giá giao")
    url_prefix = "gia-giao"
    list_display = [
        "method",
        "zone",
        "days",
        "first_g",
        "first_vnd",
        "step_g",
        "step_vnd",
        "max_g",
        "takes_cash",
    ]
    list_filter = ["method", "zone"]
    copy_view_enabled = False
    panels = [
        FieldRowPanel([FieldPanel("method"), FieldPanel("zone"), FieldPanel("days")], heading=_("Tuyến")),
        FieldRowPanel(
            [FieldPanel("first_g"), FieldPanel("first_vnd")],
            heading=_("Mức đầu: đến số gam này, trả số đồng này"),
        ),
        FieldRowPanel(
            [FieldPanel("step_g"), FieldPanel("step_vnd")], heading=_("Mỗi nấc thêm: số gam, số đồng")
        ),
        FieldPanel("max_g", heading=_("Nặng nhất một kiện (gam)")),
        FieldPanel("takes_cash"),
    ]


class MethodViewSet(SnippetViewSet):
    model = Method
    icon = "arrow-right"
    menu_label = _("Cách giao")
    url_prefix = "cach-giao"
    list_display = ["name", "code", "is_pickup", "carrier"]
    copy_view_enabled = False
    panels = [
        FieldPanel("code", read_only=True),
        MultiFieldPanel([FieldPanel(f"name_{each}") for each in LANGUAGES], heading=_("Tên")),
        MultiFieldPanel([FieldPanel(f"hint_{each}") for each in LANGUAGES], heading=_("Giải thích")),
        FieldPanel("position"),
    ]


class ZoneViewSet(SnippetViewSet):
    model = Zone
    icon = "globe"
    menu_label = _("Khu vực giao")
    url_prefix = "khu-vuc-giao"
    list_display = ["name", "code", "reach"]
    copy_view_enabled = False
    panels = [
        FieldPanel("code", read_only=True),
        MultiFieldPanel([FieldPanel(f"name_{each}") for each in LANGUAGES], heading=_("Tên")),
        FieldPanel("province_codes"),
        FieldPanel("reach"),
        FieldPanel("position"),
    ]


class DeliveryGroup(SnippetViewSetGroup):
    items = (RateViewSet, MethodViewSet, ZoneViewSet)
    menu_label = _("Giao hàng")
    menu_icon = "arrow-right"
    menu_order = 230


register_snippet(DeliveryGroup)
