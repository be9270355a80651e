"""Site texts in three languages."""

from modeltranslation.translator import TranslationOptions, register

from cms.models import SiteSettings


@register(SiteSettings)
class SiteSettingsTranslation(TranslationOptions):
    fields = ("tagline", "address")
