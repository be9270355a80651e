"""The province's screens: who may enter, what they decide, and scans that never leave by another door."""

import html
import json

import pytest
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.urls import reverse

from common import phones
from farmers import services
from farmers.models import Certificate, Household
from tests import cast
from tests.builders.farmers import CHI_LANG, a_certificate, a_commune, a_household, a_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.STAFF_NEED_SECOND_FACTOR = False


@pytest.fixture
def tuan(client):
    client.force_login(cast.tuan())
    return client


@pytest.fixture
def waiting():
    household = services.apply(
        cast.ba_sau(), name="Hộ bà Sáu", commune=a_commune(*CHI_LANG), grows=["na-chi-lang"], terms=True
    )
    services.know_by(household, "paper", by=cast.tuan())
    return household


@pytest.fixture
def paper():
    made = a_certificate(a_household(), state=Certificate.State.SUBMITTED)
    made.scan.save("giay.html", ContentFile(b"<script>alert(1)</script>"))
    yield made
    made.scan.delete(save=False)


def review(household: Household) -> str:
    return reverse("households:review", args=[household.pk])


def test_the_queue_shows_who_waits_and_how_many(tuan, waiting):
    page = tuan.get(reverse("households:queue")).content.decode()
    assert "Hộ bà Sáu" in page and json.dumps("Hộ chờ xác minh (1)") in html.unescape(page)


def test_approving_leads_on(tuan, waiting):
    page = tuan.get(review(waiting)).content.decode()
    assert "Na Chi Lăng" in page and phones.show("+84900000001") in page
    assert tuan.post(review(waiting), {"act": "verify"})["Location"] == reverse("households:queue")
    assert Household.objects.get(pk=waiting.pk).state == "verified"


def test_returning_needs_a_reason_and_keeps_what_was_typed(tuan, waiting):
    assert tuan.post(review(waiting), {"act": "return", "why": " "}).status_code == 422
    tuan.post(review(waiting), {"act": "return", "why": "Ghi rõ thôn."})
    assert Household.objects.get(pk=waiting.pk).returned_reason == "Ghi rõ thôn."


def test_two_officers_at_once_is_a_plain_message(tuan, waiting):
    services.verify(Household.objects.get(pk=waiting.pk), by=cast.tuan())
    answer = tuan.post(review(waiting), {"act": "return", "why": "Muộn"})
    assert answer.status_code == 422 and "bước khác" in answer.content.decode()


def test_an_unknown_act_is_not_found(tuan, waiting):
    assert tuan.post(review(waiting), {"act": "delete"}).status_code == 404
    assert tuan.get(reverse("households:review", args=[999_999])).status_code == 404


def test_a_paper_is_accepted_with_its_household_in_sight(tuan, paper):
    tuan.post(reverse("households:judge", args=[paper.pk]), {"act": "accept"})
    paper.refresh_from_db()
    assert paper.state == "verified"


def test_a_scan_is_a_download_and_never_a_page(tuan, paper):
    answer = tuan.get(reverse("households:scan", args=[paper.pk]))
    assert (
        answer["Content-Disposition"].startswith("attachment")
        and answer["X-Content-Type-Options"] == "nosniff"
    )
    assert answer["Content-Type"] == "application/octet-stream" and "no-store" in answer["Cache-Control"]


def test_a_scan_lies_outside_what_is_served(client, paper, settings):
    assert not paper.scan.path.startswith(str(settings.MEDIA_ROOT))
    assert client.get(f"/media/{paper.scan.name}").status_code == 404


@pytest.mark.parametrize("who", ["guest", "sau", "hoa", "content"])
def test_nobody_else_enters(client, waiting, paper, who):
    if who == "content":
        user = a_user(is_staff=True)
        user.user_permissions.add(Permission.objects.get(codename="access_admin"))
        client.force_login(user)
    elif who != "guest":
        client.force_login(cast.ba_sau() if who == "sau" else cast.hoa())
    for address in (
        reverse("households:queue"),
        review(waiting),
        reverse("households:scan", args=[paper.pk]),
    ):
        assert client.get(address).status_code in (302, 403, 404)
    assert client.post(review(waiting), {"act": "verify"}).status_code in (302, 403, 404)
    assert Household.objects.get(pk=waiting.pk).state == "submitted"
