"""When to halt and call a person. Refusing is a feature: many records changing or vanishing at once is more often a mishap than a wish."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from crossfoot.model.identity import Kind, Side
from crossfoot.model.operations import Act, Operation
from crossfoot.settings.rules import Halts, Sync
from crossfoot.sync.subject import Decision, Pair
from crossfoot.systems.port import FieldInfo


class HaltCause(StrEnum):
    """Why a sync or connection was halted."""

    MASS_CHANGE = "mass_change"  # one run would change or archive unusually many records
    EMPTIED = "emptied"  # a side shows far fewer records than were there before
    WRONG_ACCOUNT = "wrong_account"  # the credentials lead to another account than the links belong to


@dataclass(frozen=True, slots=True)
class Halt:
    """A deliberate stop. Nothing was written; a person looks at the plan, then applies it or mends the cause."""

    cause: HaltCause
    what: str
    fix: str


def mass_change(
    sync: Sync, counts: Mapping[tuple[Act, Side], int], linked: int, halts: Halts, titles: Mapping[Side, str]
) -> Halt | None:
    """Whether a plan that no person has seen would change or archive too much at once.

    `counts` are the planned operations, `linked` the active links of the sync. New records and new links destroy nothing and are not counted.
    """
    bound = max(halts.floor, int(halts.share * linked))
    for (act, side), count in sorted(counts.items()):
        if act in (Act.UPDATE, Act.ARCHIVE) and count > bound:
            kind = sync.kind(side)
            return Halt(
                HaltCause.MASS_CHANGE,
                f"The sync '{sync.name}' would {act} {count} {_plural(kind)} in {titles[side]} at once; "
                f"without a person's word it does at most {bound}.",
                "Look at it with 'crossfoot plan' and let it through with 'crossfoot apply', or correct the cause on the side where it happened.",
            )
    return None


def completes(sync: Sync, decision: Decision, operation: Operation) -> bool:
    """Whether an operation only brings a record what it did not have and never agreed on: nothing that anybody said is changed by it.

    So a new document gets its lines and its customer, and a deal the number of its invoice.
    """
    subject = decision.subject
    return (
        operation.act is Act.UPDATE
        and isinstance(subject, Pair)
        and not any(
            change.field in subject.link.base or sync.pair(change.field).says(change.before)
            for change in operation.fields
        )
    )


def computes(sync: Sync, operation: Operation, fields: Mapping[str, FieldInfo]) -> bool:
    """Whether an operation only writes what was computed, into fields that were made for it: it replaces nothing that anybody said."""
    return (
        operation.act is Act.UPDATE
        and bool(operation.fields)
        and all(sync.pair(change.field).computed and not change.overrules for change in operation.fields)
        and all(fields[path].custom for path in operation.values)
    )


def emptied(
    side: Side, kind: Kind, seen: int, known: int, halts: Halts, titles: Mapping[Side, str]
) -> Halt | None:
    """Whether a complete listing shows so little of what was there before that something is wrong with it."""
    gone = known - seen
    bound = max(halts.floor, int(halts.share * known))
    if gone <= bound:
        return None
    return Halt(
        HaltCause.EMPTIED,
        f"{titles[side]} shows {seen} {_plural(kind)} where {known} were known; {gone} are missing at once.",
        "Check in the system itself what happened. If it is meant, release the halt with 'crossfoot sync --release'.",
    )


def wrong_account(side: Side, expected: str, found: str, titles: Mapping[Side, str]) -> Halt | None:
    """Whether the credentials lead to another portal or organisation than the one that the links belong to."""
    if expected == found:
        return None
    return Halt(
        HaltCause.WRONG_ACCOUNT,
        f"{titles[side]} answers as {found}, but this connection belongs to {expected}.",
        "Connect it to the account it was made for, or make a new connection for the other one.",
    )


def _plural(kind: Kind) -> str:
    words = kind.replace("_", " ")
    return {"company": "companies", "contact person": "contact persons"}.get(words, words + "s")
