"""For all tests: the court sits, see `tests/witnesses/sitting.py`."""

pytest_plugins = ["tests.witnesses.sitting"]
