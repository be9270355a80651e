from common import places


def test_there_are_34_provinces():
    assert len(places.provinces()) == 34


def test_the_own_province_has_its_65_communes_with_the_right_codes():
    own = {place.code: place.name for place in places.communes("20")}
    assert len(own) == 65 and own["06211"] == "Xã Cao Lộc" and own["06124"] == "Xã Na Sầm"


def test_every_province_has_communes():
    assert all(places.communes(place.code) for place in places.provinces())


def test_a_commune_is_found_by_the_old_name_people_still_say():
    chi_lang = places.commune_named("20", "06463")
    assert "dong mo" in chi_lang.folded


def test_an_unknown_province_has_none():
    assert places.communes("99") == () and places.province_named("99") is None
