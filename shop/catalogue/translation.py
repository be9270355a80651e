"""Reference texts in three languages; without Chinese they fall back to English, then Vietnamese."""

from modeltranslation.translator import TranslationOptions, register

from shop.catalogue.models import Category, Product


@register(Category)
class CategoryTranslation(TranslationOptions):
    fields = ("name",)


@register(Product)
class ProductTranslation(TranslationOptions):
    fields = ("name", "description", "storage", "season_note")
