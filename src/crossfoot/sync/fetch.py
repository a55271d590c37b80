"""What must be read before deciding."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from crossfoot.model.abilities import KindAbilities
from crossfoot.model.identity import Ref, Side
from crossfoot.model.operations import Act, Operation
from crossfoot.model.records import Observation, Standing
from crossfoot.settings.rules import ConflictRule, Sync
from crossfoot.sync.merge import Merged, Why

FRESH = timedelta(seconds=1)
"""A write to an existing record rests on a look at it that is at most this old: neither system has compare-and-swap, so the moment between
look and write is the only one in which an edit could be overwritten, and it is kept this short."""

PROMPT = timedelta(seconds=10)
"""How long a system may take to answer a look. An answer that took longer tells too little of what the record holds now."""


def ages_from(asked_at: datetime, answered_at: datetime, *, slow: bool) -> datetime:
    """From when the age of a look counts: from the question, for it may have taken several calls, and the first of them told.

    `slow`: a look before this one took its time as well. So the system is slow, and it must be possible to write to it all the same: the age
    counts from the answer, unless that was too long in coming.
    """
    return answered_at if slow and answered_at - asked_at <= PROMPT else asked_at


NEW_FOR = timedelta(seconds=90)
"""So long a listing that began then tells that nobody has made a copy: less than a lease lasts, so that nobody else can have taken over since."""


def new_until(listed_at: datetime | None, abilities: KindAbilities, attempt: int) -> datetime | None:
    """Until when a creation is known to be the first from its origin, by what the last complete listing showed when it was planned.

    Only a first attempt rests on that; and where a second one would be refused, nobody needs to know.
    """
    return listed_at + NEW_FOR if listed_at is not None and abilities.makes_twice and attempt == 1 else None


def to_list_again(
    operations: Iterable[Operation],
    abilities: KindAbilities,
    listed_at: datetime | None,
    now: datetime,
) -> bool:
    """Whether what is there must be listed again before these creations: what was heard is too old to tell that nobody has made them before."""
    creates = any(operation.act is Act.CREATE for operation in operations)
    return creates and abilities.makes_twice and (listed_at is None or now > listed_at + NEW_FOR / 2)


GONE_AFTER = timedelta(days=1)
"""So long a record that its side does not find is looked for in every run. An index or a replica that lags has caught up by then."""


def given_up(seen: Observation, since: datetime, now: datetime) -> bool:
    """Whether a record has not been found for so long that nobody waits for it any longer. What that means is still not known."""
    return seen.standing is Standing.MISSING and now - since >= GONE_AFTER


def to_read(
    wanted: Iterable[Ref], seen_at: Mapping[Ref, datetime], unread: frozenset[Ref]
) -> dict[Side, list[Ref]]:
    """Records that were never seen, or about which there is a signal that no look has followed yet."""
    found: dict[Side, list[Ref]] = {side: [] for side in Side}
    for ref in sorted(set(wanted)):
        if ref in unread or ref not in seen_at:
            found[ref.side].append(ref)
    return found


def to_confirm(
    sync: Sync,
    operations: Iterable[Operation],
    abilities: Mapping[Side, KindAbilities],
    seen_at: Mapping[Ref, datetime],
    now: datetime,
) -> dict[Side, list[Ref]]:
    """Records that are about to be changed and whose last look is too old. `seen_at` tells from when each look ages."""
    found: dict[Side, set[Ref]] = {side: set() for side in Side}
    for operation in operations:
        if (
            operation.act in (Act.UPDATE, Act.ARCHIVE)
            and operation.target_id is not None
            and not ours_alone(sync, operation, abilities[operation.side])
        ):
            ref = Ref(operation.side, operation.kind, operation.target_id)
            looked = seen_at.get(ref)
            if looked is None or now - looked > FRESH:
                found[operation.side].add(ref)
    return {side: sorted(refs) for side, refs in found.items()}


def ours_alone(sync: Sync, operation: Operation, abilities: KindAbilities) -> bool:
    """Whether an update writes only what nobody else writes: fields of ours that show what the other side says, and that carry nothing back.

    A look before a write is there for the edit that it would overwrite. No edit of these fields counts, whatever is found in them: the other
    side's value goes there. So such a write needs no look. What became of the record itself, the answer tells.
    """
    return (
        operation.act is Act.UPDATE
        and bool(operation.values)
        and abilities.ours.issuperset(operation.values)
        and not any(
            sync.direction_of(pair).allows(operation.side.other)
            for pair in sync.pairs
            if not operation.values.keys().isdisjoint(pair.paths(operation.side))
        )
    )


def left_out(
    sync: Sync, operations: Iterable[Operation], side: Side, abilities: KindAbilities
) -> frozenset[str]:
    """The paths that a look before these writes does without: what takes calls of its own to read, and is not written.

    A write sends only what changes, so it overwrites nothing else. An archiving ends everything, and everything is looked at.
    """
    written: set[str] = set()
    for operation in operations:
        if operation.side is not side:
            continue
        if operation.act is not Act.UPDATE:
            return frozenset()
        fields = {change.field for change in operation.fields}
        written.update(operation.values, *(sync.pair(name).paths(side) for name in fields))
    return abilities.apart - written


def as_known(seen: Observation, known: Observation | None, paths: Collection[str]) -> bool:
    """Whether a look at some paths of a record shows the version that is known, and nothing new in it."""
    return (
        known is not None
        and seen.live
        and known.live
        and seen.modified is not None
        and seen.modified == known.modified
        and all(path in known.fields and known.fields[path] == seen.fields.get(path) for path in paths)
    )


def needs_times(sync: Sync, merged: Merged) -> bool:
    """Whether a conflict hangs on which field changed last, so that the moments per field are worth a read."""
    return any(change.why is Why.RULE_NEWEST for change in merged.changes) or any(
        sync.rule(sync.pair(conflict.field)) is ConflictRule.NEWEST for conflict in merged.conflicts
    )
