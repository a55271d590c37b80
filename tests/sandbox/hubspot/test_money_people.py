"""Colleagues and buyers deal with money in HubSpot's own pages."""

from decimal import Decimal

import pytest
from tests.sandbox.hubspot.conftest import Desk


def drafted(desk: Desk, *lines: dict[str, str | None]) -> str:
    count = len(desk.portal.book("contacts"))
    ada = desk.portal.person_creates("contacts", {"email": f"ada{count}@example.test"})
    return desk.portal.person_drafts_invoice(
        {"hs_title": "March"}, ada, lines or ({"name": "Tea", "price": "10.00", "quantity": "2"},)
    )


def finalised(desk: Desk) -> str:
    invoice = drafted(desk)
    desk.portal.person_finalises(invoice)
    return invoice


def state(desk: Desk, invoice: str) -> list[str | None]:
    desk.clock.advance(5)
    names = ("hs_invoice_status", "hs_amount_paid", "hs_balance_due")
    found = desk.read("invoices", invoice, *names)
    return [found[name] for name in names]


def test_a_deal_is_made_filled_and_won(desk: Desk) -> None:
    deal = desk.portal.person_creates("deals", {"dealname": "Tea", "dealstage": "qualifiedtobuy"})
    one = desk.portal.person_adds_line("deals", deal, {"name": "Tea", "price": "3", "quantity": "2"})
    other = desk.portal.person_adds_line("deals", deal, {"name": "Pot", "price": "20"})
    desk.portal.person_edits("deals", deal, {"dealstage": "closedwon"}, by="ben")
    assert desk.linked("deals", deal, "line_items") == [one, other]
    places = [desk.read("line_items", line, "hs_position_on_quote") for line in (one, other)]
    assert [place["hs_position_on_quote"] for place in places] == ["0", "1"]
    assert desk.portal.book("deals")[deal].versions[-2].author == "person:ben"
    assert desk.read("deals", deal, "hs_is_closed_won")["hs_is_closed_won"] == "true"


def test_an_invoice_is_drafted_edited_finalised_and_paid_by_hand(desk: Desk) -> None:
    invoice = drafted(desk)
    desk.portal.person_edits("invoices", invoice, {"hs_due_date": "2027-02-01T00:00:00Z", "hs_number": "A-1"})
    desk.portal.person_finalises(invoice)
    assert state(desk, invoice) == ["open", "0.00", "20.00"]
    first = desk.portal.person_records_payment(invoice, Decimal("5.00"))
    assert state(desk, invoice) == ["open", "5.00", "15.00"]
    desk.portal.person_records_payment(invoice)
    assert state(desk, invoice) == ["paid", "20.00", "0.00"]
    found = desk.read("commerce_payments", first, "hs_processor_type", "hs_object_source")
    assert (found["hs_processor_type"], found["hs_object_source"]) == ("none", "CRM_UI")
    assert desk.linked("commerce_payments", first, "contacts") == desk.linked("invoices", invoice, "contacts")


def test_an_invoice_is_voided(desk: Desk) -> None:
    invoice = finalised(desk)
    desk.portal.person_voids(invoice)
    assert state(desk, invoice)[0] == "voided"


def test_a_buyer_pays_through_the_processor_and_gets_money_back(desk: Desk) -> None:
    with pytest.raises(ValueError, match="no payment processing"):
        desk.portal.buyer_pays(finalised(desk))
    desk.portal.commerce.processor = "hs_payments"
    invoice = finalised(desk)
    payment = desk.portal.buyer_pays(invoice, fee=Decimal("0.88"))
    assert state(desk, invoice) == ["paid", "20.00", "0.00"]
    assert desk.read("commerce_payments", payment, "hs_net_amount")["hs_net_amount"] == "19.12"
    assert desk.change("commerce_payments", payment, hs_latest_status="failed").status == 400
    desk.portal.person_refunds(payment, Decimal("5.00"))
    assert state(desk, invoice) == ["open", "15.00", "5.00"]
    desk.portal.person_refunds(payment)
    assert state(desk, invoice) == ["open", "0.00", "20.00"]
    with pytest.raises(ValueError, match="cannot be refunded"):
        desk.portal.person_refunds(payment)


def test_the_pages_refuse_what_makes_no_sense(desk: Desk) -> None:
    people, invoice = desk.portal, finalised(desk)
    lines = len(people.book("line_items"))
    with pytest.raises(ValueError, match="cannot be changed: it is open"):
        people.person_adds_line("invoices", invoice, {"price": "1"})
    assert len(people.book("line_items")) == lines
    with pytest.raises(ValueError, match=r"20\.00 is due"):
        people.person_records_payment(invoice, Decimal("20.01"))
    with pytest.raises(ValueError, match="is draft, not open"):
        people.person_records_payment(drafted(desk))
    empty = people.person_creates("invoices", {"hs_currency": "USD"})
    with pytest.raises(ValueError, match="INVOICE_TO_CONTACT"):
        people.person_finalises(empty)
    with pytest.raises(ValueError, match="cannot be deleted"):
        people.person_archives("invoices", invoice)
    with pytest.raises(ValueError, match="have no line items"):
        people.person_adds_line(
            "contacts", people.person_creates("contacts", {"email": "b@example.test"}), {}
        )
    with pytest.raises(ValueError, match="cannot be associated"):
        people.person_links("invoices", invoice, "products", "1")
    deal = people.person_creates("deals", {"dealname": "T", "dealstage": "closedwon"})
    with pytest.raises(ValueError, match="are not associated"):
        people.person_unlinks("invoices", invoice, "deals", deal)


def test_records_are_linked_and_taken_apart(desk: Desk) -> None:
    deal = desk.portal.person_creates("deals", {"dealname": "T", "dealstage": "closedwon"})
    invoice = drafted(desk)
    assert desk.portal.person_links("invoices", invoice, "deals", deal) == deal
    assert desk.linked("deals", deal, "invoices") == [invoice]
    desk.portal.person_unlinks("deals", deal, "invoices", invoice)
    assert desk.linked("deals", deal, "invoices") == []


def test_hubspots_own_data_sync_leaves_its_mark_on_an_invoice(desk: Desk) -> None:
    invoice = desk.portal.data_sync_brings({"hs_number": "INV-0042", "hs_amount_billed": "115.00"})
    found = desk.read("invoices", invoice, "hs_invoice_source", "hs_number")
    assert (found["hs_invoice_source"], found["hs_number"]) == ("data_sync", "INV-0042")
    own = desk.read("invoices", drafted(desk), "hs_invoice_source")
    assert own["hs_invoice_source"] == "HUBSPOT"


def test_an_admin_sets_up_money(desk: Desk) -> None:
    desk.portal.admin_sets_up(
        {
            "processor": "byo_stripe",
            "deletes_open_invoices": True,
            "number_prefix": "R-",
            "next_number": 7,
            "tax_ids": ["NZ 1"],
            "tax_rates": [{"name": "GST", "rate": "15"}, {"name": "Old", "rate": 10, "active": False}],
            "currencies": {"EUR": "1.08"},
        }
    )
    invoice = drafted(desk)
    assert desk.read("invoices", invoice, "hs_number", "hs_tax_id")["hs_number"] == "R-7"
    rates = desk.portal.commerce.tax_rates.values()
    assert [(rate.name, str(rate.rate), rate.active) for rate in rates] == [
        ("GST", "15", True),
        ("Old", "10", False),
    ]
    desk.portal.admin_sets_up({"tax_rates": [{"name": "GST", "active": False}]})
    assert [rate.active for rate in desk.portal.commerce.tax_rates.values()] == [False, False]
    assert desk.portal.currencies.added() == ["EUR"]


@pytest.mark.parametrize(
    "wanted",
    [
        {"processor": "paypal"},
        {"next_number": True},
        {"tax_rates": [{"rate": "5"}]},
        {"tax_rates": [{"name": "A"}]},
        {"tax_rates": 5},
        {"currencies": {"USD": "1"}},
        {"currencies": {"EUR": "many"}},
        {"colour": "green"},
    ],
)
def test_impossible_settings_are_refused(desk: Desk, wanted: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        desk.portal.admin_sets_up(wanted)
