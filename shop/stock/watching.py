""" "Báo tôi khi có": who waits for goods, and telling each of them once when they can be bought.

A guest's contact counts once its owner has confirmed it by the link in a letter; a member's verified one at
once. Nobody learns here who waits for what: whoever asks gets the same answer, and the letter says the rest.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from procrastinate.contrib.django import app

from accounts import contacts, limits
from accounts.models import User
from accounts.notices import post
from accounts.notices import services as notices
from accounts.queries import contacts_of
from common import dates
from common.steer import steer
from farmers.models import Household
from shop.catalogue.models import Listing, Product
from shop.stock import letters, links
from shop.stock.errors import CannotTell, CannotText
from shop.stock.models import Watch
from shop.stock.queries import sellable
from shop.stock.values import Opening

UNCONFIRMED, LONGEST, OVER = timedelta(days=1), timedelta(days=365), timedelta(days=30)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: after so long every act that could not see a wish yet has committed or failed (`transaction_timeout`)
SETTLED = timedelta(seconds=150)
#: things that a member may ask for in a day
KEPT_A_DAY = 60
#: letters written in one transaction: few, so that whoever stops meanwhile hardly waits
BATCH = 50
#: a number like any other, to ask whether somebody would carry a text message
ANY_PHONE = "+84912345678"
LIVE = Q(told_at__isnull=True, stopped_at__isnull=True)
# Of two workers each takes other rows; what one of them has told, the other finds told. Whoever waits for the
# product and for this listing too gets one letter: the twins end with it.
TELL = """
    WITH due AS (
        SELECT id, contact FROM stock_watch
        WHERE (listing_id = %(listing)s OR product_id = %(product)s)
            AND confirmed_at IS NOT NULL AND told_at IS NULL AND stopped_at IS NULL
        ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED),
    twins AS (
        SELECT id, contact FROM stock_watch
        WHERE (listing_id = %(listing)s OR product_id = %(product)s)
            AND confirmed_at IS NOT NULL AND told_at IS NULL AND stopped_at IS NULL
            AND contact IN (SELECT contact FROM due) AND id NOT IN (SELECT id FROM due)
        ORDER BY id FOR UPDATE SKIP LOCKED)
    UPDATE stock_watch AS watch SET told_at = %(now)s, contact = ''
    FROM (SELECT * FROM due UNION ALL SELECT * FROM twins) AS whom
    WHERE watch.id = whom.id AND watch.told_at IS NULL AND watch.stopped_at IS NULL
    RETURNING watch.id, whom.contact, watch.language, watch.product_id IS NOT NULL
"""


def ask(thing: Product | Listing, contact: str, *, address: str, language: str) -> None:
    """Somebody typed a canonical contact: a letter with a link to confirm goes there, or one that says "already".

    `address` is the network address, for the limits. Raises CannotTell and accounts' TooMany; nothing is
    sent then.
    """
    _check(contact, address)
    with transaction.atomic():
        watch = _live(thing, contact, language)
        if watch.confirmed_at:
            letters.already(watch)
        else:
            Watch.objects.filter(LIVE, pk=watch.pk).update(asked_at=dates.now())
            letters.asked(watch)


def keep(thing: Product | Listing, user: User, contact: str, *, language: str) -> Watch:
    """A member asks for one of their own verified contacts, which counts at once. Raises CannotTell, TooMany.

    No letter goes out, so the limits of letters do not count.
    """
    if contact not in contacts_of(user):
        raise CannotTell
    _check_reach(contact)
    limits.take("watch-keep", str(user.pk), limit=KEPT_A_DAY, window=DAY)
    with transaction.atomic():
        watch = _live(thing, contact, language)
        confirm(watch)
    return watch


@transaction.atomic
def confirm(watch: Watch) -> None:
    """From now on it counts; if the goods came meanwhile, the letter follows at once. Twice changes nothing.

    A lot that opens in the same moment sees no wish yet, nor is it seen: the second look finds it.
    """
    now = dates.now()
    if Watch.objects.filter(LIVE, pk=watch.pk, confirmed_at=None).update(confirmed_at=now):
        watch.confirmed_at = now
        for wait in (timedelta(0), SETTLED):
            app.configure_task("stock.look_again", schedule_at=now + wait).defer(watch_id=watch.pk)


def stop(watch: Watch) -> None:
    """Tell nothing, and forget whom. One that is over stays as it is."""
    Watch.objects.filter(LIVE, pk=watch.pk).update(stopped_at=dates.now(), contact="")


def access_watch(token: str) -> Watch | None:
    """What the signed link of a letter is about; None when it is forgotten. Raises NotYours for another text."""
    rows = Watch.objects.select_related("product", "listing__storefront")
    watch = rows.filter(pk=links.read(token)).first()
    if watch and _ran_out(watch):
        return None
    return watch


def waiting(whose: Iterable[str], thing: Product | Listing | None = None) -> QuerySet[Watch]:
    """What counts and is not over for these contacts, of one thing or of all, the newest first."""
    rows = Watch.objects.filter(LIVE, contact__in=list(whose), confirmed_at__isnull=False)
    if thing is not None:
        rows = rows.filter(**_of(thing))
    return rows.select_related("product", "listing__storefront").order_by("-id")


def reaches_phones() -> bool:
    """True if this site carries text messages."""
    return post.reaches(phone=ANY_PHONE)


def on_sale(day: date) -> QuerySet[Listing]:
    """Published listings of verified households that are not on holiday: what has goods can be bought."""
    here = Q(storefront__on_holiday_until__isnull=True) | Q(storefront__on_holiday_until__lt=day)
    rows = Listing.objects.filter(here, state=Listing.State.PUBLISHED, product__age_restricted=False)
    rows = rows.filter(storefront__household__state=Household.State.VERIFIED)
    return rows.select_related("product", "storefront__household__commune")


def opening_of(listing: Listing, moment: datetime) -> Opening | None:
    """What can be bought of it: harvested lots, else pre-orders, that fill its smallest pack at least."""
    lots, day = list(sellable(moment).filter(listing=listing)), dates.local(moment).date()
    packs = sorted(listing.packs.filter(is_active=True), key=lambda each: (each.price_vnd, each.pk))
    for later in (False, True):
        some = [lot for lot in lots if (lot.harvested_on > day) is later]
        left_qty = sum(lot.available_qty for lot in some)
        pack = next((each for each in packs if each.net_qty <= left_qty), None)
        if pack is not None:
            first = min(some, key=lambda lot: lot.harvested_on) if later else some[0]
            return Opening(
                harvested_on=first.harvested_on,
                left_qty=left_qty,
                is_pre_order=later,
                cut_off_at=first.cut_off_at if later else None,
                pack_label=pack.label,
                price_vnd=pack.price_vnd,
            )
    return None


def can_be_bought(listing: Listing) -> bool:
    """Whether somebody who waited for it would be told now."""
    moment = dates.now()
    return (
        on_sale(dates.local(moment).date()).filter(pk=listing.pk).exists()
        and opening_of(listing, moment) is not None
    )


def awaited(listing_ids: Iterable[int]) -> list[int]:
    """Those of the listings for which, or for whose product, somebody waits. One query."""
    live = Watch.objects.filter(LIVE, confirmed_at__isnull=False)
    wish = Exists(live.filter(listing=OuterRef("pk"))) | Exists(live.filter(product=OuterRef("product")))
    rows = Listing.objects.filter(wish, pk__in=list(listing_ids))
    return sorted(rows.values_list("pk", flat=True))


def tell(listing_id: int) -> bool:
    """Tell the first `BATCH` that wait for this listing or its product, if it can be bought. True: more may wait.

    Safe to run twice, also at the same time: whoever is told is marked and forgotten in the same transaction.
    """
    moment = dates.now()
    listing = on_sale(dates.local(moment).date()).filter(pk=listing_id).first()
    if listing is None or not awaited([listing_id]):
        return False
    opening = opening_of(listing, moment)
    if opening is None:
        return False
    letter = letters.Told(listing, opening)
    with transaction.atomic():
        rows = _take(listing, moment)
        steer("after:stock.take_watches")
        for watch_id, contact, language, of_product in _one_each(rows):
            letter.write(watch_id, contact, language, of_product=of_product)
    return len(rows) >= BATCH


def due(watch_id: int | None = None) -> list[int]:
    """Ids of listings that can be bought while somebody still waits, one per thing; of one watch if named."""
    moment = dates.now()
    live = Watch.objects.filter(LIVE, confirmed_at__isnull=False)
    if watch_id is not None:
        live = live.filter(pk=watch_id)
    used = F("reserved_qty") + F("sold_qty") + F("spoiled_qty")
    filled = sellable(moment).filter(
        listing=OuterRef("pk"),
        listing__packs__is_active=True,
        harvested_qty__gte=used + F("listing__packs__net_qty"),
    )
    open_ = on_sale(dates.local(moment).date()).select_related(None).filter(Exists(filled))
    found = set(
        open_.filter(pk__in=live.exclude(listing=None).values("listing")).values_list("pk", flat=True)
    )
    for product_id in live.exclude(product=None).order_by().values_list("product", flat=True).distinct():
        found.update(open_.filter(product=product_id).values_list("pk", flat=True)[:1])
    return sorted(found)


def forget() -> None:
    """What nobody confirmed goes after a day, what lives after a year, what is over (it knows nobody) after a month.

    The letters leave the outbox after a day: they too know whom they were for.
    """
    now = dates.now()
    rows = Watch.objects.all()
    rows.filter(LIVE, confirmed_at=None, asked_at__lt=now - UNCONFIRMED).delete()
    rows.filter(LIVE, confirmed_at__lt=now - LONGEST).delete()
    rows.filter(Q(told_at__lt=now - OVER) | Q(stopped_at__lt=now - OVER)).delete()
    notices.forget([letters.ASKED, letters.TOLD], older_than=DAY)


@transaction.atomic
def forget_contacts(whose: Iterable[str]) -> None:
    """Somebody leaves: what these contacts wait for goes, confirmed or not, and with it every letter about it."""
    gone = list(whose)
    Watch.objects.filter(contact__in=gone).delete()
    notices.forget_contacts([letters.ASKED, letters.TOLD], gone)


def _check(contact: str, address: str) -> None:
    """Raises CannotTell for what no channel reaches, TooMany over a limit: letters per contact and per network."""
    _check_reach(contact)
    most = settings.CODE_LIMITS
    limits.take("watch-address", address, limit=most["address_hour"], window=HOUR)
    limits.take("watch-hour", contact, limit=most["contact_hour"], window=HOUR)
    limits.take("watch-day", contact, limit=most["contact_day"], window=DAY)


def _check_reach(contact: str) -> None:
    """Raises CannotTell for what no channel reaches."""
    if not post.reaches(**{contacts.field_of(contact): contact}):
        raise CannotText if contacts.is_phone(contact) and not reaches_phones() else CannotTell


def _live(thing: Product | Listing, contact: str, language: str) -> Watch:
    """The one live row of this contact and thing, made if there is none; nobody changes one that is confirmed."""
    watch, fresh = Watch.objects.get_or_create(
        contact=contact, **_of(thing), told_at=None, stopped_at=None, defaults={"language": language}
    )
    if not fresh and not watch.confirmed_at and watch.language != language:
        Watch.objects.filter(pk=watch.pk).update(language=language)
        watch.language = language
    return watch


def _of(thing: Product | Listing) -> dict[str, Product | Listing | None]:
    is_product = isinstance(thing, Product)
    return {"product": thing if is_product else None, "listing": None if is_product else thing}


def _ran_out(watch: Watch) -> bool:
    """Nobody confirmed it in time; the row goes with the next sweep."""
    return (
        watch.confirmed_at is None and watch.stopped_at is None and watch.asked_at < dates.now() - UNCONFIRMED
    )


def _take(listing: Listing, moment: datetime) -> list[tuple[int, str, str, bool]]:
    """Mark the next ones as told and forget their contacts; (id, contact, language, waits for the product) each."""
    with connection.cursor() as cursor:
        words = {"listing": listing.pk, "product": listing.product_id, "most": BATCH, "now": moment}
        cursor.execute(TELL, words)
        return sorted(cursor.fetchall())


def _one_each(rows: list[tuple[int, str, str, bool]]) -> list[tuple[int, str, str, bool]]:
    """The first row of each contact."""
    return list({row[1]: row for row in reversed(rows)}.values())[::-1]
