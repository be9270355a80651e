"""Which pages are looked at, for whom, and the sign-in of a household's owner. Run inside the site.

`python -m benchmarks.audit.addresses` prints {"public": {name: path}, "desk": {name: path}, "session": key}.
"""

import json
import sys

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.urls import reverse  # noqa: E402

from accounts.models import User  # noqa: E402
from shop.search.models import SearchRow  # noqa: E402
from shop.stock.models import Lot  # noqa: E402

OWNER = "+84900000001"


def everything() -> dict:
    row = (
        SearchRow.objects.filter(standing=SearchRow.Standing.IN_STOCK).order_by("-weight", "listing").first()
    )
    listing = reverse("market:listing", args=[row.storefront_slug, row.slug])
    lot = Lot.objects.filter(listing=row.listing_id).first()
    public = {
        "home": "/",
        "catalogue": reverse("market:catalogue"),
        "search": reverse("market:catalogue") + "?q=na+chi+lang",
        "product": reverse("market:product", args=[row.product.slug]),
        "listing": listing,
        "storefront": reverse("market:storefront", args=[row.storefront_slug]),
        "directory": reverse("market:storefronts"),
        "trace": reverse("market:trace", args=[lot.trace_code]),
        "sign-in": reverse("account_login"),
    }
    desk = {
        "desk": reverse("desk:today"),
        "desk listings": reverse("desk:listings"),
        "desk orders": reverse("desk:orders"),
        "desk storefront": reverse("desk:storefront"),
    }
    return {"public": public, "desk": desk, "session": _session()}


def _session() -> str:
    """The key of a session in which the owner of a household is signed in."""
    user = User.objects.get(phone=OWNER)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key


if __name__ == "__main__":
    json.dump(everything(), sys.stdout)
