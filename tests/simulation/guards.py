"""Each safeguard, removed. Every removal must make the campaign fail, and in the expected way; one that does not says that something else covers it."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from tests.simulation.faults import SLOW, UNSEEN
from tests.simulation.play import play
from tests.simulation.scenario import Scenario

from crossfoot.model.identity import Side
from crossfoot.model.operations import Act, OperationState
from crossfoot.model.records import Standing
from crossfoot.runtime import confirming, cycle, lease, listen, pushing, resolving
from crossfoot.settings import mappings
from crossfoot.store import leases, links, operations, reviews, signals
from crossfoot.sync import in_turn, plan
from crossfoot.sync import push as sync_push
from crossfoot.sync.subject import Pair
from crossfoot.systems.hubspot import listing as hubspot_listing
from crossfoot.systems.port import Page

_pushing: Any = pushing
_in_turn: Any = in_turn
_plan: Any = plan
"""Modules whose inner names are replaced; they export them to nobody else."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A safeguard, and how to remove it."""

    name: str
    remove: Callable[[], Any]
    """A context in which it is gone."""
    seen_as: tuple[str, ...]
    """The invariants that may tell; the first one is the usual one."""
    config: Mapping[str, Any] = field(default_factory=dict)
    """What the configuration must be for it to show."""
    rates: Mapping[str, float] = field(default_factory=dict)
    """Mishaps that it guards against, more often than usual."""


@contextmanager
def _patched(*changes: tuple[Any, str, Any]) -> Iterator[None]:
    with ExitStack() as stack:
        for owner, name, value in changes:
            stack.enter_context(patch.object(owner, name, value))
        yield


def _no_own_key() -> Any:
    """Every creation has a key of its own: a second creation does not find the first."""
    real, numbers = _plan.creation_key, itertools.count(1)

    def fresh(account: str, origin: Any) -> str:
        return str(real(f"{account}~{next(numbers)}", origin))

    return _patched((plan, "creation_key", fresh), (resolving, "lookup", _key_blind))


_lookup = sync_push.lookup


def _key_blind(operation: Any, abilities: Any) -> Any:
    return _lookup(operation, replace(abilities, key_path=None))


def _no_intent() -> Any:
    """Nothing is stored before the call; after a crash nobody knows that it was made."""

    async def forgetful(
        tx: Any, connection: str, ids: Sequence[str], *, run: str, now: Any
    ) -> dict[str, int]:
        return dict.fromkeys(ids, 1)

    return _patched((operations, "intend", forgetful))


def _unknown_is_refused() -> Any:
    """A lost answer counts as "nothing happened": planned again without a look."""
    real = _pushing.outcome

    def certain(answer: Any) -> Any:
        came = real(answer)
        return (
            replace(came, state=OperationState.SUPERSEDED) if came.state is OperationState.UNKNOWN else came
        )

    return _patched((pushing, "outcome", certain))


def _base_on_intention() -> Any:
    """What was sent counts as agreed, acknowledged or not."""
    real = _pushing.record

    async def trusting(tx: Any, joined: Any, sync: Any, run: str, outcomes: Any, gathered: Any) -> None:
        believed = [
            (operation, replace(came, state=OperationState.APPLIED, record_id=operation.target_id))
            if came.state is OperationState.UNKNOWN and operation.act is Act.UPDATE
            else (operation, came)
            for operation, came in outcomes
        ]
        await real(tx, joined, sync, run, believed, gathered)

    return _patched((pushing, "record", trusting))


def _cleared_first() -> Any:
    """Signals are cleared when they are taken, before the work is done."""
    real = signals.page

    async def eager(tx: Any, connection: str, sync: str, after: Any, limit: int) -> Any:
        noted = await real(tx, connection, sync, after, limit)
        await signals.clear(
            tx, connection, sync, [(each.ref.side, each.ref.id, each.generation) for each in noted]
        )
        return noted

    return _patched((signals, "page", eager))


def _cleared_blindly() -> Any:
    """A signal is cleared even if a newer one came."""
    real = signals.clear

    async def blind(tx: Any, connection: str, sync: str, done: Any) -> None:
        newest = await signals.generation(tx)
        every = [
            (side, record_id, generation)
            for side, record_id, _ in done
            for generation in range(max(0, newest - 60), newest + 1)
        ]
        await real(tx, connection, sync, every)

    return _patched((signals, "clear", blind))


def _all_fields() -> Any:
    """Everything that the record holds is sent along."""
    real = _pushing.to_write

    def generous(operation: Any, attempt: int, seen: Any) -> Any:
        write = real(operation, attempt, seen)
        if operation.act is not Act.UPDATE:
            return write
        names = ("firstname", "lastname", "email", "phone", "city", "name", "hs_sku", "description", "price")
        return replace(write, values={**{path: seen[path] for path in names if path in seen}, **write.values})

    return _patched((pushing, "to_write", generous))


def _missing_is_deleted() -> Any:
    """Not found counts as deleted."""
    real = _in_turn.decide

    def hasty(sync: Any, subject: Any, around: Any) -> Any:
        if isinstance(subject, Pair):
            sides: dict[str, Any] = {
                side: replace(seen, standing=Standing.ARCHIVED) if seen.standing is Standing.MISSING else seen
                for side, seen in (("crm", subject.crm), ("ledger", subject.ledger))
            }
            subject = replace(subject, **sides)
        return real(sync, subject, around)

    return _patched((in_turn, "decide", hasty))


def _no_overlap() -> Any:
    """A listing starts exactly where the last one ended."""
    return _patched((hubspot_listing, "INDEX_LAG", timedelta(0)))


def _cursor_first() -> Any:
    """The cursor is stored before what it passed."""
    real = listen._sweep_kind

    async def reckless(joined: Any, side: Any, kind: Any, **how: Any) -> Any:
        system = joined.systems[side]
        eager = _Eager(system)
        return await real(replace_systems(joined, side, eager), side, kind, **how)

    return _patched((listen, "_sweep_kind", reckless))


class _Eager:
    """A system whose listing gives the cursor of a page before its records."""

    def __init__(self, system: Any) -> None:
        self._system = system

    def __getattr__(self, name: str) -> Any:
        return getattr(self._system, name)

    async def list(self, kind: Any, paths: Any, cursor: str | None) -> Any:
        async for page in self._system.list(kind, paths, cursor):
            yield Page((), page.cursor, last=page.last)
            yield page


def replace_systems(joined: Any, side: Any, system: Any) -> Any:
    """The same connection with one system in other clothes."""
    return replace(joined, systems={**joined.systems, side: system})


def _no_fresh_look() -> Any:
    """What was seen some time ago is good enough to write on."""
    return _patched((confirming, "to_confirm", lambda *_: {side: [] for side in Side}))


def _no_fence() -> Any:
    """A holder that slept through its lease goes on as if nothing had happened."""

    async def asleep(self: Any, tx: Any) -> None:
        return None

    return _patched((lease.Lease, "check", asleep))


def _no_lease() -> Any:
    """Everybody runs whenever they like."""

    async def mine(*_: Any, **__: Any) -> int:
        return 1

    async def always(*_: Any, **__: Any) -> bool:
        return True

    return _patched((leases, "acquire", mine), (leases, "renew", always))


def _apart_forgotten() -> Any:
    """What a person keeps apart is asked again."""

    async def nothing(*_: Any, **__: Any) -> dict[str, frozenset[str]]:
        return {}

    return _patched((reviews, "kept_apart", nothing))


def _letter_by_letter() -> Any:
    """Values are the same only if they are written alike: no field's own equality."""
    return _patched((mappings.FieldPair, "same", lambda self, a, b: a == b))


def _no_halt() -> Any:
    """However much would change at once, it is done."""
    return _patched((cycle, "mass_change", lambda *_: None))


def _merge_is_deletion() -> Any:
    """A record that became part of another one counts as deleted."""
    real = _in_turn.decide

    def deaf(sync: Any, subject: Any, around: Any) -> Any:
        if isinstance(subject, Pair):
            sides: dict[str, Any] = {
                side: replace(seen, standing=Standing.ARCHIVED) if seen.standing is Standing.MERGED else seen
                for side, seen in (("crm", subject.crm), ("ledger", subject.ledger))
            }
            subject = replace(subject, **sides)
        return real(sync, subject, around)

    return _patched((in_turn, "decide", deaf))


def _ended_forgotten() -> Any:
    """Nobody remembers that a record was parted from its partner."""

    async def nothing(*_: Any, **__: Any) -> dict[str, Any]:
        return {}

    return _patched((links, "ended_by_side_ids", nothing))


GUARDS: Mapping[str, Guard] = {
    guard.name: guard
    for guard in (
        Guard("own key on create", _no_own_key, ("ONCE",)),
        Guard("intent before the call", _no_intent, ("BASE", "AGREE")),
        Guard("unknown is not refused", _unknown_is_refused, ("AGREE",)),
        Guard("base on acknowledgement", _base_on_intention, ("BASE", "KEEP", "HEARD", "AGREE")),
        Guard("clear the signal last", _cleared_first, ("AGREE", "KEEP")),
        Guard("clear only if no newer signal", _cleared_blindly, ("AGREE", "KEEP")),
        Guard("send only changed fields", _all_fields, ("GAP",)),
        Guard(
            "404 is not a deletion", _missing_is_deleted, ("SPARE",), {"deletion": "archive"}, {UNSEEN: 0.06}
        ),
        Guard("overlap of listings", _no_overlap, ("HEARD",), {"lag": 30.0}),
        Guard("cursor and records in one transaction", _cursor_first, ("HEARD",)),
        Guard("fresh look before an update", _no_fresh_look, ("GAP",)),
        Guard("fence", _no_fence, ("GAP", "ONCE", "KEEP"), {"workers": 2}, {SLOW: 0.03}),
        Guard("lease", _no_lease, ("GAP", "ONCE", "KEEP"), {"workers": 2}),
        Guard("kept apart", _apart_forgotten, ("AGREE",)),
        Guard("each field's own equality", _letter_by_letter, ("AGREE", "CALM")),
        Guard("halt on mass change", _no_halt, ("STOP",)),
        Guard("merges followed", _merge_is_deletion, ("AGREE", "DEAD", "ONCE")),
        Guard("ended links remembered", _ended_forgotten, ("DEAD", "ONCE")),
    )
}


@dataclass(frozen=True, slots=True)
class Removed:
    """What happened without a safeguard."""

    guard: Guard
    runs: int
    failed: int
    first: int | None
    invariants: Mapping[str, int]

    @property
    def caught(self) -> bool:
        """Whether it was noticed."""
        return self.failed > 0


def without(guard: Guard, scenario: Scenario) -> Scenario:
    """The scenario in which the lack of a safeguard can show."""
    config = replace(scenario.config, guard=guard.name, **guard.config)
    return replace(
        scenario,
        config=config,
        rates={**scenario.rates, **guard.rates} if scenario.faults is None else scenario.rates,
    )


def play_without(guard: Guard, scenario: Scenario) -> str:
    """The invariant that breaks without the safeguard, or ""."""
    with guard.remove():
        return play(without(guard, scenario)).invariant
