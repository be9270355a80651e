from hypothesis import given
from hypothesis import strategies as st

from common import codes

BODIES = st.text(codes.SIGNS, min_size=7, max_size=7)


def test_a_code_looks_like_an_order_number():
    code = codes.new("XL")
    assert len(code) == 12 and code[:3] == "XL-" and code[7] == "-"


@given(BODIES)
def test_a_code_reads_back_however_it_was_typed(body):
    whole = body + codes.check_sign(body)
    canonical = f"XL-{whole[:4]}-{whole[4:]}"
    assert codes.tidy(f" xl {whole[:4].lower()} {whole[4:]}".replace("0", "o"), "XL") == canonical


@given(BODIES, st.integers(0, 6), st.sampled_from(codes.SIGNS))
def test_one_wrong_character_is_always_seen(body, place, sign):
    whole = body + codes.check_sign(body)
    wrong = whole[:place] + sign + whole[place + 1 :]
    assert (codes.tidy("XL" + wrong, "XL") is None) == (wrong != whole)


def test_what_is_no_code_is_none():
    assert codes.tidy("", "XL") is None and codes.tidy("XL-é", "XL") is None
