"""Two colleagues of the demo: Ada works in HubSpot, Ben in Xero, and once both change the same thing."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crossfoot.app.failure import Failure
from crossfoot.app.names import name_in
from crossfoot.cli.demo_sandbox import Sandbox
from crossfoot.model.fields import as_text
from crossfoot.model.identity import Ref, Side
from crossfoot.model.links import LinkState
from crossfoot.model.records import Fields, Observation, Value
from crossfoot.runtime.gather import refs_of
from crossfoot.runtime.joined import Joined
from crossfoot.settings.rules import Sync
from crossfoot.store import links, records

BETWEEN = 600.0
"""Seconds between two edits."""

_PAGE = 200


@dataclass(frozen=True, slots=True)
class Edit:
    """What a colleague did."""

    who: str
    system: Side
    sync: str
    ref: Ref
    name: str
    field: str
    before: Value
    after: Value
    conflict: bool = False
    """Whether the other one changes the same field of the same record."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A pair that both systems have, with what both hold in the mapped fields."""

    sync: Sync
    refs: Mapping[Side, Ref]
    name: str
    values: Mapping[str, Value]


async def work(joined: Joined, sandbox: Sandbox) -> AsyncIterator[Edit]:
    """Do the edits, one after the other; each is told once it is done."""
    people = [each async for each in _pairs(joined, "people", ("phone", "city", "email"), 3)]
    goods = [each async for each in _pairs(joined, "products", ("price", "description"), 2)]
    moved, called, argued = people
    priced, described = goods

    def phone(number: str) -> dict[str, Any]:
        # Xero's page merges phones by their type and asks for each part of a number.
        return {
            "Phones": [
                {
                    "PhoneType": "DEFAULT",
                    "PhoneCountryCode": "64",
                    "PhoneAreaCode": "9",
                    "PhoneNumber": number,
                }
            ]
        }

    price = (Decimal(as_text(priced.values["price"])) * Decimal("1.1")).quantize(Decimal("0.01"))
    yield await _edit(sandbox, called, Side.CRM, "phone", "+64 9 555 0142", {"phone": "+64 9 555 0142"})
    yield await _edit(
        sandbox,
        moved,
        Side.LEDGER,
        "city",
        "Nelson",
        {"Addresses": [{"AddressType": "POBOX", "City": "Nelson"}]},
    )
    yield await _edit(sandbox, priced, Side.CRM, "price", price, {"price": str(price)})
    text = f"{as_text(described.values['description'])}, now in green"
    yield await _edit(sandbox, described, Side.LEDGER, "description", text, {"Description": text})
    yield await _newcomer(sandbox, joined)
    async for edit in _money(joined, sandbox):
        yield edit
    ada, ben = "+64 9 555 0171", "555 0188"
    yield await _edit(sandbox, argued, Side.CRM, "phone", ada, {"phone": ada}, conflict=True)
    yield await _edit(sandbox, argued, Side.LEDGER, "phone", f"+64 9 {ben}", phone(ben), conflict=True)


_BOOKS: Mapping[tuple[Side, str], str] = {
    (Side.CRM, "people"): "contacts",
    (Side.LEDGER, "people"): "Contacts",
    (Side.CRM, "products"): "products",
    (Side.LEDGER, "products"): "Items",
}


async def _edit(
    sandbox: Sandbox,
    pair: Linked,
    side: Side,
    field: str,
    after: Value,
    values: dict[str, Any],
    *,
    conflict: bool = False,
) -> Edit:
    await sandbox.act(
        {
            "side": _SYSTEMS[side],
            "act": "edit",
            "kind": _BOOKS[side, pair.sync.name],
            "id": pair.refs[side].id,
            "values": values,
        }
    )
    return Edit(
        _WHO[side],
        side,
        pair.sync.name,
        pair.refs[side],
        pair.name,
        field,
        pair.values[field],
        after,
        conflict,
    )


async def _newcomer(sandbox: Sandbox, joined: Joined) -> Edit:
    values = {
        "firstname": "Maia",
        "lastname": "Thornbury",
        "email": "maia.thornbury@kauri-fern.example",
        "phone": "+64 9 555 0199",
        "city": "Dunedin",
        "country": "New Zealand",
    }
    made = await sandbox.act({"side": "hubspot", "act": "create", "kind": "contacts", "values": values})
    sync = joined.sync("people")
    return Edit(
        _WHO[Side.CRM],
        Side.CRM,
        sync.name,
        Ref(Side.CRM, sync.crm, made),
        "Maia Thornbury",
        "",
        None,
        "a new contact",
    )


async def _money(joined: Joined, sandbox: Sandbox) -> AsyncIterator[Edit]:
    """Ben records that a part of an invoice was paid; Ada wins a deal whose deposit is billed."""
    invoices, deals = joined.sync("invoices"), joined.sync("deals")
    opened = await _first(
        joined,
        invoices,
        Side.LEDGER,
        lambda told: told.get("Status") == "AUTHORISED" and as_text(told.get("AmountPaid")) == "0",
    )
    if opened is not None:
        paid = (Decimal(as_text(opened.fields["AmountDue"])) / 4).quantize(Decimal("0.01"))
        await sandbox.act({"side": "xero", "act": "pay", "id": opened.ref.id, "amount": str(paid)})
        yield Edit(
            _WHO[Side.LEDGER],
            Side.LEDGER,
            invoices.name,
            opened.ref,
            as_text(opened.fields.get("InvoiceNumber")),
            "paid",
            Decimal(0),
            paid,
        )
    deal = await _first(
        joined,
        deals,
        Side.CRM,
        lambda told: (
            told.get("dealstage") == "contractsent" and bool(told.get("company") or told.get("contact"))
        ),
    )
    if deal is not None:
        won = {"dealstage": "closedwon", "closedate": joined.clock.now().strftime("%Y-%m-%dT00:00:00Z")}
        await sandbox.act(
            {"side": "hubspot", "act": "edit", "kind": "deals", "id": deal.ref.id, "values": won}
        )
        name = as_text(deal.fields.get("dealname"))
        yield Edit(_WHO[Side.CRM], Side.CRM, deals.name, deal.ref, name, "stage", "open", "won")


async def _first(
    joined: Joined, sync: Sync, side: Side, fits: Callable[[Fields], bool]
) -> Observation | None:
    """The first live record of a sync's kind that fits."""
    after = ""
    while True:
        async with joined.database.read() as tx:
            page = await records.page(tx, joined.connection, side, sync.kind(side), after, _PAGE)
        if not page:
            return None
        after = page[-1].observation.ref.id
        for each in page:
            if each.observation.live and fits(each.observation.fields):
                return each.observation


_SYSTEMS = {Side.CRM: "hubspot", Side.LEDGER: "xero"}
_WHO = {Side.CRM: "Ada", Side.LEDGER: "Ben"}


async def _pairs(joined: Joined, name: str, filled: tuple[str, ...], wanted: int) -> AsyncIterator[Linked]:
    """The first pairs of a sync that agree, have these fields and a plain name."""
    sync = joined.sync(name)
    after, found = "", 0
    while True:
        async with joined.database.read() as tx:
            page = await links.page(tx, joined.connection, name, after, _PAGE, LinkState.ACTIVE)
            refs = [ref for link in page for ref in refs_of(sync, link)]
            stored = await records.get(tx, joined.connection, refs)
        if not page:
            raise Failure(
                f"The demo needs {wanted} plain {name} that both have.", "Make more with --contacts."
            )
        after = page[-1].id
        for link in page:
            ends = dict(zip(Side, refs_of(sync, link), strict=True))
            if not all(ref in stored and stored[ref].observation.live for ref in ends.values()):
                continue
            called = name_in(Side.CRM, sync.crm, stored[ends[Side.CRM]].observation.fields)
            if _plain(called) and all(_plain(as_text(link.base.get(field))) for field in filled):
                yield Linked(sync, ends, called, link.base)
                found += 1
                if found == wanted:
                    return


def _plain(text: str) -> bool:
    return bool(text) and text.isascii() and "<" not in text
