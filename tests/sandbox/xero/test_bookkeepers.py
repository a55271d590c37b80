"""Colleagues who keep the books, by method and by the words of `/sandbox/people`; and what a contact owes in the end."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.sandbox.xero.conftest import LINE, World

from crossfoot_sandbox import defaults
from crossfoot_sandbox.clock import Clock
from crossfoot_sandbox.people_acts import BadAct, perform
from crossfoot_sandbox.xero.pages.bookkeepers import Bookkeeper

START = 1_795_392_000.0
DUE = Decimal("24.15")


class Office:
    """The ready-made world, and a colleague who says what is to be done."""

    def __init__(self) -> None:
        self.world = defaults.world(Clock(lambda: START))
        self.organisation = self.world.organisation

    def does(self, act: str, **words: Any) -> str:
        said = {"side": "xero", "act": act, **words}
        return str(perform(self.world.portal, self.organisation, said)["id"])

    def invoice(self, **values: Any) -> str:
        contact = self.does(
            "create", kind="Contacts", values={"Name": f"Customer {values.get('Reference', '')}"}
        )
        sent = {
            "Type": "ACCREC",
            "Contact": {"ContactID": contact},
            "LineItems": [LINE],
            "DueDate": "2026-12-20",
        }
        return self.does("create", kind="Invoices", values={**sent, **values})

    def read(self, kind: str, record_id: str) -> dict[str, Any]:
        record = self.organisation.book(kind)[record_id]
        return {**record.values, "Status": record.status}


@pytest.fixture
def office() -> Office:
    return Office()


def test_an_invoice_goes_its_way_by_words(office: Office) -> None:
    invoice = office.invoice(DueDate="")
    office.does("approve", id=invoice, values={"DueDate": "2026-12-31"})
    first = office.does("pay", id=invoice, amount="4.15", date="2026-11-20", reference="Cheque", by="cy")
    office.does("credit", id=invoice, amount="5")
    assert office.read("Invoices", invoice)["AmountDue"] == 15
    rest = office.does("pay", id=invoice, account="881")
    assert office.read("Invoices", invoice)["Status"] == "PAID"
    office.does("reconcile", id=first)
    assert office.read("Payments", first)["IsReconciled"] is True
    office.does("reconcile", id=first, reconciled=False)
    office.does("remove payment", id=first)
    after = office.read("Invoices", invoice)
    assert (after["Status"], after["AmountDue"], after["AmountCredited"]) == (
        "AUTHORISED",
        Decimal("4.15"),
        5,
    )
    with pytest.raises(ValueError, match="The status VOIDED cannot be applied"):
        office.does("void", id=invoice)
    office.does("remove payment", id=rest)
    allocation = next(iter(office.organisation.book("Allocations")))
    office.does("remove allocation", id=allocation)
    office.does("void", id=invoice)
    assert office.read("Invoices", invoice)["Status"] == "VOIDED"


def test_a_whole_credit_takes_the_lines_of_the_invoice_with_their_discounts(office: Office) -> None:
    lines = [{**LINE, "DiscountRate": 10}, {"Description": "Thank you"}, {**LINE, "TaxAmount": "3.14"}]
    invoice = office.invoice(Status="AUTHORISED", LineItems=lines)
    note = office.does("credit", id=invoice)
    after = office.read("CreditNotes", note)
    assert (after["Status"], after["RemainingCredit"], after["Total"]) == (
        "PAID",
        0,
        office.read("Invoices", invoice)["Total"],
    )
    assert office.read("Invoices", invoice)["Status"] == "PAID"


@pytest.mark.parametrize(("kind", "tax"), [("overpayment", 0), ("prepayment", Decimal("2.61"))])
def test_money_received_before_its_invoice_is_allocated_later(
    office: Office, kind: str, tax: Decimal
) -> None:
    invoice = office.invoice(Status="AUTHORISED")
    contact = office.read("Invoices", invoice)["Contact"]["ContactID"]
    credit = office.does("receive", contact=contact, amount=20, kind=kind)
    assert office.read(f"{kind.title()}s", credit)["TotalTax"] == tax
    office.does("allocate", id=credit, other=invoice, amount="7.5")
    assert office.read("Invoices", invoice)["AmountDue"] == Decimal("16.65")
    assert office.read(f"{kind.title()}s", credit)["RemainingCredit"] == Decimal("12.5")


def test_periods_are_locked_and_accounts_archived_by_words(office: Office) -> None:
    invoice = office.invoice()
    office.does("lock", period="2026-11-30")
    with pytest.raises(ValueError, match="period lock date, currently set at 30-Nov-2026"):
        office.does("approve", id=invoice)
    office.does("lock")
    office.does("archive account", code="200")
    with pytest.raises(ValueError, match="has been archived"):
        office.does("approve", id=invoice)
    office.does("archive account", code="200", archived=False)
    office.does("approve", id=invoice)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ({"act": "pay", "id": "x", "date": "soon"}, '"date" is no day'),
        ({"act": "pay", "id": "x", "amount": "much"}, '"amount" is no amount'),
        ({"act": "reconcile", "id": "x", "reconciled": "yes"}, '"reconciled" must be true or false'),
        ({"act": "void"}, '"id" is missing'),
    ],
)
def test_words_that_are_not_understood(office: Office, words: dict[str, Any], text: str) -> None:
    with pytest.raises(BadAct, match=text):
        perform(office.world.portal, office.organisation, {"side": "xero", **words})


# ── Repeating invoices ─────────────────────────────────────────────────────────────────────────────────────────────────


def template(world: World, **values: Any) -> str:
    sent = {
        "Type": "ACCREC",
        "Contact": {"Name": "Ada"},
        "LineItems": [LINE],
        "Status": "AUTHORISED",
        "Schedule": {
            "Period": 1,
            "Unit": "MONTHLY",
            "DueDate": 20,
            "DueDateType": "OFFOLLOWINGMONTH",
            "StartDate": "2026-11-01",
            "NextScheduledDate": "2026-12-01",
        },
        **values,
    }
    return world.organisation.person_creates("RepeatingInvoices", sent)


def test_templates_are_read_filtered_and_not_written(world: World) -> None:
    first = template(world, Reference="Rent")
    gone = template(world, Status="DRAFT", Reference="Old")
    row = world.rows("RepeatingInvoices", query={"where": 'Reference=="Rent" AND Contact.Name=="Ada"'})[0]
    assert (row["RepeatingInvoiceID"], row["ID"], row["Total"], row["Status"]) == (
        first,
        first,
        DUE,
        "AUTHORISED",
    )
    assert row["Schedule"]["NextScheduledDate"] == "/Date(1796083200000+0000)/"
    assert len(row["LineItems"]) == 1
    assert [r["Reference"] for r in world.rows("RepeatingInvoices", query={"order": "Reference"})] == [
        "Old",
        "Rent",
    ]
    world.organisation.person_edits("RepeatingInvoices", gone, {"Status": "DELETED"})
    assert len(world.rows("RepeatingInvoices")) == 1
    assert world.get(f"/RepeatingInvoices/{first}").payload()["RepeatingInvoices"][0]["Reference"] == "Rent"
    assert world.get(f"/RepeatingInvoices/{gone}").status == 404
    assert world.raw("PUT", "/RepeatingInvoices", b"{}").status == 405
    with pytest.raises(ValueError, match="Schedule must be specified"):
        world.organisation.person_creates("RepeatingInvoices", {"Contact": {"Name": "Ada"}})


def test_xero_makes_invoices_from_templates(world: World) -> None:
    first = template(world)
    invoice = Bookkeeper(world.organisation).repeats(first, date(2026, 12, 1))
    row = world.get(f"/Invoices/{invoice}").payload()["Invoices"][0]
    assert (row["RepeatingInvoiceID"], row["Status"], row["DueDateString"], row["Total"]) == (
        first,
        "AUTHORISED",
        "2027-01-20T00:00:00",
        DUE,
    )
    assert world.organisation.book("Invoices")[invoice].created_by == "vendor"
    where = f'RepeatingInvoiceID==Guid("{first}")'
    assert len(world.rows("Invoices", query={"where": where})) == 1
    Bookkeeper(world.organisation).archives_account("200")
    with pytest.raises(ValueError, match="has been archived"):
        Bookkeeper(world.organisation).repeats(first)


# ── What a contact owes ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_contact_shows_what_is_open_less_credit_and_what_is_overdue(world: World) -> None:
    people = Bookkeeper(world.organisation)
    contact = world.contact(Name="Ada")["ContactID"]
    who = {"ContactID": contact}
    world.invoice(Contact=who)  # a draft owes nothing
    late = world.invoice(Contact=who, Status="AUTHORISED", DueDate="2026-11-22")
    world.invoice(Contact=who, Status="AUTHORISED", DueDate="2026-11-23")
    world.invoice(Contact=who, Status="AUTHORISED", Type="ACCPAY", LineItems=[{**LINE, "AccountCode": "300"}])
    people.pays(late["InvoiceID"], Decimal(4))
    people.receives(contact, Decimal(50))
    expected = {
        "AccountsReceivable": {"Outstanding": Decimal("-5.7"), "Overdue": Decimal("20.15")},
        "AccountsPayable": {"Outstanding": DUE, "Overdue": 0},
    }
    one = world.get(f"/Contacts/{contact}").payload()["Contacts"][0]
    assert one["Balances"] == expected
    assert world.rows("Contacts")[0]["Balances"] == expected
    assert "Balances" not in world.rows("Contacts", query={"summaryOnly": "true"})[0]
    people.voids("Invoices", world.invoice(Contact={"Name": "Bob"}, Status="AUTHORISED")["InvoiceID"])
    assert "Balances" not in world.rows("Contacts", query={"where": 'Name=="Bob"'})[0]


def test_history_names_what_became_of_a_document(world: World) -> None:
    invoice = world.invoice()
    people = Bookkeeper(world.organisation, by="cy")
    world.clock.advance(1)
    people.approves("Invoices", invoice["InvoiceID"])
    world.clock.advance(1)
    people.pays(invoice["InvoiceID"])
    rows = world.get(f"/Invoices/{invoice['InvoiceID']}/History").payload()["HistoryRecords"]
    assert [(row["Changes"], row["User"]) for row in rows] == [
        ("Paid", "cy"),
        ("Approved", "cy"),
        ("Created", "System Generated"),
    ]
