"""Notes and tasks on the timelines of contacts, companies and deals; associations in the manner of v3."""

from tests.sandbox.hubspot.conftest import Desk


def test_a_note_is_made_on_a_deal_and_found_by_its_words(desk: Desk) -> None:
    deal = desk.make("deals", dealname="Tea", dealstage="closedwon")
    type_ = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 214}
    body = {
        "properties": {"hs_note_body": "<p>Invoice INV-7 was paid</p>", "hs_timestamp": "1800000000250"},
        "associations": [{"to": {"id": deal}, "types": [type_]}],
    }
    note = desk.do("POST", "/crm/objects/2026-09/notes", body)["id"]
    assert desk.linked("deals", deal, "notes") == [note]
    found = desk.read("notes", note, "hs_note_body", "hs_timestamp")
    assert found["hs_timestamp"] == "2027-01-15T08:00:00.250Z"
    desk.clock.advance(31)
    assert desk.find("notes", query="paid") == [note]


def test_a_note_needs_its_moment_and_a_body_of_known_length(desk: Desk) -> None:
    refused = desk.ask("POST", "/crm/objects/2026-09/notes", {"properties": {"hs_note_body": "Hi"}})
    assert (refused.status, refused.payload()["context"]) == (400, {"properties": ["hs_timestamp"]})
    long = {"hs_timestamp": "1800000000250", "hs_note_body": "x" * 65_537}
    assert desk.ask("POST", "/crm/objects/2026-09/notes", {"properties": long}).status == 400


def test_a_note_cannot_hang_on_an_invoice(desk: Desk) -> None:
    note = desk.make("notes", hs_timestamp="1800000000250")
    invoice = desk.make("invoices", hs_currency="USD")
    assert desk.associate("notes", note, "invoices", invoice).status == 400


def test_any_of_the_scopes_of_contacts_companies_and_deals_will_do(desk: Desk) -> None:
    desk.hub.restrict(desk.token, ["crm.objects.companies.write"])
    sent = {"properties": {"hs_timestamp": "1800000000250"}}
    assert desk.ask("POST", "/crm/objects/2026-09/notes", sent).status == 201
    assert desk.ask("GET", "/crm/objects/2026-09/notes").status == 403


def test_v3_names_the_type_in_the_path_and_in_lists(desk: Desk) -> None:
    invoice, line = desk.make("invoices", hs_currency="USD"), desk.line(price="3")
    base = f"/crm/v3/objects/invoice/{invoice}/associations/line_items"
    answer = desk.do("PUT", f"{base}/{line}/409")
    assert answer["associations"]["line_items"]["results"] == [{"id": line, "type": "invoice_to_line_item"}]
    assert desk.do("GET", base)["results"] == [{"id": line, "type": "invoice_to_line_item"}]
    assert desk.ask("DELETE", f"{base}/{line}/invoice_to_line_item").status == 204
    assert desk.do("GET", base)["results"] == []
    assert desk.ask("PUT", f"{base}/{line}/410").status == 400
    dated = f"/crm/objects/2026-03/invoices/{invoice}/associations/line_items/{line}/409"
    assert desk.ask("PUT", dated).status == 200


def test_v3_lists_have_pages(desk: Desk) -> None:
    invoice = desk.make("invoices", hs_currency="USD")
    lines = [desk.line("invoices", invoice, price=str(n)) for n in range(1, 4)]
    base = f"/crm/v3/objects/invoices/{invoice}/associations/line_items"
    first = desk.do("GET", f"{base}?limit=2")
    rest = desk.do("GET", f"{base}?limit=2&after={first['paging']['next']['after']}")
    assert [one["id"] for one in first["results"] + rest["results"]] == lines
    assert desk.ask("GET", "/crm/v3/objects/invoices/5/associations/line_items").status == 404
