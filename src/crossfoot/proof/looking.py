"""What is decided about records from what both sides hold now, with what memory says about them. The proof asks this of every record."""

from collections.abc import Iterator, Sequence

from crossfoot.model.identity import Ref
from crossfoot.proof.causes import Remembered
from crossfoot.runtime.gather import gather, refs_in
from crossfoot.runtime.joined import Joined
from crossfoot.settings.rules import Sync
from crossfoot.store import signals, subjects
from crossfoot.sync.plan import decide
from crossfoot.sync.subject import Decision, Subject


async def decided(joined: Joined, sync: Sync, refs: Sequence[Ref]) -> Iterator[tuple[Decision, Remembered]]:
    """The decision about each subject that these records make, and how memory says that it stood."""
    gathered = await gather(joined, sync, refs)
    async with joined.database.read() as tx:
        waiting = await signals.generations(tx, joined.connection, sync.name, refs)
        states = await subjects.get(tx, joined.connection, sync.name, refs)
    return (
        (decide(sync, subject, gathered.around), _remembered(subject, waiting, states))
        for subject in gathered.subjects
    )


def _remembered(subject: Subject, waiting: dict[Ref, int], states: dict[Ref, subjects.Stood]) -> Remembered:
    refs = refs_in(subject)
    stood = next((states[ref] for ref in refs if ref in states), None)
    return Remembered(
        stood.state if stood else None,
        stood.reason if stood else "",
        signalled=any(ref in waiting for ref in refs),
    )
