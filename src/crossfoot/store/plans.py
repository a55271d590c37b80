"""Plans: what would bring both sides into agreement, as it stood when a person looked. Their operations are in operations.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from crossfoot.store.database import Row, Tx
from crossfoot.store.values import decode, encode, micros, moment


class PlanState(StrEnum):
    """What became of a plan."""

    OPEN = "open"
    APPLIED = "applied"
    SUPERSEDED = "superseded"  # a newer plan took its place


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan's cover sheet."""

    id: str
    made_at: datetime
    state: PlanState = PlanState.OPEN
    rests_on: Mapping[str, int | None] = field(default_factory=dict)
    """Per sync, how often memory had moved (moves.py) when its part was planned; None if it moved meanwhile."""


async def put(tx: Tx, connection: str, plan: Plan) -> None:
    """Remember a plan as it is now."""
    await tx.run(
        "plans.put",
        id=plan.id,
        connection=connection,
        made_at=micros(plan.made_at),
        state=plan.state.value,
        summary=encode({"rests_on": plan.rests_on}),
    )


async def get(tx: Tx, connection: str, plan: str) -> Plan | None:
    """One plan."""
    row = await tx.one("plans.get", connection=connection, id=plan)
    return None if row is None else _plan(row)


async def latest(tx: Tx, connection: str, limit: int = 1) -> list[Plan]:
    """The newest plans, newest first."""
    return [_plan(row) for row in await tx.all("plans.latest", connection=connection, limit=limit)]


async def supersede_open(tx: Tx, connection: str) -> None:
    """Another plan takes the place of the open ones."""
    await tx.run("plans.supersede_open", connection=connection)


async def set_state(tx: Tx, connection: str, plan: str, state: PlanState) -> None:
    """Say what became of a plan."""
    await tx.run("plans.set_state", connection=connection, id=plan, state=state.value)


def _plan(row: Row) -> Plan:
    rests_on = decode(row["summary"]).get("rests_on", {})
    return Plan(row["id"], moment(row["made_at"]), PlanState(row["state"]), rests_on)
