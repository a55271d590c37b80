"""What the oracle is shown of a world: the books, the wire, and what any user could read of Crossfoot's memory."""

from collections.abc import Mapping
from datetime import datetime

from tests.simulation.books import Entry, plain
from tests.simulation.engine import CONNECTION, config_of, kinds_of
from tests.simulation.evidence import Linked, View
from tests.simulation.world import World

from crossfoot.model.fields import as_text
from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.operations import Act, OperationState
from crossfoot.model.records import Fields
from crossfoot.store import history, links, operations, records, reviews, subjects
from crossfoot.store.database import Tx

_WORDS = {"first_name": "first", "last_name": "last"}
_PATHS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("crm", "person"): {
        "first": "firstname",
        "last": "lastname",
        "email": "email",
        "phone": "phone",
        "city": "city",
    },
    ("crm", "company"): {"name": "name", "phone": "phone", "city": "city"},
    ("crm", "product"): {"code": "hs_sku", "name": "name", "description": "description", "price": "price"},
    ("ledger", "person"): {
        "first": "FirstName",
        "last": "LastName",
        "email": "EmailAddress",
        "phone": "Phones.DEFAULT",
        "city": "Addresses.POBOX.City",
    },
    ("ledger", "company"): {"name": "Name", "phone": "Phones.DEFAULT", "city": "Addresses.POBOX.City"},
    ("ledger", "product"): {
        "code": "Code",
        "name": "Name",
        "description": "Description",
        "price": "SalesDetails.UnitPrice",
    },
}
_KINDS = {
    ("crm", "person"): Kind.CONTACT,
    ("crm", "company"): Kind.COMPANY,
    ("crm", "product"): Kind.PRODUCT,
    ("ledger", "person"): Kind.CONTACT,
    ("ledger", "company"): Kind.CONTACT,
    ("ledger", "product"): Kind.ITEM,
}


async def view_of(world: World, unsettled: list[str] | None = None) -> View:
    """The view of a world as it is now."""
    view = View(
        typed=world.typed,
        wire=world.wire,
        runs=world.runs,
        config=world.scenario.config,
        counters=world.counters,
        again=world.again,
        dry=world.dry,
        unsettled=unsettled or [],
        told=list(world.told),
        apart=set(world.apart),
        forgotten=world.forgotten,
        former=world.former,
    )
    for side in ("crm", "ledger"):
        for kind in ("person", "company", "product"):
            for entry in world.books.all(side, kind):
                if side == "crm" and kind == "person" and ":contact_person:" in entry.key:
                    continue
                view.entries.append(entry)
                view.aliases[side, kind, entry.id] = world.alias(entry)
    if world.database is not None:
        await _remembered(world, view)
    return view


async def _remembered(world: World, view: View) -> None:
    assert world.database is not None
    syncs, _ = config_of(world.scenario.config)
    async with world.database.read() as tx:
        for sync in syncs:
            kind = kinds_of(sync)
            if not kind:
                continue
            for link in await links.page(tx, CONNECTION, sync.name):
                words = {
                    _WORDS.get(name, name): None if value is None else as_text(value)
                    for name, value in link.base.items()
                }
                known = _PATHS["crm", kind]
                view.links.append(
                    Linked(
                        link.id,
                        kind,
                        link.crm_id,
                        link.ledger_id,
                        link.state.value,
                        {word: value for word, value in words.items() if word in known},
                        sync.name,
                    )
                )
            for side in ("crm", "ledger"):
                refs = _refs(view.entries, side, kind)
                for ref, stood in (await subjects.get(tx, CONNECTION, sync.name, refs)).items():
                    view.standings[side, kind, ref.id] = (stood.state.value, stood.reason)
                for ref, stored in (await records.get(tx, CONNECTION, refs)).items():
                    view.memory[side, kind, ref.id] = _words(side, kind, stored.observation.fields)
                emptied = {(typed.side, typed.kind, typed.record) for typed in world.typed if not typed.value}
                for ref in [each for each in refs if (side, kind, each.id) in emptied]:
                    view.linked[side, kind, ref.id] = await _linked(tx, sync.name, ref)
                apart = await reviews.kept_apart(
                    tx, CONNECTION, sync.name, Side(side), [ref.id for ref in refs]
                )
                view.apart |= {(here, there) for here, across in apart.items() for there in across}
        for review in await reviews.waiting(tx, CONNECTION):
            view.questions.append((review.crm_id, review.ledger_id, review.field))
        view.told += [line.text for line in await history.tail(tx, CONNECTION, limit=1000)]


async def _linked(tx: Tx, sync: str, ref: Ref) -> dict[str, datetime]:
    """When a record got its partners: as the log tells, by a link or as a copy."""
    done = await operations.of_record(tx, CONNECTION, ref, [sync])
    return {
        partner: each.settled_at
        for each in done
        if each.operation.act in (Act.LINK, Act.CREATE)
        and each.state is OperationState.APPLIED
        and (partner := each.operation.id_on(ref.side.other)) is not None
        and each.settled_at is not None
    }


def _refs(entries: list[Entry], side: str, kind: str) -> list[Ref]:
    return [
        Ref(Side(side), _KINDS[side, kind], entry.id)
        for entry in entries
        if (entry.side, entry.kind) == (side, kind)
    ]


def _words(side: str, kind: str, fields: Fields) -> dict[str, str]:
    return {
        word: plain(kind, word, as_text(fields[path]))
        for word, path in _PATHS[side, kind].items()
        if path in fields
    }
