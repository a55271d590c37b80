"""Why does this record say that? The link, the base, both sides, the rule, the operations, the questions, the history."""

from dataclasses import dataclass
from datetime import datetime

from crossfoot.model.identity import Ref, Side
from crossfoot.model.links import Link
from crossfoot.model.records import Observation, Value
from crossfoot.runtime.gather import gather
from crossfoot.runtime.joined import Joined
from crossfoot.settings.mappings import Untold
from crossfoot.settings.rules import Sync
from crossfoot.store import history, operations, records, reviews, subjects
from crossfoot.store.history import Line
from crossfoot.store.operations import Recorded
from crossfoot.store.reviews import Review
from crossfoot.store.subjects import Stood
from crossfoot.sync.billing import facing
from crossfoot.sync.plan import decide
from crossfoot.sync.subject import Decision, Pair


@dataclass(frozen=True, slots=True)
class FieldExplained:
    """One mapped field of a linked pair."""

    field: str
    base: Value
    agreed_before: bool
    """Whether the field ever agreed; without that, `base` says nothing."""
    crm: Value | Untold
    ledger: Value | Untold
    direction: str
    rule: str
    verdict: str
    """What the comparison says, for people."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything known about one record in one sync."""

    sync: str
    link: Link | None
    seen: dict[Side, Observation]
    looked_at: dict[Side, datetime]
    stood: Stood | None
    decision: Decision
    fields: tuple[FieldExplained, ...]
    operations: tuple[Recorded, ...]
    questions: tuple[Review, ...]
    history: tuple[Line, ...]


async def explain(joined: Joined, ref: Ref) -> list[Explanation]:
    """One explanation for each sync that covers the record's kind; empty if the record was never seen. From memory: nobody is called."""
    async with joined.database.read() as tx:
        if not await records.get(tx, joined.connection, [ref]):
            return []
    return [await _explain(joined, sync, ref) for sync in joined.syncs if sync.kind(ref.side) is ref.kind]


async def find(joined: Joined, text: str) -> list[Ref]:
    """Records whose id or one of whose match keys is this text: an e-mail, a name, a code."""
    async with joined.database.read() as tx:
        return await records.search(tx, joined.connection, text)


async def _explain(joined: Joined, sync: Sync, ref: Ref) -> Explanation:
    gathered = await gather(joined, sync, [ref], ask=False)
    subject = gathered.subjects[0]
    decision = decide(sync, subject, gathered.around)
    seen = (
        {Side.CRM: subject.crm, Side.LEDGER: subject.ledger}
        if isinstance(subject, Pair)
        else {subject.side: subject.seen}
    )
    async with joined.database.read() as tx:
        stood = (await subjects.get(tx, joined.connection, sync.name, [ref])).get(ref)
        done = await operations.of_record(tx, joined.connection, ref, [sync.name], 20)
        asked = await reviews.of_record(tx, joined.connection, ref, [sync.name])
        told = await history.of_record(tx, joined.connection, ref, [sync.name], 20)
    fields: list[FieldExplained] = []
    if isinstance(subject, Pair):
        crm, ledger = facing(sync, subject.crm, subject.ledger, gathered.around, subject.link.base)
        fields = [
            FieldExplained(
                pair.name,
                subject.link.base.get(pair.name),
                pair.name in subject.link.base,
                pair.read(Side.CRM, crm.fields),
                pair.read(Side.LEDGER, ledger.fields),
                sync.direction_of(pair).value,
                sync.rule(pair).value,
                _verdict(decision, pair.name),
            )
            for pair in sync.pairs
        ]
    return Explanation(
        sync.name,
        subject.link if isinstance(subject, Pair) else None,
        seen,
        {each.ref.side: gathered.seen_at[each.ref] for each in seen.values() if each.ref in gathered.seen_at},
        stood,
        decision,
        tuple(fields),
        tuple(done),
        tuple(asked),
        tuple(told),
    )


def _verdict(decision: Decision, name: str) -> str:
    for operation in decision.operations:
        for change in operation.fields:
            if change.field == name:
                return f"goes to {operation.side}: {change.why}"
    for conflict in decision.conflicts:
        if conflict.field == name:
            return f"waits for a decision: {conflict.why}"
    for difference in decision.differences:
        if difference.field == name:
            return f"differs and stays so: {difference.why}"
    return "both sides agree"
