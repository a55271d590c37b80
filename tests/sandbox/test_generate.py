"""Generated worlds: the same seed makes the same records, the manifest tells the truth, and every awkwardness is there."""

import unicodedata
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from crossfoot_sandbox import defaults
from crossfoot_sandbox.clock import Clock
from crossfoot_sandbox.defaults import World
from crossfoot_sandbox.generate import generate
from crossfoot_sandbox.invented.firms import TWISTS as FIRM_TWISTS
from crossfoot_sandbox.invented.goods import TWISTS as GOODS_TWISTS
from crossfoot_sandbox.invented.manifest import Manifest
from crossfoot_sandbox.invented.people import TWISTS as PEOPLE_TWISTS
from crossfoot_sandbox.invented.sales import CURRENCIES, YEN
from crossfoot_sandbox.selling import DEAL_TWISTS, INVOICE_TWISTS, STAGES


def a_world() -> World:
    return defaults.world(Clock(lambda: 1_790_000_000.0))


def filled(contacts: int = 400, seed: int = 11, **options: Any) -> tuple[World, Manifest]:
    world = a_world()
    return world, generate(world.sandbox, contacts=contacts, seed=seed, **options)


@pytest.fixture(scope="module")
def big() -> tuple[World, Manifest]:
    return filled(600)


def crm(world: World, what: str, record_id: str) -> dict[str, str]:
    return dict(world.portal.book({"people": "contacts"}.get(what, what))[record_id].values)


def ledger(world: World, what: str, record_id: str) -> dict[str, Any]:
    return dict(world.organisation.book("Items" if what == "products" else "Contacts")[record_id].values)


def phone(values: dict[str, Any]) -> str:
    return "".join(
        f"{one.get('PhoneCountryCode', '')}{one.get('PhoneAreaCode', '')}{one.get('PhoneNumber', '')}"
        for one in values.get("Phones", [])
        if one["PhoneType"] == "DEFAULT"
    )


def digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


def snapshot(world: World) -> Any:
    kinds = ("contacts", "companies", "products")
    return (
        [[(one.id, dict(one.values)) for one in world.portal.book(kind).values()] for kind in kinds],
        [
            [(one.id, one.status, dict(one.values)) for one in world.organisation.book(kind).values()]
            for kind in ("Contacts", "Items")
        ],
    )


def test_the_same_seed_makes_the_same_world() -> None:
    (one, first), (other, second) = filled(), filled()
    assert first == second
    assert snapshot(one) == snapshot(other)


def test_another_seed_makes_another_world() -> None:
    (one, first), (other, second) = filled(), filled(seed=12)
    assert first != second
    assert snapshot(one) != snapshot(other)


@pytest.mark.parametrize(
    ("contacts", "companies", "products"), [(1, 0, 0), (7, 3, 2), (100, 25, 10), (100, 100, 0), (50, 0, 300)]
)
def test_as_many_records_are_made_as_asked(contacts: int, companies: int, products: int) -> None:
    world, manifest = filled(contacts, companies=companies, products=products)
    merged = sum(1 for one in manifest.lone if (one.side, one.kind) == ("hubspot", "merged"))
    assert len(world.portal.book("contacts")) == contacts + merged  # a merge makes a third record
    assert len(world.portal.book("companies")) == companies
    assert len(world.portal.book("products")) == products
    assert len(world.organisation.book("Contacts")) == contacts
    assert len(world.organisation.book("Items")) == products


def test_without_awkwardness_the_overlap_is_exact_and_everything_is_plain() -> None:
    world, manifest = filled(1_000, companies=0, products=0, awkward=0, overlap=0.6)
    assert manifest.counts() == {
        "people on both sides": {"equal": 600},
        "people only in HubSpot": {"plain": 400},
        "people only in Xero": {"plain": 400},
    }
    emails = Counter(record.values["email"] for record in world.portal.book("contacts").values())
    in_xero = Counter(
        record.values["EmailAddress"] for record in world.organisation.book("Contacts").values()
    )
    assert max(emails.values()) == max(in_xero.values()) == 1
    assert len(emails & in_xero) == 600


def test_every_record_is_in_the_manifest_once(big: tuple[World, Manifest]) -> None:
    world, manifest = big
    named = Counter([pair.hubspot for pair in manifest.pairs if pair.what == "people"])
    named.update(one.id for one in manifest.lone_of("hubspot", "people"))
    named.update(one.contact for one in manifest.staff)
    merged_away = {
        record.id for record in world.portal.book("contacts").values() if record.merged_into is not None
    }
    assert set(named.values()) == {1}
    assert set(named) | merged_away == set(world.portal.book("contacts"))
    in_xero = Counter([pair.xero for pair in manifest.pairs if pair.what != "products"])
    in_xero.update(one.id for what in ("people", "companies") for one in manifest.lone_of("xero", what))
    losers = {record.id for record in world.organisation.book("Contacts").values() if record.merged_to}
    assert set(in_xero.values()) == {1}
    assert set(in_xero) | losers == set(world.organisation.book("Contacts"))


def test_every_kind_of_awkwardness_is_there(big: tuple[World, Manifest]) -> None:
    _, manifest = big
    kinds = {
        what: {pair.kind for pair in manifest.pairs_of(what)} for what in ("people", "companies", "products")
    }
    assert {*PEOPLE_TWISTS, "equal", "other alphabet", "archived in HubSpot", "archived in Xero"} == kinds[
        "people"
    ]
    assert {*FIRM_TWISTS, "equal", "seven people"} == kinds["companies"]
    assert {*GOODS_TWISTS, "equal"} == kinds["products"]
    alone = {one.kind for one in manifest.lone_of("hubspot", "people")}
    assert alone >= {
        "namesake",
        "near-duplicate",
        "very long name",
        "angle brackets",
        "double spaces",
        "merged",
        "archived",
    }
    assert {one.kind for one in manifest.lone_of("xero", "people")} >= {
        "supplier",
        "shared e-mail",
        "namesake",
        "merged",
        "archived",
    }
    assert {one.kind for one in manifest.lone_of("hubspot", "products")} >= {
        "no SKU",
        "SKU too long",
        "name too long",
    }
    assert {one.kind for one in manifest.lone_of("xero", "products")} >= {"tracked", "not sold", "no name"}


def same_person(one: dict[str, str], other: dict[str, Any]) -> bool:
    return str(other["Name"]) == f"{one.get('firstname')} {one.get('lastname')}"


def test_equal_people_are_equal_in_every_field(big: tuple[World, Manifest]) -> None:
    world, manifest = big
    for pair in manifest.pairs_of("people", "equal"):
        one, other = crm(world, "people", pair.hubspot), ledger(world, "people", pair.xero)
        (postal,) = (address for address in other["Addresses"] if address["AddressType"] == "POBOX")
        assert same_person(one, other)
        assert one["email"] == other["EmailAddress"]
        assert digits(one["phone"]) == digits(phone(other))
        assert (one["city"], one["zip"], one["country"]) == (
            postal["City"],
            postal["PostalCode"],
            postal["Country"],
        )


PAIRS: dict[str, Callable[[dict[str, str], dict[str, Any]], bool]] = {
    "spelled differently": lambda one, other: one["email"] == other["EmailAddress"].lower(),
    "no e-mail": lambda one, other: "email" not in one and not other.get("EmailAddress"),
    "another e-mail": lambda one, other: one["email"] == f"private.{other['EmailAddress']}",
    "gaps in Xero": lambda one, other: bool(one["phone"]) and not phone(other),
    "gaps in HubSpot": lambda one, other: "phone" not in one and bool(phone(other)),
    "odd phone": lambda one, other: one["phone"] == phone(other),
    "other alphabet": lambda one, _other: not f"{one['firstname']}{one['lastname']}".isascii(),
}


@pytest.mark.parametrize("kind", PAIRS)
def test_a_pair_is_awkward_in_the_way_its_kind_says(big: tuple[World, Manifest], kind: str) -> None:
    world, manifest = big
    pairs = list(manifest.pairs_of("people", kind))
    assert pairs
    for pair in pairs:
        one, other = crm(world, "people", pair.hubspot), ledger(world, "people", pair.xero)
        assert same_person(one, other)
        assert PAIRS[kind](one, other)


def test_namesakes_are_two_people_with_one_name(big: tuple[World, Manifest]) -> None:
    world, manifest = big
    people = [crm(world, "people", one.id) for one in manifest.lone_of("hubspot", "people", "namesake")]
    for first, second in zip(people[::2], people[1::2], strict=True):
        assert (first["firstname"], first["lastname"]) == (second["firstname"], second["lastname"])
        assert first["email"] != second["email"]


def test_archived_and_merged_ones_are_so_in_the_books(big: tuple[World, Manifest]) -> None:
    world, manifest = big
    in_hubspot, in_xero = world.portal.book("contacts"), world.organisation.book("Contacts")
    assert all(in_hubspot[one.id].archived_at for one in manifest.lone_of("hubspot", "people", "archived"))
    assert all(in_xero[one.id].status == "ARCHIVED" for one in manifest.lone_of("xero", "people", "archived"))
    assert all(
        in_xero[pair.xero].status == "ARCHIVED" for pair in manifest.pairs_of("people", "archived in Xero")
    )
    assert all(
        in_hubspot[pair.hubspot].archived_at for pair in manifest.pairs_of("people", "archived in HubSpot")
    )
    for one in manifest.lone_of("hubspot", "people", "merged"):
        assert in_hubspot[one.id].alive
        assert in_hubspot[one.id].values["hs_merged_object_ids"]
    survivors = {record.merged_to for record in in_xero.values() if record.merged_to}
    assert survivors == {one.id for one in manifest.lone_of("xero", "people", "merged")}


def test_staff_are_associated_with_their_company_and_named_in_its_xero_contact(
    big: tuple[World, Manifest],
) -> None:
    world, manifest = big
    assert manifest.staff
    for one in manifest.staff:
        person = crm(world, "people", one.contact)
        assert world.portal.links.primary(one.contact) == one.company
        if one.xero:
            contact = ledger(world, "companies", one.xero)
            named = [
                contact.get("EmailAddress"),
                *(p.get("EmailAddress") for p in contact.get("ContactPersons", [])),
            ]
            assert person["email"] in named or len(named) == 6


def test_names_are_legal_and_unique_among_xeros_active_contacts(big: tuple[World, Manifest]) -> None:
    world, _ = big
    active = [r.values["Name"] for r in world.organisation.book("Contacts").values() if r.status == "ACTIVE"]
    assert max(Counter(name.casefold() for name in active).values()) == 1
    for name in active:
        assert len(name) <= 255
        assert not set(name) & set("<>")
        assert name == " ".join(name.split())


def test_alphabets_beside_the_latin_one_occur(big: tuple[World, Manifest]) -> None:
    world, _ = big
    letters = {
        unicodedata.name(sign).split()[0]
        for record in world.portal.book("contacts").values()
        for sign in f"{record.values.get('firstname', '')}{record.values.get('lastname', '')}"
        if sign.isalpha()
    }
    assert letters >= {"GREEK", "CYRILLIC", "CJK", "ARABIC", "LATIN"}


def test_prices_with_four_decimals_and_tracked_items_occur(big: tuple[World, Manifest]) -> None:
    world, manifest = big
    for pair in manifest.pairs_of("products", "four decimals"):
        price = ledger(world, "products", pair.xero)["SalesDetails"]["UnitPrice"]
        assert Decimal(crm(world, "products", pair.hubspot)["price"]) == price
    for pair in manifest.pairs_of("products", "tracked"):
        assert ledger(world, "products", pair.xero)["InventoryAssetAccountCode"]


def test_records_are_as_if_made_over_the_past_year_and_no_two_at_once() -> None:
    world, _ = filled(300, awkward=0)
    for records in (world.portal.book("contacts"), world.organisation.book("Contacts")):
        moments = [record.versions[0].at for record in records.values()]
        assert moments == sorted(set(moments))
        assert 360 <= (moments[-1] - moments[0]).days <= 365
        assert moments[-1] <= world.sandbox.clock.now()


def test_what_was_generated_can_be_added_to_with_any_seed() -> None:
    world, first = filled(60)
    again, other = (generate(world.sandbox, contacts=60, seed=seed) for seed in (11, 12))
    assert len({pair.xero for made in (first, again, other) for pair in made.pairs}) == sum(
        len(made.pairs) for made in (first, again, other)
    )


def test_the_manifest_is_plain_data() -> None:
    _, manifest = filled(40)
    data = manifest.as_data()
    assert len(data["pairs"]) == len(manifest.pairs)
    assert manifest.as_data(detail=False) == {"seed": 11, "counts": data["counts"]}
    assert sum(data["counts"]["people on both sides"].values()) == len(list(manifest.pairs_of("people")))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"contacts": -1}, "contacts must be zero or more"),
        ({"contacts": 5, "companies": 6}, "6 companies do not fit into 5 contacts"),
        ({"contacts": 5, "overlap": 1.5}, "overlap is a share"),
        ({"contacts": 5, "awkward": -0.1}, "awkward is a share"),
    ],
)
def test_impossible_numbers_are_refused_and_nothing_is_made(options: dict[str, Any], message: str) -> None:
    world = a_world()
    with pytest.raises(ValueError, match=message):
        generate(world.sandbox, **options)
    assert len(world.portal.book("contacts")) == 0


# Sales


@pytest.fixture(scope="module")
def sold() -> tuple[World, Manifest]:
    world, manifest = filled(200, deals=60, drafts=60)
    world.sandbox.clock.advance(60)
    return world, manifest


def test_sales_are_made_only_when_asked_for(big: tuple[World, Manifest]) -> None:
    world, _ = big
    assert len(world.portal.book("deals")) == len(world.portal.book("invoices")) == 0


def test_as_many_deals_and_invoices_are_made_as_asked(sold: tuple[World, Manifest]) -> None:
    world, manifest = sold
    for what in ("deals", "invoices"):
        named = {one.id for one in manifest.lone if one.what == what}
        assert len(named) == 60
        assert named == set(world.portal.book(what))


def test_the_same_seed_makes_the_same_sales(sold: tuple[World, Manifest]) -> None:
    _, first = sold
    _, second = filled(200, deals=60, drafts=60)
    assert first == second


def test_deals_stand_in_every_stage_and_in_every_currency(sold: tuple[World, Manifest]) -> None:
    world, _ = sold
    values = [one.values for one in world.portal.book("deals").values()]
    stages = Counter(one["dealstage"] for one in values)
    assert set(stages) == set(STAGES)
    assert {one["deal_currency_code"] for one in values} == {*CURRENCIES, YEN}
    assert {one["hs_is_closed_won"] for one in values} == {"true", "false"}


@pytest.mark.parametrize("what", ["deals", "invoices"])
def test_the_lines_of_a_sale_add_up(sold: tuple[World, Manifest], what: str) -> None:
    world, manifest = sold
    book, lines = world.portal.book(what), world.portal.book("line_items")
    name = "amount" if what == "deals" else "hs_subtotal"
    for one in manifest.lone:
        if one.what == what:
            found = [lines[line].values for line, _ in world.portal.links.of((what, "line_items"), one.id)]
            assert sum((Decimal(line["amount"]) for line in found), Decimal(0)) == Decimal(
                book[one.id].values[name]
            )
            assert bool(found) is (one.kind != "no line items")


def test_every_twist_of_a_sale_is_there_and_is_what_it_says(sold: tuple[World, Manifest]) -> None:
    world, manifest = sold
    deals, invoices = (
        {one.kind: one.id for one in manifest.lone if one.what == what} for what in ("deals", "invoices")
    )
    assert set(deals) == {"plain", *DEAL_TWISTS}
    assert set(invoices) == {"plain", *INVOICE_TWISTS}
    values = {kind: world.portal.book("invoices")[one].values for kind, one in invoices.items()}
    assert values["yen"]["hs_currency"] == "JPY"
    assert "." not in values["yen"]["hs_amount_billed"]
    assert values["not billable"]["hs_number"].startswith("OUT-")
    assert [values[kind]["hs_invoice_status"] for kind in ("plain", "open", "paid by hand", "voided")] == [
        "draft",
        "open",
        "paid",
        "voided",
    ]
    assert Decimal(values["discount, fee and tax"]["hs_fees_total"]) == Decimal("4.99")
    assert not any(world.portal.links.of(("invoices", "contacts"), invoices["no contact"]))
    assert not any(world.portal.links.of(("deals", "companies"), deals["no company"]))


def test_buyers_are_on_both_sides(sold: tuple[World, Manifest]) -> None:
    world, manifest = sold
    known = {one.company for one in manifest.staff if one.xero}
    for one in manifest.lone_of("hubspot", "invoices"):
        assert {company for company, _ in world.portal.links.of(("invoices", "companies"), one.id)} <= known


def test_a_world_without_companies_sells_to_people(sold: tuple[World, Manifest]) -> None:
    world, _ = filled(20, companies=0, products=0, deals=3, drafts=3)
    assert len(world.portal.book("deals")) == 3


def test_sales_need_buyers_and_numbers_above_zero() -> None:
    with pytest.raises(ValueError, match="nobody to sell to"):
        filled(0, companies=0, products=0, deals=1)
    with pytest.raises(ValueError, match="deals must be zero or more"):
        filled(10, deals=-1)
