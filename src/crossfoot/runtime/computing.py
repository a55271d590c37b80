"""What is computed of the ledger's documents and their customers, from memory: nobody is called for it.

It is laid over records when they are gathered, and never stored with them. Where something moves that it hangs on (a document, a payment, the
day), the records concerned are noted, so that the next decision about them finds it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from crossfoot.model.computed import OVERDUE, RECONCILED, TODAY, overlaid
from crossfoot.model.document_state import reconciled, today_in
from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.receivables import Account, Receivable
from crossfoot.model.records import Fields, Observation, Value
from crossfoot.runtime.joined import REFERS, Joined
from crossfoot.settings.mappings import FieldPair, Untold
from crossfoot.settings.rules import Sync
from crossfoot.store import days, keys, records, signals
from crossfoot.store.database import Tx
from crossfoot.sync.subject import Pair, Single, Subject

_PAGE = 500
_EVERY = 1_000_000_000  # of what refers to a record, all is wanted


@dataclass(frozen=True, slots=True)
class _Books:
    """What of the ledger can be computed from, as far as it is watched."""

    documents: str
    """A sync in which documents are indexed by their customer."""
    kind: Kind
    where: Receivable
    customers: Kind
    payments: tuple[str, Kind, str, str] | None
    """A sync in which payments are indexed by their document, their kind, and where they name it and tell whether they are reconciled."""


def _books(joined: Joined) -> _Books | None:
    documents = payments = None
    for sync in joined.active:
        abilities = joined.abilities(Side.LEDGER, sync.ledger)
        indexed = joined.reference_paths[sync.name][Side.LEDGER]
        where, posting = abilities.receivable, abilities.posting
        if documents is None and where is not None and where.customer in indexed:
            documents = sync.name, sync.ledger, where, indexed[where.customer]
        if payments is None and posting is not None and posting.reconciled and posting.pays in indexed:
            payments = sync.name, sync.ledger, posting.pays or "", posting.reconciled
    return _Books(*documents, payments) if documents is not None else None


# ── laid over what is gathered ─────────────────────────────────────────────────────────────────────────────────────────


async def computed_too(tx: Tx, joined: Joined, sync: Sync, subjects: Sequence[Subject]) -> list[Subject]:
    """These subjects with what is computed of their ledger records, as far as the sync maps it."""
    if not joined.computed[sync.name]:
        return list(subjects)
    told = {seen.ref: seen for subject in subjects for seen in _in_ledger(subject)}
    laid = await laid_over(tx, joined, sync, told)
    return [_with(subject, laid) for subject in subjects]


async def laid_over(
    tx: Tx, joined: Joined, sync: Sync, seen: Mapping[Ref, Observation]
) -> dict[Ref, Observation]:
    """These records, those of the ledger with what is computed of them, as far as the sync maps it."""
    wanted, books = joined.computed[sync.name], _books(joined)
    if not wanted or books is None:
        return dict(seen)
    day = await days.today(tx, joined.connection)
    ids = [ref.id for ref in seen if ref.side is Side.LEDGER]
    if day is None or not ids:
        return dict(seen)
    found: Mapping[str, Fields] = {}
    if sync.ledger is books.kind:
        mine = {each.ref.id: each.fields for each in seen.values() if each.ref.side is Side.LEDGER}
        found = await _of_documents(tx, joined, books, mine, wanted, day)
    elif sync.ledger is books.customers:
        found = await _of_customers(tx, joined, books, ids, wanted, day)
    return {
        ref: overlaid(each, found.get(ref.id, {})) if ref.side is Side.LEDGER else each
        for ref, each in seen.items()
    }


async def _of_documents(
    tx: Tx,
    joined: Joined,
    books: _Books,
    seen: Mapping[str, Fields],
    wanted: frozenset[str],
    day: date,
) -> dict[str, Fields]:
    paid = await _payments(tx, joined, books, list(seen)) if RECONCILED in wanted else None
    return {
        each: {TODAY: day, OVERDUE: books.where.overdue(fields, day)}
        | ({} if paid is None else {RECONCILED: reconciled(paid.get(each, ()))})
        for each, fields in seen.items()
    }


async def _of_customers(
    tx: Tx, joined: Joined, books: _Books, ids: Sequence[str], wanted: frozenset[str], day: date
) -> dict[str, Fields]:
    rule = REFERS + books.where.customer
    found = await keys.candidates(
        tx, joined.connection, books.documents, Side.LEDGER, [(rule, each) for each in ids], _EVERY
    )
    owners = {document: customer for (_, customer), mine in found.items() for document in mine}
    accounts = {each: Account(joined.descriptions[Side.LEDGER].identity.currency) for each in ids}
    flags: dict[str, list[bool | None]] = {each: [] for each in ids}
    every = list(owners)
    for start in range(0, len(every), _PAGE):
        page = every[start : start + _PAGE]
        refs = [Ref(Side.LEDGER, books.kind, each) for each in page]
        for ref, stored in (await records.get(tx, joined.connection, refs)).items():
            accounts[owners[ref.id]].add(stored.observation.fields, books.where, day)
        paid = (await _payments(tx, joined, books, page) if RECONCILED in wanted else None) or {}
        for document, mine in paid.items():
            flags[owners[document]] += mine
    return {each: account.fields(reconciled=reconciled(flags[each])) for each, account in accounts.items()}


async def _payments(
    tx: Tx, joined: Joined, books: _Books, documents: Sequence[str]
) -> dict[str, list[bool | None]] | None:
    """Of the payments of each document, whether the bank confirms them; None where nobody watches payments."""
    if books.payments is None:
        return None
    sync, kind, pays, told = books.payments
    asked = [(REFERS + pays, each) for each in documents]
    found = await keys.candidates(tx, joined.connection, sync, Side.LEDGER, asked, _EVERY)
    owners = {payment: document for (_, document), mine in found.items() for payment in mine}
    flags: dict[str, list[bool | None]] = {}
    stored = await records.get(tx, joined.connection, [Ref(Side.LEDGER, kind, each) for each in owners])
    for ref, each in stored.items():
        flag = each.observation.fields.get(told)
        flags.setdefault(owners[ref.id], []).append(flag if isinstance(flag, bool) else None)
    return flags


def _in_ledger(subject: Subject) -> Iterable[Observation]:
    if isinstance(subject, Pair):
        return (subject.ledger,)
    twin = subject.match.twin
    if subject.side is Side.LEDGER:
        return (subject.seen,)
    return () if twin is None else (twin,)


def _with(subject: Subject, laid: Mapping[Ref, Observation]) -> Subject:
    if isinstance(subject, Pair):
        return replace(subject, ledger=laid[subject.ledger.ref])
    if subject.side is Side.LEDGER:
        return replace(subject, seen=laid[subject.seen.ref])
    twin = subject.match.twin
    return subject if twin is None else _matched(subject, laid[twin.ref])


def _matched(single: Single, twin: Observation) -> Single:
    return replace(single, match=replace(single.match, twin=twin))


# ── noted where something moves ────────────────────────────────────────────────────────────────────────────────────────


async def note_moved(tx: Tx, joined: Joined, changed: Sequence[Ref], told: Mapping[Ref, Observation]) -> None:
    """Documents and payments that are new or changed: whose computed fields hang on them deserves a look.

    To be called before they are indexed anew: whom they belonged to until now is concerned as well.
    """
    books = _books(joined) if any(joined.computed.values()) else None
    if books is None:
        return
    documents = {ref.id for ref in changed if ref.side is Side.LEDGER and ref.kind is books.kind}
    customers = await _named(
        tx, joined, books.documents, books.where.customer, books.kind, sorted(documents), told
    )
    if books.payments is not None:
        sync, kind, pays, _ = books.payments
        paying = sorted({ref.id for ref in changed if ref.side is Side.LEDGER and ref.kind is kind})
        paid = await _named(tx, joined, sync, pays, kind, paying, told)
        refs = [Ref(Side.LEDGER, books.kind, each) for each in sorted(paid)]
        known = await records.get(tx, joined.connection, refs)
        owners = [each.observation.fields.get(books.where.customer) for each in known.values()]
        customers |= {each for each in owners if isinstance(each, str)}
        await _note(tx, joined, books.kind, RECONCILED, paid)
    await _note(tx, joined, books.customers, None, customers)


async def _named(
    tx: Tx,
    joined: Joined,
    sync: str,
    path: str,
    kind: Kind,
    ids: Sequence[str],
    told: Mapping[Ref, Observation],
) -> set[str]:
    """Which records these name in a field, and named until now."""
    if not ids:
        return set()
    before = await keys.of_records(tx, joined.connection, sync, Side.LEDGER, ids)
    found = {key for rows in before.values() for rule, key in rows if rule == REFERS + path}
    for each in ids:
        seen = told.get(Ref(Side.LEDGER, kind, each))
        value: Value = seen.fields.get(path) if seen is not None else None
        if isinstance(value, str):
            found.add(value)
    return found


async def _note(tx: Tx, joined: Joined, kind: Kind, path: str | None, ids: Iterable[str]) -> None:
    """These ledger records deserve a look by every sync that maps a computed field (`path`, or any) of them."""
    refs = [Ref(Side.LEDGER, kind, each) for each in sorted(ids)]
    for sync in joined.active if refs else ():
        wanted = joined.computed[sync.name]
        if sync.ledger is kind and (path in wanted if path else wanted):
            await signals.note(tx, joined.connection, sync.name, refs, False, joined.clock.now())


# ── the day turns ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def turn_day(joined: Joined) -> None:
    """Where a new day has begun since decisions were made last, note what looks different for it: what became due, and who owes it.

    The day is the organisation's. All documents in memory are gone through once a day; no system is called.
    """
    books = _books(joined)
    if books is None:
        return
    now = organisations_day(joined)
    async with joined.database.read() as tx:
        before = await days.today(tx, joined.connection)
    if before == now:
        return
    last = ""
    while True:
        async with joined.database.write() as tx:
            page = await records.page(tx, joined.connection, Side.LEDGER, books.kind, last, _PAGE)
            await _note_turned(tx, joined, books, [each.observation for each in page], before, now)
        if not page:
            break
        last = page[-1].observation.ref.id
    async with joined.database.write() as tx:
        await days.turn(tx, joined.connection, now)


def organisations_day(joined: Joined) -> date:
    """Which day it is where the ledger's organisation is; where that is not known, in UTC."""
    now = joined.clock.now()
    try:
        return today_in(now, joined.descriptions[Side.LEDGER].identity.time_zone or "UTC")
    except ValueError:
        return now.date()


async def _note_turned(
    tx: Tx, joined: Joined, books: _Books, page: Sequence[Observation], before: date | None, now: date
) -> None:
    owing: set[str] = set()
    for sync in joined.active:
        if sync.ledger is books.kind:
            pairs = [pair for pair in sync.pairs if not {TODAY, OVERDUE}.isdisjoint(pair.ledger)]
            turned = [
                each
                for each in page
                if each.live
                and any(
                    _told_on(books, pair, each, before) != _told_on(books, pair, each, now) for pair in pairs
                )
            ]
            refs = [each.ref for each in turned]
            await signals.note(tx, joined.connection, sync.name, refs, False, joined.clock.now())
    for each in page:
        then = books.where.standing(each.fields, before) if before else None
        today = books.where.standing(each.fields, now)
        customer = each.fields.get(books.where.customer)
        if each.live and (then is None or today is None or then.state is not today.state):
            owing |= {customer} if isinstance(customer, str) else set()
    await _note(tx, joined, books.customers, None, owing)


def _told_on(books: _Books, pair: FieldPair, seen: Observation, day: date | None) -> Value | Untold:
    """What a field pair would tell of a document alone on a day, whichever name it goes by among all invoices of a deal."""
    late = books.where.overdue(seen.fields, day) if day is not None else None
    fields = {**seen.fields, TODAY: day, OVERDUE: late}
    return pair.from_ledger({pair.over + path: value for path, value in fields.items()})
