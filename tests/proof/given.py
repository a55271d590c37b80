"""Documents on two sides, ordinary and odd, for the tests of the money proof."""

from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import strategies as st

from crossfoot.model.document_state import Phase
from crossfoot.model.identity import Kind, Side
from crossfoot.model.subjects import SubjectState
from crossfoot.proof.causes import DifferenceCause
from crossfoot.proof.findings import FindingBook
from crossfoot.proof.money import Circumstances, Compared, Measure, Reason, Seen, compare
from crossfoot.proof.money_book import MoneyBook
from crossfoot.proof.money_report import MoneyProof, Scope

TODAY = date(2026, 11, 23)


def amounts(**told: str) -> dict[Measure, Decimal]:
    return {Measure(name): Decimal(amount) for name, amount in told.items()}


def seen(
    record: str = "1", *, currency: str = "NZD", phase: Phase = Phase.OPEN, label: str = "INV-1", **told: str
) -> Seen:
    told = told or {"net": "100.00", "tax": "15.00", "total": "115.00", "paid": "0.00", "due": "115.00"}
    return Seen(record, currency, phase, amounts(**told), label)


def proof(book: MoneyBook | None = None, findings: FindingBook | None = None, halt: str = "") -> MoneyProof:
    return MoneyProof(
        "demo",
        datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
        {Side.CRM: "HubSpot", Side.LEDGER: "Xero"},
        {Side.CRM: "Kea & Sons", Side.LEDGER: "Kea <NZ>"},
        Scope((Kind.INVOICE, Kind.PAYMENT), date(2026, 1, 1), ("Invoices of suppliers are left out.",)),
        book or MoneyBook(),
        findings or FindingBook({}, TODAY),
        halt,
    )


money = st.integers(-90_000, 90_000).map(lambda cents: Decimal(cents).scaleb(-2))
sides = st.builds(
    Seen,
    id=st.sampled_from(["1", "2", "3"]),
    currency=st.sampled_from(["NZD", "AUD"]),
    phase=st.sampled_from(Phase),
    told=st.dictionaries(st.sampled_from(Measure), money),
    label=st.sampled_from(["", "INV-1"]),
)
found_reasons = st.builds(
    Reason,
    st.none() | st.sampled_from(Measure),
    money,
    st.none() | st.sampled_from(DifferenceCause),
    st.just("The rules differ."),
)
circumstances = st.builds(
    Circumstances,
    state=st.none() | st.sampled_from(SubjectState),
    reason=st.sampled_from(["", "A reason."]),
    signalled=st.booleans(),
    linked=st.booleans(),
    changed=st.booleans(),
    reasons=st.lists(found_reasons, max_size=3),
)


@st.composite
def compared(draw: st.DrawFn) -> Compared:
    crm = draw(st.none() | sides)
    ledger = draw(sides if crm is None else st.none() | sides | st.just(crm))
    return compare(draw(st.sampled_from([Kind.INVOICE, Kind.PAYMENT])), crm, ledger, draw(circumstances))
