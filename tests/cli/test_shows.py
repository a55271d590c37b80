"""What is drawn fits the screen: nothing is wider than it, at 80 columns as at 100, and states are words, not only colours."""

import json
import re
from decimal import Decimal

import pytest
from tests.cli.conftest import Command

from crossfoot.app.planned import _PARTICULAR
from crossfoot.cli import words
from crossfoot.cli.pictures import self_contained
from crossfoot.model.identity import Side
from crossfoot.model.subjects import SubjectState
from crossfoot.store.runs import RunState


@pytest.mark.parametrize("columns", [80, 100])
def test_nothing_is_wider_than_the_screen(at_work: Command, columns: int) -> None:
    at_work.columns = columns
    for command in ("status", "log", "review list", "syncs list", "plan"):
        drawn = at_work(*command.split()).out
        assert max(len(line) for line in drawn.splitlines()) <= columns, command


def test_on_a_narrow_screen_every_sync_has_its_name_and_every_number_that_is_typed_again_is_whole(
    at_work: Command,
) -> None:
    at_work.columns = 60
    status = at_work("status").out
    for name in ("companies", "company people", "people", "products"):
        assert f"{name} (active): " in status.replace("\n", " ")
    runs = at_work("log", "--json").data["runs"]
    log = at_work("log").out
    for run in runs:
        assert run["id"][-8:] in log
    for drawn in (status, log):
        assert max(len(line) for line in drawn.splitlines()) <= 60


def test_every_state_of_a_record_has_words() -> None:
    assert set(words.STATES) == set(SubjectState)
    assert all(word for word, _ in words.STATES.values())


def test_long_values_end_in_an_ellipsis_and_amounts_stand_to_the_right() -> None:
    assert words.value("x" * 200).plain.endswith("…")
    assert len(words.value("x" * 200).plain) == words.LONGEST
    assert words.value(Decimal("1E+3")).plain == "1000"
    assert words.value(Decimal("1.5")).justify == "right"
    assert words.value(None).plain == "empty"
    assert words.value("crm/company/7").plain == "HubSpot company 7"


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("1234.5", "NZD", "1,234.50"),
        ("3572.8", "JPY", "3,572.80"),
        ("5496", "JPY", "5,496"),
        ("0.125", "NZD", "0.125"),
        ("7", "", "7.00"),
    ],
)
def test_an_amount_has_the_digits_of_its_currency_and_loses_none(
    amount: str, currency: str, shown: str
) -> None:
    assert words.amount(Decimal(amount), currency).plain == shown


def test_a_long_value_is_shown_where_it_changes() -> None:
    assert words.change("Berlin", "Nelson", 24) == "Berlin → Nelson"
    assert (
        words.change(
            "Standard mirror, sold by the piece", "Standard mirror, sold by the piece, now in green", 24
        )
        == "…the piece → …the piece, now in green"
    )
    assert words.change(None, "x" * 40, 10) == "empty → " + "x" * 9 + "…"


def test_a_reason_names_the_systems_as_people_do() -> None:
    assert words.why("3 records here have the same email", Side.LEDGER) == (
        "3 records in Xero have the same email."
    )
    assert words.why("an archived record across has the same name", Side.CRM) == (
        "An archived record in Xero has the same name."
    )
    assert words.why("both sides changed it; the rule says the ledger wins") == (
        "Both sides changed it; the rule says Xero wins."
    )


def test_every_state_of_a_run_has_words() -> None:
    assert set(words.RUNS) == set(RunState)


BELONGS = "HubSpot allows each 'Email' once, and '{}' belongs to another contact there ({})."
PLANNED = (
    "Xero allows each 'Contact name' once, and '{}' goes to another record that this plan would create or change, "
    "for the contact {} in HubSpot."
)


@pytest.mark.parametrize("reason", [BELONGS, PLANNED])
def test_one_reason_for_many_records_is_counted_once(reason: str) -> None:
    told = {
        _PARTICULAR.sub("…", reason.format(value, record))
        for value, record in (
            ("Ann O'Hara", "15000642037"),
            ("b@x.example", "d329dd6e-20a1-4f6e-8d11-000000000001"),
        )
    }
    assert told == {reason.format("…", "…")}


def test_blanks_at_the_beginning_of_a_text_are_not_left_to_the_viewer() -> None:
    drawn = self_contained(
        '<text class="a" x="207.4" y="190.8" textLength="85.4" clip-path="url(#b)">&#160;&#160;26&#160;</text>'
        '<text class="a" x="12.2" y="190.8" textLength="12.2" clip-path="url(#b)">\n</text>'
    )
    assert drawn == '<text class="a" x="231.8" y="190.8" textLength="48.8" clip-path="url(#b)">26</text>'


def test_pictures_need_nothing_from_the_web() -> None:
    drawn = self_contained(
        '<svg xmlns="http://www.w3.org/2000/svg"><!-- Generated with Rich https://www.textualize.io -->'
        '<style>@font-face { font-family: "Fira Code"; src: url("https://cdnjs.example/f.woff2"); }\n'
        ".a { font-family: Fira Code, monospace; }</style></svg>"
    )
    assert re.findall(r"https?://[^\"]*", drawn) == ["http://www.w3.org/2000/svg"]
    assert "ui-monospace" in drawn
    assert json.dumps(drawn).count("font-face") == 0
