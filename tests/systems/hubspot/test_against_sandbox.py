"""The connector against the stand-in, by function call, with the stand-in's books as the judge."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.systems.doors import BASE, FixedTokens, RealBudget, VirtualClock, sandbox_send, stopped

from crossfoot.model.identity import Kind
from crossfoot.model.problems import Cause
from crossfoot.model.records import Observation, Standing, Value
from crossfoot.systems.hubspot.auth import Client, TokenSet, exchange_request, read_tokens, refresh_request
from crossfoot.systems.hubspot.defaults import CARRIES, CUSTOM_FIELDS
from crossfoot.systems.hubspot.objects import KEY_FIELD
from crossfoot.systems.hubspot.system import HubSpotSystem
from crossfoot.systems.hubspot.values import milliseconds
from crossfoot.systems.hubspot.webhooks import signals, verify
from crossfoot.systems.port import (
    Action,
    Applied,
    FieldInfo,
    Page,
    Refused,
    Request,
    Response,
    Trouble,
    Unknown,
    ValueType,
    Wait,
    Write,
)
from crossfoot_sandbox.faults import Faults, Placed
from crossfoot_sandbox.faults import Kind as Fault
from crossfoot_sandbox.hubspot.api.oauth import ALL_SCOPES
from crossfoot_sandbox.hubspot.books.webhooks import Subscription
from crossfoot_sandbox.sandbox import Sandbox

PATHS = {
    kind: frozenset(path for name, paths in carried.items() if name != "page" for path in paths)
    | {"crossfoot_key"}
    for kind, carried in CARRIES.items()
}
LOCKED = {Kind.INVOICE: {"link"}, Kind.DEAL: {"hs_is_closed_won", "link"}}
"""What HubSpot, or nobody, writes."""
URL = BASE + "/hubspot"


class Portal:
    """A connected portal: its stand-in, the system in front of it, and the doors."""

    def __init__(
        self, *, faults: Faults | None = None, scopes: tuple[str, ...] | None = None, **switches: Any
    ) -> None:
        self.sandbox = Sandbox(stopped(), faults)
        self.sandbox.hubspot.switches = replace(self.sandbox.hubspot.switches, **switches)
        self.hub = self.sandbox.hubspot.add_portal(
            7, name="Example", currency="EUR", time_zone="Europe/Berlin"
        )
        self.token = self.sandbox.hubspot.static_token(7, ALL_SCOPES if scopes is None else scopes)
        self.clock = VirtualClock(self.sandbox.clock)
        self.send = sandbox_send(self.sandbox)
        self.system = self.connect()

    def connect(self, *tokens: str) -> HubSpotSystem:
        """The system as another process would make it."""
        return HubSpotSystem(
            self.send,
            FixedTokens(*(tokens or (self.token,))),
            self.clock,
            RealBudget(self.clock),
            base_url=URL,
        )

    async def with_our_fields(self) -> "Portal":
        for kind, infos in CUSTOM_FIELDS.items():
            assert await self.system.mend_fields(kind, infos) == []
        return self

    def calls(self, since: int) -> list[str]:
        return [entry.operation for entry in self.sandbox.journal.calls("hubspot", since)]

    async def pages(self, kind: Kind, cursor: str | None = None) -> list[Page]:
        return [page async for page in self.system.list(kind, PATHS, cursor)]

    async def listed(self, kind: Kind, cursor: str | None = None) -> dict[str, Observation]:
        return {each.ref.id: each for page in await self.pages(kind, cursor) for each in page.observations}


def contact(number: int, **values: Any) -> Write:
    sent: Mapping[str, Any] = {"email": f"p{number}@example.test", "firstname": f"P{number}", **values}
    return Write(f"op-{number}", Action.CREATE, Kind.CONTACT, None, sent, key=f"xero:t:contact:{number}")


async def test_a_portal_that_is_known_is_left_alone_from_the_first_call_on_when_another_process_was_refused() -> (
    None
):
    portal = Portal()
    budget = RealBudget(portal.clock)
    await budget.hold("hubspot:7", 10.0)
    began, sent = portal.clock.now(), []

    async def send(request: Request) -> Response:
        sent.append(portal.clock.now() - began)
        return await portal.send(request)

    system = HubSpotSystem(
        send, FixedTokens(portal.token), portal.clock, budget, base_url=URL, account="hubspot:7"
    )
    await system.describe()
    assert min(sent) >= timedelta(seconds=10)


async def test_the_portal_describes_itself_with_its_fields() -> None:
    portal = await Portal().with_our_fields()
    description = await portal.system.describe()
    assert description.identity.key == "hubspot:7"
    assert description.identity.currency == "EUR"
    for kind, wanted in PATHS.items():
        assert wanted <= set(description.fields[kind])
        locked = {path for path in wanted if not description.fields[kind][path].writable}
        assert locked == LOCKED.get(kind, set()), kind
    company = description.fields[Kind.CONTACT]["associatedcompanyid"]
    assert (company.type, company.refers_to) == (ValueType.REFERENCE, Kind.COMPANY)
    assert description.fields[Kind.PRODUCT]["price"].type is ValueType.MONEY
    assert description.fields[Kind.CONTACT]["crossfoot_key"].unique
    assert not description.fields[Kind.CONTACT]["lastmodifieddate"].writable
    assert "/7/record/0-1/512" in str(portal.system.url(description.identity, Kind.CONTACT, "512"))


async def test_making_our_fields_twice_makes_them_once() -> None:
    portal = await (await Portal().with_our_fields()).with_our_fields()
    with pytest.raises(Trouble, match="of type 'string'"):
        await portal.system.create_field(
            Kind.PRODUCT, FieldInfo("crossfoot_sales_tax", "Tax", ValueType.NUMBER)
        )


async def test_a_lost_answer_about_a_field_is_looked_up() -> None:
    faults = Faults(placed=[Placed(Fault.REPLY_LOST, operation="POST /crm/properties/contacts")])
    portal = Portal(faults=faults)
    await portal.system.create_field(Kind.CONTACT, CUSTOM_FIELDS[Kind.CONTACT][0])
    assert faults.happened


async def test_a_portal_of_450_is_listed_in_three_calls_and_nothing_changed_in_one() -> None:
    portal = await Portal().with_our_fields()
    ids = portal.hub.bulk_load(
        "companies", [{"name": f"Company {n}", "domain": f"c{n}.test"} for n in range(450)]
    )
    portal.sandbox.clock.advance(40)
    before = portal.sandbox.journal.count
    first = await portal.pages(Kind.COMPANY)
    assert [each.ref.id for page in first for each in page.observations] == ids
    assert portal.calls(before) == ["POST /crm/objects/companies/search"] * 3
    before = portal.sandbox.journal.count
    assert sum(len(page.observations) for page in await portal.pages(Kind.COMPANY, first[-1].cursor)) == 0
    assert len(portal.calls(before)) == 1


@pytest.mark.parametrize("lag", [0.0, 1.0, 15.0, 30.0])
async def test_no_change_is_missed_however_far_the_index_lags(lag: float) -> None:
    portal = await Portal(lag_min=lag, lag_max=lag, hidden_bump=0.0).with_our_fields()
    [record_id] = portal.hub.bulk_load("contacts", [{"email": "ada@example.test", "firstname": "Ada"}])
    cursor = (await portal.pages(Kind.CONTACT))[-1].cursor
    for turn in range(8):
        portal.sandbox.clock.advance(7.3)
        if turn == 0:
            portal.hub.person_edits("contacts", record_id, {"firstname": "Augusta"})
        pages = await portal.pages(Kind.CONTACT, cursor)
        cursor = pages[-1].cursor
        seen = {each.fields["firstname"] for page in pages for each in page.observations}
        if "Augusta" in seen:
            return
    pytest.fail("the change was never listed")


async def test_everything_created_while_we_list_is_heard_of_in_the_end() -> None:
    portal = await Portal().with_our_fields()
    ids = set(portal.hub.bulk_load("contacts", [{"email": f"c{n}@example.test"} for n in range(420)]))
    seen: set[str] = set()
    cursor: str | None = None
    for turn in range(12):
        async for page in portal.system.list(Kind.CONTACT, PATHS, cursor):
            seen.update(each.ref.id for each in page.observations)
            cursor = page.cursor
            if turn < 6:
                ids.add(
                    portal.hub.person_creates("contacts", {"email": f"new{turn}-{len(ids)}@example.test"})
                )
        portal.sandbox.clock.advance(6)
    assert ids <= seen


async def test_an_import_of_more_than_a_page_in_one_moment_is_listed_whole() -> None:
    portal = await Portal().with_our_fields()
    cursor = (await portal.pages(Kind.CONTACT))[-1].cursor
    portal.sandbox.clock.advance(60)
    ids = portal.hub.bulk_load("contacts", [{"email": f"c{n}@example.test"} for n in range(650)])
    assert set(await portal.listed(Kind.CONTACT, cursor)) == set(ids)


async def test_a_listing_with_too_many_properties_reads_them_by_id() -> None:
    portal = await Portal().with_our_fields()
    names = [f"a_custom_property_with_quite_a_long_name_{number}" for number in range(70)]
    for name in names:
        await portal.system.create_field(Kind.COMPANY, FieldInfo(name, name, custom=True))
    portal.hub.bulk_load("companies", [{"name": f"C{n}", names[69]: f"v{n}"} for n in range(250)])
    pages = [page async for page in portal.system.list(Kind.COMPANY, {Kind.COMPANY: [*names, "name"]}, None)]
    seen = {each.fields["name"]: each.fields[names[69]] for page in pages for each in page.observations}
    assert seen == {f"C{n}": f"v{n}" for n in range(250)}


async def test_what_is_written_reads_back_the_same() -> None:
    portal = await Portal(shuffled=True).with_our_fields()
    values: dict[str, Value] = {
        "name": "Tea",
        "hs_sku": "TEA-1",
        "description": "Green",
        "price": Decimal("12.3450"),
        "hs_cost_of_goods_sold": Decimal("0.10"),
        "crossfoot_sales_account": "0200",
        "crossfoot_sales_tax": "OUTPUT2",
    }
    writes = [
        Write(
            f"op-{n}",
            Action.CREATE,
            Kind.PRODUCT,
            None,
            {**values, "hs_sku": f"TEA-{n}"},
            key=f"xero:t:item:{n}",
        )
        for n in range(30)
    ]
    fates = await portal.system.write(writes)
    ids = [fate.id for fate in fates if isinstance(fate, Applied)]
    seen = await portal.system.read(Kind.PRODUCT, ids, PATHS)
    assert [each.fields for each in seen] == [
        dict(write.values) | {"crossfoot_key": write.key} for write in writes
    ]
    for fate, each in zip(fates, seen, strict=True):
        assert isinstance(fate, Applied)
        assert fate.observation is not None
        assert fate.observation.fields.items() >= {path: each.fields[path] for path in values}.items()
    cleared = [
        Write("op-x", Action.UPDATE, Kind.PRODUCT, ids[0], {"description": None, "price": Decimal("1.5")})
    ]
    assert isinstance((await portal.system.write(cleared))[0], Applied)
    [after] = await portal.system.read(Kind.PRODUCT, ids[:1], PATHS)
    assert after.fields["description"] is None
    assert after.fields["price"] == Decimal("1.5")
    assert after.fields["name"] == "Tea"


async def test_the_primary_company_is_set_changed_and_cleared() -> None:
    portal = await Portal().with_our_fields()
    one, two = (portal.hub.person_creates("companies", {"name": name}) for name in ("One", "Two"))
    [made] = await portal.system.write([contact(1, associatedcompanyid=one)])
    assert isinstance(made, Applied)
    for wanted in (one, two, None):
        write = Write(f"op-{wanted}", Action.UPDATE, Kind.CONTACT, made.id, {"associatedcompanyid": wanted})
        assert isinstance((await portal.system.write([write]))[0], Applied)
        [seen] = await portal.system.read(Kind.CONTACT, [made.id], PATHS)
        assert seen.fields["associatedcompanyid"] == wanted


async def test_a_creation_whose_answer_was_lost_is_made_once_however_often_it_is_asked_for() -> None:
    faults = Faults(placed=[Placed(Fault.REPLY_LOST, operation="POST /crm/objects/contacts/batch/upsert")])
    portal = await Portal(faults=faults).with_our_fields()
    writes = [contact(n) for n in range(5)]
    assert all(isinstance(fate, Unknown) for fate in await portal.system.write(writes))
    found = await portal.system.find(Kind.CONTACT, "crossfoot_key", [str(each.key) for each in writes], PATHS)
    assert {each.fields["crossfoot_key"] for each in found} == {each.key for each in writes}
    again = await portal.system.write(writes)
    assert {fate.id for fate in again if isinstance(fate, Applied)} == {each.ref.id for each in found}
    assert len(portal.hub.book("contacts")) == 5


@pytest.mark.parametrize("status", [409, 400])
async def test_a_taken_email_names_its_owner_and_stops_nobody_else(status: int) -> None:
    portal = await Portal(taken_email=status).with_our_fields()
    owner = portal.hub.person_creates("contacts", {"email": "taken@example.test"})
    writes = [contact(n) for n in range(20)]
    writes[7] = contact(7, email="Taken@Example.test")
    fates = await portal.system.write(writes)
    refused = [fate for fate in fates if isinstance(fate, Refused)]
    assert [(fate.problem.cause, fate.twin) for fate in refused] == [(Cause.TAKEN, owner)]
    assert sum(isinstance(fate, Applied) for fate in fates) == 19
    assert len(portal.hub.book("contacts")) == 20


async def test_bad_values_are_refused_alone_with_their_reason() -> None:
    portal = await Portal().with_our_fields()
    writes = [
        contact(0),
        contact(1, email="not an address"),
        contact(2, hs_lead_status="Nonsense"),
        contact(3, hat="9"),
    ]
    fates = await portal.system.write([*writes, contact(4, createdate="2026-01-01")])
    assert isinstance(fates[0], Applied)
    causes = [fate.problem.cause if isinstance(fate, Refused) else fate for fate in fates[1:]]
    assert causes == [Cause.INVALID, Cause.INVALID, Cause.INVALID, Cause.READ_ONLY]
    fields = [fate.problem.field for fate in fates if isinstance(fate, Refused)]
    assert fields == ["email", "hs_lead_status", "hat", "createdate"]


async def test_an_update_of_a_missing_archived_or_merged_record_says_so_or_stays_open() -> None:
    portal = await Portal(hidden_bump=0.0).with_our_fields()
    live, archived, old, other = (portal.hub.person_creates("companies", {"name": n}) for n in "abcd")
    portal.hub.person_archives("companies", archived)
    portal.hub.person_merges("companies", other, old)
    writes = [
        Write(f"op-{n}", Action.UPDATE, Kind.COMPANY, record_id, {"city": "Oslo"})
        for n, record_id in enumerate((live, archived, old, "999"))
    ]
    fates = await portal.system.write(writes)
    assert isinstance(fates[0], Applied)
    assert isinstance(fates[1], Refused)
    assert isinstance(fates[2], Unknown), "HubSpot leaves a merged-away id out without a word"
    assert isinstance(fates[3], Refused)
    assert fates[3].problem.cause is Cause.MISSING
    assert portal.hub.book("companies")[live].values["city"] == "Oslo"


@pytest.mark.parametrize("mode", ["new id", "primary id"])
@pytest.mark.parametrize("kind", [Kind.CONTACT, Kind.COMPANY])
async def test_merged_archived_and_missing_records_are_told_apart(mode: str, kind: Kind) -> None:
    plural = {Kind.CONTACT: "contacts", Kind.COMPANY: "companies"}[kind]
    portal = await Portal(merge=mode).with_our_fields()

    def made(name: str) -> str:
        return portal.hub.person_creates(
            plural,
            {
                "phone": name,
                "website": f"{name}.test",
                "email" if kind is Kind.CONTACT else "name": f"{name}@example.test",
            },
        )

    primary, other, archived, erased = (made(name) for name in ("one", "two", "three", "four"))
    survivor = portal.hub.person_merges(plural, primary, other)
    portal.hub.person_archives(plural, archived)
    asked = [other, primary, archived, "999", survivor]
    seen = await portal.system.read(kind, asked, PATHS)
    assert [each.ref.id for each in seen] == asked
    assert (seen[0].standing, seen[0].survivor) == (Standing.MERGED, survivor)
    if mode == "new id":
        assert (seen[1].standing, seen[1].survivor) == (Standing.MERGED, survivor)
    assert [each.standing for each in seen[2:]] == [Standing.ARCHIVED, Standing.MISSING, Standing.LIVE]
    if kind is Kind.CONTACT:
        portal.hub.person_erases(plural, erased)
        [gone] = await portal.system.read(kind, [erased], PATHS)
        assert gone.standing is Standing.MISSING
    portal.sandbox.clock.advance(40)
    listed = await portal.listed(kind)
    assert listed[other].survivor == survivor
    assert listed[survivor].live
    assert archived not in listed


async def test_archiving_is_done_once_and_may_be_repeated() -> None:
    portal = await Portal().with_our_fields()
    ids = [portal.hub.person_creates("products", {"name": f"Tea {n}"}) for n in range(3)]
    writes = [Write(f"op-{each}", Action.ARCHIVE, Kind.PRODUCT, each) for each in ids]
    for _ in range(2):
        assert all(isinstance(fate, Applied) for fate in await portal.system.write(writes))
    seen = await portal.system.read(Kind.PRODUCT, ids, PATHS)
    assert [each.standing for each in seen] == [Standing.ARCHIVED] * 3


async def test_times_tell_when_each_field_changed() -> None:
    portal = await Portal().with_our_fields()
    record_id = portal.hub.person_creates(
        "contacts", {"email": "ada@example.test", "firstname": "Ada", "city": "London"}
    )
    born = portal.clock.now()
    portal.sandbox.clock.advance(3600)
    portal.hub.person_edits("contacts", record_id, {"city": "Paris"})
    [seen] = await portal.system.read(Kind.CONTACT, [record_id], PATHS, times=True)
    assert seen.times["firstname"] == born
    assert seen.times["city"] == portal.clock.now()


async def test_records_are_found_by_email_at_once_and_by_name_when_the_index_knows() -> None:
    portal = await Portal(lag_min=20, lag_max=20).with_our_fields()
    person = portal.hub.person_creates("contacts", {"email": "ada@example.test"})
    company = portal.hub.person_creates("companies", {"name": "Ada & Söhne GmbH"})
    [found] = await portal.system.find(
        Kind.CONTACT, "email", ["ADA@example.test", "nobody@example.test"], PATHS
    )
    assert found.ref.id == person
    assert await portal.system.find(Kind.COMPANY, "name", ["ada & söhne gmbh"], PATHS) == []
    portal.sandbox.clock.advance(25)
    [found] = await portal.system.find(Kind.COMPANY, "name", ["ADA & SÖHNE GMBH"], PATHS)
    assert found.ref.id == company


async def test_a_scope_that_lacks_is_named() -> None:
    portal = Portal(scopes=("oauth", "crm.objects.companies.read", "crm.schemas.companies.read"))
    with pytest.raises(Trouble, match=r"crm\.objects\.contacts") as trouble:
        await portal.system.read(Kind.CONTACT, ["1"], {Kind.CONTACT: ("email",)})
    assert trouble.value.problem.cause is Cause.FORBIDDEN
    with pytest.raises(Trouble, match="e-commerce"):
        await Portal(scopes=("oauth", "crm.objects.products.read")).system.create_field(
            Kind.PRODUCT, KEY_FIELD
        )


async def test_consent_is_exchanged_renewed_when_expired_and_lost_when_uninstalled() -> None:
    portal = await Portal().with_our_fields()
    callback = "https://sync.example.org/callback"
    portal.sandbox.hubspot.add_app(99, "client-1", "secret-1", redirect_uris=[callback])
    client = Client("client-1", "secret-1", callback, base_url=URL)
    code = portal.sandbox.hubspot.grant("client-1", 7, redirect_uri=callback)
    first = read_tokens(await portal.send(exchange_request(client, code)), portal.clock.now())
    assert isinstance(first, TokenSet)
    portal.sandbox.clock.advance(1801)
    second = read_tokens(await portal.send(refresh_request(client, first.refresh)), portal.clock.now())
    assert isinstance(second, TokenSet)
    system = portal.connect(first.access, second.access)
    assert (await system.describe()).identity.key == "hubspot:7"
    portal.sandbox.hubspot.uninstall(99, 7)
    with pytest.raises(Trouble) as trouble:
        await system.describe()
    assert trouble.value.problem.cause is Cause.CONSENT
    refused = read_tokens(await portal.send(refresh_request(client, second.refresh)), portal.clock.now())
    assert not isinstance(refused, TokenSet)
    assert refused.cause is Cause.CONSENT


async def test_the_connector_stays_inside_the_limits() -> None:
    portal = await Portal(hidden_bump=0.0).with_our_fields()
    await portal.system.describe()
    ids = portal.hub.bulk_load("contacts", [{"email": f"c{n}@example.test"} for n in range(3000)])
    portal.sandbox.clock.advance(60)
    before, began = portal.sandbox.journal.count, portal.clock.now()
    assert len(await portal.listed(Kind.CONTACT)) == 3000
    for _ in range(250):
        await portal.system.read(Kind.CONTACT, ids[:1], PATHS)
    statuses = {entry.status for entry in portal.sandbox.journal.calls("hubspot", before)}
    assert statuses == {200}
    assert (portal.clock.now() - began).total_seconds() < 14


UNCERTAIN = [
    Fault.REQUEST_LOST,
    Fault.REPLY_LOST,
    Fault.ERROR_BEFORE,
    Fault.ERROR_AFTER,
    Fault.GARBLED,
    Fault.HTML,
]


@pytest.mark.parametrize("fault", UNCERTAIN)
async def test_an_uncertain_write_is_sent_once_only(fault: Fault) -> None:
    portal = await Portal().with_our_fields()
    portal.sandbox.faults.placed.append(
        Placed(fault, operation="POST /crm/objects/companies/batch/create", nth=0)
    )
    write = Write("op-1", Action.CREATE, Kind.COMPANY, None, {"name": "Once Ltd"})
    before = portal.sandbox.journal.count
    assert isinstance((await portal.system.write([write]))[0], Unknown)
    assert len(portal.calls(before)) == 1


async def test_a_write_that_was_refused_a_connection_or_throttled_is_sent_again_and_done_once() -> None:
    portal = await Portal().with_our_fields()
    portal.sandbox.faults.placed += [
        Placed(fault, operation="POST /crm/objects/companies/batch/create")
        for fault in (Fault.REFUSED, Fault.THROTTLED)
    ]
    write = Write("op-1", Action.CREATE, Kind.COMPANY, None, {"name": "Once Ltd"})
    assert isinstance((await portal.system.write([write]))[0], Applied)
    assert len(portal.hub.book("companies")) == 1


async def test_error_bodies_that_lack_everything_still_refuse_only_the_bad_record() -> None:
    portal = await Portal(bare_errors=1.0).with_our_fields()
    portal.hub.person_creates("contacts", {"email": "taken@example.test"})
    fates = await portal.system.write([contact(0), contact(1, email="taken@example.test"), contact(2)])
    assert [type(fate) for fate in fates] == [Applied, Refused, Applied]


async def test_locks_are_waited_out() -> None:
    portal = await Portal(lock_share=0.5).with_our_fields()
    record_id = portal.hub.person_creates("companies", {"name": "Busy"})
    for turn in range(6):
        write = Write(f"op-{turn}", Action.UPDATE, Kind.COMPANY, record_id, {"city": f"City {turn}"})
        [fate] = await portal.system.write([write])
        assert isinstance(fate, Applied | Wait)


async def test_a_signed_delivery_is_verified_and_hints_at_the_record() -> None:
    portal = await Portal(webhook_duplicates=0.0, webhook_late_share=0.0).with_our_fields()
    url, secret = "https://sync.example.org/webhooks/hubspot", "whsec"
    portal.sandbox.hubspot.subscribe(99, url, secret, [Subscription("contact.creation")])
    record_id = portal.hub.person_creates("contacts", {"email": "ada@example.test"})
    portal.sandbox.clock.advance(30)
    [delivery] = portal.sandbox.hubspot.webhooks.due()
    request = delivery.signed(milliseconds(portal.clock.now()))
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert verify(secret, "POST", url, request.body, headers, now=portal.clock.now())
    assert [(each.account, each.kind, each.id) for each in signals(request.body)] == [
        ("hubspot:7", Kind.CONTACT, record_id)
    ]
