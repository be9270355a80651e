"""What a listing promises: its states, its name, its packs, and changes that wait for approval."""

import pytest

from farmers.models import Household
from shop.catalogue import rights, services
from shop.catalogue.errors import (
    AgeRestricted,
    AlreadyListed,
    BadPack,
    HouseholdNotVerified,
    HouseholdStopped,
    IllegalMove,
    LastPhoto,
    MovedMeanwhile,
    NameRefused,
    NotReady,
    NotYours,
    PackNeeded,
    PhotoNotTaken,
    ReasonNeeded,
)
from shop.catalogue.models import Listing
from shop.catalogue.moves import MOVES, move
from shop.catalogue.queries import access_listing, fingerprint, proposed, public_listing, waiting_listings
from shop.catalogue.signals import listing_changed
from tests import cast
from tests.builders.catalogue import a_listing, a_product, an_upload, jpeg
from tests.builders.farmers import BAC_SON, a_certificate, a_household, a_storefront

pytestmark = pytest.mark.django_db
State = Listing.State
BOX = {"label": "Thùng 5 kg", "net_qty": 5_000, "gross_g": 5_800, "price_vnd": 350_000}


@pytest.fixture
def sau():
    return cast.ba_sau()


@pytest.fixture
def draft(sau):
    """Bà Sáu's draft of na Chi Lăng, grade 1, ready to be sent."""
    listing = services.propose(cast.her_household().storefront, product=a_product(), grade=1, by=sau)
    services.add_photo(listing, an_upload(), by=sau)
    services.set_packs(listing, [BOX], by=sau)
    return listing


@pytest.fixture
def heard():
    """Listing ids that were announced."""
    ids = []

    def hear(sender, listing_id, **_rest):
        ids.append(listing_id)

    listing_changed.connect(hear, weak=False)
    yield ids
    listing_changed.disconnect(hear)


def state_of(listing) -> str:
    return Listing.objects.get(pk=listing.pk).state


def test_a_household_of_the_place_may_use_its_name(draft):
    assert (draft.state, draft.slug, draft.title) == ("draft", "na-chi-lang-loai-1", "Na Chi Lăng loại 1")


def test_a_household_from_elsewhere_is_offered_the_plain_name(sau):
    plain = a_product(slug="na-dai", name="Na dai")
    with pytest.raises(NameRefused) as refused:
        services.propose(a_storefront(commune=BAC_SON), product=a_product(), grade=1, by=sau)
    assert refused.value.plain == plain and "Na dai" in str(refused.value)


def test_a_name_without_a_plain_one_is_refused_all_the_same(sau):
    product = a_product(
        slug="quyt", name="Quýt", right={"communes": ["06364"], "certificate": None, "plain": None}
    )
    with pytest.raises(NameRefused) as refused:
        services.propose(a_storefront(), product=product, grade=None, by=sau)
    assert refused.value.plain is None and "Quýt" in str(refused.value)


def test_a_name_may_ask_for_a_certificate_that_counts():
    right = {"communes": [], "certificate": "collective-mark", "plain": None}
    product, household = a_product(slug="hoi", name="Hồi", right=right), a_household()
    from_2025 = a_certificate(household, kind="collective-mark", product_code="hoi", issued_on="2025-01-01")
    assert not rights.may_use_name(household, product, from_2025.issued_on.replace(year=2024))
    assert rights.may_use_name(household, product, from_2025.issued_on)


@pytest.mark.parametrize(
    ("fields", "day", "counts"),
    [
        ({"issued_on": "2026-01-01"}, "2025-12-31", False),
        ({"issued_on": "2026-01-01"}, "2026-01-01", True),
        ({"valid_to": "2026-08-15"}, "2026-08-15", True),
        ({"valid_to": "2026-08-15"}, "2026-08-16", False),
        ({"state": "submitted"}, "2026-08-15", False),
        ({"state": "rejected"}, "2026-08-15", False),
        ({"product_code": "na-dai"}, "2026-08-15", False),
    ],
)
def test_a_mark_is_shown_only_while_its_paper_counts(fields, day, counts):
    household = a_household()
    paper = a_certificate(household, **fields)
    on = type(paper.issued_on).fromisoformat(day)
    assert rights.counted_marks(household, a_product(), on) == (["vietgap"] if counts else [])


def test_what_needs_an_age_check_is_not_listed(sau):
    spirits = a_product(slug="ruou", name="Rượu", age_restricted=True)
    with pytest.raises(AgeRestricted):
        services.propose(a_storefront(), product=spirits, grade=None, by=sau)


def test_a_suspended_household_lists_nothing(sau):
    with pytest.raises(HouseholdStopped):
        services.propose(a_storefront(state=Household.State.SUSPENDED), product=a_product(), grade=1, by=sau)


@pytest.mark.parametrize("grade", [None, 1])
def test_the_same_product_and_grade_is_listed_once(sau, grade):
    storefront = a_storefront()
    first = services.propose(storefront, product=a_product(), grade=grade, by=sau)
    with pytest.raises(AlreadyListed) as again:
        services.propose(storefront, product=a_product(), grade=grade, by=sau)
    assert again.value.listing == first


def test_what_was_put_away_may_be_listed_anew(sau):
    old = a_listing(grade=1, slug="na-chi-lang-loai-1")
    services.archive(old, by=sau)
    assert (
        services.propose(old.storefront, product=old.product, grade=1, by=sau).slug == "na-chi-lang-loai-1-2"
    )


def test_the_way_of_a_listing_onto_the_market(draft, sau, heard):
    tuan = cast.tuan()
    services.submit(draft, by=sau)
    assert [row.pk for row in waiting_listings()] == [draft.pk]
    services.return_(draft, by=tuan, why=" Chụp lại ảnh. ")
    assert draft.returned_reason == "Chụp lại ảnh."
    services.submit(draft, by=sau)
    services.publish(draft, by=tuan)
    services.pause(draft, by=sau)
    services.resume(draft, by=sau)
    assert public_listing(draft.storefront.slug, draft.slug) == draft
    assert [(row.frm, row.to) for row in draft.events.all()] == [
        ("draft", "pending"),
        ("pending", "returned"),
        ("returned", "pending"),
        ("pending", "published"),
        ("published", "paused"),
        ("paused", "published"),
    ]
    assert heard[-4:] == [draft.pk] * 4


@pytest.mark.parametrize("frm", State.values)
def test_only_moves_of_the_table_are_made(frm, sau):
    for to in set(State.values) - MOVES.get(frm, set()):
        listing = a_listing(state=frm, with_photo=False)
        with pytest.raises(IllegalMove):
            move(listing, to, by=sau)
        assert (state_of(listing), listing.events.count()) == (frm, 0)


def test_the_second_of_two_submits_finds_it_sent(draft, sau):
    twin = Listing.objects.get(pk=draft.pk)
    services.submit(draft, by=sau)
    with pytest.raises(MovedMeanwhile):
        services.submit(twin, by=sau)
    assert draft.events.count() == 1


def test_what_is_missing_is_said_before_it_is_sent(sau):
    bare = services.propose(a_storefront(), product=a_product(), grade=2, by=sau)
    with pytest.raises(NotReady) as short:
        services.submit(bare, by=sau)
    assert short.value.missing == ["ảnh", "quy cách và giá"]


@pytest.mark.parametrize(
    "fields",
    [{"state": Household.State.SUBMITTED}, {"identity_level": Household.Identity.NONE}],
)
def test_a_household_that_is_not_verified_sends_but_is_not_published(fields, sau):
    waiting = a_listing(storefront=a_storefront(**fields), state=State.DRAFT)
    services.submit(waiting, by=sau)
    with pytest.raises(HouseholdNotVerified):
        services.publish(waiting, by=cast.tuan())
    assert state_of(waiting) == State.PENDING


def test_it_is_given_back_only_with_a_reason(draft, sau):
    services.submit(draft, by=sau)
    with pytest.raises(ReasonNeeded):
        services.return_(draft, by=cast.tuan(), why="  ")


def test_words_of_a_published_listing_wait_for_approval(sau, heard):
    listing = a_listing(title="Na cũ")
    services.write(listing, title="Na  mới", text="Mới hái.", by=sau)
    live = Listing.objects.get(pk=listing.pk)
    assert (live.title, live.change_waits, proposed(live).title) == ("Na cũ", True, "Na mới")
    assert live in waiting_listings() and heard == []
    services.publish(live, by=cast.tuan())
    assert (live.title, live.text, live.change_waits, heard) == ("Na mới", "Mới hái.", False, [listing.pk])


def test_approving_words_keeps_what_changed_meanwhile(sau):
    listing = a_listing()
    services.write(listing, title="Na mới", text="", by=sau)
    services.pause(Listing.objects.get(pk=listing.pk), by=sau)
    services.set_price(listing.packs.get(), 380_000, by=sau)
    services.publish(Listing.objects.get(pk=listing.pk), by=cast.tuan())
    live = Listing.objects.get(pk=listing.pk)
    assert (live.title, live.state, live.packs.get().price_vnd) == ("Na mới", State.PAUSED, 380_000)


def test_photos_of_a_published_listing_wait_too(sau):
    listing = a_listing()
    old = listing.photos.get()
    services.add_photo(listing, an_upload(jpeg("red")), by=sau)
    services.remove_photo(listing, old, by=sau)
    assert Listing.objects.get(pk=listing.pk).photos.get().photo_id == old.photo_id
    services.publish(Listing.objects.get(pk=listing.pk), by=cast.tuan())
    shown = Listing.objects.get(pk=listing.pk).photos.get()
    assert shown.photo_id != old.photo_id and shown.position == 1


def test_a_change_may_be_refused_and_the_listing_stays(sau):
    listing = a_listing(title="Na cũ")
    services.write(listing, title="Rẻ nhất!!!", text="", by=sau)
    services.refuse_change(listing, by=cast.tuan(), why="Bỏ chữ “rẻ nhất”.")
    live = Listing.objects.get(pk=listing.pk)
    assert (live.title, live.state, live.change_waits) == ("Na cũ", State.PUBLISHED, False)
    assert live.returned_reason == "Bỏ chữ “rẻ nhất”."


def test_a_published_listing_keeps_a_photo(sau):
    listing = a_listing()
    with pytest.raises(LastPhoto):
        services.remove_photo(listing, listing.photos.get(), by=sau)


def test_an_officer_approves_what_they_saw_and_nothing_else(draft, sau):
    services.submit(draft, by=sau)
    seen = fingerprint(Listing.objects.get(pk=draft.pk))
    services.write(draft, title="Chữ khác", text="", by=sau)
    with pytest.raises(MovedMeanwhile):
        services.publish(draft, by=cast.tuan(), seen=seen)
    assert state_of(draft) == State.PENDING


def test_the_same_photo_sent_twice_is_kept_once(draft, sau):
    services.add_photo(draft, an_upload(name="lại-lần-nữa.jpg"), by=sau)
    assert draft.photos.count() == 1


def test_a_bad_photo_says_why_and_keeps_the_others(draft, sau):
    with pytest.raises(PhotoNotTaken, match="không phải ảnh"):
        services.add_photo(draft, an_upload(b"<svg onload=alert(1)>"), by=sau)
    assert draft.photos.count() == 1


def test_packs_are_retired_and_never_deleted(draft, sau):
    box = draft.packs.get()
    bag = {"label": "Túi 2 kg", "net_qty": 2_000, "gross_g": 2_300, "price_vnd": 150_000}
    services.set_packs(draft, [bag], by=sau)
    services.set_packs(draft, [bag, {**BOX, "price_vnd": 360_000}], by=sau)
    box.refresh_from_db()
    assert (box.is_active, box.price_vnd, draft.packs.count()) == (True, 360_000, 2)
    services.set_packs(draft, [bag], by=sau)
    box.refresh_from_db()
    assert not box.is_active


@pytest.mark.parametrize(
    "bad", [{"price_vnd": 999}, {"price_vnd": 100_000_001}, {"net_qty": 0}, {"gross_g": -1}, {"label": " "}]
)
def test_packs_have_sane_figures(draft, sau, bad):
    with pytest.raises(BadPack):
        services.set_packs(draft, [BOX | bad], by=sau)
    assert draft.packs.get().price_vnd == 350_000


def test_a_listing_keeps_a_pack(draft, sau):
    with pytest.raises(PackNeeded):
        services.set_packs(draft, [], by=sau)


def test_price_changes_at_once(sau, heard):
    pack = a_listing().packs.get()
    services.set_price(pack, 365_000, by=sau)
    assert pack.listing.packs.get().price_vnd == 365_000 and heard == [pack.listing_id]


def test_a_stranger_finds_no_listing_of_hers(draft):
    cast.strangers_household()
    assert access_listing(cast.ba_sau(), draft.pk) == draft
    with pytest.raises(NotYours):
        access_listing(cast.hoa(), draft.pk)
