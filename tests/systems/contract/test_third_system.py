"""HubSpot with a third system through the real runs: whoever adds a system touches one file, and the engine knows no system's ways.

Odd keeps no key on goods, takes three records at a time, answers with "yes", and is in the mood to be busy or silent.
"""

import itertools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from tests.systems.contract.odd_system import CARRIES, Books, OddSystem
from tests.systems.doors import BASE, FixedTokens, RealBudget, VirtualClock, sandbox_send, stopped

from crossfoot.model.identity import Kind, Side
from crossfoot.model.records import Value
from crossfoot.model.subjects import SubjectState
from crossfoot.proof.causes import Difference
from crossfoot.proof.prove import Proof, prove
from crossfoot.runtime import planning
from crossfoot.runtime.answers import accept, choose
from crossfoot.runtime.cycle import Cycle
from crossfoot.runtime.joined import Joined
from crossfoot.runtime.report import Report
from crossfoot.settings.choices import ConflictRule
from crossfoot.settings.presets import default_settings
from crossfoot.store import connections, reviews, subjects
from crossfoot.store.database import open_database
from crossfoot.systems.hubspot.defaults import CARRIES as HUBSPOT_CARRIES
from crossfoot.systems.hubspot.defaults import CUSTOM_FIELDS
from crossfoot.systems.hubspot.system import HubSpotSystem
from crossfoot_sandbox import defaults as world
from crossfoot_sandbox.faults import Kind as Fault
from crossfoot_sandbox.hubspot.pages.portal import Portal

PARTY, PERSON, ITEM = Kind.CONTACT, Kind.CONTACT_PERSON, Kind.ITEM


@dataclass
class Shop:
    """A HubSpot portal joined to Odd's books, with people on both sides."""

    portal: Portal
    books: Books
    joined: Joined
    clock: VirtualClock

    def hubspot(self, plural: str, name: str) -> Mapping[str, str]:
        """The values of HubSpot's record of this name, or of this first name."""
        [found] = [
            record.values
            for record in self.portal.book(plural).values()
            if record.alive and name in (record.values.get("name"), record.values.get("firstname"))
        ]
        return found

    def odd(self, kind: Kind, path: str, value: Value) -> dict[str, Value]:
        """The values of Odd's record that holds this."""
        [found] = [row.values for row in self.books.living(kind).values() if row.values[path] == value]
        return found

    def odd_id(self, kind: Kind, path: str, value: Value) -> str:
        """The id of Odd's record that holds this."""
        [found] = [key for key, row in self.books.living(kind).items() if row.values[path] == value]
        return found

    async def run(self) -> Report:
        """Time passes, and a run."""
        self.clock.clock.advance(60)
        report = await Cycle(self.joined, "a worker").run()
        assert report.ok, report
        return report

    async def calm(self) -> int:
        """Runs until one has nothing to do; how many calls wrote to Odd altogether."""
        for _ in range(30):
            before = sum(call.writes for call in self.books.calls)
            report = await self.run()
            wrote = sum(call.writes for call in self.books.calls) - before
            if not report.tally.applied and not wrote:
                return sum(call.writes for call in self.books.calls)
        raise AssertionError("the two sides never came to rest")

    async def asked(self) -> reviews.Review:
        """The one question that waits for a person."""
        async with self.joined.database.read() as tx:
            [question] = await reviews.waiting(tx, "shop")
        return question

    async def proof(self) -> tuple[Proof, list[Difference]]:
        """Both sides compared."""
        found: list[Difference] = []
        self.clock.clock.advance(60)
        return await prove(self.joined, found.append, lambda *_: None), found


async def shop() -> Shop:
    clock = VirtualClock(stopped())
    made = world.world(clock.clock)
    hubspot = HubSpotSystem(
        sandbox_send(made.sandbox),
        FixedTokens(world.HUBSPOT_TOKEN),
        clock,
        RealBudget(clock),
        base_url=f"{BASE}/hubspot",
    )
    for kind, infos in CUSTOM_FIELDS.items():
        assert await hubspot.mend_fields(kind, infos) == []
    books = Books(clock)
    odd = OddSystem(books, clock)
    settings = default_settings(
        "shop", "NZ", "companies", crm_carries=HUBSPOT_CARRIES, ledger_carries=CARRIES
    )
    syncs = tuple(
        replace(sync, conflicts=ConflictRule.ASK) for sync in settings.compile(HUBSPOT_CARRIES, CARRIES)
    )
    described = {Side.CRM: await hubspot.describe(), Side.LEDGER: await odd.describe()}
    database = await open_database("sqlite://", durable=False)
    counter = itertools.count(1)
    joined = Joined(
        "shop",
        syncs,
        settings.brakes,
        {Side.CRM: hubspot, Side.LEDGER: odd},
        described,
        database,
        clock,
        lambda: f"{next(counter):08d}",
    )
    async with database.write() as tx:
        await connections.put(
            tx,
            connections.Connection(
                "shop",
                "shop",
                clock.now(),
                crm_identity=described[Side.CRM].identity.key,
                ledger_identity=described[Side.LEDGER].identity.key,
            ),
        )
    return Shop(made.portal, books, joined, clock)


def person(name: str, company: str) -> dict[str, str | None]:
    return {"firstname": name, "email": f"{name.lower()}@example.test", "associatedcompanyid": company}


async def test_the_presets_are_the_join_of_two_tables_that_know_nothing_of_each_other() -> None:
    joined = (await shop()).joined
    assert {sync.name: {pair.name for pair in sync.pairs} for sync in joined.syncs} == {
        "companies": {"name", "domain", "city"},
        "company_people": {"email", "first_name", "last_name", "company"},
        "products": {"code", "name", "price"},
    }


async def test_hubspot_and_a_third_system_are_kept_in_agreement() -> None:
    it = await shop()
    portal, books = it.portal, it.books

    # Made on either side: companies, the people in them, products.
    firms = [
        portal.person_creates("companies", {"name": f"Firm {n}", "domain": f"firm{n}.test", "city": "Ōtaki"})
        for n in range(4)
    ]
    for number, firm in enumerate(firms):
        portal.person_creates("contacts", person(f"Ada{number}", firm))
    fern = books.makes(PARTY, {"Title": "Fern Ltd", "Web": "fern.test"})
    books.makes(PERSON, {"First": "Eva", "Mail": "eva@fern.test", "Party": fern})
    portal.person_creates("products", {"name": "Tea", "hs_sku": "tea-1", "price": "12.3450"})
    books.makes(ITEM, {"Code": "jug-1", "Label": "Jug", "Price": Decimal("7.10")})
    await it.calm()
    assert {str(row.values["Title"]) for row in books.living(PARTY).values()} == {
        *(f"Firm {n}" for n in range(4)),
        "Fern Ltd",
    }
    for number in range(4):
        ada = it.odd(PERSON, "First", f"Ada{number}")
        assert ada["Party"] == it.odd_id(PARTY, "Title", f"Firm {number}")
    eva = it.hubspot("contacts", "Eva")
    assert portal.book("companies")[eva["associatedcompanyid"]].values["name"] == "Fern Ltd"
    assert it.odd(ITEM, "Label", "Tea")["Price"] == Decimal("12.345")
    assert Decimal(it.hubspot("products", "Jug")["price"]) == Decimal("7.1")

    # Odd wrote the code in capitals; that travelled back once, and everything came to rest.
    assert it.hubspot("products", "Tea")["hs_sku"] == it.odd(ITEM, "Label", "Tea")["Code"] == "TEA-1"
    writes = await it.calm()
    assert await it.calm() == writes

    # Edited on either side, on different fields of one record too; a person's id follows the e-mail that we write.
    portal.person_edits("companies", firms[0], {"city": "Napier"})
    books.edits(PARTY, it.odd_id(PARTY, "Title", "Firm 0"), {"Title": "  Firm   Nought "})
    books.edits(ITEM, it.odd_id(ITEM, "Label", "Tea"), {"Price": Decimal("0.005")})
    portal.person_edits(
        "contacts", it.hubspot("contacts", "Ada2")["hs_object_id"], {"email": "2@example.test"}
    )
    await it.calm()
    assert it.odd(PARTY, "Title", "Firm Nought")["Town"] == "Napier"
    assert it.hubspot("companies", "Firm Nought")["city"] == "Napier"
    assert Decimal(it.hubspot("products", "Tea")["price"]) == Decimal("0.005")
    assert it.odd(PERSON, "First", "Ada2")["Mail"] == "2@example.test"

    # Somebody in Odd changes an e-mail, and with it the person's id: is it the same person? Nothing is made before that is said.
    books.edits(PERSON, it.odd_id(PERSON, "First", "Ada1"), {"Mail": "countess@example.test"})
    await it.calm()
    assert len(books.living(PERSON)) == 5
    await accept(it.joined, (await it.asked()).id, None, "Ben")
    await it.calm()
    await choose(it.joined, (await it.asked()).id, Side.LEDGER, "Ben")
    await it.calm()
    assert it.hubspot("contacts", "Ada1")["email"] == "countess@example.test"

    # The same field on both sides: a person says which, the other fields go on.
    portal.person_edits("companies", firms[1], {"city": "Taupō", "domain": "taupo.test"})
    books.edits(PARTY, it.odd_id(PARTY, "Title", "Firm 1"), {"Town": "Thames"})
    await it.calm()
    assert it.hubspot("companies", "Firm 1")["city"] == "Taupō"
    assert it.odd(PARTY, "Title", "Firm 1")["Town"] == "Thames"
    assert it.odd(PARTY, "Title", "Firm 1")["Web"] == "taupo.test"
    await choose(it.joined, (await it.asked()).id, Side.LEDGER, "Ben")
    await it.calm()
    assert it.hubspot("companies", "Firm 1")["city"] == "Thames"

    # Both sides agree to the cent, and nothing is unexplained.
    proof, differences = await it.proof()
    assert proof.green, (proof, differences)


async def test_whatever_odd_does_not_answer_happens_exactly_once() -> None:
    """A third of the writes finds Odd busy or silent, done or not."""
    it = await shop()
    it.books.moody = True
    firms = [
        it.portal.person_creates("companies", {"name": f"Firm {n}", "domain": f"firm{n}.test"})
        for n in range(14)
    ]
    for number, firm in enumerate(firms):
        it.portal.person_creates("contacts", person(f"Ada{number}", firm))
        it.portal.person_creates(
            "products", {"name": f"Tea {number}", "hs_sku": f"T{number}", "price": f"{number}.25"}
        )
    await it.calm()
    faults = Counter(call.fault for call in it.books.calls if call.writes and call.fault)
    assert {Fault.THROTTLED, Fault.REPLY_LOST, Fault.REQUEST_LOST} == set(faults)
    for kind, path in ((PARTY, "Title"), (PERSON, "First")):
        names = [str(row.values[path]) for row in it.books.living(kind).values()]
        assert len(names) == len(set(names)) == 14

    # Goods have neither key nor unique value: what was lost is left to a person, who makes it by hand.
    made = {str(row.values["Label"]) for row in it.books.living(ITEM).values()}
    missing = [number for number in range(14) if f"Tea {number}" not in made]
    assert (await it.run()).unresolved == len(missing) > 0
    for number in missing:
        it.books.makes(ITEM, {"Code": f"T{number}", "Label": f"Tea {number}", "Price": Decimal(number)})
    await it.calm()
    assert (await it.run()).unresolved == 0
    assert len(it.books.living(ITEM)) == 14
    assert sum(record.alive for record in it.portal.book("products").values()) == 14


@pytest.mark.parametrize("fault", [Fault.REPLY_LOST, Fault.REQUEST_LOST])
@pytest.mark.parametrize("matching", [True, False])
async def test_a_creation_that_cannot_be_looked_up_is_never_repeated_blindly(
    fault: Fault, matching: bool
) -> None:
    """No key and no unique value leads to it: it is found by the match rules, or waits for a person."""
    it = await shop()
    if not matching:
        unmatched = tuple(
            replace(sync, match=()) if sync.name == "products" else sync for sync in it.joined.syncs
        )
        it.joined = replace(it.joined, syncs=unmatched)
    it.portal.person_creates("products", {"name": "Tea", "hs_sku": "T1"})
    it.books.silent.append(fault)
    await it.calm()
    assert sum(call.writes for call in it.books.calls) == 1
    assert len(it.books.living(ITEM)) == (fault is Fault.REPLY_LOST)
    async with it.joined.database.read() as tx:
        counted = await subjects.counts(tx, "shop")
    resolved = matching and fault is Fault.REPLY_LOST
    assert (counted.get(("products", Side.CRM, SubjectState.PENDING), 0) == 0) is resolved
    assert (await it.run()).unresolved == (0 if resolved else 1)


async def test_a_pair_that_moved_on_both_sides_is_planned_once_from_whichever_end_it_is_met(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    it = await shop()
    firm = it.portal.person_creates("companies", {"name": "Firm", "domain": "firm.test", "city": "Ōtaki"})
    await it.calm()
    it.portal.person_edits("companies", firm, {"city": "Napier"})
    it.books.edits(PARTY, it.odd_id(PARTY, "Title", "Firm"), {"Web": "other.test"})
    monkeypatch.setattr(planning, "CHUNK", 1)
    it.clock.clock.advance(60)
    _, report = await Cycle(it.joined, "a worker").preview()
    assert report.planned == 2
    await it.calm()
    assert it.hubspot("companies", "Firm")["domain"] == "other.test"
    assert it.odd(PARTY, "Title", "Firm")["Town"] == "Napier"
