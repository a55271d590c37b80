"""What the oracle is shown of a world: the books, the wire, and what any user could read of Crossfoot's memory."""

from collections.abc import Mapping
from datetime import datetime

from tests.simulation.books import DOCUMENTS, LINE_WORDS, SYNCS, Entry, plain
from tests.simulation.document_books import TAXES, line_words, mark
from tests.simulation.engine import CONNECTION, config_of, kinds_of
from tests.simulation.engine import TAXES as MAPPED
from tests.simulation.evidence import Linked, Paper, View
from tests.simulation.world import World

from crossfoot.model.fields import as_text
from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.lines import Lines
from crossfoot.model.operations import Act, OperationState
from crossfoot.model.records import Fields, Value
from crossfoot.store import history, links, operations, records, reviews, subjects
from crossfoot.store.database import Tx

RATES = {rate: TAXES[tax] for rate, tax in MAPPED.items()}
_WORDS = {"first_name": "first", "last_name": "last", "due_date": "due"}
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
    ("crm", "invoice"): {"reference": "hs_purchase_order_number", "due": "hs_due_date", "lines": "lines"},
    ("ledger", "invoice"): {"reference": "Reference", "due": "DueDate", "lines": "Lines"},
    ("crm", "deal"): {"lines": "lines"},
    ("ledger", "deal"): {"lines": "Lines"},
    ("crm", "payment"): {"amount": "hs_initial_amount"},
    ("ledger", "payment"): {"amount": "Amount"},
}
_KINDS = {
    ("crm", "person"): Kind.CONTACT,
    ("crm", "company"): Kind.COMPANY,
    ("crm", "product"): Kind.PRODUCT,
    ("ledger", "person"): Kind.CONTACT,
    ("ledger", "company"): Kind.CONTACT,
    ("ledger", "product"): Kind.ITEM,
    ("crm", "invoice"): Kind.INVOICE,
    ("crm", "deal"): Kind.DEAL,
    ("crm", "payment"): Kind.PAYMENT,
    ("ledger", "invoice"): Kind.INVOICE,
    ("ledger", "deal"): Kind.INVOICE,
    ("ledger", "payment"): Kind.PAYMENT,
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
        locks=world.locks,
        decided=world.decided,
    )
    config = world.scenario.config
    money = config.about_money
    for side in ("crm", "ledger"):
        for kind in ("person", "company", "product", *(DOCUMENTS if money else ())):
            if not config.runs(SYNCS[kind]) and money:
                continue
            for entry in world.books.all(side, kind):
                if side == "crm" and kind == "person" and ":contact_person:" in entry.key:
                    continue
                view.entries.append(entry)
                view.aliases[side, kind, entry.id] = world.alias(entry)
    if money:
        _papers(world, view)
    if world.database is not None:
        await _remembered(world, view)
    return view


def _papers(world: World, view: View) -> None:
    """What belongs to each document."""
    books = world.books
    for entry in view.entries:
        if entry.kind not in DOCUMENTS:
            continue
        if entry.kind == "payment":
            paid = books.paid_document(entry.side, entry.id)
            kinds = [kind for kind in ("invoice", "deal") if view.entry(entry.side, kind, paid) is not None]
            at = (kinds[0], paid) if kinds else None
            told = view.aliases.get((entry.side, *at), "") if at else ""
            view.papers[entry.side, entry.kind, entry.id] = Paper(document_at=at, document=told)
            continue
        customer = books.customer(entry.side, entry.kind, entry.id)
        lines = books.lines(entry.side, entry.kind, entry.id)
        view.papers[entry.side, entry.kind, entry.id] = Paper(
            customer_at=customer,
            customer=world.story(view.aliases.get((entry.side, *customer), "")) if customer else "",
            odd=tuple(
                f"a line {name}" for name in lines if not name.startswith("#") or name.endswith("again")
            ),
        )


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
                    word: text
                    for name, value in link.base.items()
                    for word, text in _said(name, value).items()
                }
                known = {*_PATHS["crm", kind], *LINE_WORDS}
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
        told: plain(kind, told, text or "")
        for word, path in _PATHS[side, kind].items()
        if path in fields
        for told, text in _said(word, fields[path]).items()
    }


def _said(name: str, value: Value) -> dict[str, str | None]:
    """A value by the word of the stories; lines by the words of each line."""
    if name != "lines":
        return {_WORDS.get(name, name): None if value is None else as_text(value)}
    found: dict[str, str | None] = dict.fromkeys(LINE_WORDS, "")
    for line in value if isinstance(value, Lines) else ():
        at = mark(line.description)
        told = {
            "": line.description,
            " quantity": line.quantity,
            " price": line.price,
            " discount": line.discount_percent,
            " tax": RATES.get(line.tax or "", TAXES.get(line.tax or "", line.tax)),
            " item": line.item,
        }
        if at:
            found |= line_words(
                at, {part: "" if each is None else as_text(each) for part, each in told.items()}
            )
    return found
