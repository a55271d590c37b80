from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.sandbox.xero.conftest import LINE, World, messages

from crossfoot_sandbox import jsontext
from crossfoot_sandbox.wire import Response

DAY = "/Date(1796083200000+0000)/"  # 2026-12-01
NOBODY = "11111111-1111-4111-8111-111111111111"
IDENTITY_TEXT = (
    "The Contact must contain at least 1 of the following elements to identify the contact: "
    "Name, ContactID, ContactNumber"
)
SETTLED = "This document cannot be edited as it has a payment or credit note allocated to it."


def line(**changes: Any) -> dict[str, Any]:
    return {**LINE, **changes}


def edited(world: World, invoice: dict[str, Any], **changes: Any) -> Response:
    return world.post(f"/Invoices/{invoice['InvoiceID']}", {"Invoices": [changes]})


def approved(world: World, **values: Any) -> dict[str, Any]:
    return world.invoice(Status="AUTHORISED", **values)


def read(world: World, invoice: dict[str, Any], **query: Any) -> dict[str, Any]:
    return dict(world.get(f"/Invoices/{invoice['InvoiceID']}", query=query).payload()["Invoices"][0])


def test_a_draft_has_everything_that_was_left_out(world: World) -> None:
    contact = world.contact(Name="Ada")
    row = world.put(
        "/Invoices", {"Type": "ACCREC", "Contact": {"ContactID": contact["ContactID"]}, "LineItems": [LINE]}
    ).payload()["Invoices"][0]
    assert (row["Status"], row["LineAmountTypes"], row["CurrencyCode"], row["CurrencyRate"]) == (
        "DRAFT",
        "Exclusive",
        "NZD",
        Decimal("1.0"),
    )
    assert (row["InvoiceNumber"], row["SentToContact"]) == ("INV-0001", False)
    assert row["DateString"] == "2026-11-23T00:00:00"
    assert row["BrandingThemeID"] == world.organisation.themes[0]["BrandingThemeID"]
    assert "DueDate" not in row
    assert (row["SubTotal"], row["TotalTax"], row["Total"]) == (21, Decimal("3.15"), Decimal("24.15"))
    assert row["AmountDue"] == Decimal("24.15")


def test_today_is_the_day_that_it_is_in_the_organisation(world: World) -> None:
    world.clock.advance(900)  # within the minute limits still, and 13:15 in New Zealand
    assert world.invoice()["DateString"] == "2026-11-23T00:00:00"
    world.clock.advance(11 * 3_600)  # 11:15 UTC on the 23rd is the 24th there
    world.pair = world.xero.grant("app", [world.organisation])
    assert world.invoice()["DateString"] == "2026-11-24T00:00:00"


def test_a_line_has_the_recorded_shape(world: World) -> None:
    row = approved(world)["LineItems"][0]
    assert row == {
        "Description": "Bolts",
        "UnitAmount": Decimal("10.5"),
        "TaxType": "OUTPUT2",
        "TaxAmount": Decimal("3.15"),
        "LineAmount": 21,
        "AccountCode": "200",
        "Tracking": [],
        "Quantity": 2,
        "LineItemID": row["LineItemID"],
        "AccountID": next(a["AccountID"] for a in world.rows("Accounts") if a["Code"] == "200"),
        "ValidationErrors": [],
    }


def test_answers_embed_differently_per_call(world: World) -> None:
    written = approved(world)
    assert not {"Payments", "CreditNotes", "AmountCredited", "HasAttachments"} & written.keys()
    assert written["Contact"]["ContactStatus"] == "ACTIVE"
    one = read(world, written)
    assert not {"Payments", "CreditNotes"} & one.keys()
    assert (one["AmountCredited"], one["Attachments"]) == (0, [])
    assert one["Contact"]["IsCustomer"] is True
    page = world.rows("Invoices", query={"page": 1})[0]
    assert (page["Payments"], page["CreditNotes"], page["AmountCredited"]) == ([], [], 0)
    assert page["Contact"].keys() >= {"ContactID", "Name"}
    assert "ContactStatus" not in page["Contact"]
    assert len(page["LineItems"]) == 1
    assert world.rows("Invoices")[0]["LineItems"] == []
    summary = world.rows("Invoices", query={"summaryOnly": "true"})[0]
    assert not {"LineItems", "Payments", "HasAttachments"} & summary.keys()


# ── Money ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("basis", "amounts", "sub_total", "tax", "total"),
    [
        ("Exclusive", ["25.06", "25.61", "25.63"], "76.3", "11.44", "87.74"),  # the page's own example
        ("Inclusive", ["541.25"], "470.65", "70.6", "541.25"),  # recorded
        ("Inclusive", ["500"], "434.78", "65.22", "500.0"),  # recorded
        ("NoTax", ["25.06"], "25.06", "0.0", "25.06"),
    ],
)
def test_tax_is_rounded_line_by_line_and_then_summed(
    world: World, basis: str, amounts: list[str], sub_total: str, tax: str, total: str
) -> None:
    lines = [line(Quantity=1, UnitAmount=Decimal(amount)) for amount in amounts]
    row = world.invoice(LineAmountTypes=basis, LineItems=lines)
    assert [str(row[name]) for name in ("SubTotal", "TotalTax", "Total")] == [sub_total, tax, total]


@pytest.mark.parametrize(("mode", "tax", "amount"), [("up", "0.02", "0.13"), ("even", "0.02", "0.12")])
def test_half_a_cent_of_a_line_rounds_by_switch(world: World, mode: str, tax: str, amount: str) -> None:
    world.switch(half_cent=mode)
    row = world.invoice(LineItems=[line(Quantity=Decimal("0.5"), UnitAmount=Decimal("0.25"))])["LineItems"][0]
    assert (row["LineAmount"], row["TaxAmount"]) == (Decimal(amount), Decimal(tax))


@pytest.mark.parametrize(("mode", "tax"), [("up", "0.05"), ("even", "0.04")])
def test_half_a_cent_of_tax_rounds_by_switch(world: World, mode: str, tax: str) -> None:
    world.switch(half_cent=mode)
    row = world.invoice(LineItems=[line(Quantity=1, UnitAmount=Decimal("0.30"))])  # 15 % is 0.045
    assert row["TotalTax"] == Decimal(tax)


@pytest.mark.parametrize(
    ("discount", "amount", "total_discount"),
    [
        ({"DiscountRate": Decimal("12.5")}, "18.38", "2.62"),
        ({"DiscountAmount": Decimal("1.99")}, "19.01", "1.99"),
        ({"DiscountRate": 100}, "0.0", "21.0"),
        ({"DiscountRate": Decimal("33.3333")}, "14.0", "7.0"),
    ],
)
def test_a_discount_lowers_the_line(
    world: World, discount: dict[str, Any], amount: str, total_discount: str
) -> None:
    row = world.invoice(LineItems=[line(**discount)])
    assert (str(row["LineItems"][0]["LineAmount"]), str(row["TotalDiscount"]), row["IsDiscounted"]) == (
        amount,
        total_discount,
        True,
    )
    assert world.invoice()["IsDiscounted"] is False


def test_a_bill_has_no_discount(world: World) -> None:
    row = world.invoice(Type="ACCPAY", LineItems=[line(AccountCode="300", DiscountRate=10)])
    assert (row["SubTotal"], row["IsDiscounted"]) == (21, False)


def test_prices_keep_four_decimals_only_where_asked(world: World) -> None:
    sent = line(Quantity=Decimal("3.12345"), UnitAmount=Decimal("1.23456"))
    contact = {"ContactID": world.contact(Name="Ada")["ContactID"]}
    body = {"Type": "ACCREC", "Contact": contact, "LineItems": [sent]}
    two = world.put("/Invoices", body).payload()["Invoices"][0]
    assert (two["LineItems"][0]["UnitAmount"], two["LineItems"][0]["LineAmount"]) == (
        Decimal("1.23"),
        Decimal("3.84"),
    )
    four = world.put("/Invoices", body, query={"unitdp": 4}).payload()["Invoices"][0]
    assert (four["LineItems"][0]["UnitAmount"], four["LineItems"][0]["LineAmount"]) == (
        Decimal("1.2346"),
        Decimal("3.86"),
    )
    assert four["LineItems"][0]["Quantity"] == Decimal("3.1235")
    assert read(world, four)["LineItems"][0]["UnitAmount"] == Decimal("1.23")
    assert read(world, four, unitdp=4)["LineItems"][0]["UnitAmount"] == Decimal("1.2346")


def test_two_of_quantity_price_and_amount_give_the_third(world: World) -> None:
    lines = [
        {"Description": "a", "Quantity": 3, "LineAmount": 10, "AccountCode": "200"},
        {"Description": "b", "UnitAmount": 4, "LineAmount": 10, "AccountCode": "200"},
        {"Description": "c", "LineAmount": 7, "AccountCode": "200"},
    ]
    rows = world.invoice(LineItems=lines)["LineItems"]
    assert [(row["Quantity"], row["UnitAmount"], row["LineAmount"]) for row in rows] == [
        (3, Decimal("3.3333"), 10),
        (Decimal("2.5"), 4, 10),
        (1, 7, 7),
    ]


def test_a_line_amount_that_disagrees_is_refused_or_recomputed_by_switch(world: World) -> None:
    contact = {"ContactID": world.contact(Name="Ada")["ContactID"]}
    body = {"Type": "ACCREC", "Contact": contact, "LineItems": [line(LineAmount=20)]}
    answer = world.put("/Invoices", body)
    assert messages(answer) == ["The line total 20.00 does not match the expected line total 21.00"]
    world.switch(line_amount_mismatch="recomputed")
    assert world.put("/Invoices", body).payload()["Invoices"][0]["SubTotal"] == 21


def test_a_total_that_disagrees_is_refused_or_ignored_by_switch(world: World) -> None:
    contact = {"ContactID": world.contact(Name="Ada")["ContactID"]}
    body = {"Type": "ACCREC", "Contact": contact, "LineItems": [LINE], "Total": Decimal("24.14")}
    assert messages(world.put("/Invoices", body)) == [
        "The document total does not equal the sum of the lines."
    ]
    world.switch(totals_mismatch="ignored")
    assert world.put("/Invoices", body).payload()["Invoices"][0]["Total"] == Decimal("24.15")


def test_tax_that_is_sent_is_taken_over_up_to_a_limit(world: World) -> None:
    row = world.invoice(LineItems=[line(TaxAmount=Decimal("3.14"))])
    assert (row["TotalTax"], row["Total"]) == (Decimal("3.14"), Decimal("24.14"))
    answer = edited(world, row, LineItems=[line(TaxAmount=Decimal("21.01"))])
    assert messages(answer) == ["The tax amount cannot be greater than the line amount"]
    world.switch(tax_amount_limit="unit amount")
    answer = edited(world, row, LineItems=[line(TaxAmount=Decimal("10.51"))])
    assert messages(answer) == ["The tax amount cannot be greater than the unit amount"]


def test_an_overridden_tax_stays_until_something_that_it_rests_on_changes(world: World) -> None:
    row = world.invoice(LineItems=[line(TaxAmount=Decimal("3.14"))])
    row = edited(world, row, Reference="A").payload()["Invoices"][0]
    assert row["TotalTax"] == Decimal("3.14")
    kept = {"LineItemID": row["LineItems"][0]["LineItemID"], "Description": "Nuts"}
    row = edited(world, row, LineItems=[kept]).payload()["Invoices"][0]
    assert (row["TotalTax"], row["LineItems"][0]["Description"]) == (Decimal("3.14"), "Nuts")
    row = edited(world, row, LineItems=[{**kept, "Quantity": 1}]).payload()["Invoices"][0]
    assert row["TotalTax"] == Decimal("1.58")


def test_amounts_that_include_tax_are_recomputed_when_the_basis_changes(world: World) -> None:
    row = world.invoice()
    row = edited(world, row, LineAmountTypes="Inclusive").payload()["Invoices"][0]
    assert (row["SubTotal"], row["TotalTax"], row["Total"]) == (Decimal("18.26"), Decimal("2.74"), 21)


def test_a_total_below_zero_is_refused_and_a_negative_line_is_not(world: World) -> None:
    row = world.invoice(LineItems=[LINE, line(UnitAmount=-5, Quantity=1)])
    assert row["Total"] == Decimal("18.4")
    answer = edited(world, row, LineItems=[line(UnitAmount=-5)])
    assert messages(answer) == ["The Total for this document must be greater than or equal to zero."]


def test_a_negative_quantity_is_refused_by_switch(world: World) -> None:
    lines = [LINE, line(Quantity=-1)]
    assert world.invoice(LineItems=lines)["SubTotal"] == Decimal("10.5")
    world.switch(negative_quantity="refused")
    answer = edited(world, world.rows("Invoices")[0], LineItems=lines)
    assert messages(answer) == [
        "The quantity value '-1.0000' is invalid. Quantity must not be less than zero."
    ]


def test_an_approved_total_of_zero_is_paid_by_switch(world: World) -> None:
    row = approved(world, LineItems=[line(UnitAmount=0)])
    assert (row["Status"], row["FullyPaidOnDate"]) == ("PAID", "/Date(1795392000000+0000)/")
    assert messages(edited(world, row, LineItems=[LINE])) == ["Invoice not of valid status for modification"]
    assert edited(world, row, Reference="A").payload()["Invoices"][0]["Status"] == "PAID"
    world.switch(zero_total_is_paid=False)
    assert approved(world, LineItems=[line(UnitAmount=0)])["Status"] == "AUTHORISED"


@pytest.mark.parametrize(
    "sent",
    [
        {"UnitAmount": 99_999_999_999},
        {"Quantity": Decimal(99999999999999999999)},
        {"Quantity": Decimal("0.0000000000000000000000000001"), "UnitAmount": None, "LineAmount": 7},
    ],
)
def test_an_amount_beyond_the_largest_is_refused(world: World, sent: dict[str, Any]) -> None:
    row = world.invoice()
    answer = edited(world, row, LineItems=[{k: v for k, v in line(**sent).items() if v is not None}])
    assert messages(answer)[0] == "The line amount cannot be larger than 9,999,999,999.99."


# ── Lines ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_lines_are_kept_by_id_made_anew_without_and_deleted_when_left_out(world: World) -> None:
    row = world.invoice(LineItems=[line(Description=name) for name in "abc"])
    first, second, _third = (entry["LineItemID"] for entry in row["LineItems"])
    sent = [line(Description="new"), {"LineItemID": second, "Description": "B"}, line(Description="a")]
    rows = edited(world, row, LineItems=sent).payload()["Invoices"][0]["LineItems"]
    assert [entry["Description"] for entry in rows] == ["new", "B", "a"]
    assert rows[1]["LineItemID"] == second
    assert rows[1]["UnitAmount"] == Decimal("10.5")
    assert first not in {entry["LineItemID"] for entry in rows}
    again = edited(world, row, Reference="A").payload()["Invoices"][0]["LineItems"]
    assert [entry["LineItemID"] for entry in again] == [entry["LineItemID"] for entry in rows]


def test_an_id_of_another_document_is_not_taken_over(world: World) -> None:
    other = world.invoice()["LineItems"][0]["LineItemID"]
    assert world.invoice(LineItems=[line(LineItemID=other)])["LineItems"][0]["LineItemID"] != other


def test_one_id_is_one_line_however_often_it_is_sent(world: World) -> None:
    row = world.invoice()
    line_id = row["LineItems"][0]["LineItemID"]
    rows = edited(world, row, LineItems=[line(LineItemID=line_id)] * 2).payload()["Invoices"][0]["LineItems"]
    assert [entry["LineItemID"] == line_id for entry in rows] == [True, False]


def test_a_line_may_be_a_description_only(world: World) -> None:
    row = approved(world, LineItems=[LINE, {"Description": "Thank you"}])
    assert row["LineItems"][1].keys() == {"Description", "Tracking", "LineItemID", "ValidationErrors"}
    assert row["Total"] == Decimal("24.15")


def test_an_item_fills_what_was_left_out(world: World) -> None:
    world.item(
        Code="BOLT",
        Name="Bolt",
        Description="Bolt of steel",
        SalesDetails={"UnitPrice": Decimal("1.2345"), "AccountCode": "260", "TaxType": "ZERORATED"},
    )
    row = world.invoice(LineItems=[{"ItemCode": "bolt", "Quantity": 10}])["LineItems"][0]
    assert (row["Description"], row["UnitAmount"], row["AccountCode"], row["TaxType"], row["LineAmount"]) == (
        "Bolt of steel",
        Decimal("1.2345"),
        "260",
        "ZERORATED",
        Decimal("12.35"),
    )
    assert row["Item"] == {"ItemID": world.rows("Items")[0]["ItemID"], "Name": "Bolt", "Code": "BOLT"}
    sent = line(ItemCode="BOLT")
    row = world.invoice(LineItems=[sent])["LineItems"][0]
    assert (row["Description"], row["UnitAmount"], row["AccountCode"], row["TaxType"]) == (
        "Bolts",
        Decimal("10.5"),
        "200",
        "OUTPUT2",
    )


def test_a_later_price_of_the_item_changes_no_line(world: World) -> None:
    world.item(Code="BOLT", SalesDetails={"UnitPrice": 5, "AccountCode": "200"})
    row = world.invoice(LineItems=[{"ItemCode": "BOLT", "Description": "b"}])
    world.post("/Items", {"Code": "BOLT", "SalesDetails": {"UnitPrice": 9}})
    kept = {"LineItemID": row["LineItems"][0]["LineItemID"], "ItemCode": "BOLT", "Quantity": 2}
    assert edited(world, row, LineItems=[kept]).payload()["Invoices"][0]["SubTotal"] == 10


def test_tracking_is_by_name_or_id_and_shows_ids_only_where_recorded(world: World) -> None:
    category = world.rows("TrackingCategories")[0]
    option = next(o for o in category["Options"] if o["Name"] == "North")
    by_name = line(Tracking=[{"Name": "region", "Option": "north"}])
    by_id = line(
        Tracking=[
            {
                "TrackingCategoryID": category["TrackingCategoryID"],
                "TrackingOptionID": option["TrackingOptionID"],
            }
        ]
    )
    row = world.invoice(LineItems=[by_name, by_id])
    shown = {
        "Name": "Region",
        "Option": "North",
        "TrackingCategoryID": category["TrackingCategoryID"],
    }
    expected = {**shown, "TrackingOptionID": option["TrackingOptionID"]}
    assert [entry["Tracking"] for entry in row["LineItems"]] == [[expected], [expected]]
    listed = world.rows("Invoices", query={"page": 1})[0]["LineItems"][0]["Tracking"]
    assert listed == [{**shown, "Options": []}]


def test_an_unknown_tracking_option_is_left_out_or_refused_by_switch(world: World) -> None:
    lines = [line(Tracking=[{"Name": "Region", "Option": "Mars"}])]
    row = world.invoice(LineItems=lines)
    assert row["LineItems"][0]["Tracking"] == []
    assert "Mars" in row["Warnings"][0]["Message"]
    world.switch(unknown_tracking="refused")
    assert "Mars" in messages(edited(world, row, LineItems=lines))[0]
    category = world.rows("TrackingCategories")[0]
    option = next(o["TrackingOptionID"] for o in category["Options"] if o["Name"] == "North")
    world.post(
        f"/TrackingCategories/{category['TrackingCategoryID']}/Options/{option}", {"Status": "ARCHIVED"}
    )
    archived = [line(Tracking=[{"Name": "Region", "Option": "North"}])]
    assert "North" in messages(edited(world, row, LineItems=archived))[0]


@pytest.mark.parametrize(
    ("status", "changes", "text"),
    [
        ("AUTHORISED", {"AccountCode": ""}, "Account code must be specified"),
        ("AUTHORISED", {"AccountCode": "999"}, "Account code '999' is not a valid code for this document."),
        ("SUBMITTED", {"AccountCode": "999"}, "Account code '999' is not a valid code for this document."),
        ("DRAFT", {"AccountCode": "610"}, "Account code '610' is not a valid code for this document."),
        ("DRAFT", {"AccountCode": "090"}, "Account code '090' is not a valid code for this document."),
        (
            "DRAFT",
            {"TaxType": "MAGIC"},
            "The TaxType code MAGIC does not exist or cannot be used for this type of transaction.",
        ),
        (
            "DRAFT",
            {"TaxType": "OUTPUT"},  # 12.5 %, deleted
            "The TaxType code OUTPUT does not exist or cannot be used for this type of transaction.",
        ),
        ("DRAFT", {"TaxType": "INPUT2"}, "The TaxType code 'INPUT2' cannot be used with account code '200'."),
        (
            "DRAFT",
            {"Description": "x" * 4_001},
            "The Description field cannot be longer than 4000 characters.",
        ),
        ("AUTHORISED", {"Description": ""}, "The description field is mandatory for each line item."),
        ("DRAFT", {"ItemCode": "NONE"}, "Item code 'NONE' is not valid"),
        ("DRAFT", {"DiscountRate": 101}, "The discount rate must be between 0 and 100."),
        ("DRAFT", {"AccountID": NOBODY, "AccountCode": None}, "Account could not be found."),
        (
            "DRAFT",
            {"Tracking": [{"Name": "Region", "Option": name} for name in ("North", "South", "Eastside")]},
            "A line item cannot have more than 2 tracking categories.",
        ),
    ],
)
def test_lines_that_break_a_rule_are_refused(
    world: World, status: str, changes: dict[str, Any], text: str
) -> None:
    contact = {"ContactID": world.contact(Name="Ada")["ContactID"]}
    sent = {k: v for k, v in line(**changes).items() if v is not None}
    body = {
        "Type": "ACCREC",
        "Contact": contact,
        "Status": status,
        "DueDate": "2026-12-20",
        "LineItems": [sent],
    }
    answer = world.put("/Invoices", body)
    assert (answer.status, messages(answer)) == (400, [text])
    assert len(world.organisation.book("Invoices")) == 0


def test_an_archived_account_is_refused_also_when_the_invoice_had_it_before(world: World) -> None:
    row = world.invoice()
    account = next(a for a in world.rows("Accounts") if a["Code"] == "200")
    world.post(f"/Accounts/{account['AccountID']}", {"Accounts": [{"Status": "ARCHIVED"}]})
    text = "Account code '200' has been archived, or has been deleted. Each line item must reference a valid account."
    assert messages(edited(world, row, Status="AUTHORISED")) == [text]


def test_an_unknown_account_is_taken_off_a_draft_with_a_warning(world: World) -> None:
    body = {
        "Type": "ACCREC",
        "Contact": {"ContactID": world.contact(Name="Ada")["ContactID"]},
        "LineItems": [line(AccountCode="999")],
    }
    row = world.put("/Invoices", body, query={"summarizeErrors": "false"}).payload()["Invoices"][0]
    assert row["StatusAttributeString"] == "WARNING"
    assert row["Warnings"] == [
        {"Message": "Account code '999' has been removed as it does not match a recognised account."}
    ]
    assert "AccountCode" not in row["LineItems"][0]
    assert messages(edited(world, row, Status="AUTHORISED", DueDate="2026-12-20")) == [
        "Account code must be specified"
    ]


# ── Contact, currency, days, number ────────────────────────────────────────────────────────────────────────────────────


def test_the_contact_becomes_a_customer_without_moving_its_date(world: World) -> None:
    contact = world.contact(Name="Ada")
    world.clock.advance(60)
    world.invoice(Contact={"ContactID": contact["ContactID"]})
    after = world.get(f"/Contacts/{contact['ContactID']}").payload()["Contacts"][0]
    assert (after["IsCustomer"], after["IsSupplier"]) == (True, False)
    assert after["UpdatedDateUTC"] == contact["UpdatedDateUTC"]
    world.invoice(
        Type="ACCPAY", Contact={"ContactID": contact["ContactID"]}, LineItems=[line(AccountCode="300")]
    )
    assert world.rows("Contacts")[0]["IsSupplier"] is True


def test_a_contact_is_found_by_number_or_name_and_made_when_unknown(world: World) -> None:
    contact = world.contact(Name="Ada", ContactNumber="C1")
    assert world.invoice(Contact={"ContactNumber": "c1"})["Contact"]["ContactID"] == contact["ContactID"]
    assert world.invoice(Contact={"Name": "ada"})["Contact"]["ContactID"] == contact["ContactID"]
    made = world.invoice(Contact={"Name": "Bob"})["Contact"]
    assert (made["Name"], made["IsCustomer"]) == ("Bob", True)
    assert len(world.rows("Contacts")) == 2


def test_every_other_field_of_the_contact_block_changes_the_contact(world: World) -> None:
    contact = world.contact(Name="Ada", ContactPersons=[{"FirstName": "Eve"}])
    world.invoice(Contact={"ContactID": contact["ContactID"]})
    assert len(world.get(f"/Contacts/{contact['ContactID']}").payload()["Contacts"][0]["ContactPersons"]) == 1
    world.invoice(Contact={"ContactID": contact["ContactID"], "EmailAddress": "ada@example.com"})
    after = world.get(f"/Contacts/{contact['ContactID']}").payload()["Contacts"][0]
    assert (after["EmailAddress"], after["ContactPersons"]) == ("ada@example.com", [])


@pytest.mark.parametrize(
    ("block", "text"),
    [
        (None, "A Contact must be specified for this type of transaction"),
        (
            {"EmailAddress": "a@b.co"},
            IDENTITY_TEXT,
        ),
        ({"ContactID": NOBODY}, "The contact could not be found"),
        ({"Name": "Bob <VIP>"}, "The contact name cannot contain the characters < or >."),
    ],
)
def test_a_contact_must_be_named(world: World, block: dict[str, Any] | None, text: str) -> None:
    body = {"Type": "ACCREC", "LineItems": [LINE], **({"Contact": block} if block else {})}
    assert messages(world.put("/Invoices", body)) == [text]


def test_an_archived_contact_cannot_be_used(world: World) -> None:
    contact = world.contact(Name="Ada")
    world.organisation.person_archives("Contacts", contact["ContactID"])
    answer = world.put(
        "/Invoices", {"Type": "ACCREC", "LineItems": [LINE], "Contact": {"ContactID": contact["ContactID"]}}
    )
    text = (
        "The contact with the specified contact details has been archived. "
        "The contact must be un-archived before creating new invoices or credit notes."
    )
    assert messages(answer) == [text]


def test_documents_move_to_the_survivor_of_a_merge(world: World) -> None:
    winner, loser = world.contact(Name="Ada"), world.contact(Name="Bob")
    row = world.invoice(Contact={"ContactID": loser["ContactID"]})
    world.organisation.person_merges(winner["ContactID"], loser["ContactID"])
    assert read(world, row)["Contact"]["ContactID"] == winner["ContactID"]
    assert world.rows("Invoices", query={"ContactIDs": loser["ContactID"]}) == []


def test_a_currency_must_be_subscribed_to_and_has_a_day_rate(world: World) -> None:
    row = world.invoice(CurrencyCode="USD")
    assert (row["CurrencyCode"], row["CurrencyRate"] < 1) == ("USD", True)
    assert -row["CurrencyRate"].as_tuple().exponent <= 6
    assert world.invoice(CurrencyCode="USD", CurrencyRate=Decimal("0.61234567"))["CurrencyRate"] == Decimal(
        "0.612346"
    )
    body = {"Type": "ACCREC", "Contact": {"Name": "Ada"}, "LineItems": [LINE], "CurrencyCode": "CHF"}
    assert messages(world.put("/Invoices", body)) == ["Organisation is not subscribed to currency CHF"]
    assert world.invoice(CurrencyRate=7)["CurrencyRate"] == 1


def test_a_rate_far_from_the_days_is_warned_of(world: World) -> None:
    row = world.invoice(CurrencyCode="USD", CurrencyRate=Decimal("61.2"))
    assert "rate" in row["Warnings"][0]["Message"]


def test_the_currency_of_a_document_changes_by_switch(world: World) -> None:
    row = world.invoice(CurrencyCode="USD")
    assert "cannot be changed" in messages(edited(world, row, CurrencyCode="EUR"))[0]
    world.switch(currency_can_change=True)
    after = edited(world, row, CurrencyCode="EUR").payload()["Invoices"][0]
    assert (after["CurrencyCode"], after["CurrencyRate"] != row["CurrencyRate"]) == ("EUR", True)


def test_an_approved_invoice_needs_a_due_date_which_terms_may_give_by_switch(world: World) -> None:
    contact = world.contact(Name="Ada", PaymentTerms={"Sales": {"Day": 20, "Type": "OFFOLLOWINGMONTH"}})
    row = world.invoice(DueDate=None, Contact={"ContactID": contact["ContactID"]})
    assert messages(edited(world, row, Status="AUTHORISED")) == [
        "The document DueDate field must be specified."
    ]
    world.switch(due_date_from_terms=True)
    row = approved(world, DueDate=None, Contact={"ContactID": contact["ContactID"]})
    assert row["DueDateString"] == "2026-12-20T00:00:00"


@pytest.mark.parametrize(
    ("terms", "due"),
    [
        ({"Day": 10, "Type": "DAYSAFTERBILLDATE"}, "2026-12-03"),
        ({"Day": 10, "Type": "DAYSAFTERBILLMONTH"}, "2026-12-10"),
        ({"Day": 31, "Type": "OFCURRENTMONTH"}, "2026-11-30"),
        ({"Day": 31, "Type": "OFFOLLOWINGMONTH"}, "2026-12-31"),
    ],
)
def test_payment_terms_count_days_as_they_say(world: World, terms: dict[str, Any], due: str) -> None:
    world.switch(due_date_from_terms=True)
    world.organisation.change_organisation(PaymentTerms={"Sales": terms})
    assert approved(world, DueDate=None)["DueDateString"] == f"{due}T00:00:00"


def test_terms_that_say_nothing_give_no_due_date(world: World) -> None:
    world.switch(due_date_from_terms=True)
    row = world.invoice(DueDate=None)
    assert messages(edited(world, row, Status="AUTHORISED")) == [
        "The document DueDate field must be specified."
    ]


@pytest.mark.parametrize("sent", ["2026-12-01", "2026-12-01T15:00:00", DAY, "/Date(1796083200000)/"])
def test_days_are_read_in_every_form_and_shown_in_two(world: World, sent: str) -> None:
    row = world.invoice(Date=sent)
    assert (row["Date"], row["DateString"]) == (DAY, "2026-12-01T00:00:00")


def test_a_day_that_is_none_makes_the_request_malformed(world: World) -> None:
    answer = world.raw("PUT", "/Invoices", b'{"Type": "ACCREC", "Date": "soon"}')
    assert (answer.status, answer.payload()["ErrorNumber"]) == (400, 14)


def test_numbers_of_sales_invoices_are_unique_for_ever_and_those_of_bills_are_free(world: World) -> None:
    first = approved(world, InvoiceNumber="INV-0002")
    assert [world.invoice()["InvoiceNumber"], world.invoice()["InvoiceNumber"]] == ["INV-0001", "INV-0003"]
    edited(world, first, Status="VOIDED")
    body = {"Type": "ACCREC", "Contact": {"Name": "Ada"}, "LineItems": [LINE], "InvoiceNumber": "inv-0002"}
    assert messages(world.put("/Invoices", body)) == ["Invoice # must be unique."]
    bills = [
        world.invoice(Type="ACCPAY", InvoiceNumber="7", LineItems=[line(AccountCode="300")]) for _ in range(2)
    ]
    assert [bill["InvoiceNumber"] for bill in bills] == ["7", "7"]
    assert "InvoiceNumber" not in world.invoice(Type="ACCPAY", LineItems=[line(AccountCode="300")])


def test_a_post_with_a_known_number_and_no_id_edits_by_switch(world: World) -> None:
    row = world.invoice(InvoiceNumber="A-1", Reference="old")
    sent: dict[str, Any] = {"Type": "ACCREC", "InvoiceNumber": "a-1", "Reference": "new"}
    after = world.post("/Invoices", {"Invoices": [sent]}).payload()["Invoices"][0]
    assert (after["InvoiceID"], after["Reference"]) == (row["InvoiceID"], "new")
    world.switch(number_finds_document=False)
    sent |= {"Contact": {"Name": "Ada"}, "LineItems": [LINE]}
    assert messages(world.post("/Invoices", {"Invoices": [sent]})) == ["Invoice # must be unique."]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"InvoiceNumber": "x" * 256}, "The InvoiceNumber field cannot be longer than 255 characters."),
        ({"Reference": "x" * 256}, "The Reference field cannot be longer than 255 characters."),
        ({"Url": "https://go.xero.com/x"}, "The Url cannot contain the word xero."),
        ({"BrandingThemeID": NOBODY}, "Branding theme could not be found."),
        ({"CurrencyCode": "USD", "CurrencyRate": -1}, "The currency rate must be greater than zero."),
        ({"Type": "ACCPAY"}, "The Type of an existing invoice cannot be changed."),
    ],
)
def test_fields_that_break_a_rule_are_refused(world: World, changes: dict[str, Any], text: str) -> None:
    world.switch(currency_can_change=True)
    row = world.invoice()
    answer = world.raw("POST", f"/Invoices/{row['InvoiceID']}", jsontext.dumps(changes))
    assert messages(answer) == [text]
    assert read(world, row)["UpdatedDateUTC"] == row["UpdatedDateUTC"]


def test_a_type_is_needed(world: World) -> None:
    answer = world.put("/Invoices", {"Contact": {"Name": "Ada"}, "LineItems": [LINE]})
    assert messages(answer) == ["Invoice Type must be specified."]
    assert world.rows("Contacts") == []


# ── Status ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", ["PAID", "VOIDED", "DELETED"])
def test_an_invoice_is_not_born_in_every_status(world: World, status: str) -> None:
    body = {"Type": "ACCREC", "Contact": {"Name": "Ada"}, "LineItems": [LINE], "Status": status}
    assert messages(world.put("/Invoices", body)) == ["Invoice not of valid status for creation"]


ALLOWED = {
    "DRAFT": {"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"},
    "SUBMITTED": {"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"},
    "AUTHORISED": {"AUTHORISED", "VOIDED"},
    "VOIDED": set[str](),
    "DELETED": set[str](),
}


@pytest.mark.parametrize("to", ["DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED", "DELETED"])
@pytest.mark.parametrize("of", sorted(ALLOWED))
def test_statuses_follow_each_other_as_documented(world: World, of: str, to: str) -> None:
    row = world.invoice(Status={"VOIDED": "AUTHORISED", "DELETED": "DRAFT"}.get(of, of))
    if of in ("VOIDED", "DELETED"):
        edited(world, row, Status=of)
    answer = edited(world, row, Status=to)
    if to in ALLOWED[of]:
        assert answer.payload()["Invoices"][0]["Status"] == to
    else:
        assert messages(answer) == ["Invoice not of valid status for modification"]
        assert read(world, row)["Status"] == of


@pytest.mark.parametrize("status", ["VOIDED", "DELETED"])
def test_what_is_gone_cannot_be_edited(world: World, status: str) -> None:
    row = world.invoice(Status="AUTHORISED" if status == "VOIDED" else "DRAFT")
    edited(world, row, Status=status)
    assert messages(edited(world, row, Reference="A")) == ["Invoice not of valid status for modification"]


def test_a_voided_invoice_keeps_lines_and_amounts_and_is_still_listed(world: World) -> None:
    row = approved(world)
    after = edited(world, row, Status="VOIDED").payload()["Invoices"][0]
    assert (after["Status"], after["AmountDue"], after["Total"]) == (
        "VOIDED",
        Decimal("24.15"),
        Decimal("24.15"),
    )
    assert after["LineItems"] == row["LineItems"]
    assert [one["Status"] for one in world.rows("Invoices")] == ["VOIDED"]


def test_an_approved_invoice_without_payments_can_be_edited(world: World) -> None:
    row = approved(world)
    after = edited(world, row, Date="2026-12-01", LineItems=[line(Quantity=4)]).payload()["Invoices"][0]
    assert (after["Total"], after["AmountDue"], after["Status"]) == (
        Decimal("48.3"),
        Decimal("48.3"),
        "AUTHORISED",
    )


def test_a_submitted_invoice_needs_lines(world: World) -> None:
    row = world.invoice(LineItems=[])
    assert messages(edited(world, row, Status="SUBMITTED")) == ["One or more line items must be specified"]


def test_a_refused_status_echoes_what_was_asked_for(world: World) -> None:
    row = approved(world)
    answer = world.post(
        "/Invoices",
        {"Invoices": [{"InvoiceID": row["InvoiceID"], "Status": "DELETED"}]},
        query={"summarizeErrors": "false"},
    )
    echo = answer.payload()["Invoices"][0]
    assert (answer.status, echo["Status"], echo["StatusAttributeString"], echo["HasErrors"]) == (
        200,
        "DELETED",
        "ERROR",
        True,
    )
    assert (echo["InvoiceID"], echo["LineItems"][0]["LineItemID"]) == (
        row["InvoiceID"],
        row["LineItems"][0]["LineItemID"],
    )


def test_sent_to_contact_is_kept_on_approved_invoices_only(world: World) -> None:
    assert world.invoice(SentToContact=True)["SentToContact"] is False
    assert approved(world, SentToContact=True)["SentToContact"] is True


@pytest.mark.parametrize(
    ("field", "words"),
    [("PeriodLockDate", "period lock date"), ("EndOfYearLockDate", "end of year lock date")],
)
def test_a_locked_period_refuses_what_would_be_posted_in_it(world: World, field: str, words: str) -> None:
    row, draft = approved(world, Date="2026-10-31"), world.invoice(Date="2026-10-31")
    world.organisation.change_organisation(**{field: date(2026, 10, 31)})
    text = f"The document date cannot be before the {words}, currently set at 31-Oct-2026"
    for changes in ({"Reference": "A"}, {"Status": "VOIDED"}, {"Date": "2026-11-02"}):
        assert messages(edited(world, row, **changes)) == [text]
    assert messages(edited(world, draft, Status="AUTHORISED")) == [text]
    assert edited(world, draft, Reference="A").status == 200
    assert (
        edited(world, draft, Status="AUTHORISED", Date="2026-11-01").status == 400
    )  # it was dated in the period
    assert approved(world, Date="2026-11-01")["Status"] == "AUTHORISED"


# ── Reading ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def numbers(rows: list[dict[str, Any]]) -> list[str]:
    return [row["InvoiceNumber"] for row in rows]


def test_an_invoice_is_read_by_number(world: World) -> None:
    row = world.invoice(InvoiceNumber="A-1")
    assert world.get("/Invoices/A-1").payload()["Invoices"][0]["InvoiceID"] == row["InvoiceID"]
    assert world.get("/Invoices/A-2").status == 404
    assert world.get(f"/Invoices/{NOBODY}").status == 404


def test_lists_are_filtered_by_ids_numbers_contacts_statuses_and_app(world: World) -> None:
    first, second = world.invoice(), approved(world, Reference="Kauri")
    third = world.organisation.person_creates(
        "Invoices",
        {"Type": "ACCREC", "Contact": {"ContactID": second["Contact"]["ContactID"]}, "LineItems": [LINE]},
    )
    ids = f"{first['InvoiceID']},{third}"
    assert numbers(world.rows("Invoices", query={"IDs": ids})) == ["INV-0001", "INV-0003"]
    assert numbers(world.rows("Invoices", query={"InvoiceNumbers": "inv-0002, INV-0009"})) == ["INV-0002"]
    assert numbers(world.rows("Invoices", query={"ContactIDs": second["Contact"]["ContactID"]})) == [
        "INV-0002",
        "INV-0003",
    ]
    assert numbers(world.rows("Invoices", query={"Statuses": "AUTHORISED,PAID"})) == ["INV-0002"]
    assert numbers(world.rows("Invoices", query={"createdByMyApp": "true"})) == ["INV-0001", "INV-0002"]
    assert numbers(world.rows("Invoices", query={"searchTerm": "kau"})) == ["INV-0002"]


def test_statuses_and_summaries_are_paged_without_asking(world: World) -> None:
    for _ in range(101):
        world.invoice(Contact={"Name": "Ada"})
        world.clock.advance(2)
    assert len(world.rows("Invoices")) == 101
    answer = world.get("/Invoices", query={"Statuses": "DRAFT"}).payload()
    assert (len(answer["Invoices"]), "pagination" in answer) == (100, False)
    assert len(answer["Invoices"][0]["LineItems"]) == 1
    assert len(world.rows("Invoices", query={"summaryOnly": "true"})) == 100


def test_where_reaches_money_days_status_and_contact(world: World) -> None:
    world.invoice(Reference="one", Contact={"Name": "Ada", "ContactNumber": "C1"})
    approved(world, Reference="two", Date="2026-12-01", LineItems=[line(Quantity=10)])

    def found(where: str) -> list[str]:
        return [row["Reference"] for row in world.rows("Invoices", query={"where": where})]

    assert found('Type=="ACCREC" AND Status=="AUTHORISED"') == ["two"]
    assert found("AmountDue > 100 AND Total <= 120.75") == ["two"]
    assert found("Date >= DateTime(2026,12,01)") == ["two"]
    assert found('Contact.Name=="ada"') == ["one"]
    assert found('Contact.ContactNumber=="C1"') == ["one"]
    contact = world.rows("Invoices")[0]["Contact"]["ContactID"]
    assert found(f'Contact.ContactID==Guid("{contact}")') == ["one"]
    assert world.get("/Invoices", query={"where": 'Colour=="red"'}).payload()["ErrorNumber"] == 16
    assert [row["Reference"] for row in world.rows("Invoices", query={"order": "Date DESC", "page": 1})] == [
        "two",
        "one",
    ]


def test_only_what_changed_since_is_listed(world: World) -> None:
    row = world.invoice()
    world.invoice()
    world.clock.advance(60)
    edited(world, row, Reference="A")
    rows = world.rows("Invoices", If_Modified_Since="2026-11-23T00:00:30")
    assert [one["InvoiceID"] for one in rows] == [row["InvoiceID"]]
    assert rows[0]["UpdatedDateUTCString"] == "2026-11-23T00:01:00Z"


def test_history_notes_and_what_happened(world: World) -> None:
    row = world.invoice()
    path = f"/Invoices/{row['InvoiceID']}/History"
    note = world.put(path, {"HistoryRecords": [{"Details": "Made by Crossfoot"}]}).payload()[
        "HistoryRecords"
    ][0]
    assert (note["Details"], note["DateUTCString"]) == ("Made by Crossfoot", "2026-11-23T00:00:00")
    rows = world.get(path).payload()["HistoryRecords"]
    assert {one["Details"] for one in rows} == {"", "Made by Crossfoot"}
    assert world.put(path, {"HistoryRecords": [{"Details": "x" * 2_501}]}).status == 400
    assert world.put(f"/Invoices/{NOBODY}/History", {"HistoryRecords": [{"Details": "x"}]}).status == 404


def test_an_approved_sales_invoice_can_be_seen_online(world: World) -> None:
    row = world.invoice()
    path = f"/Invoices/{row['InvoiceID']}/OnlineInvoice"
    assert world.get(path).status == 404
    edited(world, row, Status="AUTHORISED")
    url = world.get(path).payload()["OnlineInvoices"][0]["OnlineInvoiceUrl"]
    assert url.startswith("https://in.xero.com/")
    assert world.get(path).payload()["OnlineInvoices"][0]["OnlineInvoiceUrl"] == url
    assert world.raw("PUT", f"/Invoices/{row['InvoiceID']}/OnlineInvoice", b"{}").status == 405


def test_an_invoice_is_mailed_to_a_contact_that_has_an_address(world: World) -> None:
    row = approved(world, Contact={"Name": "Ada"})
    answer = world.post(f"/Invoices/{row['InvoiceID']}/Email", {})
    assert messages(answer) == ["The contact does not have an email address."]
    row = approved(world, Contact={"Name": "Ada", "EmailAddress": "ada@example.com"})
    assert world.post(f"/Invoices/{row['InvoiceID']}/Email", {}).status == 204
    assert read(world, row)["SentToContact"] is True
    draft = world.invoice()
    assert world.post(f"/Invoices/{draft['InvoiceID']}/Email", {}).status == 400
    assert world.raw("GET", f"/Invoices/{row['InvoiceID']}/Email").status == 405


# ── Batches, webhooks, scopes ──────────────────────────────────────────────────────────────────────────────────────────


def batch() -> dict[str, Any]:
    good = {"Type": "ACCREC", "Contact": {"Name": "Ada"}, "LineItems": [LINE], "Reference": "good"}
    return {"Invoices": [good, {**good, "Reference": "bad", "CurrencyCode": "CHF"}]}


def test_a_bad_element_takes_the_good_ones_with_it_contact_and_all(world: World) -> None:
    world.switch(mixed_batch_atomic=True)
    answer = world.put("/Invoices", batch())
    assert [element["Reference"] for element in answer.payload()["Elements"]] == ["bad"]
    assert (world.rows("Invoices"), world.rows("Contacts")) == ([], [])
    assert world.rows("Invoices", query={"InvoiceNumbers": "INV-0001"}) == []


def test_elements_stand_alone_where_asked(world: World) -> None:
    rows = world.put("/Invoices", batch(), query={"summarizeErrors": "false"}).payload()["Invoices"]
    assert [row["StatusAttributeString"] for row in rows] == ["OK", "ERROR"]
    assert rows[1]["InvoiceID"] == "00000000-0000-0000-0000-000000000000"
    assert len(world.rows("Invoices")) == 1


def test_an_unknown_id_is_404_or_an_error_of_its_element_by_switch(world: World) -> None:
    body = {"Invoices": [{"InvoiceID": NOBODY, "Status": "VOIDED"}]}
    assert world.post("/Invoices", body).status == 404
    world.switch(unknown_id_in_batch="element")
    assert messages(world.post("/Invoices", body)) == [
        "An existing Invoice with the specified InvoiceID could not be found"
    ]


def test_the_same_key_makes_an_invoice_once(world: World) -> None:
    body = {"Type": "ACCREC", "Contact": {"Name": "Ada"}, "LineItems": [LINE]}
    first = world.put("/Invoices", body, Idempotency_Key="k1")
    again = world.put("/Invoices", body, Idempotency_Key="k1")
    assert (first.body, len(world.rows("Invoices"))) == (again.body, 1)


def test_webhooks_tell_of_invoices_and_of_contacts_made_with_them(world: World) -> None:
    heard: list[tuple[str, str, str]] = []
    world.organisation._announce = lambda _t, category, record, event, _ms, _data: heard.append(
        (category, event, record)
    )
    row = world.invoice(Contact={"Name": "Ada"})
    assert heard == [
        ("CONTACT", "CREATE", row["Contact"]["ContactID"]),
        ("INVOICE", "CREATE", row["InvoiceID"]),
    ]
    edited(world, row, Status="DELETED")
    assert heard[-1] == ("INVOICE", "UPDATE", row["InvoiceID"])


def test_invoices_need_their_own_scope(world: World) -> None:
    world.xero.add_app("other", "secret", ["accounting.contacts"])
    pair = world.xero.grant("other", [world.organisation])
    answer = world.raw("GET", "/Invoices", Authorization=f"Bearer {pair.access_token}")
    assert (answer.status, "insufficient_scope" in answer.headers["WWW-Authenticate"]) == (401, True)


def test_a_page_of_invoices_as_xml(world: World) -> None:
    world.invoice()
    answer = world.raw("GET", "/Invoices?page=1", Accept="")
    assert b"<Invoice><Type>ACCREC</Type>" in answer.body
    assert b"<LineItem><Description>Bolts</Description>" in answer.body


def test_colleagues_approve_and_edit_by_the_same_rules(world: World) -> None:
    contact = world.contact(Name="Ada")["ContactID"]
    people = world.organisation
    values = {"Type": "ACCREC", "Contact": {"ContactID": contact}, "LineItems": [line(UnitAmount="1.2345")]}
    invoice = people.person_creates("Invoices", values)
    with pytest.raises(ValueError, match="DueDate field must be specified"):
        people.person_edits("Invoices", invoice, {"Status": "AUTHORISED"})
    people.person_edits("Invoices", invoice, {"Status": "AUTHORISED", "DueDate": "2026-12-20"})
    record = people.book("Invoices")[invoice]
    assert (record.status, record.values["LineItems"][0]["UnitAmount"]) == ("AUTHORISED", Decimal("1.2345"))
    assert record.values["DueDate"] == date(2026, 12, 20)
    before = record.updated
    world.clock.advance(5)
    people.person_edits("Invoices", invoice, {"Status": "AUTHORISED", "DueDate": "2026-12-20"})
    assert record.updated == before
