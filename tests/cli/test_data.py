"""Results as data: exact, in the words of people, and what can be typed again."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from crossfoot.app.ids import time_ordered
from crossfoot.cli.data import text_of
from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.operations import Act, FieldChange, Operation
from crossfoot.proof.causes import Difference, DifferenceCause
from crossfoot.proof.tables import Tables


def test_amounts_keep_every_digit_and_systems_have_their_names() -> None:
    operation = Operation(
        "products",
        Act.UPDATE,
        Side.LEDGER,
        Kind.ITEM,
        "1",
        "2",
        {"SalesDetails.UnitPrice": Decimal("1234567890.1200")},
        (FieldChange("price", Decimal("0.10"), Decimal("1E+2"), "changed in HubSpot"),),
        waits_for=(Ref(Side.CRM, Kind.COMPANY, "7"),),
    )
    told = json.loads(text_of(operation))
    assert told["system"] == "xero"
    assert (told["hubspot_id"], told["xero_id"]) == ("1", "2")
    assert told["values"] == {"SalesDetails.UnitPrice": "1234567890.1200"}
    assert told["fields"][0]["after"] == "100"
    assert told["waits_for"] == ["hubspot/company/7"]


def test_moments_dates_and_pairs_of_words_are_text() -> None:
    at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    told = json.loads(text_of({(Side.CRM, Act.CREATE): [at, date(2026, 1, 31), True, None, 3]}))
    assert told == {"hubspot create": ["2026-11-02T09:00:00+00:00", "2026-01-31", True, None, 3]}


class Stopped:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        raise AssertionError(seconds)


def test_ids_are_in_the_order_of_time_also_when_the_clock_stands_still_or_goes_back() -> None:
    clock = Stopped(datetime(2026, 11, 2, 9, tzinfo=UTC))
    make = time_ordered(clock, lambda size: b"\xff" * size)
    made = [make() for _ in range(5000)]
    clock.at = datetime(2026, 11, 2, 8, 59, tzinfo=UTC)
    made.append(make())
    clock.at = datetime(2026, 11, 2, 10, tzinfo=UTC)
    made.append(make())
    assert made == sorted(set(made))
    assert {(each[14], len(each)) for each in made} == {("7", 36)}
    assert {each[19] for each in made} <= set("89ab")


def test_a_proof_in_a_spreadsheet_holds_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "proof.csv"
    with Tables(path) as tables:
        tables.difference(
            Difference(
                "people", "1", None, "name", "=HYPERLINK()", Decimal("-1.50"), DifferenceCause.HELD, "both"
            )
        )
        assert not path.exists()
    line = path.read_text("utf-8-sig").splitlines()[1]
    assert line == "people,1,,name,'=HYPERLINK(),-1.5,held,both"
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "proof-findings.csv",
        "proof-money.csv",
        "proof-sums.csv",
        "proof-totals.csv",
        "proof.csv",
    ]
