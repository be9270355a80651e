"""The province's own pages: a home for each language."""

from collections.abc import Iterable

from wagtail.models import Locale, Page, Site

from cms.models import HomePage


def a_home(language: str = "vi", body: Iterable[dict] = (), original: HomePage | None = None) -> HomePage:
    """The home of a language, of blocks `{"type", "value"}`; Vietnamese becomes the root of the site."""
    locale, _new = Locale.objects.get_or_create(language_code=language)
    blocks = [(row["type"], row["value"]) for row in body]
    home = HomePage(title="Chợ", slug=f"nha-{language}", locale=locale, body=blocks)
    if original:
        home.translation_key = original.translation_key
    Page.get_first_root_node().add_child(instance=home)
    if language == "vi":
        Site.objects.update_or_create(
            is_default_site=True, defaults={"root_page": home, "hostname": "testserver"}
        )
        Site.clear_site_root_paths_cache()
    return home
