"""What the tests of gateways share whose other side a fake plays: the contract, and a refund to give."""

import pytest

from payments.adapters.contract import Charge, Return
from payments.adapters.testing import NOW, AdapterContract


def back(charge: Charge, amount_vnd: int = 5_000, name: str = "back-1", **more) -> Return:
    return Return(id=name, of=charge, amount_vnd=amount_vnd, **{"sent_at": NOW, **more})


class FakeContract(AdapterContract):
    """The contract of an adapter whose module has a fixture `home`: (the fake, the adapter that speaks with it)."""

    @pytest.fixture(autouse=True)
    def _home(self, home):
        self.fake, self.ours = home

    def adapter(self):
        return self.ours

    def refunds_made(self):
        return len(self.fake.refunds)
