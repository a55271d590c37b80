"""Loading exports: what HubSpot and Xero write is read as it is; what is wrong is named by file, line and column; all or nothing."""

from decimal import Decimal

import pytest

from crossfoot_sandbox import defaults
from crossfoot_sandbox.defaults import World
from crossfoot_sandbox.exports.csvfile import BadFiles, Problem
from crossfoot_sandbox.load import Loaded, load

CONTACTS = """\
Record ID,First Name,Last Name,Email,Phone Number,Lead Status,Create Date,Associated Company,Country/Region,Contact owner
101,Camille,Durand,Camille@Example.com,+33 6 00 00 00 00,New,2024-03-12 09:14,Durand Frères,France,ada@example.com
102,John,Smith,,,,2024-03-15 14:30,,Australia,
"""
COMPANIES = """\
Record ID,Company name,Company Domain Name,Industry,Annual Revenue,Create Date
9001,Durand Frères,durand.example,Accounting,120000.50,2024-02-01 09:30
9002,Harbour Lotteries Ltd,,,,2023-11-12 14:00
"""
PRODUCTS = """\
Record ID,Name,SKU,Product description,Unit price,Unit cost,Billing frequency
7001,Oak desk,OAK-1,Solid oak,1234.5678,700,Monthly
7002,Delivery,,,10,,
"""
XERO_CONTACTS = """\
*ContactName,AccountNumber,EmailAddress,FirstName,LastName,POAttentionTo,POAddressLine1,POAddressLine2,POCity,PORegion,POPostalCode,POCountry,SAAddressLine1,SACity,SACountry,PhoneNumber,FaxNumber,MobileNumber,DDINumber,TaxNumber,DueDateSalesDay,Person1FirstName,Person1LastName,Person1Email,Person1IncludeInEmail
Durand Frères,DUR01,camille@example.com,Camille,Durand,Accounts,1 Rue Haute,,Lyon,,69001,France,2 Rue Basse,Lyon,France,33 4 78000000,,33 6 00000000,,55-100,20,Luc,Petit,luc@example.com,True
Zoe,,,,,,,,,,,,,,,021 555 0123 x9,,,,,,,,,
"""
XERO_ITEMS = """\
*ItemCode,ItemName,Quantity,PurchasesDescription,PurchasesUnitPrice,PurchasesAccount,PurchasesTaxRate,SalesDescription,SalesUnitPrice,SalesAccount,SalesTaxRate,InventoryAssetAccount,CostOfGoodsSoldAccount
OAK-1,Oak desk,,Bought oak,700,{purchases},,Solid oak,1234.5678,{sales},15% GST on Income,,
DEL,Delivery,,,,,,Brought to you,10.00,nope,No such rate,,
"""


@pytest.fixture
def world() -> World:
    return defaults.world()


def put(world: World, **files: str | bytes) -> Loaded:
    contents = [
        (f"{name}.csv", text.encode() if isinstance(text, str) else text) for name, text in files.items()
    ]
    return load(world.portal, world.organisation, contents)


def problems(world: World, **files: str | bytes) -> list[Problem]:
    with pytest.raises(BadFiles) as caught:
        put(world, **files)
    assert nothing_in(world)
    return caught.value.problems


def nothing_in(world: World) -> bool:
    books = [world.portal.book(kind) for kind in ("contacts", "companies", "products")]
    return not any(map(len, books)) and not any(
        len(world.organisation.book(kind)) for kind in ("Contacts", "Items")
    )


def contacts(world: World) -> list[dict[str, str]]:
    return [dict(record.values) for record in world.portal.book("contacts").values()]


def test_hubspots_three_exports_come_in_with_their_labels_as_headings(world: World) -> None:
    loaded = put(world, contacts=CONTACTS, companies=COMPANIES, products=PRODUCTS)
    assert {kind: count for _file, kind, count in loaded.records} == {
        "HubSpot companies": 2,
        "HubSpot contacts": 2,
        "HubSpot products": 2,
    }
    camille, john = contacts(world)
    assert camille["email"] == "camille@example.com"
    assert camille["hs_lead_status"] == "NEW"
    assert (john["firstname"], john["country"]) == ("John", "Australia")
    assert "email" not in john
    desk, _ = world.portal.book("products").values()
    assert (desk.values["price"], desk.values["hs_sku"], desk.values["recurringbillingfrequency"]) == (
        "1234.5678",
        "OAK-1",
        "monthly",
    )


def test_a_contact_is_put_into_its_company_by_name_or_by_record_id(world: World) -> None:
    by_id = CONTACTS.replace("Associated Company", "Associated Company IDs (Primary)").replace(
        "Durand Frères", "9001"
    )
    put(world, companies=COMPANIES, contacts=by_id)
    durand = next(iter(world.portal.book("companies").values()))
    assert contacts(world)[0]["associatedcompanyid"] == durand.id
    assert world.portal.links.primary(contacts(world)[0]["hs_object_id"]) == durand.id


def test_a_company_that_is_not_loaded_is_remarked_and_left_out(world: World) -> None:
    loaded = put(world, contacts=CONTACTS)
    assert (
        'contacts.csv: "Durand Frères" is not among the companies loaded; the contact gets no company'
        in loaded.remarks
    )
    assert "associatedcompanyid" not in contacts(world)[0]


def test_a_custom_property_of_the_portal_is_filled_by_its_label(world: World) -> None:
    headers = {"Authorization": f"Bearer {defaults.HUBSPOT_TOKEN}", "Content-Type": "application/json"}
    made = world.sandbox.call(
        "POST",
        "/hubspot/crm/properties/2026-03/contacts",
        headers,
        b'{"name":"shoe","label":"Shoe size","type":"number","fieldType":"number","groupName":"contactinformation"}',
    )
    assert made.status == 201
    put(world, contacts="First Name,Email,Shoe size\nAda,ada@home.example,42\n")
    assert contacts(world)[0]["shoe"] == "42"


def test_xeros_contact_template_comes_in(world: World) -> None:
    put(world, contacts=XERO_CONTACTS)
    durand, zoe = (record.values for record in world.organisation.book("Contacts").values())
    assert (durand["Name"], durand["AccountNumber"], durand["TaxNumber"]) == (
        "Durand Frères",
        "DUR01",
        "55-100",
    )
    phones = {phone["PhoneType"]: phone for phone in durand["Phones"]}
    assert phones["DEFAULT"]["PhoneCountryCode"] == "33"
    assert phones["MOBILE"]["PhoneNumber"] == "00000000"
    addresses = {address["AddressType"]: address for address in durand["Addresses"]}
    assert addresses["POBOX"]["AttentionTo"] == "Accounts"
    assert addresses["STREET"]["AddressLine1"] == "2 Rue Basse"
    assert durand["ContactPersons"][0]["EmailAddress"] == "luc@example.com"
    assert durand["ContactPersons"][0]["IncludeInEmails"] is True
    (phone,) = (one for one in zoe["Phones"] if one["PhoneType"] == "DEFAULT")
    assert phone["PhoneNumber"] == "021 555 0123 x9"


def test_xeros_item_template_comes_in_and_unknown_accounts_are_remarked(world: World) -> None:
    codes = {row["Type"]: row["Code"] for row in world.organisation.accounts.values() if row.get("Code")}
    text = XERO_ITEMS.format(sales=codes["REVENUE"], purchases=codes["DIRECTCOSTS"])
    loaded = put(world, items=text)
    desk, delivery = (record.values for record in world.organisation.book("Items").values())
    assert desk["SalesDetails"]["UnitPrice"] == Decimal("1234.5678")
    assert desk["SalesDetails"]["TaxType"] == "OUTPUT2"
    assert desk["PurchaseDetails"]["AccountCode"] == codes["DIRECTCOSTS"]
    assert delivery["IsPurchased"] is False
    assert any('account "nope"' in remark for remark in loaded.remarks)
    assert any('"No such rate"' in remark for remark in loaded.remarks)


SHAPES = {
    "with a byte order mark": b"\xef\xbb\xbf" + CONTACTS.encode(),
    "with semicolons": CONTACTS.replace(",", ";").encode(),
    "with tabs": CONTACTS.replace(",", "\t").encode(),
    "with carriage returns": CONTACTS.replace("\n", "\r\n").encode(),
    "with old Mac line ends": CONTACTS.replace("\n", "\r").encode(),
    "with every cell in quotes": "\n".join(
        ",".join(f'"{cell}"' for cell in line.split(",")) for line in CONTACTS.splitlines()
    ).encode(),
    "with empty lines": CONTACTS.replace("\n", "\n\n").encode(),
    "without a last line end": CONTACTS.rstrip().encode(),
    "with headings in another case": CONTACTS.replace("First Name", "FIRST NAME").encode(),
    "with internal names": CONTACTS.replace("Phone Number", "phone").encode(),
}


@pytest.mark.parametrize("content", SHAPES.values(), ids=SHAPES)
def test_the_same_export_comes_in_whatever_its_outer_form(world: World, content: bytes) -> None:
    put(world, contacts=content)
    camille, john = contacts(world)
    assert (camille["firstname"], camille["phone"], john["lastname"]) == (
        "Camille",
        "+33 6 00 00 00 00",
        "Smith",
    )


def test_quotes_line_breaks_and_separators_inside_a_cell_are_kept(world: World) -> None:
    put(world, contacts='First Name,Last Name,Email\n"Ada ""the first""","By\nron, née X",ada@home.example\n')
    (ada,) = contacts(world)
    assert (ada["firstname"], ada["lastname"]) == ('Ada "the first"', "By\nron, née X")


HEAD = "Record ID,First Name,Email,Annual Revenue\n"
BAD = {
    "an empty file": (b"", 0, "empty"),
    "an Excel workbook": (b"PK\x03\x04rest", 0, "Excel workbook"),
    "UTF-16": ("\ufeffEmail".encode("utf-16"), 0, "UTF-16"),
    "another encoding": (b"First Name,Email\nJos\xe9,j@home.example\n", 2, "not UTF-8"),
    "a NUL character": (b"First Name,Email\nA\0da,a@home.example\n", 2, "NUL"),
    "a quote that is never closed": (b'First Name,Email\n"Ada,a@home.example\n', 2, "never closed"),
    "text after a closed quote": (b'First Name,Email\n"Ada" B,a@home.example\n', 2, "quotes are wrong"),
    "headings of nothing known": (b"Colour,Shape\nred,round\n", 1, "no known export"),
    "a heading that stands twice": (
        b"First Name,Email,Email\nAda,a@home.example,b@home.example\n",
        1,
        "stands twice",
    ),
    "a misspelt heading": (b"First Name,Email,Phone Numbr\nAda,a@home.example,1\n", 1, "no property"),
    "a cell too many": (b"First Name,Email\nAda,a@home.example,what\n", 2, "3 cells"),
    "a cell too few": (b"First Name,Email\nAda\n", 2, "1 cells"),
    "an e-mail that is none": (b"First Name,Email\nAda,ada at home\n", 2, "not an e-mail"),
    "an e-mail twice": (b"First Name,Email\nAda,a@home.example\nBen,A@HOME.example\n", 3, "line 2 already"),
    "a record ID twice": (b"Record ID,First Name\n1,Ada\n1,Ben\n", 3, "record ID"),
    "a company without name and domain": (b"Record ID,Company name\n1,\n2,Acme\n\n3,\n", 2, "neither a name"),
    "a product without a name": (b"Name,SKU\n,X\n", 2, "no name"),
    "a price that is no number": (b'Name,SKU,Unit price\nDesk,D,"1,234.50"\n', 2, "not a number"),
    "a Xero contact without a name": (b"*ContactName,EmailAddress\n,a@home.example\n", 2, "no name"),
    "a Xero name with an angle bracket": (b"*ContactName,EmailAddress\nAda <home>,\n", 2, "not allowed"),
    "a Xero name with two blanks": (b"*ContactName,EmailAddress\nAda  Byron,\n", 2, "Two blanks"),
    "a Xero name twice": (b"*ContactName,EmailAddress\nAda,\nADA,\n", 3, "contact name"),
    "a Xero text that is too long": (
        b"*ContactName,AccountNumber\nAda," + b"9" * 51 + b"\n",
        2,
        "Xero holds 50",
    ),
    "a Xero country with signs": (b"*ContactName,POCountry\nAda,C\xc3\xb4te\n", 2, "refuses in a country"),
    "a misspelt Xero heading": (b"*ContactName,EmailAdress\nAda,\n", 1, "no column"),
    "an item without a code": (b"*ItemCode,ItemName\n,Desk\n", 2, "no code"),
    "an item code that is too long": (b"*ItemCode,ItemName\n" + b"X" * 31 + b",Desk\n", 2, "Xero holds 30"),
    "an item code twice": (b"*ItemCode,ItemName\nD,Desk\nd,Door\n", 3, "item code"),
    "a price with five decimals": (b"*ItemCode,SalesUnitPrice\nD,1.00001\n", 2, "four decimals"),
    "a negative price": (b"*ItemCode,SalesUnitPrice\nD,-1\n", 2, "no price"),
    "a price with a currency": (b"*ItemCode,SalesUnitPrice\nD,$1\n", 2, "not a number"),
    "a tracked item without a cost account": (
        b"*ItemCode,InventoryAssetAccount\nD,630\n",
        2,
        "cost of goods",
    ),
}


@pytest.mark.parametrize(("content", "line", "wrong"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_named_with_its_place_and_nothing_is_loaded(
    world: World, content: bytes, line: int, wrong: str
) -> None:
    found = problems(world, good=COMPANIES, bad=content)
    first = found[0]
    assert (first.file, first.line) == ("bad.csv", line)
    assert wrong in first.wrong
    assert first.fix
    assert str(first).startswith("bad.csv" + (f", line {line}" if line else ""))


def test_the_column_is_named_by_place_and_heading(world: World) -> None:
    (found,) = problems(world, bad=HEAD + "1,Ada,nonsense,\n")
    assert found.column == '3 ("Email")'


def test_every_problem_of_every_file_is_reported_at_once(world: World) -> None:
    found = problems(
        world,
        first="First Name,Email\nAda,nonsense\nBen,worse\n",
        second="*ItemCode,SalesUnitPrice\n,x\n",
        third=b"",
    )
    assert [(one.file, one.line) for one in found] == [
        ("third.csv", 0),
        ("first.csv", 2),
        ("first.csv", 3),
        ("second.csv", 2),
        ("second.csv", 2),
    ]


def test_the_line_is_right_after_a_cell_with_line_breaks(world: World) -> None:
    (found,) = problems(world, bad='First Name,Email\n"A\nd\na",a@home.example\nBen,nonsense\n')
    assert found.line == 5


def test_who_is_in_the_books_already_is_a_problem(world: World) -> None:
    put(world, people="First Name,Email\nAda,ada@home.example\n", names="*ContactName,EmailAddress\nAda,\n")
    with pytest.raises(BadFiles) as caught:
        put(
            world,
            people="First Name,Email\nAda,ADA@home.example\n",
            names="*ContactName,EmailAddress\nada,\n",
        )
    assert [
        ("in the portal already" in one.wrong, "in the organisation already" in one.wrong)
        for one in caught.value.problems
    ] == [
        (True, False),
        (False, True),
    ]


def test_unknown_columns_are_left_out_with_one_remark_each(world: World) -> None:
    loaded = put(
        world,
        people="First Name,Email,Favourite colour\nAda,ada@home.example,red\nBen,ben@home.example,blue\n",
    )
    assert loaded.remarks == ('people.csv: the column "Favourite colour" is no property of the sandbox',)
