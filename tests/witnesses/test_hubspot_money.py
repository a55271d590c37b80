"""Both of HubSpot's SDKs drive the stand-in's money over HTTP: deals, line items, invoices, payments, taxes, currencies."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from tests.witnesses.conftest import Served, newer_sdk

hubspot = pytest.importorskip("hubspot", reason="the witnesses are an optional group of dependencies")
hubspot_sdk = pytest.importorskip("hubspot_sdk", reason="the witnesses are an optional group of dependencies")

PORTAL = 245_003


@pytest.fixture
def portal(sandbox_http: Served) -> Any:
    vendor = sandbox_http.sandbox.hubspot
    return vendor.add_portal(PORTAL, currency="NZD", time_zone="Pacific/Auckland")


@pytest.fixture
def older(sandbox_http: Served, portal: Any) -> Any:
    """`hubspot-api-client`: v3 and v4 paths."""
    token = sandbox_http.sandbox.hubspot.static_token(PORTAL)
    return hubspot.HubSpot(access_token=token, host=f"{sandbox_http.url}/hubspot")


@pytest.fixture
def newer(sandbox_http: Served, portal: Any, version: str) -> Iterator[Any]:
    """`hubspot-sdk`: 2026-03 and 2026-09 paths."""
    token = sandbox_http.sandbox.hubspot.static_token(PORTAL)
    with newer_sdk(sandbox_http, token, version) as made:
        yield made


def to(record_id: str, type_id: int) -> dict[str, Any]:
    return {
        "to": {"id": record_id},
        "types": [{"association_category": "HUBSPOT_DEFINED", "association_type_id": type_id}],
    }


def test_the_older_sdk_makes_a_pipeline_and_moves_a_deal_through_it(older: Any) -> None:
    from hubspot.crm import deals, pipelines

    stages = [
        pipelines.PipelineStageInput(label=label, display_order=order, metadata={"probability": probability})
        for order, (label, probability) in enumerate((("Talk", "0.2"), ("Signed", "1.0")))
    ]
    made = older.crm.pipelines.pipelines_api.create(
        "deals", pipelines.PipelineInput(label="Renewals", display_order=1, stages=stages)
    )
    everything = older.crm.pipelines.pipelines_api.get_all("deals").results
    assert [one.label for one in everything] == ["Sales Pipeline", "Renewals"]
    talk, signed = made.stages
    assert (talk.metadata["isClosed"], signed.metadata["isClosed"]) == ("false", "true")
    create = deals.SimplePublicObjectInputForCreate(
        properties={"dealname": "Tea", "pipeline": made.id, "dealstage": talk.id, "amount": "12.50"},
        associations=[],
    )
    deal = older.crm.deals.basic_api.create(simple_public_object_input_for_create=create)
    older.crm.deals.basic_api.update(
        deal.id, deals.SimplePublicObjectInput(properties={"dealstage": signed.id})
    )
    read = older.crm.deals.basic_api.get_by_id(deal.id, properties=["hs_is_closed_won", "closedate"])
    assert read.properties["hs_is_closed_won"] == "true"
    assert read.properties["closedate"] is not None
    stage = older.crm.pipelines.pipeline_stages_api.get_by_id("deals", made.id, signed.id)
    assert stage.label == "Signed"


def test_the_older_sdk_drafts_and_opens_an_invoice(older: Any, sandbox_http: Served) -> None:
    from hubspot.crm import contacts, line_items
    from hubspot.crm.commerce import invoices
    from hubspot.crm.commerce.invoices import ApiException

    ada = older.crm.contacts.basic_api.create(
        simple_public_object_input_for_create=contacts.SimplePublicObjectInputForCreate(
            properties={"email": "ada@example.test"}, associations=[]
        )
    )
    api = older.crm.commerce.invoices.basic_api
    invoice = api.create(
        simple_public_object_input_for_create=invoices.SimplePublicObjectInputForCreate(
            properties={"hs_currency": "NZD"}, associations=[]
        )
    )
    opened = invoices.SimplePublicObjectInput(properties={"hs_invoice_status": "open"})
    with pytest.raises(ApiException, match="INVOICE_TO_LINE_ITEM") as refused:
        api.update(invoice.id, opened)
    assert refused.value.status == 400
    older.crm.associations.v4.basic_api.create_default("invoices", invoice.id, "contacts", ada.id)
    on_invoice = line_items.PublicAssociationsForObject(
        to=line_items.PublicObjectId(id=invoice.id),
        types=[line_items.AssociationSpec(association_category="HUBSPOT_DEFINED", association_type_id=410)],
    )
    older.crm.line_items.basic_api.create(
        simple_public_object_input_for_create=line_items.SimplePublicObjectInputForCreate(
            properties={"name": "Tea", "price": "4.50", "quantity": "3"}, associations=[on_invoice]
        )
    )
    assert api.update(invoice.id, opened).properties["hs_invoice_status"] == "open"
    sandbox_http.sandbox.clock.advance(60)
    names = ["hs_amount_billed", "hs_balance_due", "hs_number"]
    read = api.get_by_id(invoice.id, properties=names, associations=["line_items"])
    assert [read.properties[name] for name in names] == ["13.50", "13.50", "INV-1001"]
    assert [one.type for one in read.associations["line_items"].results] == ["invoice_to_line_item"]
    found = older.crm.commerce.invoices.search_api.do_search(
        invoices.PublicObjectSearchRequest(
            filter_groups=[
                {"filters": [{"propertyName": "hs_invoice_status", "operator": "EQ", "value": "open"}]}
            ]
        )
    )
    assert [one.id for one in found.results] == [invoice.id]


def test_the_newer_sdk_makes_a_deal_with_lines_and_reads_their_amounts(newer: Any) -> None:
    objects = newer.crm.objects
    product = objects.products.create(
        associations=[], properties={"name": "Tea", "price": "4.50", "hs_sku": "T"}
    )
    deal = objects.deals.create(
        associations=[], properties={"dealname": "Tea", "dealstage": "contractsent", "pipeline": "default"}
    )
    inputs = [
        {
            "properties": {"hs_product_id": product.id, "quantity": quantity},
            "associations": [to(deal.id, 20)],
            "object_write_trace_id": quantity,
        }
        for quantity in ("1", "2")
    ]
    lines = objects.line_items.batch.create(inputs=inputs).results
    read = objects.line_items.batch.get(
        inputs=[{"id": line.id} for line in lines], properties=["amount"], properties_with_history=[]
    )
    assert sorted(line.properties["amount"] for line in read.results) == ["4.50", "9.00"]
    found = objects.deals.get(deal.id, associations=["line_items"])
    assert {one.id for one in found.associations["line_items"].results} == {line.id for line in lines}


def test_the_newer_sdk_pays_an_invoice(newer: Any, portal: Any, sandbox_http: Served) -> None:
    objects = newer.crm.objects
    ada = objects.contacts.create(associations=[], properties={"email": "ada@example.test"})
    line = objects.line_items.create(
        associations=[], properties={"name": "Tea", "price": "10.00", "quantity": "2"}
    )
    invoice = objects.invoices.create(
        associations=[to(ada.id, 177), to(line.id, 409)],
        properties={"hs_currency": "NZD", "hs_invoice_status": "open"},
    )
    money = {
        "hs_initial_amount": "20.00",
        "hs_initiated_date": "2026-11-20T00:00:00Z",
        "hs_latest_status": "succeeded",
    }
    linked = [to(invoice.id, 542), to(ada.id, 387)]
    with pytest.raises(hubspot_sdk.BadRequestError, match="not set up to collect payments"):
        objects.commerce_payments.create(associations=linked, properties=money)
    portal.commerce.processor = "byo_stripe"
    payment = objects.commerce_payments.create(associations=linked, properties=money)
    sandbox_http.sandbox.clock.advance(60)
    read = objects.invoices.get(invoice.id, properties=["hs_invoice_status", "hs_balance_due"])
    assert (read.properties["hs_invoice_status"], read.properties["hs_balance_due"]) == ("paid", "0.00")
    query: dict[str, Any] = {
        "filter_groups": [
            {"filters": [{"property_name": "hs_latest_status", "operator": "EQ", "value": "succeeded"}]}
        ]
    }
    found = objects.commerce_payments.search(
        after="0", limit=10, properties=[], sorts=["hs_object_id"], **query
    )
    assert [one.id for one in found.results] == [payment.id]
    with pytest.raises(hubspot_sdk.BadRequestError, match="cannot be deleted"):
        objects.invoices.delete(invoice.id)


def test_the_newer_sdk_adds_a_tax_to_an_invoice(newer: Any, sandbox_http: Served) -> None:
    objects = newer.crm.objects
    line = objects.line_items.create(associations=[], properties={"price": "10.00", "quantity": "1"})
    invoice = objects.invoices.create(associations=[to(line.id, 409)], properties={"hs_currency": "NZD"})
    objects.taxes.create(
        associations=[to(invoice.id, 416)],
        properties={"hs_type": "PERCENT", "hs_value": "15", "hs_label": "GST"},
    )
    sandbox_http.sandbox.clock.advance(60)
    read = objects.invoices.get(invoice.id, properties=["hs_taxes_total", "hs_amount_billed"])
    assert (read.properties["hs_taxes_total"], read.properties["hs_amount_billed"]) == ("1.50", "11.50")


def test_the_newer_sdk_reads_the_tax_library_and_the_currencies(newer: Any, portal: Any) -> None:
    rate = portal.commerce.add_tax_rate("GST", Decimal(15), portal.now(), "GST 15 %")
    (found,) = list(newer.settings.tax_rates.list())
    assert (found.id, found.percentage_rate, found.active) == (rate.id, 15, True)
    assert newer.settings.tax_rates.get(rate.id).label == "GST 15 %"
    made = newer.settings.currencies.exchange_rates.create_exchange_rate(
        conversion_rate=1.62, from_currency_code="USD"
    )
    assert (made.to_currency_code, made.conversion_rate) == ("NZD", 1.62)
    (current,) = newer.settings.currencies.exchange_rates.list_current_exchange_rates().results
    assert current.id == made.id
    assert newer.settings.currencies.get_company_currency().id == "NZD"
    assert newer.account.get().additional_currencies == ["USD"]


def test_the_newer_sdk_makes_a_pipeline_and_a_note(newer: Any) -> None:
    pipeline = newer.crm.pipelines.create(
        "deals",
        display_order=1,
        label="Renewals",
        stages=[{"label": "Signed", "display_order": 0, "metadata": {"probability": "1.0"}}],
    )
    objects = newer.crm.objects
    deal = objects.deals.create(
        associations=[],
        properties={"dealname": "Tea", "pipeline": pipeline.id, "dealstage": pipeline.stages[0].id},
    )
    note = objects.notes.create(
        associations=[to(deal.id, 214)],
        properties={"hs_note_body": "Invoice INV-7 was paid", "hs_timestamp": "2026-11-20T00:00:00Z"},
    )
    read = objects.notes.get(note.id, properties=["hs_note_body"], associations=["deals"])
    assert read.properties["hs_note_body"] == "Invoice INV-7 was paid"
    assert [one.id for one in read.associations["deals"].results] == [deal.id]
