"""What must be read before deciding."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

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
    operations: Iterable[Operation], seen_at: Mapping[Ref, datetime], now: datetime
) -> dict[Side, list[Ref]]:
    """Records that are about to be changed and whose last look is too old. `seen_at` tells from when each look ages."""
    found: dict[Side, set[Ref]] = {side: set() for side in Side}
    for operation in operations:
        if operation.act in (Act.UPDATE, Act.ARCHIVE) and operation.target_id is not None:
            ref = Ref(operation.side, operation.kind, operation.target_id)
            looked = seen_at.get(ref)
            if looked is None or now - looked > FRESH:
                found[operation.side].add(ref)
    return {side: sorted(refs) for side, refs in found.items()}


def needs_times(sync: Sync, merged: Merged) -> bool:
    """Whether a conflict hangs on which field changed last, so that the moments per field are worth a read."""
    return any(change.why is Why.RULE_NEWEST for change in merged.changes) or any(
        sync.rule(sync.pair(conflict.field)) is ConflictRule.NEWEST for conflict in merged.conflicts
    )
