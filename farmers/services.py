"""The write side of households: each public function is one act in one transaction."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.text import slugify

from accounts.models import User
from common import dates
from common.vietnamese import fold, tidy
from farmers import letters, requirements, scans
from farmers.errors import (
    AlreadyOwner,
    IllegalMove,
    PaperKnown,
    ReasonNeeded,
    StillMissing,
    TooManyPapers,
)
from farmers.models import Certificate, Commune, Household, Membership, Storefront
from farmers.moves import move
from farmers.queries import own_household
from farmers.signals import household_changed

State = Household.State
#: papers of one household that wait at the same time
MOST_WAITING = 20


@transaction.atomic
def start_household(
    user: User,
    *,
    name: str,
    commune: Commune,
    grows: Sequence[str],
    address_line: str = "",
    terms: bool = False,
) -> Household:
    """A draft household with the person as its owner, and its storefront, not public yet.

    `grows` are product slugs; `terms` says that the rules were accepted now. Raises AlreadyOwner.
    """
    User.objects.select_for_update().get(pk=user.pk)
    if (mine := own_household(user)) is not None:
        raise AlreadyOwner(mine)
    household = Household.objects.create(
        name=tidy(name),
        commune=commune,
        grows=list(grows),
        address_line=tidy(address_line),
        terms_accepted_at=dates.now() if terms else None,
    )
    Membership.objects.create(household=household, user=user, role=Membership.Role.OWNER)
    Storefront.objects.create(household=household, name=household.name, slug=_free_slug(household.name))
    return household


@transaction.atomic
def describe(
    household: Household,
    *,
    name: str,
    commune: Commune,
    grows: Sequence[str],
    address_line: str = "",
    terms: bool = False,
) -> None:
    """Change what the application says, while it is a draft or was returned. Raises IllegalMove else."""
    fields = {
        "name": tidy(name),
        "commune": commune,
        "grows": list(grows),
        "address_line": tidy(address_line),
        "terms_accepted_at": household.terms_accepted_at or (dates.now() if terms else None),
    }
    open_ones = Household.objects.filter(pk=household.pk, state__in=[State.DRAFT, State.RETURNED])
    if not open_ones.update(**fields):
        raise IllegalMove
    Storefront.objects.filter(household=household).update(name=fields["name"])
    for key, value in fields.items():
        setattr(household, key, value)


@transaction.atomic
def apply(user: User, *, terms: bool, **facts: Any) -> Household:
    """Start the person's household, or mend what was returned, and hand it in: one press of one button.

    `facts` are those of `start_household`. Pressed twice, the second finds the first one's work and keeps it.
    Raises StillMissing.
    """
    User.objects.select_for_update().get(pk=user.pk)
    household = own_household(user)
    if household is None:
        household = start_household(user, terms=terms, **facts)
    elif household.state in (State.DRAFT, State.RETURNED):
        describe(household, terms=terms, **facts)
    else:
        return household
    submit(household, user)
    return household


@transaction.atomic
def submit(household: Household, by: User) -> None:
    """Hand the application to the province. Raises StillMissing, IllegalMove, MovedMeanwhile."""
    if lacking := requirements.missing(household, requirements.SUBMIT):
        raise StillMissing(lacking)
    move(household, State.SUBMITTED, by=by, returned_reason="")


@transaction.atomic
def verify(household: Household, *, by: User) -> None:
    """Let the household sell: its storefront is public from now on. Raises StillMissing, IllegalMove."""
    if household.state == State.SUSPENDED:
        raise IllegalMove
    if lacking := requirements.missing(household, requirements.VERIFY):
        raise StillMissing(lacking)
    move(household, State.VERIFIED, by=by)
    letters.verified(household)
    household_changed.send(Household, household_id=household.pk)


@transaction.atomic
def return_(household: Household, *, by: User, why: str) -> None:
    """Give the application back with the reasons in words for the household. Raises ReasonNeeded."""
    why = why.strip()
    if not why:
        raise ReasonNeeded
    move(household, State.RETURNED, by=by, why=why, returned_reason=why)
    letters.returned(household, why)


@transaction.atomic
def suspend(household: Household, *, by: User, why: str) -> None:
    """Take a household off the market at once; its open orders stay. Raises ReasonNeeded, IllegalMove."""
    why = why.strip()
    if not why:
        raise ReasonNeeded
    move(household, State.SUSPENDED, by=by, why=why)
    letters.suspended(household, why)
    household_changed.send(Household, household_id=household.pk)


@transaction.atomic
def reinstate(household: Household, *, by: User) -> None:
    """Let a suspended household sell again."""
    if household.state != State.SUSPENDED:
        raise IllegalMove
    move(household, State.VERIFIED, by=by)
    letters.reinstated(household)
    household_changed.send(Household, household_id=household.pk)


@transaction.atomic
def know_by(household: Household, level: str, *, by: User) -> None:
    """An officer has seen who the household is: `level` of Household.Identity."""
    level = Household.Identity(level)
    seen_at = None if level == Household.Identity.NONE else dates.now()
    Household.objects.filter(pk=household.pk).update(identity_level=level, identity_checked_at=seen_at)
    household.identity_level, household.identity_checked_at = level, seen_at
    household_changed.send(Household, household_id=household.pk)


def add_certificate(
    household: Household,
    *,
    kind: str,
    number: str,
    product_code: str,
    issued_on: date,
    valid_to: date | None,
    scan: UploadedFile,
    by: User,
) -> Certificate:
    """Hand in a paper with its scan; it counts once an officer has compared it with the original.

    A number that was refused may be sent again and takes the refused one's place. Raises ScanNotTaken,
    PaperKnown, TooManyPapers. The scan is read before the transaction.
    """
    file = scans.clean(scan)
    number = tidy(number)
    with transaction.atomic():
        Household.objects.select_for_update().get(pk=household.pk)
        papers = Certificate.objects.filter(household=household)
        if papers.filter(state=Certificate.State.SUBMITTED).count() >= MOST_WAITING:
            raise TooManyPapers
        old = papers.filter(kind=kind, number=number).first()
        if old is not None:
            if old.state != Certificate.State.REJECTED:
                raise PaperKnown
            _forget_paper(old)
        return Certificate.objects.create(
            household=household,
            kind=kind,
            number=number,
            product_code=product_code,
            issued_on=issued_on,
            valid_to=valid_to,
            scan=file,
        )


@transaction.atomic
def judge_certificate(certificate: Certificate, *, accepted: bool, by: User) -> None:
    """An officer has compared the scan with the paper: it counts from now on (within its dates), or never."""
    state = Certificate.State.VERIFIED if accepted else Certificate.State.REJECTED
    Certificate.objects.filter(pk=certificate.pk).update(state=state)
    certificate.state = state
    household_changed.send(Household, household_id=certificate.household_id)


@transaction.atomic
def write_storefront(
    storefront: Storefront,
    *,
    story: str,
    methods: Sequence[str],
    on_holiday_until: date | None,
    takes_cash: bool = True,
    by: User,
) -> None:
    """Change the household's public face: story, codes of delivery methods, holiday (its last day), cash or not."""
    fields = {
        "story": story.strip(),
        "methods": list(methods),
        "on_holiday_until": on_holiday_until,
        "takes_cash": takes_cash,
    }
    Storefront.objects.filter(pk=storefront.pk).update(**fields)
    for key, value in fields.items():
        setattr(storefront, key, value)
    household_changed.send(Household, household_id=storefront.household_id)


def _forget_paper(paper: Certificate) -> None:
    """Take away a refused paper, and its scan once nothing can undo it."""
    storage, name = paper.scan.storage, paper.scan.name
    paper.delete()
    if name:
        transaction.on_commit(lambda: storage.delete(name))


def _free_slug(name: str) -> str:
    """A slug nobody has yet, readable; the unique constraint settles a race."""
    stem = slugify(fold(name))[:80].strip("-") or "ho"
    taken = set(Storefront.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    number = 1
    slug = stem
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug
