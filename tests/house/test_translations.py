"""Every string is translated, completely, with its placeholders, and what is compiled is what is written."""

import re

import pytest

from config import messages

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


@pytest.fixture(scope="module")
def strings():
    return messages.collected()


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_no_string_is_untranslated(language, strings):
    assert messages.gaps(messages.read(language), strings) == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_translations_keep_their_placeholders(language):
    broken = []
    for message in messages.read(language):
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
        wanted = {name for each in ids for name in PLACEHOLDER.findall(each)}
        broken += [ids[0] for text in texts if message.id and not set(PLACEHOLDER.findall(text)) <= wanted]
        broken += [ids[0] for text in texts[-1:] if message.id and set(PLACEHOLDER.findall(text)) != wanted]
    assert broken == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_the_compiled_catalogue_is_the_written_one(language):
    assert messages.path_of(language, "mo").read_bytes() == messages.compiled(messages.read(language))
