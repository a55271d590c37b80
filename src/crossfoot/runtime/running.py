"""The frame of a run: it holds the connection's lease, stands in the log from its first moment, and ends with what it did or why it stopped."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from crossfoot.runtime.halting import HaltError
from crossfoot.runtime.joined import Joined
from crossfoot.runtime.lease import Lease, LeaseLost
from crossfoot.runtime.report import Report
from crossfoot.store import runs
from crossfoot.store.runs import Run, RunState
from crossfoot.systems.port import Trouble


async def under_lease(
    joined: Joined, holder: str, report: Report, work: Callable[[Lease], Awaitable[None]], trigger: str = ""
) -> None:
    """Do the work while holding the connection's lease; a trouble of the whole connection ends the run with its reason.

    A run that writes (it has an id) is stored when it begins and completed at its end, so that one that dies leaves its trace. `trigger`
    is what started it.
    """
    lease = await Lease.take(joined.database, joined.clock, joined.connection, holder, joined.alive)
    if lease is None:
        report.busy = True
        return
    begun = Run(report.run, trigger, joined.clock.now())
    try:
        if report.run:
            await _begin(joined, begun, lease)
        try:
            await work(lease)
        except Trouble as trouble:
            report.trouble = trouble.problem
        except HaltError as stop:
            report.halt = stop.halt
        if report.run:
            await _complete(joined, begun, report)
    except LeaseLost:
        report.busy = True
        return
    except (Exception, asyncio.CancelledError):
        await lease.give_back()
        raise
    await lease.give_back()


async def _begin(joined: Joined, run: Run, lease: Lease) -> None:
    """Whoever holds the lease knows that every other run that seems under way was interrupted."""
    async with joined.database.write() as tx:
        await lease.check(tx)
        await runs.interrupt(tx, joined.connection)
        await runs.put(tx, joined.connection, run)


async def _complete(joined: Joined, run: Run, report: Report) -> None:
    tally = report.tally
    ended = replace(
        run,
        ended_at=joined.clock.now(),
        state=RunState.HALTED if report.halt else RunState.FAILED if report.trouble else RunState.DONE,
        counts={
            "listed": report.listed,
            "changed": report.changed,
            "applied": tally.applied,
            "refused": tally.refused,
            "unknown": tally.unknown,
            "superseded": tally.superseded,
            "waiting": tally.waiting,
            "by": tally.applied_by,
        },
        problem=report.trouble,
    )
    async with joined.database.write() as tx:
        await runs.put(tx, joined.connection, ended)
