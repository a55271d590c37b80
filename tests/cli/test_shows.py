"""What is drawn fits the screen: nothing is wider than it, at 80 columns as at 100, and states are words, not only colours."""

import json
import re

import pytest
from tests.cli.conftest import Command

from crossfoot.cli import words
from crossfoot.cli.pictures import self_contained
from crossfoot.model.subjects import SubjectState


@pytest.mark.parametrize("columns", [80, 100])
def test_nothing_is_wider_than_the_screen(
    at_work: Command, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for command in ("status", "log", "review list", "syncs list", "plan"):
        drawn = at_work(*command.split()).out
        assert max(len(line) for line in drawn.splitlines()) <= columns, command


def test_every_state_of_a_record_has_words() -> None:
    assert set(words.STATES) == set(SubjectState)
    assert all(word for word, _ in words.STATES.values())


def test_long_values_end_in_an_ellipsis_and_amounts_stand_to_the_right() -> None:
    from decimal import Decimal

    assert words.value("x" * 200).plain.endswith("…")
    assert len(words.value("x" * 200).plain) == words.LONGEST
    assert words.value(Decimal("1E+3")).plain == "1000"
    assert words.value(Decimal("1.5")).justify == "right"
    assert words.value(None).plain == "empty"
    assert words.value("crm/company/7").plain == "HubSpot company 7"


def test_pictures_need_nothing_from_the_web() -> None:
    drawn = self_contained(
        '<svg xmlns="http://www.w3.org/2000/svg"><!-- Generated with Rich https://www.textualize.io -->'
        '<style>@font-face { font-family: "Fira Code"; src: url("https://cdnjs.example/f.woff2"); }\n'
        ".a { font-family: Fira Code, monospace; }</style></svg>"
    )
    assert re.findall(r"https?://[^\"]*", drawn) == ["http://www.w3.org/2000/svg"]
    assert "ui-monospace" in drawn
    assert json.dumps(drawn).count("font-face") == 0
