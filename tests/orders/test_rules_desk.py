"""Rates of fees and taxes are the finance desk's to change."""

import pytest

from shop.orders.models import CommissionRule, WithholdingRule
from tests.payments.test_finance import staff

pytestmark = pytest.mark.django_db
RIGHTS = [
    f"{act}_{model}" for act in ("add", "change", "view") for model in ("commissionrule", "withholdingrule")
]


def test_finance_writes_a_rule(client, django_user_model):
    staff(client, django_user_model, *RIGHTS)
    assert "48/2024" not in client.get("/quan-tri/phi-cua-cho/").text
    assert client.get("/quan-tri/khau-tru-thue/").status_code == 200
    form = {"position": 5, "rate_bp": 250, "from_day": "2026-01-01", "note": "thử", "seller_kind": ""}
    client.post("/quan-tri/phi-cua-cho/add/", form)
    assert CommissionRule.objects.order_by("position").first().rate_bp == 250


def test_the_law_stands_in_its_row(client, django_user_model):
    staff(client, django_user_model, *RIGHTS)
    assert "0.01" in (page := client.get("/quan-tri/khau-tru-thue/").text) or "0,01" in page
    edit = client.get("/quan-tri/khau-tru-thue/edit/1/")
    assert edit.status_code == 200 and "48/2024" in edit.text


def test_others_may_not(client, django_user_model):
    staff(client, django_user_model, "view_order")
    assert client.get("/quan-tri/phi-cua-cho/add/").status_code in (302, 403)
    client.post("/quan-tri/phi-cua-cho/add/", {"position": 5, "rate_bp": 250, "from_day": "2026-01-01"})
    assert CommissionRule.objects.count() == 1


def test_a_rule_of_taxes_is_ended_and_not_deleted(client, django_user_model):
    staff(client, django_user_model, *RIGHTS, "delete_withholdingrule", "delete_commissionrule")
    rule = WithholdingRule.objects.first()
    delete = f"/quan-tri/khau-tru-thue/delete/{rule.pk}/"
    assert client.post(delete).status_code in (302, 403)
    assert WithholdingRule.objects.filter(pk=rule.pk).exists()
    assert delete not in client.get(f"/quan-tri/khau-tru-thue/edit/{rule.pk}/").text
    client.post(f"/quan-tri/phi-cua-cho/delete/{CommissionRule.objects.get().pk}/")
    assert not CommissionRule.objects.exists()
