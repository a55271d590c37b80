from decimal import Decimal

import pytest
from tests.sandbox.xero.conftest import World, messages

TRACKED = {
    "Code": "BOLT",
    "InventoryAssetAccountCode": "630",
    "PurchaseDetails": {"COGSAccountCode": "310", "UnitPrice": 2, "AccountCode": "300"},
}


def test_post_edits_the_item_with_the_same_code(world: World) -> None:
    item_id = world.item(Code="BOLT", Name="Bolt")["ItemID"]
    row = world.post("/Items", {"Items": [{"Code": "BOLT", "Name": "Bolt M4"}]}).payload()["Items"][0]
    assert (row["ItemID"], row["Name"]) == (item_id, "Bolt M4")


def test_put_of_a_taken_code_is_refused(world: World) -> None:
    world.item(Code="BOLT")
    answer = world.put("/Items", {"Code": "bolt"})
    assert messages(answer) == ["Price List Item with Code 'bolt' already exists"]


def test_a_code_can_be_changed_by_id_unless_it_is_taken(world: World) -> None:
    item_id = world.item(Code="BOLT")["ItemID"]
    world.item(Code="NUT")
    assert world.post(f"/Items/{item_id}", {"Code": "SCREW"}).payload()["Items"][0]["Code"] == "SCREW"
    assert world.post(f"/Items/{item_id}", {"Code": "NUT"}).status == 400
    assert world.get("/Items/SCREW").payload()["Items"][0]["ItemID"] == item_id
    assert world.get("/Items/BOLT").status == 404


def test_an_update_by_id_must_repeat_the_code_by_switch(world: World) -> None:
    item_id = world.item(Code="A")["ItemID"]
    assert world.post(f"/Items/{item_id}", {"Name": "Bolt"}).status == 400
    world.switch(item_code_required=False)
    answer = world.raw("POST", f"/Items/{item_id}", b'{"Name": "Bolt"}')  # the OpenAPI file demands Code
    assert answer.payload()["Items"][0]["Name"] == "Bolt"


def test_dates_have_no_offset_after_a_write_and_one_when_read(world: World) -> None:
    assert world.item(Code="BOLT")["UpdatedDateUTC"] == "/Date(1795392000000)/"
    assert world.rows("Items")[0]["UpdatedDateUTC"] == "/Date(1795392000000+0000)/"


def test_prices_have_two_decimals_and_four_only_where_asked(world: World) -> None:
    sold = {"UnitPrice": Decimal("1.23455"), "AccountCode": "200"}
    world.put("/Items", {"Code": "TWO", "SalesDetails": sold})
    world.put("/Items", {"Code": "FOUR", "SalesDetails": sold}, query={"unitdp": 4})
    prices = {
        row["Code"]: row["SalesDetails"]["UnitPrice"] for row in world.rows("Items", query={"unitdp": 4})
    }
    assert prices == {"TWO": Decimal("1.23"), "FOUR": Decimal("1.2346")}
    shown = {row["Code"]: row["SalesDetails"]["UnitPrice"] for row in world.rows("Items")}
    assert shown["FOUR"] == Decimal("1.23")


@pytest.mark.parametrize(("mode", "price"), [("up", "0.13"), ("even", "0.12")])
def test_half_a_cent_rounds_by_switch(world: World, mode: str, price: str) -> None:
    world.switch(half_cent=mode)
    row = world.put("/Items", {"Code": "A", "SalesDetails": {"UnitPrice": Decimal("0.125")}}).payload()[
        "Items"
    ][0]
    assert row["SalesDetails"]["UnitPrice"] == Decimal(price)


def test_the_tax_type_comes_from_the_account(world: World) -> None:
    row = world.item(Code="A", SalesDetails={"AccountCode": "200"}, PurchaseDetails={"AccountCode": "300"})
    assert (row["SalesDetails"]["TaxType"], row["PurchaseDetails"]["TaxType"]) == ("OUTPUT2", "INPUT2")


def test_what_is_not_sold_or_bought_loses_that_side(world: World) -> None:
    item_id = world.item(
        Code="A",
        Description="Sold as",
        PurchaseDescription="Bought as",
        SalesDetails={"UnitPrice": 1},
        PurchaseDetails={"UnitPrice": 1},
    )["ItemID"]
    row = world.post(f"/Items/{item_id}", {"Code": "A", "IsSold": False}).payload()["Items"][0]
    assert (row["SalesDetails"], row["IsSold"], "Description" in row) == ({}, False, False)
    assert row["PurchaseDescription"] == "Bought as"
    row = world.post(f"/Items/{item_id}", {"Code": "A", "IsPurchased": False}).payload()["Items"][0]
    assert (row["PurchaseDetails"], "PurchaseDescription" in row) == ({}, False)


def test_a_tracked_item_counts_stock_and_has_no_purchase_account(world: World) -> None:
    row = world.item(**TRACKED, QuantityOnHand=10, TotalCostPool=20)
    assert row["IsTrackedAsInventory"] is True
    assert (row["QuantityOnHand"], row["TotalCostPool"]) == (0, 0)
    assert row["PurchaseDetails"] == {"UnitPrice": 2, "COGSAccountCode": "310", "TaxType": "INPUT2"}


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"InventoryAssetAccountCode": ""}, "must both be specified"),
        ({"InventoryAssetAccountCode": "200"}, "must be the code of an account of type INVENTORY"),
        ({"Code": ""}, "The item Code must be specified."),
        ({"Code": "x" * 31}, "The Code field cannot be longer than 30 characters."),
        (
            {"SalesDetails": {"AccountCode": "999"}},
            "Account code '999' is not a valid code for this document.",
        ),
        ({"SalesDetails": {"TaxType": "INPUT"}}, "The TaxType code INPUT does not exist or cannot be used"),
        ({"IsPurchased": False}, "A tracked item must be purchased."),
    ],
)
def test_items_that_break_a_rule_are_refused(world: World, changes: dict[str, object], text: str) -> None:
    answer = world.put("/Items", {**TRACKED, **changes})
    assert answer.status == 400
    assert text in " ".join(messages(answer))
    assert len(world.organisation.book("Items")) == 0


def test_an_archived_account_is_refused(world: World) -> None:
    account = next(row for row in world.organisation.accounts.values() if row["Code"] == "200")
    world.post(f"/Accounts/{account['AccountID']}", {"Accounts": [{"Status": "ARCHIVED"}]})
    answer = world.put("/Items", {"Code": "A", "SalesDetails": {"AccountCode": "200"}})
    assert messages(answer)[0].startswith("Account code '200' has been archived, or has been deleted.")


def test_an_unused_item_is_deleted_and_a_used_one_is_not(world: World) -> None:
    unused, used = world.item(Code="A")["ItemID"], world.item(Code="B")["ItemID"]
    world.invoice(LineItems=[{"ItemCode": "B", "Quantity": 1, "UnitAmount": 1}])
    assert (
        world.call("DELETE", f"/Items/{unused}").status,
        world.call("DELETE", f"/Items/{used}").status,
    ) == (204, 400)
    assert [row["Code"] for row in world.rows("Items")] == ["B"]
    assert world.organisation.book("Items")[unused].status == "DELETED"
    assert world.item(Code="A")["ItemID"] != unused
    with pytest.raises(ValueError, match="used on a transaction"):
        world.organisation.person_deletes(used)


def test_items_are_not_paged(world: World) -> None:
    for number in range(3):
        world.item(Code=f"A{number}")
    answer = world.raw("GET", "/Items?page=1&pageSize=1").payload()  # the judge knows no `page` on items
    assert len(answer["Items"]) == 3
    assert "pagination" not in answer


def test_items_have_history_and_people(world: World) -> None:
    item_id = world.organisation.person_creates(
        "Items", {"Code": "A", "SalesDetails": {"UnitPrice": "1.2345"}}
    )
    world.organisation.person_edits("Items", item_id, {"Name": "Bolt"})
    rows = world.get(f"/Items/{item_id}/History").payload()["HistoryRecords"]
    assert sorted(row["Changes"] for row in rows) == ["Created", "Edited"]
    assert world.organisation.book("Items")[item_id].values["SalesDetails"]["UnitPrice"] == Decimal("1.2345")
    with pytest.raises(ValueError, match="only an active contact"):
        world.organisation.person_archives("Items", item_id)
    world.organisation.person_deletes(item_id)
    assert world.rows("Items") == []


def test_items_are_upserted_by_id_in_a_batch_and_unknown_ids_are_not(world: World) -> None:
    item_id = world.item(Code="A")["ItemID"]
    answer = world.post(
        "/Items", {"Items": [{"ItemID": item_id, "Code": "B"}]}, query={"summarizeErrors": "false"}
    )
    assert answer.payload()["Items"][0]["Code"] == "B"
    unknown = {"ItemID": "11111111-1111-4111-8111-111111111111", "Code": "C"}
    assert world.post("/Items", {"Items": [unknown]}).status == 404


def test_texts_of_an_item_can_be_cleared(world: World) -> None:
    item_id = world.item(Code="A", Name="Bolt", Description="Of steel")["ItemID"]
    row = world.post(f"/Items/{item_id}", {"Code": "A", "Description": ""}).payload()["Items"][0]
    assert ("Description" in row, row["Name"]) == (False, "Bolt")


def test_a_refused_item_echoes_what_was_sent(world: World) -> None:
    answer = world.put(
        "/Items", {"Code": "A", "SalesDetails": {"UnitPrice": -1}}, query={"summarizeErrors": "false"}
    )
    row = answer.payload()["Items"][0]
    assert (row["StatusAttributeString"], row["ItemID"]) == ("ERROR", "00000000-0000-0000-0000-000000000000")
    assert row["SalesDetails"] == {"UnitPrice": -1}


def test_a_tracked_item_stays_tracked(world: World) -> None:
    item_id = world.item(**TRACKED)["ItemID"]
    changes = {"Code": "BOLT", "InventoryAssetAccountCode": "", "PurchaseDetails": {"COGSAccountCode": ""}}
    answer = world.post(f"/Items/{item_id}", changes)
    assert messages(answer) == ["A tracked item cannot be changed to an untracked item."]
