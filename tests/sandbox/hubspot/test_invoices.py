"""Invoices: draft, open, paid, voided, and totals that follow a moment later."""

from decimal import Decimal
from typing import Any

import pytest
from tests.sandbox.hubspot.conftest import Desk

TOTALS = ("hs_subtotal", "hs_discounts_total", "hs_fees_total", "hs_taxes_total", "hs_amount_billed")


def totals(desk: Desk, invoice: str) -> list[str | None]:
    found = desk.read("invoices", invoice, *TOTALS)
    return [found[name] for name in TOTALS]


def status(desk: Desk, invoice: str) -> str:
    return str(desk.read("invoices", invoice, "hs_invoice_status")["hs_invoice_status"])


def test_a_currency_is_all_a_draft_needs(desk: Desk) -> None:
    refused = desk.ask("POST", "/crm/objects/2026-09/invoices", {"properties": {}})
    assert (refused.status, refused.payload()["context"]) == (400, {"properties": ["hs_currency"]})
    made = desk.do("POST", "/crm/objects/2026-09/invoices", {"properties": {"hs_currency": "USD"}})
    assert made["createdAt"] == made["properties"]["hs_createdate"] == "2027-01-15T08:00:00.250Z"
    names = ("hs_invoice_status", "hs_invoice_date", "hs_due_date", "hs_number", "hs_invoice_billable")
    found = desk.read("invoices", made["id"], *names)
    now = "2027-01-15T08:00:00.250Z"
    assert [found[name] for name in names] == ["draft", now, now, "INV-1001", "true"]
    shown = desk.do("GET", f"/crm/objects/2026-09/invoices/{made['id']}")["properties"]
    assert set(shown) == {"hs_createdate", "hs_lastmodifieddate", "hs_object_id"}


def test_the_number_may_wait_until_the_invoice_is_finalised(desk: Desk) -> None:
    desk.switch(invoice_number_from="open")
    invoice = desk.ready_invoice()
    assert desk.read("invoices", invoice, "hs_number")["hs_number"] is None
    desk.change("invoices", invoice, hs_invoice_status="open")
    assert desk.read("invoices", invoice, "hs_number")["hs_number"] == "INV-1001"


def test_opening_needs_a_contact_and_a_line_and_says_which_is_missing(desk: Desk) -> None:
    invoice = desk.make("invoices", hs_currency="USD")
    refused = desk.change("invoices", invoice, hs_invoice_status="open")
    assert refused.status == 400
    for missing in ("INVOICE_TO_LINE_ITEM", "INVOICE_TO_CONTACT"):
        assert missing in refused.payload()["message"]
    line = desk.line("invoices", invoice, price="1")
    refused = desk.change("invoices", invoice, hs_invoice_status="open").payload()["message"]
    assert ("INVOICE_TO_LINE_ITEM" in refused, "INVOICE_TO_CONTACT" in refused) == (False, True)
    desk.associate("contacts", desk.make(email="ada@example.test"), "invoices", invoice)
    desk.ask("DELETE", f"/crm/objects/2026-09/line_items/{line}")
    assert desk.change("invoices", invoice, hs_invoice_status="open").status == 400
    desk.line("invoices", invoice, price="1")
    assert desk.change("invoices", invoice, hs_invoice_status="open").status == 200
    assert status(desk, invoice) == "open"


def test_an_invoice_can_be_born_open_with_its_associations(desk: Desk) -> None:
    ada, line = desk.make(email="ada@example.test"), desk.line(price="3")
    linked = [
        {"to": {"id": one}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_}]}
        for one, type_ in ((ada, 177), (line, 409))
    ]
    body = {"properties": {"hs_currency": "USD", "hs_invoice_status": "open"}}
    assert (
        desk.ask("POST", "/crm/objects/2026-09/invoices", body | {"associations": linked[:1]}).status == 400
    )
    made = desk.ask("POST", "/crm/objects/2026-09/invoices", body | {"associations": linked})
    assert made.status == 201
    desk.clock.advance(5)
    assert totals(desk, made.payload()["id"])[-1] == "3.00"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        (["open", "voided"], True),
        (["voided"], True),
        (["open", "draft"], False),
        (["open", "paid"], False),
        (["paid"], False),
        (["voided", "open"], False),
        (["open", "voided", "draft"], False),
    ],
)
def test_a_billable_invoice_goes_one_way(desk: Desk, path: list[str], allowed: bool) -> None:
    invoice = desk.ready_invoice()
    answers = [desk.change("invoices", invoice, hs_invoice_status=to).status for to in path]
    assert answers == [*[200] * (len(path) - 1), 200 if allowed else 400]


def test_a_voided_invoice_owes_nothing(desk: Desk) -> None:
    invoice = desk.open_invoice()
    assert desk.read("invoices", invoice, "hs_balance_due")["hs_balance_due"] == "20.00"
    desk.change("invoices", invoice, hs_invoice_status="voided")
    assert desk.read("invoices", invoice, "hs_balance_due")["hs_balance_due"] == "0"


def test_the_api_may_be_able_to_pay_an_invoice(desk: Desk) -> None:
    desk.switch(api_pays_invoices=True)
    invoice = desk.open_invoice()
    desk.change("invoices", invoice, hs_invoice_status="paid")
    found = desk.read("invoices", invoice, "hs_invoice_status", "hs_amount_paid", "hs_balance_due")
    assert (found["hs_invoice_status"], found["hs_amount_paid"], found["hs_balance_due"]) == (
        "paid",
        "20.00",
        "0",
    )


def test_totals_read_zero_at_first_and_follow_a_moment_later(desk: Desk) -> None:
    invoice = desk.make("invoices", hs_currency="USD")
    desk.line("invoices", invoice, price="10.00", quantity="2")
    assert totals(desk, invoice) == ["0"] * 5
    desk.clock.advance(1.9)
    assert totals(desk, invoice)[-1] == "0"
    desk.clock.advance(0.2)
    assert totals(desk, invoice) == ["20.00", "0.00", "0.00", "0.00", "20.00"]
    record = desk.portal.book("invoices")[invoice]
    assert (record.versions[-1].author, record.sources[-1].change_source) == ("vendor", "CALCULATED")
    assert record.updated_at.microsecond == 250_000  # two seconds after the line, not when somebody looked


def test_totals_may_follow_at_once(desk: Desk) -> None:
    desk.switch(totals_after=0.0)
    invoice = desk.make("invoices", hs_currency="USD")
    desk.line("invoices", invoice, price="10.00")
    assert totals(desk, invoice)[-1] == "10.00"


def test_totals_follow_lines_that_change_leave_and_come(desk: Desk) -> None:
    invoice = desk.ready_invoice()
    (line,) = desk.linked("invoices", invoice, "line_items")
    for act, expected in (
        (lambda: desk.change("line_items", line, price="11.00"), "22.00"),
        (lambda: desk.line("invoices", invoice, price="3"), "25.00"),
        (lambda: desk.ask("DELETE", f"/crm/objects/2026-09/line_items/{line}"), "3.00"),
        (lambda: desk.portal.person_restores("line_items", line), "25.00"),
        (
            lambda: desk.ask("DELETE", f"/crm/v4/objects/invoices/{invoice}/associations/line_items/{line}"),
            "3.00",
        ),
    ):
        act()
        desk.clock.advance(5)
        assert totals(desk, invoice)[-1] == expected


def extra(desk: Desk, plural: str, invoice: str, **properties: str) -> str:
    made = desk.make(plural, **properties)
    assert desk.associate("invoices", invoice, plural, made).status == 200
    return made


def test_discounts_come_first_then_fees_then_taxes(desk: Desk) -> None:
    rate = desk.portal.commerce.add_tax_rate("GST", Decimal(15), desk.portal.now())
    invoice = desk.make("invoices", hs_currency="USD")
    desk.line("invoices", invoice, price="100.00", quantity="1", hs_tax_rate_group_id=rate.id)
    extra(desk, "taxes", invoice, hs_type="PERCENT", hs_value="10", hs_label="City")
    extra(desk, "fees", invoice, hs_type="FIXED", hs_value="5")
    extra(desk, "discounts", invoice, hs_type="PERCENT", hs_value="20")
    desk.clock.advance(5)
    assert totals(desk, invoice) == ["100.00", "20.00", "5.00", "23.50", "108.50"]


@pytest.mark.parametrize(("compound", "billed"), [(True, "81.00"), (False, "80.00")])
def test_two_percentages_of_discount_compound_or_not(desk: Desk, compound: bool, billed: str) -> None:
    desk.switch(extras_compound=compound)
    invoice = desk.make("invoices", hs_currency="USD")
    desk.line("invoices", invoice, price="100.00")
    for order in ("1", "2"):
        extra(desk, "discounts", invoice, hs_type="PERCENT", hs_value="10", hs_sort_order=order)
    desk.clock.advance(5)
    assert totals(desk, invoice)[-1] == billed


def test_the_order_within_a_kind_matters(desk: Desk) -> None:
    for orders, billed in ((("1", "2"), "85.00"), (("2", "1"), "85.50")):
        invoice = desk.make("invoices", hs_currency="USD")
        desk.line("invoices", invoice, price="100.00")
        extra(desk, "discounts", invoice, hs_type="PERCENT", hs_value="10", hs_sort_order=orders[0])
        extra(desk, "discounts", invoice, hs_type="FIXED", hs_value="5", hs_sort_order=orders[1])
        desk.clock.advance(5)
        assert totals(desk, invoice)[-1] == billed


def test_an_extra_needs_a_type_and_a_value(desk: Desk) -> None:
    for sent in ({"hs_type": "PERCENT"}, {"hs_value": "5"}, {"hs_type": "percent", "hs_value": "5"}):
        assert desk.ask("POST", "/crm/objects/2026-09/taxes", {"properties": sent}).status == 400


def test_a_tax_belongs_to_one_invoice(desk: Desk) -> None:
    one, other = (desk.make("invoices", hs_currency="USD") for _ in range(2))
    tax = extra(desk, "taxes", one, hs_type="FIXED", hs_value="5")
    assert desk.associate("invoices", other, "taxes", tax).status == 400
    assert desk.associate("invoices", one, "taxes", tax).status == 200


def test_what_makes_up_a_finalised_invoice_is_fixed(desk: Desk) -> None:
    invoice = desk.open_invoice()
    (line,) = desk.linked("invoices", invoice, "line_items")
    tax = desk.make("taxes", hs_type="FIXED", hs_value="5")
    fresh = desk.line(price="1")
    path = f"/crm/v4/objects/invoices/{invoice}/associations/line_items/{line}"
    for refused in (
        desk.change("line_items", line, price="1"),
        desk.ask("DELETE", f"/crm/objects/2026-09/line_items/{line}"),
        desk.ask("DELETE", path),
        desk.associate("invoices", invoice, "taxes", tax),
        desk.associate("line_items", fresh, "invoices", invoice),
        desk.change("invoices", invoice, hs_currency=""),
    ):
        assert refused.status == 400
    assert desk.change("line_items", line, name="Other words").status == 200
    assert desk.change("invoices", invoice, hs_due_date="2027-02-01T00:00:00Z").status == 200
    desk.clock.advance(5)
    assert totals(desk, invoice)[-1] == "20.00"


def test_a_finalised_invoice_may_stay_editable(desk: Desk) -> None:
    desk.switch(finalised_invoices_locked=False)
    invoice = desk.open_invoice()
    (line,) = desk.linked("invoices", invoice, "line_items")
    assert desk.change("line_items", line, price="1").status == 200
    desk.clock.advance(5)
    assert totals(desk, invoice)[-1] == "2.00"


def test_a_voided_invoice_keeps_its_dates_and_takes_properties_of_ones_own(desk: Desk) -> None:
    prop = {"name": "xero_status", "label": "X", "type": "string", "fieldType": "text"}
    desk.do("POST", "/crm/properties/2026-09/invoices", prop | {"groupName": "invoiceinformation"})
    invoice = desk.open_invoice()
    desk.change("invoices", invoice, hs_invoice_status="voided")
    refused = desk.change("invoices", invoice, hs_due_date="2027-02-01T00:00:00Z")
    assert refused.payload()["errors"][0]["code"] == "READ_ONLY_VALUE"
    assert desk.change("invoices", invoice, xero_status="VOIDED").status == 200


@pytest.mark.parametrize("name", ["hs_number", "hs_amount_billed", "hs_balance_due", "hs_invoice_source"])
def test_what_hubspot_computes_cannot_be_sent(desk: Desk, name: str) -> None:
    sent = {"hs_currency": "USD", name: "5"}
    refused = desk.ask("POST", "/crm/objects/2026-09/invoices", {"properties": sent})
    assert [entry["code"] for entry in refused.payload()["errors"]] == ["READ_ONLY_VALUE"]
    changed = desk.change("invoices", desk.make("invoices", hs_currency="USD"), **{name: "5"})
    assert [entry["code"] for entry in changed.payload()["errors"]] == ["READ_ONLY_VALUE"]


def outside(desk: Desk, **properties: Any) -> str:
    return desk.make("invoices", hs_currency="USD", hs_invoice_billable="false", **properties)


def test_a_non_billable_invoice_takes_its_number_and_amount_from_outside(desk: Desk) -> None:
    invoice = outside(desk, hs_number="XERO-7", hs_amount_billed="20.00")
    assert desk.read("invoices", invoice, "hs_number")["hs_number"] == "XERO-7"
    desk.clock.advance(5)
    assert desk.read("invoices", invoice, "hs_amount_billed")["hs_amount_billed"] == "0.00"  # no lines yet
    desk.change("invoices", invoice, hs_amount_billed="20.00")
    desk.clock.advance(5)
    assert desk.read("invoices", invoice, "hs_amount_billed")["hs_amount_billed"] == "20.00"
    desk.switch(nonbillable_amounts=False)
    assert desk.change("invoices", invoice, hs_number="8").status == 400


def test_a_non_billable_invoice_needs_lines_for_its_status_or_not(desk: Desk) -> None:
    invoice = outside(desk)
    refused = desk.change("invoices", invoice, hs_invoice_status="paid")
    assert (refused.status, "INVOICE_TO_LINE_ITEM" in refused.payload()["message"]) == (400, True)
    desk.switch(nonbillable_needs_lines=False)
    assert desk.change("invoices", invoice, hs_invoice_status="paid").status == 200


def test_a_non_billable_invoice_takes_any_status(desk: Desk) -> None:
    invoice = outside(desk)
    desk.line("invoices", invoice, price="5")
    for to in ("paid", "open", "draft", "voided"):
        assert desk.change("invoices", invoice, hs_invoice_status=to).status == 200


def test_a_non_billable_invoice_may_obey_the_rules_of_billable_ones(desk: Desk) -> None:
    desk.switch(nonbillable_status="as billable")
    invoice = outside(desk)
    desk.line("invoices", invoice, price="5")
    assert desk.change("invoices", invoice, hs_invoice_status="open").status == 400  # no contact
    desk.associate("invoices", invoice, "contacts", desk.make(email="ada@example.test"))
    assert desk.change("invoices", invoice, hs_invoice_status="paid").status == 400
    assert desk.change("invoices", invoice, hs_invoice_status="open").status == 200


def test_a_line_cannot_be_born_onto_a_finalised_invoice(desk: Desk) -> None:
    invoice = desk.open_invoice()
    type_ = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 410}
    body = {"properties": {"price": "1"}, "associations": [{"to": {"id": invoice}, "types": [type_]}]}
    lines = len(desk.portal.book("line_items"))
    assert desk.ask("POST", "/crm/objects/2026-09/line_items", body).status == 400
    assert len(desk.portal.book("line_items")) == lines


def test_a_tax_id_must_be_one_of_the_accounts(desk: Desk) -> None:
    sent = {"properties": {"hs_currency": "USD", "hs_tax_id": "US EIN 12-3456789"}}
    assert desk.ask("POST", "/crm/objects/2026-09/invoices", sent).status == 400
    desk.portal.commerce.tax_ids.append("US EIN 12-3456789")
    assert desk.ask("POST", "/crm/objects/2026-09/invoices", sent).status == 201
    plain = desk.make("invoices", hs_currency="USD")
    assert desk.read("invoices", plain, "hs_tax_id")["hs_tax_id"] == "US EIN 12-3456789"


def test_contact_and_company_leave_their_addresses(desk: Desk) -> None:
    invoice = desk.make("invoices", hs_currency="USD", hs_recipient_shipping_zip="9999")
    ada = desk.make(email="ada@example.test", address="1 High St", city="Nelson", zip="7010")
    firm = desk.make("companies", name="Kiwi", address="2 Low St", city="Picton")
    desk.associate("invoices", invoice, "contacts", ada)
    desk.associate("companies", firm, "invoices", invoice)
    names = ("address", "city", "zip", "state")
    found = desk.read("invoices", invoice, *(f"hs_recipient_shipping_{name}" for name in names))
    assert [found[f"hs_recipient_shipping_{name}"] for name in names] == ["1 High St", "Nelson", "9999", None]
    found = desk.read("invoices", invoice, "hs_recipient_company_city")
    assert found["hs_recipient_company_city"] == "Picton"


def test_drafts_are_deleted_and_open_ones_where_the_account_allows_it(desk: Desk) -> None:
    def delete(invoice: str) -> int:
        return desk.ask("DELETE", f"/crm/objects/2026-09/invoices/{invoice}").status

    assert delete(desk.ready_invoice()) == 204
    invoice = desk.open_invoice()
    assert delete(invoice) == 400
    desk.portal.commerce.deletes_open_invoices = True
    assert delete(invoice) == 204
    voided = desk.open_invoice()
    desk.change("invoices", voided, hs_invoice_status="voided")
    assert delete(voided) == 400


def test_one_invoice_that_must_stay_keeps_the_whole_batch(desk: Desk) -> None:
    draft, kept = desk.ready_invoice(), desk.open_invoice()
    body = {"inputs": [{"id": draft}, {"id": kept}]}
    assert desk.ask("POST", "/crm/objects/2026-09/invoices/batch/archive", body).status == 400
    assert status(desk, draft) == "draft"


def test_invoices_cannot_be_merged(desk: Desk) -> None:
    one, other = desk.ready_invoice(), desk.ready_invoice()
    body = {"primaryObjectId": one, "objectIdToMerge": other}
    assert desk.ask("POST", "/crm/objects/2026-09/invoices/merge", body).status == 404


def test_open_invoices_are_found_by_status_once_search_has_caught_up(desk: Desk) -> None:
    invoice = desk.open_invoice()
    assert desk.find("invoices", ("hs_invoice_status", "EQ", "open")) == []
    desk.clock.advance(31)
    assert desk.find("invoices", ("hs_invoice_status", "EQ", "open")) == [invoice]


def test_invoices_are_upserted_by_a_unique_property_of_ones_own(desk: Desk) -> None:
    prop = {"name": "xero_id", "label": "X", "type": "string", "fieldType": "text", "hasUniqueValue": True}
    desk.do("POST", "/crm/properties/2026-09/invoices", prop | {"groupName": "invoiceinformation"})
    body = {
        "inputs": [
            {
                "id": "x-1",
                "idProperty": "xero_id",
                "properties": {"hs_currency": "USD"},
                "objectWriteTraceId": "1",
            }
        ]
    }
    first = desk.do("POST", "/crm/objects/2026-09/invoices/batch/upsert", body)["results"][0]
    again = desk.do("POST", "/crm/objects/2026-09/invoices/batch/upsert", body)["results"][0]
    assert (first["new"], again["new"], again["id"]) == (True, False, first["id"])
    taken = {"properties": {"hs_currency": "USD", "xero_id": "x-1"}}
    refused = desk.ask("POST", "/crm/objects/2026-09/invoices", taken)
    assert refused.status == 400
    assert refused.payload()["message"].endswith(f"{first['id']} already has that value.")


def test_two_equal_creates_make_two_invoices(desk: Desk) -> None:
    assert desk.make("invoices", hs_currency="USD") != desk.make("invoices", hs_currency="USD")


def test_invoice_scopes_are_needed(desk: Desk) -> None:
    desk.hub.restrict(desk.token, ["crm.objects.invoices.read"])
    assert desk.ask("GET", "/crm/objects/2026-09/invoices").status == 200
    refused = desk.ask("POST", "/crm/objects/2026-09/invoices", {"properties": {"hs_currency": "USD"}})
    assert (refused.status, refused.payload()["category"]) == (403, "MISSING_SCOPES")


def test_a_fee_in_percent_counts_from_the_discounted_amount(desk: Desk) -> None:
    invoice = desk.make("invoices", hs_currency="USD")
    desk.line("invoices", invoice, price="100.00")
    extra(desk, "discounts", invoice, hs_type="FIXED", hs_value="50")
    extra(desk, "fees", invoice, hs_type="PERCENT", hs_value="10")
    desk.clock.advance(5)
    assert totals(desk, invoice) == ["100.00", "50.00", "5.00", "0.00", "55.00"]


def test_the_extras_of_a_finalised_invoice_can_be_renamed_but_not_changed_or_deleted(desk: Desk) -> None:
    invoice = desk.ready_invoice()
    tax = extra(desk, "taxes", invoice, hs_type="PERCENT", hs_value="15")
    desk.change("invoices", invoice, hs_invoice_status="open")
    assert desk.change("taxes", tax, hs_value="10").status == 400
    assert desk.ask("DELETE", f"/crm/objects/2026-09/taxes/{tax}").status == 400
    assert desk.change("taxes", tax, hs_label="GST").status == 200


def test_another_currency_rounds_the_lines_anew(desk: Desk) -> None:
    desk.portal.currencies.add("JPY", Decimal("0.007"), desk.portal.now())
    invoice = desk.make("invoices", hs_currency="USD")
    line = desk.line("invoices", invoice, price="10.40")
    desk.change("invoices", invoice, hs_currency="JPY")
    assert desk.read("line_items", line, "amount")["amount"] == "10"
    desk.clock.advance(5)
    assert totals(desk, invoice)[-1] == "10"
