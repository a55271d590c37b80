"""The other invoices of deals, from memory: what they bill, and which of them a person has asked for."""

from collections.abc import Sequence
from dataclasses import replace

from crossfoot.model.identity import Ref, Side
from crossfoot.model.lines import Lines
from crossfoot.model.records import Fields, Observation
from crossfoot.runtime.computing import laid_over
from crossfoot.runtime.joined import Joined
from crossfoot.settings.rules import Sync
from crossfoot.store import days, links, records, requests, signals
from crossfoot.store.database import Tx
from crossfoot.sync.subject import Billed, Surroundings


async def with_billed(
    tx: Tx, joined: Joined, sync: Sync, seen: Sequence[Observation], around: Surroundings
) -> Surroundings:
    """What must be known about deals to invoice them; nothing for other syncs."""
    if sync.billing is None:
        return around
    deals = sorted({each.ref.id for each in seen if each.ref.side is Side.CRM and each.ref.kind is sync.crm})
    asked = await requests.among(tx, joined.connection, deals) if deals else {}
    billed: dict[str, list[Billed]] = {each: [] for each in deals}
    for place, bill in enumerate(sync.billing.bills):
        if place == sync.billing.place or not deals:
            continue
        by_id = await links.by_side_ids(tx, joined.connection, bill.sync, Side.CRM, deals)
        ended = await links.ended_by_side_ids(tx, joined.connection, bill.sync, Side.CRM, deals)
        refs = {deal: Ref(Side.LEDGER, sync.ledger, link.ledger_id) for deal, link in by_id.items()}
        known = await records.get(tx, joined.connection, list(refs.values()))
        stored = await laid_over(tx, joined, sync, {ref: each.observation for ref, each in known.items()})
        for deal in deals:
            link = by_id.get(deal)
            there = stored.get(refs[deal]) if link is not None else None
            billed[deal].append(
                Billed(
                    place,
                    linked=link is not None or deal in ended,
                    invoice=there,
                    lines=_lines(link.base) if link is not None else None,
                    asked=bill.sync in asked.get(deal, ()),
                )
            )
    return replace(
        around,
        billed={deal: tuple(found) for deal, found in billed.items()},
        asked=frozenset(deal for deal, names in asked.items() if sync.name in names),
        today=await days.today(tx, joined.connection),
    )


async def note_other_invoices(tx: Tx, joined: Joined, changed: Sequence[Ref]) -> None:
    """An invoice of a deal in parts is new, changed or gone: what the others take off, and what the deal shows, may be something else."""
    billing = [sync for sync in joined.active if sync.billing is not None and sync.billing.parted]
    for sync in billing:
        ids = [ref.id for ref in changed if ref.side is Side.LEDGER and ref.kind is sync.ledger]
        deals = (
            await links.partners(tx, joined.connection, sync.name, Side.LEDGER, ids, dormant=True)
            if ids
            else {}
        )
        refs = [Ref(Side.CRM, sync.crm, deal) for deal in sorted(set(deals.values()))]
        for other in billing:
            if other is not sync and refs:
                await signals.note(tx, joined.connection, other.name, refs, False, joined.clock.now())


def _lines(base: Fields) -> Lines | None:
    return next((value for value in base.values() if isinstance(value, Lines)), None)
