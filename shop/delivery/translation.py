"""Names and hints of zones and methods in three languages."""

from modeltranslation.translator import TranslationOptions, register

from shop.delivery.models import Method, Zone


@register(Zone)
class ZoneTranslation(TranslationOptions):
    fields = ("name",)


@register(Method)
class MethodTranslation(TranslationOptions):
    fields = ("name", "hint")
