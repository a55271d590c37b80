"""From an operation to a write, and from the answer to what became of it: applied, refused, unknown, wait.

Three outcomes, not two: *unknown* is never treated as refused, because that is how duplicates are made. It is resolved by looking.
"""

from dataclasses import dataclass
from datetime import datetime

from crossfoot.model.abilities import KindAbilities
from crossfoot.model.fields import FieldType
from crossfoot.model.operations import Act, FieldChange, Operation, OperationState
from crossfoot.model.problems import Problem
from crossfoot.model.records import Fields, Observation, Standing
from crossfoot.settings.mappings import UNTOLD, Untold
from crossfoot.settings.rules import Sync
from crossfoot.systems.port import Action, Answer, Applied, Refused, Unknown, Wait, Write


def batch_size(act: Act, abilities: KindAbilities) -> int:
    """How many operations of one act make one call; links make none, and go by the hundred."""
    sizes = {
        Act.CREATE: abilities.create_batch,
        Act.UPDATE: abilities.update_batch,
        Act.ARCHIVE: abilities.archive_batch,
    }
    return max(1, sizes.get(act, 100))


def to_write(operation: Operation, attempt: int, seen: Fields, new_until: datetime | None = None) -> Write:
    """The write of an operation. Each attempt has an id of its own: a system that caches answers under it must not replay a stale error."""
    return Write(
        operation=f"{operation.id}.{attempt}",
        action=Action(operation.act.value),
        kind=operation.kind,
        id=operation.target_id,
        values=operation.values,
        key=operation.key,
        new_until=new_until if operation.act is Act.CREATE else None,
        seen=seen,
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an operation, as far as is known now."""

    state: OperationState
    record_id: str | None = None
    """For a create that was applied: the new record."""
    seen: Observation | None = None
    """What the record holds now, by the system's own answer."""
    problem: Problem | None = None
    twin: str | None = None
    """The record that stood in the way."""
    wait_seconds: float = 0.0
    note: str = ""
    warnings: tuple[str, ...] = ()
    """What the system remarked, although it did what was asked."""


def outcome(answer: Answer) -> Outcome:
    """What an answer means."""
    match answer:
        case Applied(record_id, seen, warnings):
            return Outcome(OperationState.APPLIED, record_id, seen, warnings=warnings)
        case Refused(problem, twin):
            return Outcome(OperationState.REFUSED, problem=problem, twin=twin)
        case Unknown(why):
            return Outcome(OperationState.UNKNOWN, note=why)
        case Wait(why, seconds):
            return Outcome(OperationState.PLANNED, wait_seconds=seconds, note=why)


@dataclass(frozen=True, slots=True)
class Lookup:
    """How to find out what became of an operation without repeating it: read by id, or find by a value that only our record has."""

    record_id: str | None = None
    path: str | None = None
    value: str | None = None


def lookup(operation: Operation, abilities: KindAbilities) -> Lookup | None:
    """The look that resolves an unknown operation; None if there is none and a person must look."""
    if operation.act is not Act.CREATE:
        return Lookup(record_id=operation.target_id)
    if abilities.parent_path is not None:
        # Its id is not known; reading the record that holds it shows everything that is kept in there.
        return Lookup(record_id=f"{operation.values.get(abilities.parent_path)}/")
    if abilities.key_path and operation.key:
        return Lookup(path=abilities.key_path, value=operation.key)
    for path in abilities.unique_paths:
        value = operation.values.get(path)
        if isinstance(value, str):
            return Lookup(path=path, value=value)
    return None


def resolved(sync: Sync, operation: Operation, found: Observation | None) -> Outcome:
    """What a look at the record proves about an operation whose outcome was unknown.

    If it did not happen, it is planned again from what is there now, never sent again as it was.
    """
    planned_again = Outcome(
        OperationState.SUPERSEDED, seen=found, note="looked: it did not happen; planned again"
    )
    if found is None:
        return planned_again
    happened = Outcome(OperationState.APPLIED, found.ref.id, found, note="looked: it had happened")
    match operation.act:
        case Act.CREATE:
            # A person may have archived it since, or merged it into another one; it was made all the same, and must not be made again.
            made = (Standing.LIVE, Standing.ARCHIVED, Standing.MERGED)
            return happened if found.standing in made else planned_again
        case Act.ARCHIVE:
            return happened if found.standing is Standing.ARCHIVED else planned_again
        case _:
            return happened if found.live and holds(sync, operation, found) else planned_again


OVERTAKEN = Outcome(OperationState.SUPERSEDED, note="looked: its record has a partner by now")
"""A creation that could not be looked up, and whose origin was matched or linked since."""


def holds(sync: Sync, operation: Operation, found: Observation) -> bool:
    """Whether a record holds everything that an operation was to write."""
    return all(holds_change(sync, operation, change, found) for change in operation.fields)


def holds_change(sync: Sync, operation: Operation, change: FieldChange, found: Observation) -> bool:
    """Whether a record holds what an operation was to write for one field. Of lines it is asked how they were written: their prices may have
    tax in them there.
    """
    pair = sync.pair(change.field)
    told = pair.read(operation.side, found.fields)
    wanted = pair.read(operation.side, operation.values) if pair.lens.type is FieldType.LINES else UNTOLD
    return not isinstance(told, Untold) and pair.same(
        told, change.after if isinstance(wanted, Untold) else wanted
    )
