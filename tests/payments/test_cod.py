"""Cash on delivery keeps the adapters' promises."""

from payments.adapters.cod import Cod
from payments.adapters.contract import Asks, Listens, Refunds
from payments.adapters.testing import NOW, AdapterContract
from payments.adapters.wire import Http


class TestContract(AdapterContract):
    def adapter(self):
        return Cod(Cod.Config(), Http(), lambda: NOW)


def test_what_cash_cannot_do_is_absent():
    cash = Cod(Cod.Config(), Http(), lambda: NOW)
    assert not isinstance(cash, Listens | Asks | Refunds)
