"""A plugin of pytest: tests run without a safeguard, and must fail.

pytest -p tests.simulation.removed --without "undo is refused where a later edit stands" tests/runtime/test_undo.py
"""

from contextlib import ExitStack

import pytest
from tests.simulation.guards import GUARDS

_GONE = ExitStack()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--without", choices=list(GUARDS), required=True, help="the safeguard to take out")


def pytest_configure(config: pytest.Config) -> None:
    _GONE.enter_context(GUARDS[config.getoption("--without")].remove())


def pytest_unconfigure() -> None:
    _GONE.close()
