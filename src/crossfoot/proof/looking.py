"""What is decided about records from what both sides hold now, with what memory says about them. The proof asks this of every record."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crossfoot.model.identity import Ref, Side
from crossfoot.model.records import Observation
from crossfoot.proof.causes import Remembered
from crossfoot.runtime.gather import gather, refs_in
from crossfoot.runtime.joined import Joined
from crossfoot.settings.rules import Sync
from crossfoot.store import signals, subjects
from crossfoot.sync.billing import facing
from crossfoot.sync.plan import decide
from crossfoot.sync.subject import Decision, Pair, Subject, Surroundings


@dataclass(frozen=True, slots=True)
class Looked:
    """One subject, as it is seen now."""

    decision: Decision
    remembered: Remembered
    sides: Mapping[Side, Observation]
    """Its records as they are compared; one of them only where there is no partner."""

    @property
    def live(self) -> dict[Side, Observation]:
        """Those that are there."""
        return {side: each for side, each in self.sides.items() if each.live}

    @property
    def paired(self) -> bool:
        """Whether the two are known to be the same."""
        return isinstance(self.decision.subject, Pair)


async def looked(joined: Joined, sync: Sync, refs: Sequence[Ref]) -> Iterator[Looked]:
    """The decision about each subject that these records make, and how memory says that it stood."""
    gathered = await gather(joined, sync, refs)
    async with joined.database.read() as tx:
        waiting = await signals.generations(tx, joined.connection, sync.name, refs)
        states = await subjects.get(tx, joined.connection, sync.name, refs)
    around = gathered.around
    return (
        Looked(decide(sync, each, around), _remembered(each, waiting, states), _sides(sync, each, around))
        for each in gathered.subjects
    )


def _sides(sync: Sync, subject: Subject, around: Surroundings) -> Mapping[Side, Observation]:
    if not isinstance(subject, Pair):
        return {subject.side: subject.seen}
    if not (subject.crm.live and subject.ledger.live):
        return {side: subject.on(side) for side in Side}
    crm, ledger = facing(sync, subject.crm, subject.ledger, around, subject.link.base)
    return {Side.CRM: crm, Side.LEDGER: ledger}


def _remembered(subject: Subject, waiting: dict[Ref, int], states: dict[Ref, subjects.Stood]) -> Remembered:
    refs = refs_in(subject)
    stood = next((states[ref] for ref in refs if ref in states), None)
    return Remembered(
        stood.state if stood else None,
        stood.reason if stood else "",
        signalled=any(ref in waiting for ref in refs),
    )
