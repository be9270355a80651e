"""The read side: whose household is whose, what the public may see, what waits for the province."""

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from accounts.models import User
from farmers.errors import NotYours
from farmers.models import Certificate, Commune, Household, HouseholdEvent, Membership, Storefront

State = Household.State


def households_of(user: User) -> QuerySet[Household]:
    """The households a person belongs to, as owner or helper; nobody's for a guest."""
    return Household.objects.filter(memberships__user_id=user.pk or 0)


def access_household(user: User, household_id: int, *, owner: bool = False) -> Household:
    """One of the person's households; `owner` asks for more than helping. Raises NotYours."""
    rows = Household.objects.filter(pk=household_id)
    mine = Q(memberships__user_id=user.pk or 0)
    if owner:
        mine &= Q(memberships__role=Membership.Role.OWNER)
    found = rows.filter(mine).select_related("commune", "storefront").first()
    if found is None:
        raise NotYours
    return found


def own_household(user: User) -> Household | None:
    """The household the person started themselves, if any."""
    rows = Household.objects.filter(
        memberships__user_id=user.pk or 0, memberships__role=Membership.Role.OWNER
    )
    return rows.select_related("commune", "storefront").order_by("created_at").first()


def storefronts() -> QuerySet[Storefront]:
    """Storefronts the public may see: of verified households, with household, commune and photo."""
    rows = Storefront.objects.filter(household__state=State.VERIFIED)
    return rows.select_related("household__commune", "photo")


def access_storefront(slug: str) -> Storefront:
    """A storefront the public may see. Raises NotYours."""
    found = storefronts().filter(slug=slug).first()
    if found is None:
        raise NotYours
    return found


def communes_by_district() -> dict[str, list[Commune]]:
    """Former district → its communes, both in the Vietnamese alphabet's order."""
    groups: dict[str, list[Commune]] = {}
    for commune in Commune.objects.order_by("former_district", "sort_key"):
        groups.setdefault(commune.former_district, []).append(commune)
    return groups


def waiting_households() -> QuerySet[Household]:
    """Households that wait for verification, the longest waiting first; `since` is when they were last sent."""
    sent = HouseholdEvent.objects.filter(household=OuterRef("pk"), to=State.SUBMITTED).order_by("-at")
    rows = Household.objects.filter(state=State.SUBMITTED).select_related("commune", "storefront")
    return rows.annotate(since=Coalesce(Subquery(sent.values("at")[:1]), F("created_at"))).order_by(
        "since", "pk"
    )


def waiting_papers() -> QuerySet[Certificate]:
    """Certificates nobody has compared yet, of households that sell already, the oldest first."""
    rows = Certificate.objects.filter(state=Certificate.State.SUBMITTED, household__state=State.VERIFIED)
    return rows.select_related("household__commune").order_by("created_at", "pk")


def papers_of(household: Household) -> QuerySet[Certificate]:
    """All papers of a household: what waits first, then by their end, those without one last."""
    rank = Case(
        When(state=Certificate.State.SUBMITTED, then=0),
        When(state=Certificate.State.VERIFIED, then=1),
        default=2,
    )
    rows = Certificate.objects.filter(household=household).annotate(rank=rank)
    return rows.order_by("rank", F("valid_to").asc(nulls_last=True), "pk")


def certificate_file(certificate_id: int) -> Certificate | None:
    """A certificate that has a scan; only staff with the permission may be shown it."""
    return Certificate.objects.exclude(scan="").filter(pk=certificate_id).first()
