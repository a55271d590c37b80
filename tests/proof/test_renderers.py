"""The money proof as JSON, CSV and a page: the same sums everywhere, and nothing from outside in them."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st
from tests.proof.given import TODAY, compared, proof, seen

from crossfoot.cli.data import plain, text_of
from crossfoot.model.document_state import Phase
from crossfoot.model.identity import Kind, Side
from crossfoot.model.subjects import SubjectState
from crossfoot.proof import tables
from crossfoot.proof.detectors import Detector, Finding
from crossfoot.proof.findings import FindingBook
from crossfoot.proof.money import Circumstances, Compared, compare
from crossfoot.proof.money_book import MoneyBook
from crossfoot.proof.money_chart import phase_bars
from crossfoot.proof.money_html import page
from crossfoot.proof.money_report import MoneyProof, as_data
from crossfoot.proof.table import cell
from crossfoot.settings.detecting import Silence

NASTY = '<script>alert("1")</script>&'


def told(*, halt: str = "") -> MoneyProof:
    book = MoneyBook()
    book.add(compare(Kind.INVOICE, seen(), seen(), Circumstances()))
    excluded = Circumstances(SubjectState.EXCLUDED, NASTY)
    book.add(compare(Kind.INVOICE, None, seen("2", label=NASTY, total="1234.50", due="1234.50"), excluded))
    book.add(
        compare(
            Kind.INVOICE,
            seen(phase=Phase.PAID, total="10"),
            seen(phase=Phase.PAID, total="10.01"),
            Circumstances(),
        )
    )
    book.add(
        compare(
            Kind.PAYMENT,
            seen("3", total="50", currency="AUD"),
            seen("3", total="50", currency="AUD"),
            Circumstances(),
        )
    )
    findings = FindingBook({"won_not_invoiced": Silence(known={"D2": None})}, TODAY)
    for deal in ("D1", "D2"):
        findings.add(
            Finding(
                Detector.WON_NOT_INVOICED,
                deal,
                (),
                "Deal",
                "NZD",
                Decimal("99.00"),
                TODAY,
                f"{NASTY} is won.",
            )
        )
    return proof(book, findings, halt)


class Reader(HTMLParser):
    """Checks that tags close in order, and collects text and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in ("meta", "!doctype"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(proof: MoneyProof) -> tuple[str, Reader]:
    html = "".join(page(proof))
    reader = Reader()
    reader.feed(html)
    assert reader.open == []
    return html, reader


def rows(head: Sequence[str], lines: Iterable[tables.Row]) -> list[dict[str, str]]:
    """What a spreadsheet reads."""
    return [dict(zip(head, map(cell, line), strict=True)) for line in lines]


def test_the_page_is_well_formed_and_brings_nothing_from_outside() -> None:
    html, reader = read(told())
    tags = {tag for tag, _, _ in reader.attributes}
    assert not tags & {"script", "link", "img", "iframe", "object"}
    assert not {name for _, name, _ in reader.attributes} & {"src", "href", "style", "onclick"}
    assert not re.search(r"https?://|url\(|@import", html)
    assert "default-src 'none'" in html
    for svg in re.findall(r"<svg.*?</svg>", html, re.DOTALL):
        ET.fromstring(svg)


def test_what_people_typed_is_text_and_nothing_else() -> None:
    html, reader = read(told())
    assert NASTY not in html
    assert NASTY in "".join(reader.text)
    assert "Kea <NZ>" in "".join(reader.text)


def test_the_page_says_scope_verdict_sums_causes_and_findings() -> None:
    text = " ".join("".join(read(told())[1].text).split())
    for expected in (
        "All invoices and payments dated 2026-01-01 or later, in both systems.",
        "Invoices of suppliers are left out.",
        "NOT GREEN. 1 unexplained: see what is said of each.",
        "1,234.50",
        "\N{MINUS SIGN}1,234.50",
        "UNEXPLAINED",
        "Won, but not invoiced.",
        "Invoice the deal",
    ):
        assert expected in text


def test_a_proof_that_could_not_be_made_shows_no_sums() -> None:
    html, _ = read(told(halt="Xero does not answer."))
    assert "NOT PROVED. Xero does not answer." in html
    assert "<table" not in html


def test_a_green_page_is_short_and_green() -> None:
    book = MoneyBook()
    book.add(compare(Kind.INVOICE, seen(), seen(), Circumstances()))
    text = "".join(read(proof(book))[1].text)
    assert "Nothing differs." in text
    assert "deals and invoices tell the same story" in text


@given(st.lists(compared(), max_size=8))
def test_any_proof_can_be_shown(documents: list[Compared]) -> None:
    book = MoneyBook()
    for each in documents:
        book.add(each)
    read(proof(book))
    text_of(as_data(proof(book)))


@given(st.lists(compared(), max_size=8))
def test_json_and_csv_hold_the_sums_to_check_them_again(documents: list[Compared]) -> None:
    book = MoneyBook()
    for each in documents:
        book.add(each)
    data = plain(as_data(proof(book)))
    for bridge in data["bridges"]:
        parts = sum(Decimal(part["amount"]) for part in bridge["parts"])
        assert Decimal(bridge["ledger"]) + parts == Decimal(bridge["crm"])
        assert Decimal(bridge["leftover"]) == 0
    totals: dict[tuple[str, ...], Decimal] = {}
    for row in rows(tables.TOTALS, tables.totals(book)):
        place = (row["currency"], row["kind"], row["measure"])
        if row["cause"] == "hubspot":
            assert totals[place] == Decimal(row["amount"])
        else:
            totals[place] = totals.get(place, Decimal(0)) + Decimal(row["amount"])
    assert len(rows(tables.SUMS, tables.sums(book))) == 2 * len(book.rows())


def test_amounts_in_data_are_text_and_no_floats() -> None:
    data = plain(as_data(told()))
    assert data["sums"][1]["sides"]["xero"]["total"] == "1349.50"
    assert data["green"] is False
    assert not re.search(r": -?\d+\.\d", text_of(as_data(told())))


def test_every_difference_and_finding_is_a_line_and_no_formula() -> None:
    around = Circumstances(SubjectState.EXCLUDED, "=cmd()")
    found = compare(Kind.INVOICE, None, seen(label="@sum", total="5", tax="-1"), around)
    (tax, total) = rows(tables.MONEY, map(tables.money, found.differences))
    assert (total["number"], total["why"], total["amount"], total["xero"]) == ("'@sum", "'=cmd()", "-5", "5")
    assert (tax["amount"], tax["hubspot"], tax["hubspot_id"]) == ("1", "", "")
    one = Finding(Detector.AMOUNTS_APART, "D1", ("I1", "I2"), "+Deal", "NZD", Decimal(-3), TODAY, "Why.")
    (line,) = rows(tables.FINDINGS, [tables.finding(one)])
    assert (line["label"], line["amount"], line["invoices"]) == ("'+Deal", "-3", "I1 I2")


def test_equal_money_is_bars_of_equal_length() -> None:
    book = MoneyBook()
    book.add(compare(Kind.INVOICE, seen(total="30"), seen(total="30"), Circumstances()))
    book.add(
        compare(
            Kind.INVOICE,
            seen(phase=Phase.PAID, total="10"),
            seen(phase=Phase.PAID, total="10"),
            Circumstances(),
        )
    )
    svg = ET.fromstring(phase_bars(book.rows(), "NZD", {Side.CRM: "HubSpot", Side.LEDGER: "Xero"}))
    widths = [rect.get("width") for rect in svg.iter("rect")]
    assert widths == ["315.0", "105.0"] * 2
    assert "Xero, open: 30.00 NZD" in (svg.get("aria-label") or "")
