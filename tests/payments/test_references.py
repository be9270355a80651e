"""A reference is found in whatever a bank leaves of a note, and not in text of chance."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from common import codes
from payments.adapters.references import find, reference_of
from payments.intake.models import new_reference

IDS = some.text(codes.SIGNS.lower(), min_size=26, max_size=26)
#: what banks and people put around it: no start of a code of ours
AROUND = some.text(max_size=30).filter(lambda text: "X" not in text.upper() and "L" not in text.upper())


@given(charge_id=IDS)
def test_it_is_a_sayable_code_of_the_province(charge_id):
    reference = reference_of(charge_id, "XL")
    assert re.fullmatch(rf"XL[{codes.SIGNS}]{{8}}", reference)
    assert codes.tidy(reference, "XL") is not None
    assert reference == reference_of(charge_id, "xl")


def test_it_tells_nothing_of_the_payments_own_reference():
    for _try in range(50):
        reference = new_reference()
        assert reference_of(reference, "XL")[2:9].lower() not in reference


@given(
    charge_id=IDS,
    before=AROUND,
    after=AROUND,
    gaps=some.lists(some.sampled_from(["", " ", "-", "."]), min_size=9, max_size=9),
    lower=some.booleans(),
)
@example(charge_id="0" * 26, before="MBVCB.3412.", after=".CT tu 0123 toi 0456", gaps=[""] * 9, lower=False)
def test_it_is_found_however_a_bank_mangles_the_note(charge_id, before, after, gaps, lower):
    reference = reference_of(charge_id, "XL")
    spread = "".join(sign + gap for sign, gap in zip(reference, [*gaps, ""], strict=True))
    note = before + (spread.lower() if lower else spread) + after
    assert reference in find(note, "XL")


@given(charge_id=IDS)
def test_people_mistake_letters_for_figures(charge_id):
    reference = reference_of(charge_id, "XL")
    typed = "XL" + reference[2:].replace("0", "O").replace("1", "I")
    assert find(typed, "XL") == [reference]


@given(charge_id=IDS, at=some.integers(2, 9), sign=some.sampled_from(codes.SIGNS))
def test_one_wrong_sign_is_not_found(charge_id, at, sign):
    reference = reference_of(charge_id, "XL")
    if sign != reference[at]:
        assert find(reference[:at] + sign + reference[at + 1 :], "XL") == []


@given(charge_id=IDS)
def test_a_cut_reference_is_not_found(charge_id):
    assert find(reference_of(charge_id, "XL")[:9], "XL") == []


@given(text=some.text())
def test_text_of_chance_holds_nothing_that_its_check_does_not_confirm(text):
    for found in find(text, "XL"):
        assert codes.check_sign(found[2:9]) == found[9]
    if "X" not in text.upper():
        assert find(text, "XL") == []


@pytest.mark.parametrize(
    "text", ["", "chuyen tien", "XL", "XL-ORDER", "XLXLXLXLXL", "ﬀxl" * 9, "U" * 40, "XLUUUUUUUU"]
)
def test_nothing_is_found_where_nothing_is(text):
    assert find(text, "XL") == []


def test_two_references_in_one_note_are_both_found():
    first, second = reference_of("a" * 26, "XL"), reference_of("b" * 26, "XL")
    assert find(f"{first}{second} {first}", "XL") == [first, second]
