"""How long something has waited, in whole days: what an officer sorts the morning by."""

from datetime import datetime

from django import template
from django.utils.translation import gettext as _

from common import dates

register = template.Library()


@register.filter
def days_ago(moment: datetime) -> str:
    """'hôm nay', else '3 ngày'."""
    days = (dates.today() - dates.local(moment).date()).days
    return _("%(days)s ngày") % {"days": days} if days > 0 else _("hôm nay")
