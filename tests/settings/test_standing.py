"""How documents and customers stand, in settings: the lens, and the rows that there are by default."""

from datetime import date
from decimal import Decimal

import pytest

from crossfoot.model.identity import Side
from crossfoot.model.records import Value
from crossfoot.settings.building import build_pair
from crossfoot.settings.choices import StandingPart
from crossfoot.settings.connection import ConnectionSettings
from crossfoot.settings.document_defaults import DocumentSettings
from crossfoot.settings.files import dump, load
from crossfoot.settings.mappings import UNTOLD, Direction, FieldPair
from crossfoot.settings.shape import LensName, PairSettings, SyncSettings
from crossfoot.systems.hubspot.defaults import CARRIES as CRM
from crossfoot.systems.xero.defaults import CARRIES as LEDGER

PATHS = ("Status", "AmountPaid", "AmountCredited", "AmountDue", "DueDate", "Computed.Today")


def lens(tells: StandingPart | None = None) -> FieldPair:
    row = PairSettings(
        crm=("a",), ledger=PATHS, lens=LensName.STANDING, direction=Direction.TO_CRM, tells=tells
    )
    return build_pair("standing", row, Direction.BOTH, None)


def told(*values: Value) -> dict[str, Value]:
    return dict(zip(PATHS, values, strict=False))


LATE = told("AUTHORISED", Decimal(4), Decimal(0), Decimal("6.00"), date(2026, 11, 1), date(2026, 12, 15))


@pytest.mark.parametrize(
    ("tells", "value"),
    [
        (None, "overdue"),
        ("state", "overdue"),
        ("overdue_since", date(2026, 11, 2)),
        ("aged", "up_to_60"),
        ("days_overdue", Decimal(44)),
    ],
)
def test_a_document_stands_as_its_amounts_and_the_day_say(tells: StandingPart | None, value: Value) -> None:
    pair = lens(tells)
    assert pair.read(Side.LEDGER, LATE) == value
    written = pair.write(Side.CRM, value, {"a": None})
    assert pair.same(pair.read(Side.CRM, written), value)  # type: ignore[arg-type]


@pytest.mark.parametrize("status", ["DRAFT", "SUBMITTED", "PAID", "VOIDED"])
def test_only_what_is_open_can_be_overdue(status: str) -> None:
    document = {**LATE, "Status": status}
    assert lens("overdue_since").read(Side.LEDGER, document) is None
    assert lens("aged").read(Side.LEDGER, document) is None
    assert lens("days_overdue").read(Side.LEDGER, document) is None


def test_without_knowing_the_day_nothing_is_said() -> None:
    assert lens().read(Side.LEDGER, told("AUTHORISED", *([Decimal(0)] * 3), None)) is UNTOLD


def settings(*syncs: str, **documents: bool) -> ConnectionSettings:
    short = ConnectionSettings(
        name="shop",
        syncs={name: SyncSettings() for name in syncs},
        documents=DocumentSettings.model_validate(documents),
    )
    return short.completed(CRM, LEDGER)


def rows(found: ConnectionSettings, sync: str) -> list[str]:
    return [name for name, row in (found.syncs[sync].mapping or {}).items() if "Computed" in str(row.ledger)]


def test_customers_show_what_they_owe_as_soon_as_invoices_are_synced() -> None:
    assert rows(settings("people", "companies"), "people") == []
    for more in ("invoices", "deals"):
        found = settings("people", "companies", "company_people", more)
        assert rows(found, "people") == rows(found, "companies")
        assert "owed_due" in rows(found, "people")
        assert rows(found, "company_people") == [], "a person who works for a customer owes nothing"
        assert load(dump(found)).completed(CRM, LEDGER) == found
        assert list(found.mistakes()) == []


def test_they_do_not_where_the_settings_say_so() -> None:
    assert rows(settings("people", "invoices", customer_totals=False), "people") == []


def test_a_row_of_ones_own_stays() -> None:
    own = PairSettings(
        crm=("debt",), ledger=("Computed.Due",), lens=LensName.MONEY, direction=Direction.TO_CRM
    )
    taken = PairSettings(crm=("crossfoot_owed",), ledger=("AccountNumber",))
    short = ConnectionSettings(
        name="shop",
        syncs={
            "people": SyncSettings(mapping={"owed_due": own, "mine": taken}),
            "invoices": SyncSettings(),
        },
    )
    mapping = short.completed(CRM, LEDGER).syncs["people"].mapping or {}
    assert mapping["owed_due"] == own
    assert "owed" not in mapping
    assert "owed_since" in mapping


def test_the_number_of_days_is_mapped_on_request_and_never_on_deals() -> None:
    assert "days_overdue" not in rows(settings("invoices"), "invoices")
    found = settings("invoices", "deals", count_days=True)
    assert "days_overdue" in rows(found, "invoices")
    assert "days_overdue" not in rows(found, "deals")
