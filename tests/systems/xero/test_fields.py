"""The tables of fields: complete, consistent, true to what is read and written."""

from decimal import Decimal

import pytest
from tests.systems.xero.world import create, update

from crossfoot.model.identity import Kind
from crossfoot.model.problems import Cause
from crossfoot.model.records import Fields
from crossfoot.systems.computed import with_computed
from crossfoot.systems.port import Write
from crossfoot.systems.xero import contacts, items
from crossfoot.systems.xero.answers import Contact, Item, decoded
from crossfoot.systems.xero.defaults import CARRIES
from crossfoot.systems.xero.system import CAPABILITIES, FIELDS


@pytest.mark.parametrize("kind", list(FIELDS))
def test_every_field_that_carries_a_shared_one_exists(kind: Kind) -> None:
    for paths in CARRIES[kind].values():
        assert set(paths) <= set(with_computed(FIELDS)[kind])


@pytest.mark.parametrize("kind", list(FIELDS))
def test_the_paths_that_abilities_name_exist(kind: Kind) -> None:
    abilities = CAPABILITIES.kinds[kind]
    named = {*abilities.unique_paths, *abilities.required_paths}
    named |= {path for path in (abilities.key_path, abilities.parent_path) if path}
    assert named <= set(FIELDS[kind])


def test_every_field_can_be_observed() -> None:
    contact = contacts.observe(Contact(contact_id="c", is_customer=False, is_supplier=True))
    assert set(contact.fields) == set(contacts.PATHS)
    assert set(items.observe(Item(item_id="i")).fields) == set(items.PATHS)


def test_what_an_answer_leaves_out_of_flags_tells_nothing() -> None:
    fields = contacts.observe(Contact(contact_id="c")).fields
    assert "IsCustomer" not in fields
    assert "IsSupplier" not in fields


def test_amounts_are_exact() -> None:
    item = decoded(b'{"ItemID":"i","SalesDetails":{"UnitPrice":12345678901234567.8901}}', Item)
    assert items.observe(item).fields["SalesDetails.UnitPrice"] == Decimal("12345678901234567.8901")
    text = decoded(b'{"ItemID":"i","SalesDetails":{"UnitPrice":"1.10"}}', Item)
    assert items.observe(text).fields["SalesDetails.UnitPrice"] == Decimal("1.10")


def test_a_create_leaves_empty_fields_out_and_an_update_clears_them() -> None:
    values = {"Name": "Ada", "TaxNumber": None, "Phones.FAX": None}
    assert contacts.body(create(Kind.CONTACT, values, "key")) == {"ContactNumber": "key", "Name": "Ada"}
    assert contacts.body(update(Kind.CONTACT, "c", {"TaxNumber": None, "Phones.FAX": None})) == {
        "ContactID": "c",
        "TaxNumber": "",
        "Phones": [{"PhoneType": "FAX", "PhoneNumber": "", "PhoneAreaCode": "", "PhoneCountryCode": ""}],
    }


def test_details_of_an_item_are_sent_whole() -> None:
    seen: Fields = {
        "Code": "SKU",
        "IsSold": True,
        "IsPurchased": False,
        "SalesDetails.UnitPrice": Decimal("1.5"),
        "SalesDetails.AccountCode": "200",
        "SalesDetails.TaxType": None,
        "PurchaseDetails.UnitPrice": None,
    }
    assert items.body(update(Kind.ITEM, "i", {"SalesDetails.AccountCode": "201"}, seen)) == {
        "ItemID": "i",
        "Code": "SKU",
        "SalesDetails": {"UnitPrice": Decimal("1.5"), "AccountCode": "201"},
    }


def test_an_item_that_is_not_sold_is_made_without_its_sales_side() -> None:
    values: Fields = {
        "Code": "SKU",
        "IsSold": False,
        "Description": None,
        "SalesDetails.UnitPrice": None,
        "IsPurchased": None,
    }
    assert items.inexpressible(create(Kind.ITEM, values)) is None
    assert items.body(create(Kind.ITEM, values)) == {"Code": "SKU", "IsSold": False}


def test_a_cleared_detail_is_an_empty_text_and_a_price_cannot_be_cleared() -> None:
    seen: Fields = {"SalesDetails.UnitPrice": Decimal(1), "SalesDetails.TaxType": "OUTPUT2", "IsSold": True}
    tax = update(Kind.ITEM, "i", {"SalesDetails.TaxType": None}, seen)
    assert items.inexpressible(tax) is None
    assert items.body(tax)["SalesDetails"] == {"UnitPrice": Decimal(1), "TaxType": ""}
    for path in ("SalesDetails.UnitPrice", "IsSold"):
        problem = items.inexpressible(update(Kind.ITEM, "i", {path: None}, seen))
        assert problem is not None
        assert problem.cause is Cause.INEXPRESSIBLE
    assert (
        items.inexpressible(update(Kind.ITEM, "i", {"SalesDetails.UnitPrice": None, "IsSold": False}, seen))
        is None
    )


def test_unknown_paths_are_left_to_the_check_of_paths() -> None:
    assert items.inexpressible(update(Kind.ITEM, "i", {"Colour": None}, {"Colour": "red"})) is None


@pytest.mark.parametrize(
    "write", [create(Kind.CONTACT, {"TaxNumber": "1"}), update(Kind.CONTACT, "c", {"Name": " "})]
)
def test_a_contact_without_a_name_is_not_sent(write: Write) -> None:
    problem = contacts.inexpressible(write)
    assert problem is not None
    assert problem.field == "Name"
