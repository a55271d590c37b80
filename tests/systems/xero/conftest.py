"""The fixture of the Xero connector's tests."""

import pytest
from tests.systems.xero.world import Ledger, connected


@pytest.fixture
def ledger() -> Ledger:
    return connected()
