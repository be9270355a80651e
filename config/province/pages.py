"""The page tree in three languages. Pages that exist belong to the editors and are never touched."""

import json
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from wagtail.models import Locale, Page, Site

from cms.models import CampaignPage, HomePage, SiteSettings, StandardPage
from common import province
from config.province.rows import LANGUAGES

HOME_SLUG = "home"


def load_pages() -> int:
    """Make what is missing of each language's tree; returns how many pages were made."""
    original = None
    made = 0
    for code in LANGUAGES:
        locale, _new = Locale.objects.get_or_create(language_code=code)
        tree = province.read(f"pages/{code}/tree.json")
        home = HomePage.objects.filter(locale=locale).first()
        if home is None:
            home = _make_home(locale, tree["home"], original)
            made += 1
        original = original or home
        made += _load_children(home, original, code, tree)
    return made


def load_site(home_title: str) -> None:
    """The site's name, address and contacts; what an officer typed stays."""
    about = province.about()
    address = urlsplit(settings.PUBLIC_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    home = HomePage.objects.get(locale=Locale.get_default())
    site, _new = Site.objects.update_or_create(
        is_default_site=True,
        defaults={"hostname": address.hostname, "port": port, "site_name": home_title, "root_page": home},
    )
    texts = {code: province.read(f"pages/{code}/tree.json")["settings"] for code in LANGUAGES}
    fields = {"name": about["site_name"], **about["contacts"]}
    for code, column in LANGUAGES.items():
        fields |= {f"tagline_{column}": texts[code]["tagline"], f"address_{column}": texts[code]["address"]}
    SiteSettings.objects.get_or_create(site=site, defaults=fields)


def _make_home(locale: Locale, row: dict, original: HomePage | None) -> HomePage:
    root = Page.get_first_root_node()
    welcome = root.get_children().filter(slug=HOME_SLUG).not_type(HomePage).first()
    if welcome:
        # Wagtail's own greeting page from its first migration
        Site.objects.filter(root_page=welcome).delete()
        welcome.delete()
        root = Page.get_first_root_node()
    slug = HOME_SLUG if original is None else f"{HOME_SLUG}-{locale.language_code}"
    home = HomePage(slug=slug, locale=locale, **_words(row))
    if original:
        home.translation_key = original.translation_key
    return _publish(root, home)


def _load_children(home: HomePage, original: HomePage, code: str, tree: dict) -> int:
    have = set(home.get_children().values_list("slug", flat=True))
    keys = dict(original.get_children().values_list("slug", "translation_key"))
    made = 0
    for kind, rows in ((CampaignPage, tree["campaigns"]), (StandardPage, tree["pages"])):
        for row in rows:
            if row["slug"] in have:
                continue
            page = kind(slug=row["slug"], locale=home.locale, **_words(row))
            if kind is StandardPage:
                page.body = _text(code, row["slug"])
                page.intro = row["search_description"]
                page.show_in_menus = True
            page.translation_key = keys.get(row["slug"], page.translation_key)
            _publish(home, page)
            made += 1
    return made


def _words(row: dict) -> dict:
    fields = {name: row[name] for name in ("title", "search_description", "seo_title") if name in row}
    return fields | ({"body": json.dumps(row["body"])} if "body" in row else {})


def _text(code: str, slug: str) -> str:
    path: Path = province.folder() / "pages" / code / f"{slug}.html"
    return json.dumps([{"type": "rich_text", "value": path.read_text(encoding="utf-8")}])


def _publish(parent: Page, page: Page) -> Page:
    parent.add_child(instance=page)
    page.save_revision().publish()
    parent.refresh_from_db()
    return page
