"""Sales invoices by recorded answers: what is told, what is sent, what becomes of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.systems.xero.recorded import (
    CONTACT,
    INVOICE,
    LINE,
    LOST,
    NOBODY,
    NOW,
    answer,
    hearing,
    line,
    refused_call,
    refused_element,
    row,
    stamp,
    written,
)
from tests.systems.xero.world import applied, archive, create, update

from crossfoot.model.fields import FieldType, same
from crossfoot.model.identity import Kind
from crossfoot.model.lines import Line, Lines
from crossfoot.model.problems import Cause
from crossfoot.model.records import Fields, Observation, Standing, Value
from crossfoot.systems.port import Answer, Identity, Refused, Response, Unknown
from crossfoot.systems.xero import invoices

OTHER = "0d0dd8c1-4e5c-4d1c-9df5-0fe86cc2ac91"
SOURCE = "https://app.hubspot.example/contacts/7/record/0-53/512"
LINES = Lines((Line(description="Acme tyres", quantity=Decimal(2), price=Decimal("20.25"), account="200"),))
NEW: Fields = {
    "Contact": CONTACT,
    "Url": SOURCE,
    "DueDate": date(2026, 11, 20),
    "Lines": LINES,
}
ORGANISATION = {
    "Name": "Ako Books",
    "BaseCurrency": "NZD",
    "ShortCode": "!NLglS",
    "OrganisationStatus": "ACTIVE",
}


def refused(answer: Answer) -> Refused:
    assert isinstance(answer, Refused), answer
    return answer


async def seen(*rows: dict[str, Any], paths: Mapping[Kind, Any] | None = None) -> list[Observation]:
    """What reading these tells."""
    recorded = hearing([answer(*rows)])
    asked = paths or {Kind.INVOICE: frozenset(invoices.PATHS) - {"Link"}}
    return await recorded.system.read(Kind.INVOICE, [each["InvoiceID"] for each in rows], asked)


def lines_in(fields: Fields) -> tuple[Line, ...]:
    lines = fields["Lines"]
    assert isinstance(lines, Lines)
    return lines.all


async def held(**more: Any) -> Mapping[str, Value]:
    [observation] = await seen(row(**more))
    return observation.fields


# ── what is told ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_invoice_tells_its_head_its_lines_and_its_money() -> None:
    [observation] = await seen(
        row(
            Reference="Order 7",
            Url=SOURCE,
            SentToContact=True,
            BrandingThemeID=OTHER,
            ExpectedPaymentDate=stamp(date(2026, 12, 1)),
            LineItems=[line(Tracking=[{"Name": "Region", "Option": "North"}], DiscountRate=0)],
        )
    )
    assert observation.live
    assert observation.modified == NOW
    assert observation.fields == {
        "Contact": CONTACT,
        "InvoiceNumber": "INV-0055",
        "Reference": "Order 7",
        "Url": SOURCE,
        "Date": date(2026, 10, 20),
        "DueDate": date(2026, 11, 20),
        "CurrencyCode": "NZD",
        "CurrencyRate": Decimal(1),
        "LineAmountTypes": "Exclusive",
        "Status": "AUTHORISED",
        "BrandingThemeID": OTHER,
        "SentToContact": True,
        "ExpectedPaymentDate": date(2026, 12, 1),
        "Lines": Lines(
            (
                Line(
                    ledger_id=LINE,
                    description="Acme tyres",
                    quantity=Decimal("2.0000"),
                    price=Decimal("20.00"),
                    account="200",
                    tax="OUTPUT2",
                    tracking=(("Region", "North"),),
                    net=Decimal("40.00"),
                    tax_amount=Decimal("6.00"),
                ),
            )
        ),
        "SubTotal": Decimal("40.00"),
        "TotalTax": Decimal("6.00"),
        "Total": Decimal("46.00"),
        "TotalDiscount": Decimal(0),
        "AmountPaid": Decimal("0.00"),
        "AmountCredited": Decimal("0.00"),
        "AmountDue": Decimal("46.00"),
        "FullyPaidOnDate": None,
        "LastPaymentDate": None,
        "UpdatedDateUTC": NOW,
    }


async def test_what_is_left_out_of_an_answer_is_empty_where_it_can_be_empty_and_untold_where_it_cannot() -> (
    None
):
    fields = await held(
        DueDate=None,
        DueDateString=None,
        InvoiceNumber=None,
        SubTotal=None,
        AmountCredited=None,
        CurrencyRate=None,
        LineItems=None,
    )
    assert [fields[path] for path in ("DueDate", "Url", "InvoiceNumber", "BrandingThemeID")] == [None] * 4
    assert not {"SubTotal", "AmountCredited", "CurrencyRate", "SentToContact", "Lines"} & set(fields)


async def test_a_calendar_date_is_the_organisations_own_day() -> None:
    fields = await held(DateString=None, Date=stamp(date(2026, 3, 31)), DueDateString="2026-04-01T00:00:00")
    assert (fields["Date"], fields["DueDate"]) == (date(2026, 3, 31), date(2026, 4, 1))


async def test_the_last_payment_and_the_day_it_was_fully_paid_are_told() -> None:
    payments = [
        {"PaymentID": OTHER, "Date": stamp(day), "Amount": 23, "CurrencyRate": 1, "HasAccount": False}
        for day in (date(2026, 10, 28), date(2026, 10, 31), date(2026, 10, 30))
    ]
    fields = await held(
        Status="PAID", Payments=payments, AmountPaid=46, FullyPaidOnDate=stamp(date(2026, 10, 31))
    )
    assert (fields["LastPaymentDate"], fields["FullyPaidOnDate"]) == (date(2026, 10, 31), date(2026, 10, 31))


async def test_a_payment_that_an_answer_does_not_show_is_not_told_as_none() -> None:
    assert "LastPaymentDate" not in await held(Payments=None, AmountPaid=23)
    assert (await held(Payments=None, AmountPaid=0))["LastPaymentDate"] is None
    assert "FullyPaidOnDate" not in await held(Status="PAID", FullyPaidOnDate=None)


async def test_nothing_is_due_of_a_voided_invoice_although_xero_goes_on_telling_it() -> None:
    [observation] = await seen(row(Status="VOIDED"))
    assert observation.live
    assert (observation.fields["Status"], observation.fields["AmountDue"]) == ("VOIDED", Decimal(0))
    assert observation.fields["Total"] == Decimal("46.00")


async def test_a_deleted_draft_is_archived_and_a_bill_is_not_there() -> None:
    [deleted, bill] = await seen(row(Status="DELETED"), row(Type="ACCPAY", InvoiceID=OTHER))
    assert (deleted.standing, deleted.fields["Status"]) == (Standing.ARCHIVED, "DELETED")
    assert (bill.standing, bill.ref.id, bill.fields) == (Standing.MISSING, OTHER, {})


@pytest.mark.parametrize(
    ("told", "percent", "amount"),
    [
        ({"DiscountRate": Decimal("10.00"), "DiscountAmount": Decimal("4.00")}, Decimal(10), None),
        ({"DiscountRate": Decimal("0.00"), "DiscountAmount": Decimal("4.00")}, None, Decimal(4)),
        ({"DiscountAmount": Decimal("4.00")}, None, Decimal(4)),
        ({"DiscountRate": 0, "DiscountAmount": 0}, None, None),
    ],
)
async def test_a_line_has_a_share_or_an_amount_of_discount(
    told: dict[str, Any], percent: Decimal | None, amount: Decimal | None
) -> None:
    [one] = lines_in(await held(LineItems=[line(**told)]))
    assert (one.discount_percent, one.discount_amount) == (percent, amount)


async def test_a_line_may_only_describe_and_its_item_may_be_embedded() -> None:
    text = {"LineItemID": OTHER, "Description": "Thank you", "Tracking": []}
    item = {"ItemID": OTHER, "Code": "TYRE", "Name": "Tyre"}
    first, second = lines_in(await held(LineItems=[text, line(Item=item)]))
    assert first == Line(ledger_id=OTHER, description="Thank you")
    assert second.item == "TYRE"


async def test_prices_keep_four_decimals_and_every_digit() -> None:
    [one] = lines_in(await held(LineItems=[line(UnitAmount=Decimal("12345678901234.5678"))]))
    assert one.price == Decimal("12345678901234.5678")


async def test_only_what_is_asked_for_is_observed_and_with_lines_what_their_prices_say_about_tax() -> None:
    [observation] = await seen(row(), paths={Kind.INVOICE: ["Lines"]})
    assert set(observation.fields) == {"Lines", "LineAmountTypes"}


# ── listing and reading ────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_listing_seeks_sales_invoices_with_their_lines_and_four_decimals() -> None:
    later = row(InvoiceID=OTHER, UpdatedDateUTC=stamp(datetime(2026, 11, 2, 9, 0, 7, tzinfo=UTC)))
    bill = row(Type="ACCPAY", InvoiceID=LINE)
    recorded = hearing([answer(row(), bill, later, pages=2), answer(later)])
    paths = {Kind.INVOICE: ["Status", "Lines"]}
    pages = [page async for page in recorded.system.list(Kind.INVOICE, paths, None)]
    assert [[each.ref.id for each in page.observations] for page in pages] == [[INVOICE, OTHER], [OTHER]]
    assert [page.last for page in pages] == [False, True]
    assert recorded.asked() == ["GET /Invoices", "GET /Invoices"]
    assert recorded.query() == {
        "where": 'Type=="ACCREC"',
        "order": "UpdatedDateUTC ASC",
        "page": "1",
        "pageSize": "1000",
        "includeArchived": "true",
        "unitdp": "4",
    }
    since = [call.headers.get("If-Modified-Since") for call in recorded.script.asked]
    assert since == [None, "2026-11-02T09:00:06"]


async def test_fifty_invoices_are_read_in_one_call_in_the_order_asked() -> None:
    ids = [f"{number:08d}-0000-4000-8000-000000000000" for number in range(50)]
    rows = [row(InvoiceID=each.upper() if each < ids[9] else each) for each in reversed(ids[1:])]
    recorded = hearing([answer(*rows)])
    found = await recorded.system.read(Kind.INVOICE, ids, {Kind.INVOICE: ["Status"]})
    assert [each.ref.id.lower() for each in found] == ids
    assert [each.standing for each in found] == [Standing.MISSING] + [Standing.LIVE] * 49
    assert (recorded.query()["IDs"], recorded.query()["page"]) == (",".join(ids), "1")
    assert recorded.query()["unitdp"] == "4"
    assert len(recorded.script.asked[0].url) < 2200


async def test_reading_and_finding_nothing_calls_nobody() -> None:
    recorded = hearing([])
    assert await recorded.system.read(Kind.INVOICE, [], {}) == []
    assert await recorded.system.find(Kind.INVOICE, "Url", [], {}) == []


async def test_the_link_is_the_organisations_own_page_wherever_it_is_seen_first() -> None:
    organisation = answer(ORGANISATION, pages=None, resource="Organisations")
    recorded = hearing([organisation, answer(row()), answer(row())])
    for _ in range(2):
        [observation] = await recorded.system.read(Kind.INVOICE, [INVOICE], {Kind.INVOICE: ["Link"]})
        assert observation.fields == {"Link": f"https://go.xero.com/app/!NLglS/invoicing/view/{INVOICE}"}
    assert recorded.asked() == ["GET /Organisation", "GET /Invoices", "GET /Invoices"]


async def test_without_a_short_code_the_link_is_the_documented_page() -> None:
    account = Identity("xero:t", "Ako Books", "NZD", url="https://go.xero.com/app/!NLglS/homepage")
    system = hearing([]).system
    assert system.url(account, Kind.INVOICE, "i") == "https://go.xero.com/app/!NLglS/invoicing/view/i"
    assert (
        system.url(replace(account, url=None), Kind.INVOICE, "i")
        == "https://go.xero.com/AccountsReceivable/View.aspx?InvoiceID=i"
    )


# ── finding ────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_invoice_is_found_by_the_address_that_it_was_made_from_even_when_deleted() -> None:
    mine = row(Url=SOURCE.upper(), Status="DELETED")
    recorded = hearing([answer(mine, row(InvoiceID=OTHER, Url="https://else.example"))])
    asked = {Kind.INVOICE: ["Url"]}
    [found] = await recorded.system.find(Kind.INVOICE, "Url", [SOURCE, "https://b.example"], asked)
    assert (found.ref.id, found.standing) == (INVOICE, Standing.ARCHIVED)
    query = recorded.query()
    assert query["createdByMyApp"] == "true"
    assert query["where"] == f'Type=="ACCREC" AND (Url=="{SOURCE}" OR Url=="https://b.example")'


async def test_where_xero_cannot_filter_by_address_all_that_we_made_is_looked_through() -> None:
    refusal = refused_call(
        "No property or field 'Url' exists in type 'Invoice'", number=16, kind="QueryParseException"
    )
    strangers = [row(InvoiceID=f"{n:08d}-0000-4000-8000-000000000000") for n in range(1000)]
    recorded = hearing([refusal, answer(*strangers, pages=2), answer(row(Url=SOURCE), pages=2)])
    [found] = await recorded.system.find(Kind.INVOICE, "Url", [SOURCE], {Kind.INVOICE: ["Url"]})
    assert found.ref.id == INVOICE
    queries = [recorded.query(place) for place in (1, 2)]
    assert [query["page"] for query in queries] == ["1", "2"]
    assert {(query["createdByMyApp"], query["where"], query["order"]) for query in queries} == {
        ("true", 'Type=="ACCREC"', "InvoiceID ASC")
    }


async def test_many_addresses_are_found_by_few_calls_of_bearable_length() -> None:
    sources = [f"https://app.hubspot.example/contacts/12345678/record/0-53/{number}" for number in range(50)]
    rows = [answer(row(InvoiceID=OTHER, Url=sources[0])), answer(row(Url=sources[-1])), answer()]
    recorded = hearing([*rows, answer(), answer()])
    found = await recorded.system.find(Kind.INVOICE, "Url", sources, {Kind.INVOICE: ["Url"]})
    assert {each.ref.id for each in found} == {OTHER, INVOICE}
    assert len(recorded.script.asked) <= 4
    assert all(len(call.url) < 3000 for call in recorded.script.asked)


async def test_a_number_is_found_by_xeros_own_list_of_numbers_in_any_case() -> None:
    recorded = hearing([answer(row(), row(InvoiceID=OTHER, InvoiceNumber="INV-00551"))])
    [found] = await recorded.system.find(
        Kind.INVOICE, "InvoiceNumber", ["inv-0055"], {Kind.INVOICE: ["Date"]}
    )
    assert found.ref.id == INVOICE
    assert recorded.query()["InvoiceNumbers"] == "inv-0055,INV-0055"


async def test_a_number_with_a_comma_is_asked_for_by_a_filter() -> None:
    recorded = hearing([answer(row(InvoiceNumber="2026,7"))])
    [found] = await recorded.system.find(Kind.INVOICE, "InvoiceNumber", ["2026,7"], {Kind.INVOICE: ["Date"]})
    assert found.ref.id == INVOICE
    assert recorded.query()["where"] == 'Type=="ACCREC" AND (InvoiceNumber=="2026,7")'


async def test_a_reference_is_found_whatever_is_in_it_and_deleted_invoices_are_not() -> None:
    quoted = 'Order "7"'
    recorded = hearing(
        [
            answer(row(Reference="Order 8"), row(InvoiceID=LINE, Reference="order 8", Status="DELETED")),
            answer(
                row(InvoiceID=OTHER, Reference=quoted), row(InvoiceID=CONTACT, Reference=f"{quoted} again")
            ),
        ]
    )
    found = await recorded.system.find(
        Kind.INVOICE, "Reference", ["order 8", quoted], {Kind.INVOICE: ["Reference"]}
    )
    assert [each.ref.id for each in found] == [INVOICE, OTHER]
    assert [recorded.query(place).get("searchTerm") for place in (0, 1)] == [None, quoted]


async def test_finding_by_another_field_is_refused() -> None:
    with pytest.raises(ValueError, match="DueDate"):
        await hearing([]).system.find(Kind.INVOICE, "DueDate", ["x"], {Kind.INVOICE: ["Date"]})


# ── creating ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_creation_is_looked_for_and_then_put_once_under_the_operations_key() -> None:
    recorded = hearing([answer(), answer(written(Url=SOURCE, Status="DRAFT"), pages=None)])
    [done] = await recorded.system.write([create(Kind.INVOICE, NEW, operation="op-1")])
    assert recorded.asked() == ["GET /Invoices", "PUT /Invoices"]
    assert recorded.script.asked[1].headers["Idempotency-Key"] == "op-1"
    assert recorded.query() == {"unitdp": "4", "summarizeErrors": "false"}
    assert recorded.sent() == [
        {
            "Type": "ACCREC",
            "Contact": {"ContactID": CONTACT},
            "Url": SOURCE,
            "DueDate": "2026-11-20",
            "LineItems": [
                {
                    "Description": "Acme tyres",
                    "Quantity": 2,
                    "UnitAmount": Decimal("20.25"),
                    "AccountCode": "200",
                }
            ],
        }
    ]
    told = applied(done).observation
    assert told is not None
    assert told.fields["InvoiceNumber"] == "INV-0055"
    assert told.fields["Total"] == Decimal("46.00")
    assert not {"AmountCredited", "LastPaymentDate", "Link"} & set(told.fields)


async def test_what_was_made_before_is_not_made_again() -> None:
    recorded = hearing([answer(row(Url=SOURCE))])
    [done] = await recorded.system.write([create(Kind.INVOICE, NEW)])
    assert applied(done).id == INVOICE
    assert recorded.asked() == ["GET /Invoices"]


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        (NOW + timedelta(seconds=1), ["PUT /Invoices"]),
        (NOW - timedelta(seconds=1), ["GET /Invoices", "PUT /Invoices"]),
    ],
)
async def test_what_is_known_to_be_new_is_made_without_a_look_while_that_is_known(
    known: datetime, asked: list[str]
) -> None:
    recorded = hearing([*([answer()] if len(asked) > 1 else []), answer(written(Url=SOURCE), pages=None)])
    [done] = await recorded.system.write([replace(create(Kind.INVOICE, NEW), new_until=known)])
    assert applied(done).id == INVOICE
    assert recorded.asked() == asked


async def test_what_was_made_before_and_deleted_since_is_not_made_again_either() -> None:
    recorded = hearing([answer(row(Url=SOURCE, Status="DELETED"))])
    [answered] = await recorded.system.write([create(Kind.INVOICE, NEW)])
    assert (refused(answered).problem.cause, refused(answered).twin) == (Cause.ARCHIVED, INVOICE)
    assert recorded.asked() == ["GET /Invoices"]


async def test_a_creation_without_an_answer_is_unknown_and_not_repeated() -> None:
    recorded = hearing([answer(), LOST])
    [answered] = await recorded.system.write([create(Kind.INVOICE, NEW)])
    assert isinstance(answered, Unknown)
    assert recorded.asked() == ["GET /Invoices", "PUT /Invoices"]


async def test_each_creation_of_a_batch_has_its_own_verdict() -> None:
    values = [{**NEW, "Url": f"{SOURCE}{number}", "InvoiceNumber": f"X-{number}"} for number in range(3)]
    bad = refused_element(
        "Account code '999' is not a valid code for this document.", InvoiceID=NOBODY, Url=f"{SOURCE}1"
    )
    good = [written(InvoiceID=each, Url=f"{SOURCE}{n}") for each, n in ((INVOICE, 0), (OTHER, 2))]
    recorded = hearing([answer(), answer(good[0], bad, good[1], pages=None)])
    writes = [create(Kind.INVOICE, each, operation=f"op-{n}") for n, each in enumerate(values)]
    first, second, third = await recorded.system.write(writes)
    assert (applied(first).id, applied(third).id) == (INVOICE, OTHER)
    assert "'999'" in refused(second).problem.what
    assert refused(second).problem.field == "Lines"


async def test_a_taken_number_names_the_invoice_that_has_it() -> None:
    recorded = hearing(
        [
            answer(),
            answer(refused_element("Invoice # must be unique.", InvoiceID=NOBODY, Url=SOURCE), pages=None),
            answer(row()),
        ]
    )
    [answered] = await recorded.system.write([create(Kind.INVOICE, {**NEW, "InvoiceNumber": "inv-0055"})])
    assert (refused(answered).problem.cause, refused(answered).twin) == (Cause.TAKEN, INVOICE)


async def test_an_account_that_xero_strips_from_a_draft_is_told_as_not_there() -> None:
    warned = written(
        Status="DRAFT",
        Url=SOURCE,
        StatusAttributeString="WARNING",
        Warnings=[
            {"Message": "Account code '999' has been removed as it does not match a recognised account."}
        ],
        LineItems=[line(AccountCode=None)],
    )
    recorded = hearing([answer(), answer(warned, pages=None)])
    [done] = await recorded.system.write([create(Kind.INVOICE, NEW)])
    told = applied(done).observation
    assert told is not None
    [one] = lines_in(told.fields)
    assert one.account is None
    assert applied(done).warnings == (warned["Warnings"][0]["Message"],)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"Contact": None}, "Contact"),
        ({"Lines": Lines()}, "Lines"),
        ({"Lines": None}, "Lines"),
        ({"Status": "PAID"}, "Status"),
        ({"Status": "VOIDED"}, "Status"),
        ({"Status": "DELETED"}, "Status"),
        ({"Status": "AUTHORISED", "DueDate": None}, "DueDate"),
        ({"Url": "https://xero-invoices.example/1"}, "Url"),
        ({"Total": Decimal(1)}, "Total"),
        ({"Link": "https://x.example"}, "Link"),
        ({"Lines": Lines((Line(price=Decimal("1.00001")),))}, "Lines"),
        ({"Lines": Lines((Line(description="x" * 4001),))}, "Lines"),
        ({"Lines": Lines((Line(discount_percent=Decimal(1), discount_amount=Decimal(1)),))}, "Lines"),
        ({"Lines": Lines((Line(tracking=(("A", "a"), ("B", "b"), ("C", "c"))),))}, "Lines"),
    ],
)
async def test_what_xero_cannot_hold_is_refused_in_words_without_a_call(more: Fields, field: str) -> None:
    recorded = hearing([])
    [answered] = await recorded.system.write([create(Kind.INVOICE, {**NEW, **more})])
    problem = refused(answered).problem
    assert problem.field == field
    assert problem.what.endswith(".")
    assert problem.fix.endswith(".")


async def test_prices_of_four_decimals_are_taken() -> None:
    assert (
        invoices.inexpressible(
            create(Kind.INVOICE, {**NEW, "Lines": Lines((Line(price=Decimal("1.2345")),))})
        )
        is None
    )


# ── changing ───────────────────────────────────────────────────────────────────────────────────────────────────────────

TWO = Lines(
    (
        Line(
            ledger_id=LINE,
            description="Acme tyres",
            quantity=Decimal("2.0000"),
            price=Decimal("20.00"),
            discount_percent=Decimal(5),
            item="TYRE",
            account="200",
            tax="OUTPUT2",
            tracking=(("Region", "North"),),
            net=Decimal("38.00"),
            tax_amount=Decimal("5.70"),
        ),
        Line(ledger_id=OTHER, description="Fitting", price=Decimal(10), quantity=Decimal(1)),
    )
)


async def test_an_update_sends_only_what_changes_and_never_a_number_without_its_invoice() -> None:
    recorded = hearing([answer(written(Reference="7"), pages=None)])
    changed: Fields = {"Reference": "7", "InvoiceNumber": "X-1", "Url": None}
    [done] = await recorded.system.write([update(Kind.INVOICE, INVOICE, changed)])
    assert applied(done).id == INVOICE
    assert recorded.asked() == ["POST /Invoices"]
    assert "Idempotency-Key" not in recorded.script.asked[0].headers
    assert recorded.sent() == [{"InvoiceID": INVOICE, "Reference": "7", "InvoiceNumber": "X-1", "Url": ""}]
    told = applied(done).observation
    assert told is not None
    assert "Url" not in told.fields


async def test_lines_are_sent_whole_each_under_its_own_id_with_nothing_that_xero_computes() -> None:
    recorded = hearing([answer(written(), pages=None)])
    first, _ = TWO
    kept = replace(first, price=Decimal("21.5"), discount_percent=None, tracking=(), item=None)
    lines = Lines((Line(description="New", quantity=Decimal(1), price=Decimal(5)), kept))
    seen: Fields = {"Lines": TWO, "LineAmountTypes": "Inclusive"}
    await recorded.system.write([update(Kind.INVOICE, INVOICE, {"Lines": lines}, seen)])
    assert recorded.sent() == [
        {
            "InvoiceID": INVOICE,
            "LineAmountTypes": "Inclusive",
            "LineItems": [
                {"Description": "New", "Quantity": 1, "UnitAmount": 5},
                {
                    "LineItemID": LINE,
                    "Description": "Acme tyres",
                    "Quantity": Decimal("2.0000"),
                    "UnitAmount": Decimal("21.5"),
                    "ItemCode": "",
                    "AccountCode": "200",
                    "TaxType": "OUTPUT2",
                    "DiscountRate": 0,
                    "Tracking": [],
                },
            ],
        }
    ]


async def test_lines_that_were_read_and_sent_back_say_the_same() -> None:
    told = [
        line(DiscountRate=Decimal("5.00"), DiscountAmount=Decimal("2.00"), ItemCode="TYRE"),
        {"LineItemID": OTHER, "Description": "Thank you", "Tracking": []},
    ]
    before = await held(LineItems=told)
    recorded = hearing([answer(written(), pages=None)])
    await recorded.system.write([update(Kind.INVOICE, INVOICE, {"Lines": before["Lines"]}, before)])
    [element] = recorded.sent()
    assert element["LineItems"][1] == {"LineItemID": OTHER, "Description": "Thank you"}
    after = await held(LineItems=[{"Tracking": [], **each} for each in element["LineItems"]])
    assert same(FieldType.LINES, after["Lines"], before["Lines"])


@pytest.mark.parametrize(
    "path", ["DueDate", "CurrencyCode", "Contact", "InvoiceNumber", "BrandingThemeID", "Lines"]
)
async def test_what_xero_cannot_empty_is_refused_without_a_call(path: str) -> None:
    [answered] = await hearing([]).system.write([update(Kind.INVOICE, INVOICE, {path: None})])
    assert refused(answered).problem.field == path


@pytest.mark.parametrize(
    ("status", "seen", "field"),
    [
        ("AUTHORISED", {"DueDate": None, "Status": "DRAFT"}, "DueDate"),
        ("VOIDED", {"Status": "DRAFT"}, "Status"),
        ("PAID", {"Status": "AUTHORISED"}, "Status"),
    ],
)
async def test_a_state_that_nobody_can_bring_about_is_refused_without_a_call(
    status: str, seen: Fields, field: str
) -> None:
    write = update(Kind.INVOICE, INVOICE, {"Status": status}, seen)
    [answered] = await hearing([]).system.write([write])
    assert refused(answered).problem.field == field


async def test_a_draft_is_approved_and_an_approved_invoice_voided_by_their_status() -> None:
    for status, seen in (
        ("AUTHORISED", {"DueDate": date(2026, 11, 1)}),
        ("VOIDED", {"Status": "AUTHORISED"}),
    ):
        recorded = hearing([answer(written(Status=status), pages=None)])
        [done] = await recorded.system.write([update(Kind.INVOICE, INVOICE, {"Status": status}, seen)])
        told = applied(done).observation
        assert told is not None
        assert (told.fields["Status"], told.standing) == (status, Standing.LIVE)
        assert recorded.sent() == [{"InvoiceID": INVOICE, "Status": status}]


MODIFICATION = "Invoice not of valid status for modification"
ALLOCATED = "This document cannot be edited as it has a payment or credit note allocated to it."


@pytest.mark.parametrize(
    ("said", "found", "cause", "words"),
    [
        (MODIFICATION, {"Status": "VOIDED"}, Cause.ARCHIVED, "INV-0055 is voided"),
        (MODIFICATION, {"Status": "DELETED"}, Cause.ARCHIVED, "INV-0055 is deleted"),
        (MODIFICATION, {"Status": "PAID"}, Cause.INVALID, "INV-0055 is paid"),
        (ALLOCATED, {"AmountPaid": Decimal(10)}, Cause.INVALID, "has payments or credits"),
        (
            "The status DRAFT cannot be applied to the invoice because it has payments or credit notes allocated to it.",
            {"AmountCredited": Decimal(10)},
            Cause.INVALID,
            "has payments or credits",
        ),
        (MODIFICATION, {"Type": "ACCPAY"}, Cause.MISSING, "does not know"),
        (MODIFICATION, {}, Cause.INVALID, "does not allow this change"),
    ],
)
async def test_a_change_that_the_invoices_state_forbids_says_which_state_that_is(
    said: str, found: dict[str, Any], cause: Cause, words: str
) -> None:
    echo = refused_element(said, Status="DRAFT")
    recorded = hearing([answer(echo, pages=None), answer(row(**found))])
    [answered] = await recorded.system.write([update(Kind.INVOICE, INVOICE, {"Date": date(2026, 1, 1)})])
    problem = refused(answered).problem
    assert problem.cause is cause
    assert words in problem.what
    assert problem.fix
    assert problem.said == said


async def test_a_refusal_stands_as_xero_said_it_where_the_look_fails() -> None:
    down = Response(503, {}, b"The Organisation is offline")
    recorded = hearing([answer(refused_element(MODIFICATION), pages=None), *[down] * 4])
    [answered] = await recorded.system.write([update(Kind.INVOICE, INVOICE, {"Date": date(2026, 1, 1)})])
    assert refused(answered).problem.said == MODIFICATION


@pytest.mark.parametrize(
    ("said", "cause", "field", "words"),
    [
        (
            "The document date cannot be before the period lock date, currently set at 31 March 2026",
            Cause.INVALID,
            "Date",
            "period lock date is 31 March 2026",
        ),
        (
            "The document date cannot be before the end of year lock date, currently set at 31 March 2026.",
            Cause.INVALID,
            "Date",
            "end of year lock date is 31 March 2026",
        ),
        (
            "Account code '999' has been archived, or has been deleted. Each line item must reference a valid account.",
            Cause.INVALID,
            "Lines",
            "'999' is archived",
        ),
        ("Account code must be specified", Cause.NOT_READY, "Lines", "no account"),
        (
            "The TaxType code TAX9 does not exist or cannot be used for this type of transaction.",
            Cause.INVALID,
            "Lines",
            "'TAX9' is not active",
        ),
        (
            "The TaxType code 'INPUT2' cannot be used with account code '200'.",
            Cause.INVALID,
            "Lines",
            "'INPUT2' with the account '200'",
        ),
        ("Organisation is not subscribed to currency XAU", Cause.INVALID, "CurrencyCode", "currency XAU"),
        ("The contact is archived and cannot be used.", Cause.NOT_READY, "Contact", "archived"),
        (
            "The specified contact details matched an archived contact. Archived contacts cannot currently be edited via the API.",
            Cause.NOT_READY,
            "Contact",
            "archived",
        ),
        ("Invoice not of valid status for creation", Cause.INVALID, "Status", "creates invoices as"),
        ("You have reached the limit of invoices you can approve", Cause.LIMIT, "Status", "this month"),
        ("One or more line items must be specified", Cause.INVALID, "Lines", "at least one line"),
        ("A Contact must be specified for this type of transaction", Cause.NOT_READY, "Contact", "contact"),
    ],
)
async def test_what_xero_says_against_an_invoice_is_told_for_people(
    said: str, cause: Cause, field: str, words: str
) -> None:
    recorded = hearing([answer(), answer(refused_element(said, InvoiceID=NOBODY, Url=SOURCE), pages=None)])
    [answered] = await recorded.system.write([create(Kind.INVOICE, NEW)])
    problem = refused(answered).problem
    assert (problem.cause, problem.field) == (cause, field)
    assert words in problem.what
    assert problem.fix
    assert problem.said == said


# ── archiving ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("status", "becomes", "standing"),
    [
        ("DRAFT", "DELETED", Standing.ARCHIVED),
        ("SUBMITTED", "DELETED", Standing.ARCHIVED),
        ("AUTHORISED", "VOIDED", Standing.LIVE),
    ],
)
async def test_a_draft_is_deleted_and_an_approved_invoice_voided(
    status: str, becomes: str, standing: Standing
) -> None:
    recorded = hearing([answer(row(Status=status)), answer(written(Status=becomes), pages=None)])
    [done] = await recorded.system.write([archive(Kind.INVOICE, INVOICE)])
    told = applied(done).observation
    assert told is not None
    assert (told.standing, told.fields["Status"]) == (standing, becomes)
    assert recorded.sent() == [{"InvoiceID": INVOICE, "Status": becomes}]
    assert [calls for _, _, calls in recorded.budget.reserved] == [2]


@pytest.mark.parametrize("status", ["VOIDED", "DELETED"])
async def test_what_is_closed_already_needs_no_archiving(status: str) -> None:
    recorded = hearing([answer(row(Status=status))])
    [done] = await recorded.system.write([archive(Kind.INVOICE, INVOICE)])
    told = applied(done).observation
    assert told is not None
    assert told.fields["Status"] == status
    assert recorded.asked() == ["GET /Invoices"]


async def test_an_invoice_with_payments_or_credits_is_not_voided_and_others_are() -> None:
    ids = [INVOICE, OTHER, LINE, CONTACT]
    recorded = hearing(
        [
            answer(
                row(Status="PAID", AmountPaid=Decimal(46)),
                row(InvoiceID=OTHER, AmountCredited=Decimal(1)),
                row(InvoiceID=CONTACT),
            ),
            answer(written(InvoiceID=CONTACT, Status="VOIDED"), pages=None),
        ]
    )
    paid, credited, missing, done = await recorded.system.write(
        [archive(Kind.INVOICE, each, each) for each in ids]
    )
    assert "payments or credits" in refused(paid).problem.what
    assert "payments or credits" in refused(credited).problem.what
    assert refused(missing).problem.cause is Cause.MISSING
    assert applied(done).id == CONTACT
