"""Line items: copies of products, with computed amounts, on one deal or invoice."""

from decimal import Decimal
from typing import Any

import pytest
from tests.sandbox.hubspot.conftest import Desk

SUMS = ("hs_pre_discount_amount", "hs_total_discount", "amount", "hs_tax_amount", "hs_post_tax_amount")


def sums(desk: Desk, line: str) -> list[str | None]:
    found = desk.read("line_items", line, *SUMS)
    return [found[name] for name in SUMS]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"price": "10.00", "quantity": "3"}, ["30.00", "0.00", "30.00", None, "30.00"]),
        ({"price": "10.00"}, ["10.00", "0.00", "10.00", None, "10.00"]),
        ({"price": "10.00", "quantity": "3", "discount": "1.25"}, ["30.00", "3.75", "26.25", None, "26.25"]),
        (
            {"price": "9.99", "quantity": "3", "hs_discount_percentage": "7.5"},
            ["29.97", "2.25", "27.72", None, "27.72"],
        ),
        ({"price": "11.90", "hs_discount_percentage": "15"}, ["11.90", "1.79", "10.11", None, "10.11"]),
        (
            {"price": "10", "quantity": "1", "hs_discount_percentage": "10", "discount": "5"},
            ["10.00", "1.00", "9.00", None, "9.00"],
        ),
        ({"price": "0.005", "quantity": "1"}, ["0.01", "0.00", "0.01", None, "0.01"]),
        ({"price": "2.5", "quantity": "-2"}, ["-5.00", "0.00", "-5.00", None, "-5.00"]),
        ({"quantity": "3"}, [None] * 5),
    ],
)
def test_amounts_follow_price_quantity_and_discount(
    desk: Desk, sent: dict[str, str], expected: list[str | None]
) -> None:
    assert sums(desk, desk.line(**sent)) == expected


def test_amounts_have_the_digits_of_their_currency(desk: Desk) -> None:
    for code in ("JPY", "KWD"):
        desk.portal.currencies.add(code, Decimal(1), desk.portal.now())
    yen = desk.line(
        price="1234", quantity="1.5", hs_discount_percentage="3", hs_line_item_currency_code="JPY"
    )
    assert sums(desk, yen)[2] == "1795"
    dinar = desk.line(price="1.0005", quantity="1", hs_line_item_currency_code="KWD")
    assert sums(desk, dinar)[2] == "1.001"
    deal = desk.make("deals", dealname="Tea", dealstage="closedwon", deal_currency_code="JPY")
    assert sums(desk, desk.line("deals", deal, price="10.4"))[2] == "10"


def test_a_net_amount_may_keep_all_its_digits(desk: Desk) -> None:
    desk.switch(exact_line_amounts=True)
    assert sums(desk, desk.line(price="0.3333", quantity="3"))[2] == "0.9999"


def test_computed_amounts_may_lose_their_zeros(desk: Desk) -> None:
    desk.switch(short_sums=True)
    assert sums(desk, desk.line(price="10.00", quantity="2"))[2] == "20"


def test_a_change_of_price_moves_the_amount_as_a_change_of_hubspots_own(desk: Desk) -> None:
    line = desk.line(price="10.00", quantity="2")
    desk.change("line_items", line, price="11")
    assert desk.read("line_items", line, "price", "amount")["price"] == "11"
    assert sums(desk, line)[2] == "22.00"
    path = f"/crm/objects/2026-09/line_items/{line}?propertiesWithHistory=amount"
    history = desk.do("GET", path)["propertiesWithHistory"]["amount"]
    assert [(entry["value"], entry["sourceType"]) for entry in history] == [
        ("22.00", "CALCULATED"),
        ("20.00", "CALCULATED"),
    ]
    assert desk.change("line_items", line, amount="1").payload()["errors"][0]["code"] == "READ_ONLY_VALUE"


def test_a_price_is_never_negative(desk: Desk) -> None:
    refused = desk.ask("POST", "/crm/objects/2026-09/line_items", {"properties": {"price": "-1"}})
    assert (refused.status, "cannot be negative" in refused.payload()["message"]) == (400, True)


def test_the_library_gives_a_line_its_tax(desk: Desk) -> None:
    rate = desk.portal.commerce.add_tax_rate("GST", Decimal(15), desk.portal.now(), "GST 15 %")
    line = desk.line(price="33.33", quantity="1", hs_tax_rate_group_id=rate.id)
    assert sums(desk, line)[2:] == ["33.33", "5.00", "38.33"]
    found = desk.read("line_items", line, "hs_tax_rate", "hs_tax_label")
    assert (found["hs_tax_rate"], found["hs_tax_label"]) == ("15", "GST 15 %")


def test_a_tax_rate_must_exist_and_a_new_line_needs_one_in_use(desk: Desk) -> None:
    rate = desk.portal.commerce.add_tax_rate("Old", Decimal(10), desk.portal.now())
    old = desk.line(price="1", hs_tax_rate_group_id=rate.id)
    desk.portal.commerce.set_active(rate.id, desk.portal.now(), active=False)
    for wrong in (rate.id, "5"):
        body = {"properties": {"price": "1", "hs_tax_rate_group_id": wrong}}
        refused = desk.ask("POST", "/crm/objects/2026-09/line_items", body)
        assert refused.payload()["errors"][0]["code"] == "INVALID_OPTION"
    assert desk.change("line_items", old, price="2", hs_tax_rate_group_id=rate.id).status == 200


def test_a_line_of_a_product_takes_what_it_was_not_given(desk: Desk) -> None:
    tea = desk.make("products", name="Tea", price="4.50", hs_sku="T-1", description="Green")
    line = desk.line(hs_product_id=tea, name="My tea", quantity="2")
    found = desk.read("line_items", line, "name", "price", "hs_sku", "description", "amount")
    assert [found[name] for name in ("name", "price", "hs_sku", "description", "amount")] == [
        "My tea",
        "4.50",
        "T-1",
        "Green",
        "9.00",
    ]
    desk.change("products", tea, price="9")
    assert desk.read("line_items", line, "price")["price"] == "4.50"
    unknown = desk.ask("POST", "/crm/objects/2026-09/line_items", {"properties": {"hs_product_id": "5"}})
    assert unknown.status == 400


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("dollars", "Provide a valid ISO currency code"),
        ("CAD", "Provided line item currency CAD is not supported by portal"),
    ],
)
def test_a_lines_currency_must_be_one_of_the_portals(desk: Desk, code: str, text: str) -> None:
    body = {"properties": {"price": "1", "hs_line_item_currency_code": code}}
    refused = desk.ask("POST", "/crm/objects/2026-09/line_items", body)
    assert (refused.status, refused.payload()["message"]) == (400, text)


def parents(desk: Desk) -> tuple[str, str]:
    deal = desk.make("deals", dealname="Tea", dealstage="closedwon")
    return deal, desk.make("invoices", hs_currency="USD")


def test_a_line_moves_to_its_second_parent_and_leaves_the_first(desk: Desk) -> None:
    deal, invoice = parents(desk)
    line = desk.line("deals", deal, price="5")
    assert desk.associate("invoices", invoice, "line_items", line).status == 200
    assert (desk.linked("deals", deal, "line_items"), desk.linked("invoices", invoice, "line_items")) == (
        [],
        [line],
    )


def test_a_line_is_copied_for_its_second_parent(desk: Desk) -> None:
    desk.switch(second_parent="copies")
    deal, invoice = parents(desk)
    line = desk.line("deals", deal, price="5", quantity="3")
    answer = desk.associate("invoices", invoice, "line_items", line).payload()
    (copy,) = desk.linked("invoices", invoice, "line_items")
    assert copy != line
    assert {copy, invoice} == {one["from"]["id"] for one in answer["results"]}
    assert desk.linked("deals", deal, "line_items") == [line]
    assert desk.read("line_items", copy, "amount")["amount"] == "15.00"


def test_a_line_stands_on_both_parents_and_goes_with_either(desk: Desk) -> None:
    desk.switch(second_parent="shares")
    deal, invoice = parents(desk)
    line = desk.line("deals", deal, price="5")
    desk.associate("invoices", invoice, "line_items", line)
    assert (
        desk.linked("deals", deal, "line_items") == desk.linked("invoices", invoice, "line_items") == [line]
    )
    assert desk.ask("DELETE", f"/crm/objects/2026-09/invoices/{invoice}").status == 204
    assert desk.linked("deals", deal, "line_items") == []


def test_a_new_line_with_two_parents_ends_on_the_last(desk: Desk) -> None:
    deal, invoice = parents(desk)
    linked = [
        {"to": {"id": one}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_}]}
        for one, type_ in ((deal, 20), (invoice, 410))
    ]
    body = {"properties": {"name": "Tea", "price": "1"}, "associations": linked}
    line = desk.do("POST", "/crm/objects/2026-09/line_items", body)["id"]
    assert (desk.linked("deals", deal, "line_items"), desk.linked("invoices", invoice, "line_items")) == (
        [],
        [line],
    )


def test_a_deals_lines_go_and_come_back_with_it(desk: Desk) -> None:
    deal, _ = parents(desk)
    kept, dropped = desk.line("deals", deal, price="5"), desk.line("deals", deal, price="6")
    desk.ask("DELETE", f"/crm/objects/2026-09/line_items/{dropped}")
    desk.clock.advance(1)
    desk.ask("DELETE", f"/crm/objects/2026-09/deals/{deal}")
    assert desk.ask("GET", f"/crm/objects/2026-09/line_items/{kept}").status == 404
    desk.portal.person_restores("deals", deal)
    assert desk.linked("deals", deal, "line_items") == [kept]


def test_line_items_take_their_own_scope_or_the_old_one(desk: Desk) -> None:
    for scopes, status in ((["crm.objects.line_items.read"], 200), (["e-commerce"], 200), (["oauth"], 403)):
        desk.hub.restrict(desk.token, scopes)
        assert desk.ask("GET", "/crm/objects/2026-09/line_items").status == status


def test_lines_are_found_by_name_and_by_their_deal(desk: Desk) -> None:
    deal, _ = parents(desk)
    line = desk.line("deals", deal, price="5", name="Green tea")
    desk.line(price="6")
    desk.clock.advance(31)
    assert desk.find("line_items", ("name", "EQ", "green tea")) == [line]
    assert desk.find("line_items", ("associations.deal", "EQ", deal)) == [line]


def test_a_batch_of_lines_is_made_with_their_parents(desk: Desk) -> None:
    deal, _ = parents(desk)
    type_ = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 20}
    inputs: list[dict[str, Any]] = [
        {
            "properties": {"name": f"L{n}", "price": "1.10", "quantity": str(n)},
            "associations": [{"to": {"id": deal}, "types": [type_]}],
            "objectWriteTraceId": str(n),
        }
        for n in range(1, 4)
    ]
    inputs.append({"properties": {"price": "-1"}, "associations": [], "objectWriteTraceId": "4"})
    answer = desk.ask("POST", "/crm/objects/2026-09/line_items/batch/create", {"inputs": inputs})
    assert (answer.status, answer.payload()["numErrors"]) == (207, 1)
    made = {one["objectWriteTraceId"]: one["id"] for one in answer.payload()["results"]}
    assert desk.linked("deals", deal, "line_items") == [made["1"], made["2"], made["3"]]
    assert desk.read("line_items", made["3"], "amount")["amount"] == "3.30"


def test_associating_a_pair_again_changes_nothing(desk: Desk) -> None:
    desk.switch(second_parent="shares")
    deal, invoice = parents(desk)
    line = desk.line("deals", deal, price="5")
    desk.associate("invoices", invoice, "line_items", line)
    for rule in ("copies", "moves"):
        desk.switch(second_parent=rule)
        desk.associate("invoices", invoice, "line_items", line)
        assert desk.linked("invoices", invoice, "line_items") == [line]
        assert desk.linked("deals", deal, "line_items") == [line]


def test_definitions_of_line_items_take_the_old_scope_only(desk: Desk) -> None:
    sent = {"name": "tracking", "label": "T", "type": "string", "fieldType": "text"}
    body = sent | {"groupName": "lineiteminformation"}
    desk.hub.restrict(desk.token, ["crm.schemas.line_items.write", "crm.objects.line_items.write"])
    assert desk.ask("POST", "/crm/properties/2026-09/line_items", body).status == 403
    desk.hub.restrict(desk.token, ["e-commerce"])
    assert desk.ask("POST", "/crm/properties/2026-09/line_items", body).status == 201
