import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from common.vietnamese import fold, sort_key, tidy


def test_folding_takes_tones_hats_and_d_bar_off():
    assert fold("Na Chi Lăng, ĐỒNG  MỎ") == "na chi lang, dong mo"


def test_both_ways_of_writing_a_letter_fold_alike():
    assert fold(unicodedata.normalize("NFD", "Hồng Bảo Lâm")) == fold("Hồng Bảo Lâm") == "hong bao lam"


@given(st.text(max_size=300))
def test_folding_never_fails_and_settles(text):
    assert fold(fold(text)) == fold(text)


def test_names_sort_by_the_vietnamese_alphabet():
    names = ["Đông Kinh", "Dân Tiến", "Ân", "Ăn", "An", "Cao Lộc"]
    assert sorted(names, key=sort_key) == ["An", "Ăn", "Ân", "Cao Lộc", "Dân Tiến", "Đông Kinh"]


def test_tones_break_ties_in_their_order():
    assert sorted(["mạ", "má", "mã", "mả", "mà", "ma"], key=sort_key) == ["ma", "mà", "mả", "mã", "má", "mạ"]


def test_tidy_keeps_one_line_of_printable_text():
    assert tidy("  Bà\x00 Sáu \n\t ở  bản ") == "Bà Sáu ở bản"
