"""What a household's way in promises: its states, its checklist, its owner, and nobody else's hands."""

import pytest

from farmers import queries, requirements, services
from farmers.errors import AlreadyOwner, IllegalMove, MovedMeanwhile, NotYours, ReasonNeeded, StillMissing
from farmers.models import Certificate, Household, Membership
from farmers.moves import MOVES, move
from farmers.signals import household_changed
from tests import cast
from tests.builders.farmers import CHI_LANG, a_certificate, a_commune, a_household, a_user

pytestmark = pytest.mark.django_db
State = Household.State


@pytest.fixture
def facts():
    return {"name": "Hộ  bà Sáu", "commune": a_commune(*CHI_LANG), "grows": ["na-chi-lang"], "terms": True}


@pytest.fixture
def heard():
    ids = []
    household_changed.connect(
        lambda sender, household_id, **_rest: ids.append(household_id), weak=False, dispatch_uid="test"
    )
    yield ids
    household_changed.disconnect(dispatch_uid="test")


def known(household: Household) -> Household:
    services.know_by(household, Household.Identity.PAPER, by=cast.tuan())
    return household


def test_an_application_makes_household_owner_and_storefront(facts):
    household = services.apply(cast.ba_sau(), **facts)
    assert (household.state, household.name, household.storefront.slug) == (
        State.SUBMITTED,
        "Hộ bà Sáu",
        "ho-ba-sau",
    )
    assert household.memberships.get().role == Membership.Role.OWNER


def test_the_same_name_gets_another_address(facts):
    services.apply(cast.ba_sau(), **facts)
    assert services.apply(cast.hoa(), **facts).storefront.slug == "ho-ba-sau-2"


def test_pressed_twice_it_is_one_application(facts):
    first = services.apply(cast.ba_sau(), **facts)
    second = services.apply(cast.ba_sau(), **{**facts, "name": "Hộ khác"})
    assert first.pk == second.pk and second.name == "Hộ bà Sáu" and first.events.count() == 1


def test_a_person_starts_one_household(facts):
    services.start_household(cast.ba_sau(), **facts)
    with pytest.raises(AlreadyOwner):
        services.start_household(cast.ba_sau(), **facts)


def test_a_storefront_is_public_once_the_household_is_verified(facts, heard):
    household = services.apply(cast.ba_sau(), **facts)
    with pytest.raises(NotYours):
        queries.access_storefront("ho-ba-sau")
    services.verify(known(household), by=cast.tuan())
    assert queries.access_storefront("ho-ba-sau") == household.storefront
    assert heard[-1] == household.pk


def test_returned_and_mended_it_is_sent_again(facts):
    household = services.apply(cast.ba_sau(), **facts)
    services.return_(household, by=cast.tuan(), why="Ghi rõ thôn.")
    again = services.apply(cast.ba_sau(), **{**facts, "address_line": "Thôn Quán Thanh"})
    assert (again.pk, again.state, again.address_line) == (household.pk, State.SUBMITTED, "Thôn Quán Thanh")
    assert Household.objects.get(pk=household.pk).returned_reason == ""


def test_what_is_missing_is_named_before_it_is_sent(facts):
    household = services.start_household(cast.ba_sau(), **{**facts, "grows": [], "terms": False})
    with pytest.raises(StillMissing) as short:
        services.submit(household, by=cast.ba_sau())
    assert short.value.missing == ["trồng gì", "đồng ý quy chế bán hàng"]


def test_nobody_is_verified_unknown(facts):
    household = services.apply(cast.ba_sau(), **facts)
    with pytest.raises(StillMissing, match="giấy tờ định danh"):
        services.verify(household, by=cast.tuan())
    assert household.state == State.SUBMITTED


def test_a_province_may_ask_for_more(facts, settings):
    settings.HOUSEHOLD_REQUIREMENTS = {"certificate": (requirements.VERIFY, True)}
    household = known(services.apply(cast.ba_sau(), **facts))
    with pytest.raises(StillMissing, match="chứng nhận"):
        services.verify(household, by=cast.tuan())
    a_certificate(household)
    services.verify(household, by=cast.tuan())


@pytest.mark.parametrize("frm", State.values)
def test_only_moves_of_the_table_are_made(frm):
    for to in set(State.values) - MOVES.get(frm, set()):
        household = a_household(state=frm)
        with pytest.raises(IllegalMove):
            move(household, to, by=None)
        assert Household.objects.get(pk=household.pk).state == frm


def test_of_two_officers_the_second_finds_it_done(facts):
    household = known(services.apply(cast.ba_sau(), **facts))
    twin = Household.objects.get(pk=household.pk)
    services.verify(household, by=cast.tuan())
    with pytest.raises(MovedMeanwhile):
        services.return_(twin, by=cast.tuan(), why="Thiếu ảnh.")
    assert list(household.events.values_list("to", flat=True)) == ["submitted", "verified"]


def test_suspending_and_letting_sell_again_are_announced(heard):
    household = a_household()
    with pytest.raises(ReasonNeeded):
        services.suspend(household, by=cast.tuan(), why="")
    services.suspend(household, by=cast.tuan(), why="Giao hàng không đúng.")
    services.reinstate(household, by=cast.tuan())
    assert household.state == State.VERIFIED and heard == [household.pk] * 2


def test_a_suspended_household_is_not_verified_by_the_back_door(heard):
    with pytest.raises(IllegalMove):
        services.verify(a_household(state=State.SUSPENDED), by=cast.tuan())
    assert heard == []


def test_a_paper_that_was_accepted_is_announced(heard):
    paper = a_certificate(a_household(), state=Certificate.State.SUBMITTED)
    assert list(queries.waiting_papers()) == [paper]
    services.judge_certificate(paper, accepted=True, by=cast.tuan())
    assert paper.counts_on(paper.issued_on) and heard == [paper.household_id]


def test_a_stranger_has_no_way_to_her_household():
    hers = cast.her_household()
    cast.strangers_household()
    assert queries.access_household(cast.ba_sau(), hers.pk, owner=True) == hers
    assert hers not in queries.households_of(cast.hoa())
    with pytest.raises(NotYours):
        queries.access_household(cast.hoa(), hers.pk)


def test_a_helper_helps_but_does_not_own():
    hers, helper = cast.her_household(), a_user()
    Membership.objects.create(household=hers, user=helper)
    assert queries.access_household(helper, hers.pk) == hers
    with pytest.raises(NotYours):
        queries.access_household(helper, hers.pk, owner=True)


def test_the_longest_waiting_stands_first(facts):
    first = services.apply(cast.ba_sau(), **facts)
    second = services.apply(cast.hoa(), **facts)
    services.return_(first, by=cast.tuan(), why="Ghi rõ thôn.")
    services.apply(cast.ba_sau(), **facts)
    assert list(queries.waiting_households()) == [second, first]
