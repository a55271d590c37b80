"""A person asks for an invoice of a deal, whatever the rules say about when it is made. What they ask for is shown before, and then remembered."""

from dataclasses import dataclass, replace

from crossfoot.model.identity import Ref, Side
from crossfoot.model.operations import Act, Operation
from crossfoot.runtime.gather import gather
from crossfoot.runtime.joined import Joined
from crossfoot.settings.rules import Sync
from crossfoot.store import requests, signals
from crossfoot.store.database import Tx
from crossfoot.sync.plan import decide
from crossfoot.sync.subject import Decision, Single


@dataclass(frozen=True, slots=True)
class Asked:
    """What would become of it if a person asked for one of the invoices of a deal."""

    sync: Sync
    decision: Decision

    @property
    def made(self) -> bool:
        """Whether the deal has that invoice, or had it."""
        subject = self.decision.subject
        return not isinstance(subject, Single) or subject.ended

    @property
    def operation(self) -> Operation | None:
        """What would make it; None if it cannot be made."""
        return next((each for each in self.decision.operations if each.act is Act.CREATE), None)


async def would_invoice(joined: Joined, deal: Ref) -> list[Asked]:
    """For each invoice of a deal, in their order, what would become of it. The deal is read afresh; empty if no sync invoices deals."""
    found: list[Asked] = []
    for sync in joined.active:
        if sync.billing is None or sync.kind(deal.side) is not deal.kind:
            continue
        gathered = await gather(joined, sync, [deal], frozenset([deal]) if not found else frozenset())
        around = replace(gathered.around, asked=frozenset([deal.id]))
        found.append(Asked(sync, decide(sync, gathered.subjects[0], around)))
    return found


async def ask(joined: Joined, sync: Sync, deal: Ref, by: str) -> None:
    """Remember that a person asks for the invoice that a sync makes of a deal; the next run makes it."""
    async with joined.database.write() as tx:
        await requests.put(tx, joined.connection, sync.name, deal.id, joined.clock.now(), by)
        await _look_again(joined, deal, tx)


async def withdraw(joined: Joined, deal: Ref) -> None:
    """Nobody asks for invoices of the deal any longer. What was made stays."""
    async with joined.database.write() as tx:
        for sync in joined.syncs:
            if sync.billing is not None:
                await requests.withdraw(tx, joined.connection, sync.name, deal.id)
        await _look_again(joined, deal, tx)


async def _look_again(joined: Joined, deal: Ref, tx: Tx) -> None:
    """All invoices of the deal: what is asked for of one is taken off the last one."""
    for sync in joined.syncs:
        if sync.billing is not None and deal.side is Side.CRM:
            await signals.note(tx, joined.connection, sync.name, [deal], False, joined.clock.now())
