"""What the systems themselves say of documents: what they come to, and which payments they hold. Read for the proof, a page at a time."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.links import Link, LinkState
from crossfoot.model.records import Fields, Observation
from crossfoot.model.subjects import SubjectState
from crossfoot.proof.causes import STATES, DifferenceCause
from crossfoot.proof.reasons import ZERO, LonePayment, Payments
from crossfoot.runtime.joined import REFERS, Joined
from crossfoot.settings.rules import Sync
from crossfoot.store import keys, links, records, signals, subjects


async def own_sums(joined: Joined, sync: Sync, refs: Collection[Ref]) -> dict[Ref, Fields]:
    """The sums that systems say of these documents now. Of those that add up at once, what came with the record is as good."""
    found: dict[Ref, Fields] = {}
    for side in Side:
        kind = sync.kind(side)
        counting = joined.abilities(side, kind).counting
        if counting is None or not counting.arithmetic.delayed:
            continue
        ids = [ref.id for ref in refs if ref.side is side]
        size = joined.abilities(side, kind).read_batch
        for start in range(0, len(ids), size):
            for seen in await joined.systems[side].read(
                kind, ids[start : start + size], {kind: counting.sums}
            ):
                found[seen.ref] = seen.fields
    return found


async def told_before(joined: Joined, sync: Sync, refs: Collection[Ref]) -> frozenset[str]:
    """The deals of which an earlier invoice is there: what a deal tells of all its invoices together is compared with the first."""
    deals = [ref.id for ref in refs if ref.side is Side.CRM]
    found: set[str] = set()
    async with joined.database.read() as tx:
        for bill in sync.billing.bills[: sync.billing.place] if sync.billing else ():
            mine = await links.by_side_ids(tx, joined.connection, bill.sync, Side.CRM, deals)
            found |= {deal for deal, link in mine.items() if link.state is LinkState.ACTIVE}
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Held:
    """One payment, as memory has it from the reading just now."""

    seen: Observation
    amount: Decimal
    link: Link | None
    cause: DifferenceCause | None
    """Why it may have no partner."""
    why: str


async def payments_of(joined: Joined, documents: Mapping[str, str]) -> dict[str, Payments] | None:
    """The payments of documents by the documents' ids in the CRM; None where no sync carries payments.

    `documents` are pairs of ids, the CRM's and the ledger's.
    """
    paying = next((sync for sync in joined.active if sync.ledger is Kind.PAYMENT), None)
    if paying is None:
        return None
    held = {
        Side.CRM: await _held(joined, paying, Side.CRM, documents),
        Side.LEDGER: await _held(joined, paying, Side.LEDGER, documents.values()),
    }
    return {
        crm: Payments(
            sum((each.amount for each in held[Side.CRM][crm]), ZERO),
            tuple(_lone(held[Side.CRM][crm], held[Side.LEDGER][ledger])),
        )
        for crm, ledger in documents.items()
    }


async def _held(
    joined: Joined, paying: Sync, side: Side, documents: Collection[str]
) -> dict[str, list[_Held]]:
    """A side's payments that count, by the document that they pay."""
    found: dict[str, list[_Held]] = defaultdict(list)
    kind, connection = paying.kind(side), joined.connection
    (path,) = paying.pair("document").paths(side)
    async with joined.database.read() as tx:
        named = await keys.candidates(
            tx, connection, paying.name, side, [(REFERS + path, each) for each in documents]
        )
        refs = [Ref(side, kind, each) for ids in named.values() for each in ids]
        stored = await records.get(tx, connection, refs)
        partners = await links.by_side_ids(tx, connection, paying.name, side, [ref.id for ref in refs])
        stood = await subjects.get(tx, connection, paying.name, refs)
        waiting = await signals.generations(tx, connection, paying.name, refs)
    for ref, each in stored.items():
        seen = each.observation
        amount = paying.pair("amount").read(side, seen.fields)
        if not seen.live or not isinstance(amount, Decimal) or not paying.filter(side).holds(seen.fields):
            continue
        state = stood[ref].state if ref in stood else None
        pending = ref in waiting or state in (None, SubjectState.PENDING)
        cause = DifferenceCause.PENDING if pending else STATES.get(state) if state else None
        reason = stood[ref].reason if ref in stood and not pending else ""
        document = str(seen.fields[path])
        found[document].append(_Held(seen, amount, partners.get(ref.id), cause, reason))
    return found


def _lone(crm: list[_Held], ledger: list[_Held]) -> Iterator[LonePayment]:
    """What one side holds of payments and the other does not."""
    across = {each.seen.ref.id: each for each in ledger}
    for each in crm:
        partner = across.pop(each.link.ledger_id, None) if each.link else None
        apart = each.amount - (partner.amount if partner else ZERO)
        if apart:
            yield LonePayment(apart, each.cause, each.why)
    for each in across.values():
        yield LonePayment(-each.amount, each.cause, each.why)
