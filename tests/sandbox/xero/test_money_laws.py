"""What holds of all documents, whatever is sent: sums that add up, an invoice that is what settles it, answers instead of crashes."""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sandbox.xero.conftest import CALLBACK, DOCUMENTS, LINE, SCOPES, START, World

from crossfoot_sandbox import jsontext
from crossfoot_sandbox.clock import Clock
from crossfoot_sandbox.xero.ledger import Xero

CENT = Decimal("0.01")
MODES = {"up": ROUND_HALF_UP, "even": ROUND_HALF_EVEN}


def a_world(**switches: Any) -> World:
    clock = Clock(lambda: START)
    xero = Xero(clock)
    organisation = xero.add_organisation("Kiwi Trading", "NZ")
    xero.add_app("app", "secret", (*SCOPES, DOCUMENTS), [CALLBACK])
    world = World(clock, xero, organisation, xero.grant("app", [organisation]))
    world.switch(limits=False, **switches)
    return world


def numbers(places: int, most: int) -> st.SearchStrategy[Decimal]:
    return st.integers(1, most * 10**places).map(lambda units: Decimal(units).scaleb(-places))


lines = st.builds(
    lambda quantity, price, rate, tax: {
        "Description": "x",
        "Quantity": quantity,
        "UnitAmount": price,
        "AccountCode": "200",
        "TaxType": tax,
        **({"DiscountRate": rate} if rate else {}),
    },
    numbers(4, 50),
    numbers(4, 900),
    st.sampled_from([None, Decimal(10), Decimal("33.33"), Decimal(100)]),
    st.sampled_from(["OUTPUT2", "NONE", "ZERORATED"]),
)


@settings(deadline=None, max_examples=25)
@given(
    sent=st.lists(lines, min_size=1, max_size=6),
    basis=st.sampled_from(["Exclusive", "Inclusive", "NoTax"]),
    mode=st.sampled_from(sorted(MODES)),
)
def test_a_total_is_the_sum_of_its_rounded_lines(sent: list[dict[str, Any]], basis: str, mode: str) -> None:
    """An arithmetic of its own, line by line in fractions, agrees with the stand-in to the cent."""
    world = a_world(half_cent=mode)
    row = world.invoice(Contact={"Name": "Ada"}, LineItems=sent, LineAmountTypes=basis)
    gross = tax = Decimal(0)
    for line in sent:
        whole = line["Quantity"] * line["UnitAmount"] * (1 - line.get("DiscountRate", Decimal(0)) / 100)
        amount = whole.quantize(CENT, MODES[mode])
        percent = Decimal(15) if line["TaxType"] == "OUTPUT2" and basis != "NoTax" else Decimal(0)
        divisor = 100 + percent if basis == "Inclusive" else Decimal(100)
        tax += (amount * percent / divisor).quantize(CENT, MODES[mode])
        gross += amount
    net = gross - tax if basis == "Inclusive" else gross
    assert (row["SubTotal"], row["TotalTax"], row["Total"]) == (net, tax, net + tax)


@settings(deadline=None, max_examples=15)
@given(
    st.lists(
        st.tuples(st.sampled_from(["pay", "credit", "unpay", "uncredit"]), st.integers(1, 2_500)), max_size=12
    )
)
def test_an_invoice_is_always_what_settles_it(deeds: list[tuple[str, int]]) -> None:
    """Due is total less paid less credited, PAID exactly at zero, whatever comes and goes and is refused."""
    world = a_world()
    invoice = world.invoice(Contact={"Name": "Ada"}, Status="AUTHORISED")["InvoiceID"]
    note = world.put(
        "/CreditNotes",
        {"Type": "ACCRECCREDIT", "Contact": {"Name": "Ada"}, "LineItems": [LINE], "Status": "AUTHORISED"},
    ).payload()["CreditNotes"][0]["CreditNoteID"]
    paid: dict[str, Decimal] = {}
    credited: dict[str, Decimal] = {}
    total = Decimal("24.15")
    for deed, cents in deeds:
        amount = Decimal(cents).scaleb(-2)
        open_before = total - sum(paid.values()) - sum(credited.values())
        if deed == "pay":
            sent = {"Invoice": {"InvoiceID": invoice}, "Account": {"Code": "090"}, "Amount": amount}
            answer = world.put("/Payments", {**sent, "Date": "2026-11-23"})
            assert (answer.status == 200) is (amount <= open_before)
            if answer.status == 200:
                paid[answer.payload()["Payments"][0]["PaymentID"]] = amount
        elif deed == "credit":
            body = {
                "Allocations": [{"Amount": amount, "Invoice": {"InvoiceID": invoice}, "Date": "2026-11-23"}]
            }
            answer = world.put(f"/CreditNotes/{note}/Allocations", body)
            left = total - sum(credited.values())
            assert (answer.status == 200) is (amount <= min(open_before, left))
            if answer.status == 200:
                credited[answer.payload()["Allocations"][0]["AllocationID"]] = amount
        elif deed == "unpay" and paid:
            payment, _ = paid.popitem()
            assert world.post(f"/Payments/{payment}", {"Status": "DELETED"}).status == 200
        elif deed == "uncredit" and credited:
            allocation, _ = credited.popitem()
            assert world.call("DELETE", f"/CreditNotes/{note}/Allocations/{allocation}").status == 200
        row = world.get(f"/Invoices/{invoice}").payload()["Invoices"][0]
        due = total - sum(paid.values()) - sum(credited.values())
        assert (row["AmountPaid"], row["AmountCredited"], row["AmountDue"]) == (
            sum(paid.values()),
            sum(credited.values()),
            due,
        )
        assert (row["Status"], "FullyPaidOnDate" in row) == (
            ("PAID", True) if due == 0 else ("AUTHORISED", False)
        )


NAMES = st.sampled_from(
    [
        "Type",
        "Contact",
        "LineItems",
        "Status",
        "Date",
        "DueDate",
        "InvoiceNumber",
        "CurrencyCode",
        "CurrencyRate",
        "Amount",
        "Account",
        "BankAccount",
        "Invoice",
        "Reference",
        "Url",
        "Total",
        "Quantity",
        "UnitAmount",
        "LineAmount",
        "TaxAmount",
        "DiscountRate",
        "DiscountAmount",
        "Tracking",
        "ItemCode",
        "AccountCode",
        "TaxType",
        "Description",
        "LineItemID",
        "Name",
        "ContactID",
        "InvoiceID",
        "Code",
        "BankAmount",
    ]
)
WORDS = st.sampled_from(
    [
        "ACCREC",
        "ACCRECCREDIT",
        "RECEIVE-OVERPAYMENT",
        "AUTHORISED",
        "DRAFT",
        "VOIDED",
        "200",
        "090",
        "USD",
        "NONE",
        "",
    ]
)
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**19), 10**19),
        st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12),
        WORDS,
        st.just("2026-12-01"),
        st.text(max_size=12),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=6)),
    max_leaves=14,
)


@settings(deadline=None, max_examples=120)
@given(
    path=st.sampled_from(["Invoices", "CreditNotes", "Payments", "BankTransactions"]),
    method=st.sampled_from(["PUT", "POST"]),
    element=st.dictionaries(NAMES, VALUES, max_size=9),
)
def test_nonsense_is_answered_and_changes_nothing_unless_it_is_taken(
    path: str, method: str, element: dict[str, Any]
) -> None:
    world = a_world()
    answer = world.raw(method, f"/{path}", jsontext.dumps({path: [element]}))
    assert answer.status in (200, 400, 404)
    if answer.status != 200:
        assert len(world.organisation.book(path)) == 0
        assert len(world.organisation.book("Contacts")) == 0


@settings(deadline=None, max_examples=60)
@given(changes=st.dictionaries(NAMES, VALUES, max_size=6), paid=st.booleans())
def test_nonsense_about_an_invoice_leaves_it_as_it_was_unless_it_is_taken(
    changes: dict[str, Any], paid: bool
) -> None:
    world = a_world()
    row = world.invoice(Contact={"Name": "Ada"}, Status="AUTHORISED" if paid else "DRAFT")
    if paid:
        payment = {"Invoice": {"InvoiceID": row["InvoiceID"]}, "Account": {"Code": "090"}, "Amount": 1}
        world.put("/Payments", {**payment, "Date": "2026-11-23"})
    record = world.organisation.book("Invoices")[row["InvoiceID"]]
    before, status = dict(record.values), record.status
    answer = world.raw("POST", f"/Invoices/{row['InvoiceID']}", jsontext.dumps(changes))
    assert answer.status in (200, 400)
    if answer.status == 400:
        assert (record.values, record.status) == (before, status)
    elif paid:
        money = ("Total", "AmountDue", "AmountPaid", "SubTotal", "TotalTax", "CurrencyCode", "Date")
        assert [record.values[name] for name in money] == [before[name] for name in money]


@pytest.mark.parametrize("kind", ["Invoices", "CreditNotes"])
def test_writing_back_what_was_read_changes_nothing(kind: str) -> None:
    """A client that reads a document and posts it whole does no harm, apart from a price that was cut to two decimals."""
    world = a_world(unchanged_write_touches=False)
    sent = {
        "Type": {"Invoices": "ACCREC", "CreditNotes": "ACCRECCREDIT"}[kind],
        "Contact": {"Name": "Ada"},
        "LineItems": [LINE, {**LINE, "TaxAmount": Decimal("3.14")}, {"Description": "Thank you"}],
        "Status": "AUTHORISED",
        **({"DueDate": "2026-12-20"} if kind == "Invoices" else {}),
    }
    made = world.put(f"/{kind}", sent).payload()[kind][0]
    key = f"{kind.removesuffix('s')}ID"
    record = world.organisation.book(kind)[made[key]]
    versions = len(record.versions)
    read = world.get(f"/{kind}/{made[key]}").payload()[kind][0]
    read["Contact"] = {"ContactID": read["Contact"]["ContactID"]}
    answer = world.raw("POST", f"/{kind}/{made[key]}", jsontext.dumps(read))
    assert answer.status == 200, answer.body
    assert len(record.versions) == versions
