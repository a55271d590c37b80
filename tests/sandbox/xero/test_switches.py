import ast
import dataclasses
import inspect
from itertools import pairwise
from pathlib import Path

import pytest

from crossfoot_sandbox.xero import switches
from crossfoot_sandbox.xero.switches import Switches

FIELDS = [field.name for field in dataclasses.fields(Switches)]
FIDELITY = Path(switches.__file__).with_name("FIDELITY.md").read_text(encoding="utf-8")
TESTS = "".join(
    path.read_text(encoding="utf-8")
    for path in Path(__file__).parent.glob("test_*.py")
    if path.name != "test_switches.py"
)


@pytest.mark.parametrize("name", FIELDS)
def test_every_switch_says_which_unknown_it_stands_for_and_is_turned_in_a_test(name: str) -> None:
    body = next(
        node for node in ast.parse(inspect.getsource(switches)).body if isinstance(node, ast.ClassDef)
    ).body
    after = [
        following
        for statement, following in pairwise(body)
        if isinstance(statement, ast.AnnAssign)
        and isinstance(statement.target, ast.Name)
        and statement.target.id == name
    ]
    assert isinstance(after[0], ast.Expr), f"{name} has no description"
    assert f"`switch {name}`" in FIDELITY or name == "limits", f"{name} stands in no row of FIDELITY.md"
    assert f"{name}=" in TESTS or f'"{name}"' in TESTS, f"{name} is turned in no test"
