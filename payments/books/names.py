"""What the books' own subjects are called."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.books import links

TAXES = {"vat": gettext_lazy("thuế giá trị gia tăng"), "income": gettext_lazy("thuế thu nhập cá nhân")}


def taxes(keys: set[str]) -> dict[str, str]:
    """Each tax by its name; else the key is the month that was declared."""
    return {key: TAXES.get(key) or _("thuế khấu trừ %(month)s") % {"month": key} for key in keys}


links.name("tax", taxes)
