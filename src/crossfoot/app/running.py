"""Runs that are remembered: what was executed, by whom it was started, and how it ended."""

from collections.abc import Awaitable

from crossfoot.runtime.cycle import Report
from crossfoot.runtime.joined import Joined
from crossfoot.store import runs
from crossfoot.store.runs import Run, RunState


async def remembered(joined: Joined, trigger: str, run: Awaitable[Report]) -> Report:
    """Do the run, then store how it ended. One that never began, because another one was under way, is not stored."""
    started_at = joined.clock.now()
    report = await run
    if report.busy:
        return report
    state = RunState.HALTED if report.halt else RunState.FAILED if report.trouble else RunState.DONE
    tally = report.tally
    counts = {
        "listed": report.listed,
        "changed": report.changed,
        "applied": tally.applied,
        "refused": tally.refused,
        "unknown": tally.unknown,
        "superseded": tally.superseded,
        "waiting": tally.waiting,
        "by": tally.applied_by,
    }
    async with joined.database.write() as tx:
        await runs.put(
            tx,
            joined.connection,
            Run(
                report.run,
                trigger,
                started_at,
                None,
                joined.clock.now(),
                state,
                counts,
                report.trouble,
            ),
        )
    return report
