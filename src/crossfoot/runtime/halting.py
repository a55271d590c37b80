"""Halts: finding a connection halted, halting it, and letting it go on. A halt calls a person, and stays until one says so."""

from crossfoot.model.identity import Side
from crossfoot.runtime.joined import Joined
from crossfoot.store import connections, history, runs
from crossfoot.sync.stop import Halt, HaltCause, wrong_account


class HaltError(Exception):
    """A reason to halt that comes back by itself for as long as it lasts, and so is not stored."""

    def __init__(self, halt: Halt) -> None:
        super().__init__(halt.what)
        self.halt = halt


async def check_accounts(joined: Joined) -> None:
    """Are both systems still the ones that the links belong to? Raises `HaltError`."""
    async with joined.database.read() as tx:
        known = await connections.get(tx, joined.connection)
    expected = {Side.CRM: known and known.crm_identity, Side.LEDGER: known and known.ledger_identity}
    for side, key in expected.items():
        found = joined.descriptions[side].identity.key
        if key and (halt := wrong_account(side, key, found, joined.titles)):
            raise HaltError(halt)


async def standing_halt(joined: Joined) -> Halt | None:
    """The halt that no person has released yet."""
    async with joined.database.read() as tx:
        standing = (await runs.halted(tx, joined.connection)).get("")
    if standing is None:
        return None
    return Halt(HaltCause(standing.reason), standing.detail["what"], standing.detail["fix"])


async def halt_connection(joined: Joined, halt: Halt, run: str) -> None:
    """Nothing more is written for this connection until a person has released it. `run`: the run that stops here, if it is stored."""
    now = joined.clock.now()
    line = history.Line(joined.new_id(), now, "", "halt", halt.what, run=run or None)
    async with joined.database.write() as tx:
        stored = runs.Halt("", halt.cause, now, {"what": halt.what, "fix": halt.fix})
        await runs.halt(tx, joined.connection, stored)
        await history.add(tx, joined.connection, [line])


async def release_halt(joined: Joined, by: str) -> None:
    """The connection goes on."""
    async with joined.database.write() as tx:
        await runs.release(tx, joined.connection, "", joined.clock.now(), by)
