"""From a seed to a verdict: one scenario played, judged, and told."""

import os
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from tests.simulation import document_people
from tests.simulation import engine as real
from tests.simulation.faults import mix
from tests.simulation.oracle import ALWAYS, INVARIANTS, judge
from tests.simulation.people import script
from tests.simulation.scenario import Config, Scenario
from tests.simulation.scheduler import Endless, Stuck
from tests.simulation.view import view_of
from tests.simulation.words import Line, Violation
from tests.simulation.world import MakeEngine, World
from tests.witnesses.court import sparingly

from crossfoot_sandbox.faults import draw

ACTS = 24
MONEY = float(os.environ.get("CROSSFOOT_MONEY", "0"))
"""The share of seeds that are about money. None by default, until the seeds that are known to fail are mended; `CROSSFOOT_MONEY=1` draws nothing else."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one run."""

    scenario: Scenario
    violations: tuple[Violation, ...]
    trace: str
    happened: dict[str, str] = field(default_factory=dict)
    effects: tuple[str, ...] = ()
    counters: Counter[str] = field(default_factory=Counter)
    lines: tuple[Line, ...] = ()
    seconds: float = 0.0
    """Virtual seconds that the run lasted."""
    calls: int = 0

    @property
    def invariant(self) -> str:
        """The first invariant that was broken, or ""."""
        return self.violations[0].invariant if self.violations else ""


def drawn(seed: int, *, money: bool | None = None) -> Scenario:
    """The scenario of a seed; whether it is about money is drawn too, unless it is said."""

    def one(name: str, **chances: float) -> str:
        left = draw(seed, name)
        for choice, share in chances.items():
            left -= share
            if left < 0:
                return choice.replace("_", " ")
        return choice.replace("_", " ")

    money = draw(seed, "money") < MONEY if money is None else money
    only = one("only", people=0.3, companies=0.15, products=0.25, all=0.3).replace("all", "")
    config = Config(
        rule=one("rule", newest=0.5, crm=0.15, ledger=0.15, ask=0.2),
        deletion=one("deletion", ignore=0.6, archive=0.4),
        invoice="both" if only == "companies" else one("invoice", both=0.7, people=0.3),
        only=only,
        workers=2 if draw(seed, "workers") < 0.3 else 1,
        interval=(30.0, 60.0, 90.0)[int(draw(seed, "interval") * 3)],
        until=(180.0, 270.0, 360.0)[int(draw(seed, "until") * 3)],
        lag=(2.0, 30.0)[int(draw(seed, "lag") * 2)],
        merge=one("merge", new_id=0.7, primary_id=0.3),
        shared_budget=draw(seed, "budget") < 0.15,
        atomic=draw(seed, "atomic") < 0.7,
        preview=draw(seed, "preview") < 0.1,
    )
    if money:
        return _drawn_with_money(seed, config)
    acts = int(6 + draw(seed, "acts") * ACTS)
    return Scenario(seed, config, script(seed, config, acts), mix(seed))


def _drawn_with_money(seed: int, config: Config) -> Scenario:
    """A world of invoices, deals and payments; fewer runs and acts, for each of them has more to do."""
    syncs = (
        "invoices",
        "invoices,payments",
        "deals",
        "products,invoices",
        "products,invoices,deals,payments",
    )
    config = replace(
        config,
        only=f"people,{syncs[int(draw(seed, 'syncs') * len(syncs))]}",
        invoice="people",
        until=(140.0, 200.0)[int(draw(seed, "until") * 2)],
        interval=(30.0, 60.0)[int(draw(seed, "interval") * 2)],
        merge="new id",
    )
    acts = int(4 + draw(seed, "acts") * ACTS / 2)
    return Scenario(seed, config, document_people.script(seed, config, acts), mix(seed))


def play(
    scenario: Scenario,
    make_engine: MakeEngine = real.RealEngine,
    *,
    prepare: Callable[[World], Any] | None = None,
    every_call: bool = False,
) -> Verdict:
    """Play a scenario to its end and judge it.

    Where vendors' own words are present, the calls to them are judged (`tests/witnesses/court.py`): each shape once, or every one.
    """
    with sparingly(sparing=not every_call):
        return _play(scenario, make_engine, prepare)


def _play(scenario: Scenario, make_engine: MakeEngine, prepare: Callable[[World], Any] | None) -> Verdict:
    world = World(scenario, make_engine, real.RealMemory())
    if prepare is not None:
        prepare(world)
    found: list[Violation] = []

    async def listened(world: World) -> None:
        view = await view_of(world)
        # Only a complete look shows what came back from the CRM's bin: restoring moves no modified date (HubSpot A6).
        view.entries = [entry for entry in view.entries if not entry.archivings]
        found.extend(judge(view, ("HEARD",)))

    async def replaced(world: World) -> None:
        view = await view_of(world)
        world.told += view.told
        world.apart |= view.apart
        world.former += view.links

    world.on_listened = listened
    world.on_restore = replaced

    async def main() -> None:
        await world.play()
        engine = None if world.violations else await world.quiet()
        if engine is None:
            found.extend([*world.violations, *judge(await view_of(world), ALWAYS)])
            return
        view = await view_of(world, await engine.unsettled())
        found.extend(judge(view, [name for name in INVARIANTS if name not in ("CALM", "AGAIN")]))
        if not found:
            await world.once_more(engine)
            found.extend(judge(await view_of(world), ("CALM", "AGAIN")))
        found.extend(world.violations)

    try:
        world.loop.run(main())
    except (Stuck, Endless) as error:
        found.append(Violation("AGREE", f"the run came to no end: {error}"))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
        where = traceback.extract_tb(error.__traceback__)[-1]
        found.append(Violation("DURABLE", f"{type(error).__name__} in {where.name}: {error}"))
    finally:
        if world.database is not None:
            real.RealMemory().close(world.database)
    _count(world)
    _show(world)
    return Verdict(
        scenario,
        tuple(found),
        world.loop.trace,
        dict(world.fates.happened),
        tuple(world.fates.effects),
        world.counters,
        tuple(world.lines),
        world.loop.time(),
        len(world.wire),
    )


def _show(world: World) -> None:
    """Crossfoot's own writes and the mishaps become lines of the story, at their moments."""
    for call in world.wire:
        mishap = world.fates.happened.get(call.label, "")
        if call.writes or mishap:
            fate = f" ({mishap})" if mishap else "" if call.status < 300 else f" ({call.status})"
            arrow = "→" if call.system == "ledger" else "←"
            shown = "; ".join(
                f"{record_id[:11] or 'new'}: {', '.join(str(name) for name in values)}"
                for record_id, values in call.targets[:3]
            )
            text = f"{arrow} {call.request.what}{fate} {shown}".rstrip()
            world.lines.append(Line(world.seconds(call.at), "", text))
    for label, mishap in world.fates.happened.items():
        if label.startswith("commit "):
            world.counters["crash at a commit"] += mishap != ""
    world.lines.sort(key=lambda line: line.at)


def _count(world: World) -> None:
    for label, kind in world.fates.happened.items():
        world.counters[kind] += 1
        if kind == "reply lost" and ("create" in label or "PUT" in label):
            world.counters["reply lost on create"] += 1


def without(scenario: Scenario, **changes: Any) -> Scenario:
    """The scenario with another configuration."""
    return replace(scenario, config=replace(scenario.config, **changes))
