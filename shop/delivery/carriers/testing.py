"""The contract of a carrier as tests: a stranger inherits `CarrierContract` and names a carrier."""

from django.utils.functional import Promise

from shop.delivery.carriers.contract import Carrier, Parcel


class CarrierContract:
    """Inherit, set `carrier` (an instance), and run it with pytest."""

    carrier: Carrier

    def test_it_has_a_code_and_a_label(self) -> None:
        assert self.carrier.code.isidentifier() and self.carrier.code == self.carrier.code.lower()
        assert isinstance(self.carrier.label, str | Promise) and str(self.carrier.label)

    def test_it_answers_yes_or_no_to_any_parcel(self) -> None:
        for gross_g in (1, 5_800, 30_000, 10_000_000):
            assert self.carrier.takes(Parcel(number="XL-7K3M-9QAB/1", gross_g=gross_g)) in (True, False)

    def test_it_says_whether_it_brings_back_cash(self) -> None:
        assert self.carrier.collects_cash in (True, False)

    def test_a_nonsense_number_leads_nowhere(self) -> None:
        if hasattr(self.carrier, "address"):
            assert self.carrier.address("\x00 not a number") == ""
