"""The province works in Vietnamese: the administration's menu and what it sees most have no English left."""

import re

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from config import messages
from tests import cast
from tests.house.test_translations import PLACEHOLDER

pytestmark = pytest.mark.django_db

ENGLISH = re.compile(
    r"\b(Images?|Documents?|Reports?|Settings|Help|Pages?|Users?|Groups?|Sites?|Locales?|Collections?|Workflows?"
    r"|Search|Filter|Save|Publish|Delete|Edit|Cancel|Log out|Dashboard|Home|Status|Shortcuts|Redirects|History)\b"
)


@pytest.fixture
def province(client, settings):
    settings.STAFF_NEED_SECOND_FACTOR = False
    officer = cast.person("tuan", "Lương Văn Tuấn", is_staff=True, is_superuser=True)
    client.force_login(officer)
    return client


def test_the_menu_is_vietnamese(province):
    page = province.get(reverse("wagtailadmin_home")).content.decode()
    props = re.search(r'<script id="wagtail-sidebar-props"[^>]*>(.*?)</script>', page, re.S).group(1)
    words = re.findall(r'"label": "([^"]*)"', props)
    assert len(words) > 10
    assert [word for word in words if ENGLISH.search(word.encode().decode("unicode_escape"))] == []


@pytest.mark.parametrize("name", ["wagtailadmin_home", "wagtailimages:index", "wagtailusers_users:index"])
def test_the_most_seen_lists_are_vietnamese(province, name):
    page = province.get(reverse(name)).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    text = strip_tags(re.sub(r"<(script|template|style|svg)\b.*?</\1>", " ", main, flags=re.S))
    assert ENGLISH.findall(text) == []


def test_every_kept_string_is_translated_with_its_placeholders():
    broken = []
    for message in messages.read("vi"):
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
        wanted = {name for each in ids for name in PLACEHOLDER.findall(each)}
        broken += [
            ids[0] for text in texts if message.id and (not text or set(PLACEHOLDER.findall(text)) != wanted)
        ]
    assert broken == []


def test_the_compiled_kept_catalogue_is_the_written_one():
    assert messages.path_of("vi", "mo").read_bytes() == messages.compiled(messages.read("vi"))
