"""Several subjects, decided one after the other: what one decision will make is known to the next, so that no unique value is given twice."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from crossfoot.model.identity import Side
from crossfoot.model.links import LinkState
from crossfoot.model.operations import Act, Operation
from crossfoot.settings.rules import Sync
from crossfoot.sync.plan import decide
from crossfoot.sync.subject import CLAIM, Decision, Owed, Subject, Surroundings

Claims = dict[tuple[Side, str], list[tuple[str, str]]]
"""(side, claimant as `subject.CLAIM` writes it) to the (unique path, folded value) that it will hold."""


def decide_in_turn(sync: Sync, subjects: Iterable[Subject], around: Surroundings) -> list[Decision]:
    """One decision per subject, in their order.

    What is not done only because of what is planned for others is looked at again: their plan may never be carried out.
    """
    before = around
    holders, crowds, linked, owed = (
        dict(around.holders),
        dict(around.crowds),
        dict(around.linked),
        dict(around.owed),
    )
    around = replace(around, holders=holders, crowds=crowds, linked=linked, owed=owed)
    found: list[Decision] = []
    for subject in subjects:
        decision = decide(sync, subject, around)
        if decision.problem is not None and not decision.operations:
            free = decide(sync, subject, _unplanned(before)).operations
            decision = replace(decision, again=decision.again or bool(free))
        found.append(decision)
        if decision.link is not None and decision.link.state is not LinkState.ENDED:
            for ref in decision.look_at:
                linked[ref] = decision.link.id
        for (side, claimant), held in claims(sync, decision.operations, around).items():
            for path, value in held:
                place = (side, path, value)
                holders[place] = holders.get(place, frozenset()) | {claimant}
        for operation in decision.operations:
            parent_path = around.abilities[operation.side].parent_path
            _pay(operation, owed, around)
            if operation.target_id is None and parent_path is not None:
                parent = str(operation.values.get(parent_path))
                crowds[parent] = crowds.get(parent, 0) + 1
    return found


def _unplanned(around: Surroundings) -> Surroundings:
    """As if nothing were planned: unique values belong to those that have them."""
    there = {
        place: frozenset(each for each in holders if not each.startswith(CLAIM))
        for place, holders in around.holders.items()
    }
    return replace(around, holders=there)


def _pay(operation: Operation, owed: dict[str, Owed], around: Surroundings) -> None:
    """After a payment that is planned, less is due for the next one."""
    posting = around.abilities[operation.side].posting
    if operation.act is not Act.CREATE or posting is None or not (posting.pays and posting.amount):
        return
    document, amount = operation.values.get(posting.pays), operation.values.get(posting.amount)
    if isinstance(document, str) and document in owed and isinstance(amount, Decimal):
        owed[document] = owed[document].less(amount)


def claims(sync: Sync, planned: Iterable[Operation], around: Surroundings) -> Claims:
    """The unique values that planned operations will hold."""
    found: Claims = {}
    for operation in planned:
        if operation.act not in (Act.CREATE, Act.UPDATE) or operation.sync != sync.name:
            continue
        for path in around.abilities[operation.side].unique_paths:
            value = operation.values.get(path)
            if isinstance(value, str):
                claimant = CLAIM + (operation.source_id or operation.target_id or "")
                found.setdefault((operation.side, claimant), []).append((path, value.casefold()))
    return found
