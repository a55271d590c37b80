"""Generated invoices: every kind is there, every amount adds up, the same seed makes the same books."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from crossfoot_sandbox import defaults, jsontext
from crossfoot_sandbox.clock import Clock
from crossfoot_sandbox.defaults import World
from crossfoot_sandbox.generate import generate
from crossfoot_sandbox.invented.documents import CURRENCIES, STORIES
from crossfoot_sandbox.invented.manifest import Manifest
from crossfoot_sandbox.sandbox import Sandbox
from crossfoot_sandbox.xero.pages.office import Office

KINDS = (
    "Invoices",
    "CreditNotes",
    "Payments",
    "Allocations",
    "Overpayments",
    "Prepayments",
    "BankTransactions",
)
NOW = 1_790_000_000.0


def filled(invoices: int = 200, seed: int = 5, **options: Any) -> tuple[World, Manifest]:
    world = defaults.world(Clock(lambda: NOW))
    return world, generate(world.sandbox, contacts=40, seed=seed, invoices=invoices, **options)


@pytest.fixture(scope="module")
def books() -> tuple[World, Manifest]:
    return filled(awkward=0.5)


def snapshot(organisation: Office) -> Any:
    return [[(one.id, one.status, dict(one.values)) for one in organisation.book(k).values()] for k in KINDS]


def told(books: tuple[World, Manifest], kind: str) -> dict[str, Any]:
    """The first invoice of a kind."""
    world, manifest = books
    invoice = next(one.id for one in manifest.documents if one.kind == kind)
    record = world.organisation.book("Invoices")[invoice]
    return {**record.values, "Status": record.status}


def test_the_same_seed_makes_the_same_books_and_another_one_others() -> None:
    (one, first), (other, second), (third, _) = filled(60), filled(60), filled(60, seed=6)
    assert first == second
    assert snapshot(one.organisation) == snapshot(other.organisation)
    assert snapshot(one.organisation) != snapshot(third.organisation)


def test_as_many_as_asked_for_of_every_kind(books: tuple[World, Manifest]) -> None:
    world, manifest = books
    counted = manifest.counts()["invoices in Xero"]
    assert sum(counted.values()) == 200 == len(world.organisation.book("Invoices"))
    assert set(counted) == {"plain", *STORIES}
    assert counted["plain"] == 100
    assert len(manifest.as_data()["documents"]) == 200


def test_every_amount_adds_up(books: tuple[World, Manifest]) -> None:
    organisation = books[0].organisation
    for record in organisation.book("Invoices").values():
        values = record.values
        lines = [line for line in values["LineItems"] if "LineAmount" in line]
        gross = sum((line["LineAmount"] for line in lines), Decimal(0))
        tax = sum((line["TaxAmount"] for line in lines), Decimal(0))
        net = gross - tax if values["LineAmountTypes"] == "Inclusive" else gross
        assert (values["SubTotal"], values["TotalTax"], values["Total"]) == (net, tax, net + tax)
        assert values["Total"] == values["AmountDue"] + values["AmountPaid"] + values["AmountCredited"]
        assert values["AmountDue"] >= 0
        assert (record.status == "PAID") is (values["AmountDue"] == 0)
    for kind in ("CreditNotes", "Overpayments", "Prepayments"):
        for credit in organisation.book(kind).values():
            applied = sum((one["Amount"] for one in credit.values["Allocations"]), Decimal(0))
            assert credit.values["RemainingCredit"] == credit.values["Total"] - applied


@pytest.mark.parametrize("currency", CURRENCIES)
def test_six_currencies_are_there_and_paid_in_part(books: tuple[World, Manifest], currency: str) -> None:
    values = told(books, f"in {currency}")
    assert (values["CurrencyCode"], values["Status"]) == (currency, "AUTHORISED")
    assert 0 < values["AmountPaid"] < values["Total"]
    assert values["CurrencyRate"] not in (0, 1)


def test_what_became_of_them(books: tuple[World, Manifest]) -> None:
    assert told(books, "voided")["Status"] == "VOIDED"
    assert told(books, "deleted draft")["Status"] == "DELETED"
    assert told(books, "draft")["Status"] == "DRAFT"
    assert told(books, "draft approved later")["Status"] == "AUTHORISED"
    assert len(told(books, "part paid")["Payments"]) == 2
    assert told(books, "payment removed")["Payments"] == []
    assert len(told(books, "credited in part")["CreditNotes"]) == 1
    settled = told(books, "settled by credit")
    assert (settled["Status"], settled["AmountPaid"]) == ("PAID", 0)
    assert told(books, "overpaid")["Status"] == "PAID"
    assert len(told(books, "prepaid")["Prepayments"]) == 1
    assert told(books, "bill")["Type"] == "ACCPAY"
    assert len(books[0].organisation.book("Overpayments")) > 0


def test_awkward_money_is_awkward(books: tuple[World, Manifest]) -> None:
    assert told(books, "four decimals")["LineItems"][0]["UnitAmount"] == Decimal("0.0137")
    assert told(books, "half a cent")["TotalTax"] == Decimal("0.09")
    many = told(books, "sum of rounded taxes")
    assert (
        many["TotalTax"] == Decimal("153.6") != (many["SubTotal"] * Decimal("0.15")).quantize(Decimal("0.01"))
    )
    assert told(books, "discounts")["TotalDiscount"] > 0
    assert told(books, "tax included")["LineAmountTypes"] == "Inclusive"
    assert told(books, "tax free")["TotalTax"] == 0
    assert told(books, "tax overridden")["TotalTax"] == Decimal("14.99")
    assert len({line["TaxType"] for line in told(books, "several tax types")["LineItems"]}) == 2
    assert min(line["LineAmount"] for line in told(books, "negative line")["LineItems"]) < 0
    assert "LineAmount" not in told(books, "description only")["LineItems"][-1]
    assert len(told(books, "long description")["LineItems"][0]["Description"]) == 4_000
    assert told(books, "tracked by region")["LineItems"][0]["Tracking"] != []


def test_they_were_made_over_the_past_year_for_active_customers(books: tuple[World, Manifest]) -> None:
    world, manifest = books
    records = list(world.organisation.book("Invoices").values())
    assert max(one.updated_ms for one in records) <= NOW * 1000
    assert len({one.values["Date"] for one in records}) > 50
    contacts = world.organisation.book("Contacts")
    assert {contacts[one.contact].status for one in manifest.documents} == {"ACTIVE"}
    assert all(contacts[one.contact].values["IsCustomer"] for one in manifest.documents if one.kind != "bill")


def test_plain_ones_only_and_none_at_all() -> None:
    _, plain = filled(20, awkward=0)
    assert Counter(one.kind for one in plain.documents) == {"plain": 20}
    assert filled(0)[1].documents == ()


@pytest.mark.parametrize("country", ["AU", "UK", "US"])
def test_other_countries_have_invoices_too(country: str) -> None:
    sandbox = Sandbox(Clock(lambda: NOW))
    portal = sandbox.hubspot.add_portal(1, name="P", currency="AUD", time_zone="UTC", tier="professional")
    organisation = sandbox.xero.add_organisation(country, country)
    made = generate(
        sandbox, contacts=8, invoices=80, awkward=0.9, portal=portal, organisation=organisation
    ).documents
    assert len(made) == 80
    assert organisation.book("Invoices")[made[0].id].values["TotalTax"] >= 0


def test_impossible_numbers_are_told() -> None:
    with pytest.raises(ValueError, match="invoices must be zero or more"):
        filled(-1)
    with pytest.raises(ValueError, match="at least one active customer"):
        generate(defaults.world(Clock(lambda: NOW)).sandbox, contacts=0, invoices=1)


def test_the_books_can_be_read_as_json(books: tuple[World, Manifest]) -> None:
    """Days are written as days, amounts as numbers with every digit."""
    record = next(iter(books[0].organisation.book("Invoices").values()))
    read = jsontext.loads(jsontext.dumps(dict(record.values)))
    assert read["Date"] == record.values["Date"].isoformat()
    assert (read["Total"], read["LineItems"][0]["LineAmount"]) == (
        record.values["Total"],
        record.values["LineItems"][0]["LineAmount"],
    )
