import sys
from collections.abc import Callable

import pytest
from tests.sandbox.xero.conftest import START, World, names


@pytest.fixture
def three(world: World) -> World:
    """Ada, Bea and Cleo, made a minute apart."""
    for name, email in (("Ada", "ada@a.example"), ("Bea", None), ("Cleo", "cleo@c.example")):
        world.contact(Name=name, **({"EmailAddress": email} if email else {}))
        world.clock.advance(60)
    return world


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ('Name=="ada"', ["Ada"]),
        ('Name = "Ada" OR Name=="CLEO"', ["Ada", "Cleo"]),
        ('Name!="Ada" && Name != "Bea"', ["Cleo"]),
        ("EmailAddress==null", ["Bea"]),
        ('EmailAddress!=null AND EmailAddress.Contains("CLEO")', ["Cleo"]),
        ('EmailAddress!=null && EmailAddress.ToLower().EndsWith("a.example")', ["Ada"]),
        ('(Name.StartsWith("a") or Name.StartsWith("b")) and ContactStatus=="ACTIVE"', ["Ada", "Bea"]),
        ("UpdatedDateUTC>=DateTime(2026,11,23,0,1,0)", ["Bea", "Cleo"]),
        ("UpdatedDateUTC < DateTime(2026, 11, 23, 0, 1, 0)", ["Ada"]),
        ("IsCustomer==false", ["Ada", "Bea", "Cleo"]),
        ("!IsCustomer", ["Ada", "Bea", "Cleo"]),
    ],
)
def test_filters_find(three: World, where: str, found: list[str]) -> None:
    assert names(three.rows("Contacts", query={"where": where})) == found


def test_an_id_is_compared_as_guid_only(three: World) -> None:
    contact_id = three.rows("Contacts")[0]["ContactID"]
    assert len(three.rows("Contacts", query={"where": f'ContactID==Guid("{contact_id.upper()}")'})) == 1
    assert three.get("/Contacts", query={"where": f'ContactID=="{contact_id}"'}).status == 400


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ('hi=="x"', "No property or field 'hi' exists in type 'Contact' (at index 0)"),
        ('Name=="x" AND hi==1', "No property or field 'hi' exists in type 'Contact' (at index 14)"),
        ('EmailAddress.Contains("a")', "Object reference not set to an instance of an object. (at index 0)"),
        ('Name=="Ada', "Syntax error (at index 6)"),
        ("Name==", "Expression expected (at index 6)"),
        ("Name", "Expression of type 'Boolean' expected (at index 0)"),
        ('Name.Frobnicate("a")', "No applicable method 'Frobnicate' exists in type 'String' (at index 5)"),
        (
            "UpdatedDateUTC==DateTime(2026,13,1)",
            "No applicable constructor exists in type 'Datetime' (at index 16)",
        ),
    ],
)
def test_unreadable_filters_are_query_parse_exceptions(three: World, where: str, text: str) -> None:
    answer = three.get("/Contacts", query={"where": where})
    assert answer.status == 400
    assert answer.payload() == {"ErrorNumber": 16, "Type": "QueryParseException", "Message": text}


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("Name DESC", ["Cleo", "Bea", "Ada"]),
        ("EmailAddress", ["Bea", "Ada", "Cleo"]),
        ("UpdatedDateUTC DESC", ["Cleo", "Bea", "Ada"]),
        ("ContactStatus,Name DESC", ["Cleo", "Bea", "Ada"]),
    ],
)
def test_orders(three: World, order: str, found: list[str]) -> None:
    assert names(three.rows("Contacts", query={"order": order})) == found


def test_an_unknown_order_is_refused(three: World) -> None:
    assert three.get("/Contacts", query={"order": "Shoesize"}).payload()["ErrorNumber"] == 16


def test_search_looks_in_names_numbers_and_mail(three: World) -> None:
    assert names(three.rows("Contacts", query={"searchTerm": "C.EXAMPLE"})) == ["Cleo"]
    assert names(three.rows("Contacts", query={"searchTerm": "bea", "page": 1})) == ["Bea"]


def test_ids_are_looked_up(three: World) -> None:
    ids = ",".join(row["ContactID"] for row in three.rows("Contacts") if row["Name"] != "Bea")
    assert names(three.rows("Contacts", query={"IDs": ids})) == ["Ada", "Cleo"]


def test_pagination_is_shown_only_with_page(three: World) -> None:
    assert "pagination" not in three.get("/Contacts").payload()
    paged = three.get("/Contacts", query={"page": 2, "pageSize": 2}).payload()
    assert paged["pagination"] == {"page": 2, "pageSize": 2, "pageCount": 2, "itemCount": 3}
    assert names(paged["Contacts"]) == ["Cleo"]
    beyond = three.get("/Contacts", query={"page": 9}).payload()
    assert beyond["Contacts"] == []
    assert beyond["pagination"]["pageSize"] == 100


def test_an_unpaged_list_has_everyone_and_pages_are_clamped(world: World) -> None:
    world.organisation.bulk_load("Contacts", [{"Name": f"N{n}"} for n in range(1_005)])
    assert len(world.rows("Contacts")) == 1_005
    page = world.get("/Contacts", query={"page": 1, "pageSize": 5_000}).payload()
    assert (len(page["Contacts"]), page["pagination"]["pageSize"]) == (1_000, 1_000)


def test_offset_paging_loses_a_row_when_another_moves(world: World) -> None:
    ids = [world.contact(Name=name)["ContactID"] for name in ("Ada", "Bea", "Cleo", "Dora")]
    world.clock.advance(1)
    seen = names(world.rows("Contacts", query={"page": 1, "pageSize": 2, "order": "UpdatedDateUTC ASC"}))
    world.organisation.person_edits("Contacts", ids[0], {"FirstName": "Ada"})
    seen += names(world.rows("Contacts", query={"page": 2, "pageSize": 2, "order": "UpdatedDateUTC ASC"}))
    assert "Cleo" not in seen
    assert seen == ["Ada", "Bea", "Dora", "Ada"]


@pytest.mark.parametrize(
    "text", ["2026-11-23T00:01:00", "2026-11-23T00:01:00+00:00", "Mon, 23 Nov 2026 00:01:00 GMT"]
)
def test_if_modified_since_is_a_header_by_the_second(three: World, text: str) -> None:
    assert names(three.rows("Contacts", If_Modified_Since=text)) == ["Bea", "Cleo"]
    assert names(three.rows("Contacts", If_Modified_Since=text, query={"page": 1})) == ["Bea", "Cleo"]


def test_the_very_second_counts_or_not_by_switch(three: World) -> None:
    three.switch(modified_since_inclusive=False)
    assert names(three.rows("Contacts", If_Modified_Since="2026-11-23T00:01:00")) == ["Cleo"]


def test_milliseconds_within_the_second_are_not_told_apart(world: World) -> None:
    world.clock.advance(0.7)
    world.contact(Name="Ada")
    assert names(world.rows("Contacts", If_Modified_Since="2026-11-23T00:00:00")) == ["Ada"]
    assert names(world.rows("Contacts", If_Modified_Since="2026-11-23T00:00:00.900")) == ["Ada"]


def test_nothing_new_is_an_empty_list_or_304_by_switch(three: World) -> None:
    assert three.rows("Contacts", If_Modified_Since="2027-01-01T00:00:00") == []
    three.switch(modified_since_304=True)
    answer = three.raw("GET", "/Contacts", If_Modified_Since="2027-01-01T00:00:00")
    assert (answer.status, answer.body) == (304, b"")


def test_a_summary_leaves_the_expensive_fields_out(three: World) -> None:
    row = three.rows("Contacts", query={"summaryOnly": "true"})[0]
    assert row["Name"] == "Ada"
    assert not {"IsCustomer", "IsSupplier", "ContactGroups"} & row.keys()


def test_items_and_accounts_know_if_modified_since(world: World) -> None:
    world.item(Code="OLD")
    world.clock.advance(1_200)
    world.item(Code="NEW")
    since = "2026-11-23T00:20:00"
    assert [row["Code"] for row in world.rows("Items", If_Modified_Since=since)] == ["NEW"]
    assert world.rows("Accounts", If_Modified_Since=since) == []
    assert [row["Code"] for row in world.rows("Items", query={"where": 'Code=="old"'})] == ["OLD"]


def _cost(work: Callable[[], object]) -> int:
    """Function calls that a piece of work makes; a page must not walk the whole book."""
    calls = 0

    def count(_frame: object, event: str, _arg: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return calls


def test_a_page_of_a_large_book_costs_what_a_page_of_a_small_one_costs(world: World) -> None:
    def page() -> object:
        return world.xero.handle("api", request)

    target = "/Contacts?page=1&pageSize=20&order=UpdatedDateUTC%20ASC"
    request = world.request("GET", target, If_Modified_Since="2026-01-01T00:00:00")
    world.organisation.bulk_load("Contacts", [{"Name": f"N{n}"} for n in range(100)])
    small = _cost(page)
    world.organisation.bulk_load("Contacts", [{"Name": f"M{n}"} for n in range(3_000)])
    assert _cost(page) < small * 1.2
    assert world.clock.seconds() == START


def test_ids_obey_date_archive_and_order(three: World) -> None:
    ada, bea, cleo = (row["ContactID"] for row in three.rows("Contacts"))
    three.organisation.person_archives("Contacts", bea)
    ids = ",".join((cleo, ada, bea, ada.replace(ada[0], "f")))
    assert names(three.rows("Contacts", query={"IDs": ids})) == ["Ada", "Cleo"]
    assert names(
        three.rows("Contacts", query={"IDs": ids, "includeArchived": "true", "order": "Name DESC"})
    ) == [
        "Cleo",
        "Bea",
        "Ada",
    ]
    assert names(three.rows("Contacts", query={"IDs": ids}, If_Modified_Since="2026-11-23T00:01:00")) == [
        "Cleo"
    ]


def test_nonsense_in_paging_and_dates_is_passed_over(three: World) -> None:
    page = three.raw("GET", "/Contacts?page=x&pageSize=0").payload()["pagination"]
    assert (page["page"], page["pageSize"]) == (1, 1)
    assert len(three.rows("Contacts", If_Modified_Since="last Tuesday")) == 3


@pytest.mark.parametrize(
    "where", ["Name==1", "Name=='x'", '(Name=="x"', "Name.Contains(Name)", "== 1", 'Name=="a" Name']
)
def test_more_unreadable_filters(three: World, where: str) -> None:
    assert three.get("/Contacts", query={"where": where}).payload()["ErrorNumber"] == 16


@pytest.mark.parametrize("where", ['name=="ada"', 'Name==null OR Name=="ada"', 'Name.ToUpper()=="ADA"'])
def test_property_names_have_any_case_and_null_is_a_value(three: World, where: str) -> None:
    assert names(three.rows("Contacts", query={"where": where})) == ["Ada"]


def test_numbers_filter_tax_rates(world: World) -> None:
    rates = world.rows("TaxRates", query={"where": "EffectiveRate>=15.0", "order": "Name"})
    assert [row["TaxType"] for row in rates] == ["INPUT2", "OUTPUT2"]
