"""What the books' own subjects are called."""

from django.utils.translation import gettext_lazy as _

from payments.books import links

TAXES = {"vat": _("thuế giá trị gia tăng"), "income": _("thuế thu nhập cá nhân")}
links.name("tax", lambda keys: {key: TAXES[key] for key in keys & TAXES.keys()})
