"""The real engine behind the world's doors: both connectors, the settings' defaults, the store in memory, and `Cycle`."""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import cast

from tests.simulation.doors import GuardedDatabase, Life
from tests.simulation.scenario import Config
from tests.simulation.words import Ran
from tests.simulation.world import APP, World

from crossfoot.app.doctor import wanted
from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.runtime import answers
from crossfoot.runtime.budget import LocalBudget, SharedBudget
from crossfoot.runtime.cycle import Cycle
from crossfoot.runtime.joined import Joined
from crossfoot.runtime.report import Report
from crossfoot.settings.connection import ConnectionSettings
from crossfoot.settings.document_defaults import DocumentSettings
from crossfoot.settings.presets import default_settings
from crossfoot.settings.rules import ConflictRule, DeletionRule, Halts, Sync, SyncState
from crossfoot.settings.shape import SyncSettings
from crossfoot.store import connections, links, operations, reviews, signals
from crossfoot.store.database import Database, open_database
from crossfoot.store.reviews import ReviewKind
from crossfoot.store.sqlite import SQLite
from crossfoot.systems.hubspot import defaults as hubspot_defaults
from crossfoot.systems.hubspot.system import HubSpotSystem
from crossfoot.systems.port import Description, System
from crossfoot.systems.xero import defaults as xero_defaults
from crossfoot.systems.xero.system import XeroSystem
from crossfoot_sandbox.direct import BASE

CONNECTION = "simulation"
KINDS = (Kind.COMPANY, Kind.CONTACT, Kind.PRODUCT)
"""What the world's people work with in the CRM."""
_RENEW_SECONDS = 300.0

TAXES = {"2148420997": "OUTPUT2", "2148420998": "ZERORATED"}
"""The CRM's tax rates in the order in which the admin set them up, and the ledger's taxes that mean the same."""

_OWN_RULE = ("deals", "payments")
"""Syncs whose deletion rule stays that of the preset."""


def _with_money(syncs: Sequence[str]) -> ConnectionSettings:
    """What a user has who added invoices, deals and payments to a connection, with the taxes that both accounts suggest."""
    short = ConnectionSettings(
        name="Simulation",
        region="NZ",
        invoice="people",
        syncs={name: SyncSettings() for name in syncs},
        documents=DocumentSettings.model_validate(
            {"account": "200", "taxes": TAXES, "payment_account": "090"}
        ),
    )
    return short.completed(hubspot_defaults.CARRIES, xero_defaults.CARRIES)


@cache
def settings(invoice: str, rule: str, deletion: str, only: str) -> tuple[tuple[Sync, ...], Halts]:
    """The default syncs with the rules of a scenario."""
    chosen = (
        _with_money(only.split(","))
        if Config(only=only).about_money
        else default_settings(
            "Simulation",
            "NZ",
            invoice,  # type: ignore[arg-type]
            crm_carries=hubspot_defaults.CARRIES,
            ledger_carries=xero_defaults.CARRIES,
        )
    )
    syncs = chosen.compile(hubspot_defaults.CARRIES, xero_defaults.CARRIES)
    return (
        tuple(
            replace(
                sync,
                conflicts=ConflictRule(rule),
                deletion=sync.deletion if sync.name in _OWN_RULE else DeletionRule(deletion),
                state=SyncState.ACTIVE if Config(only=only).runs(sync.name) else SyncState.DISABLED,
            )
            for sync in syncs
        ),
        chosen.brakes,
    )


_TEMPLATE: list[bytes] = []


class RealMemory:
    """SQLite in memory, as a whole."""

    async def open(self, backup: bytes = b"") -> Database:
        """See `open_memory`."""
        return await open_memory(backup)

    def save(self, database: Database) -> bytes:
        """See `Memory.save`."""
        connection = _connection(database)
        if connection.in_transaction:
            raise RuntimeError("a transaction is open")
        return connection.serialize()

    def close(self, database: Database) -> None:
        """Let go of it."""
        _connection(database).close()


async def open_memory(backup: bytes = b"") -> Database:
    """A fresh database in memory, or one from a backup. Migrations run once per process; every world after that begins with a copy."""
    if not _TEMPLATE:
        database = await open_database("sqlite://", durable=False)
        _TEMPLATE.append(RealMemory().save(database))
        await database.close()
    connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=256)
    connection.deserialize(backup or _TEMPLATE[0])
    connection.row_factory = sqlite3.Row
    connection.execute("pragma journal_mode = memory")
    connection.execute("pragma synchronous = off")
    driver = SQLite(connection, "in memory")
    return Database("sqlite://", driver, driver)


def _connection(database: Database) -> sqlite3.Connection:
    return cast(SQLite, database._writer._driver)._connection


class WorldTokens:
    """Credentials of the world: a static one for the CRM, one renewed ahead of its end for the ledger."""

    def __init__(self, world: World, life: Life, side: Side) -> None:
        self._world = world
        self._life = life
        self._side = side
        self._token = ""
        self._until = 0.0

    async def bearer(self) -> str:
        self._life.check()
        if self._side is Side.CRM:
            return self._world.crm_token
        now = self._world.clock.seconds()
        if now > self._until - _RENEW_SECONDS:
            self._token = self._world.sandbox.xero.grant(APP, [self._world.organisation]).access_token
            self._until = now + 1800
        return self._token

    async def expired(self, used: str) -> str:
        self._until = 0.0
        return await self.bearer()


class RealEngine:
    """One life of Crossfoot."""

    def __init__(self, world: World, life: Life) -> None:
        assert world.database is not None
        config = world.scenario.config
        self.world = world
        self.life = life
        self.syncs, self.halts = settings(config.invoice, config.rule, config.deletion, config.only)
        self.kinds = tuple({sync.crm: None for sync in self.syncs}) if config.about_money else KINDS
        self.database = cast(Database, GuardedDatabase(life, world.database))
        budgets = world.__dict__.setdefault("budgets", {})
        budget = (
            SharedBudget(self.database, life)
            if config.shared_budget
            else budgets.setdefault("local", LocalBudget(_WorldTime(world)))
        )
        self.systems: dict[Side, System] = {
            Side.CRM: HubSpotSystem(
                life.send,
                WorldTokens(world, life, Side.CRM),
                life,
                budget,
                base_url=f"{BASE}/hubspot",
                kinds=self.kinds,
                account=world.accounts.get(Side.CRM),
            ),
            Side.LEDGER: XeroSystem(
                send=life.send,
                tokens=WorldTokens(world, life, Side.LEDGER),
                clock=life,
                budget=budget,
                tenant=world.organisation.tenant_id,
                base_url=f"{BASE}/xero",
            ),
        }
        self._cycle: Cycle | None = None
        self._looked = 0
        """How often somebody had closed or opened the books when both accounts were looked at."""

    @property
    def cycle(self) -> Cycle:
        """The cycle of a connected life."""
        assert self._cycle is not None, "connect first"
        return self._cycle

    async def set_up(self) -> None:
        """What the connect command does once: our own properties, and the connection's identity."""
        identities = {side: (await system.describe()).identity.key for side, system in self.systems.items()}
        self.world.accounts |= identities
        needed = wanted(replace(sync, state=SyncState.ACTIVE) for sync in self.syncs)
        for kind in self.kinds:
            for info in needed.get(kind, ()):
                await self.systems[Side.CRM].create_field(kind, info)
        async with self.database.write() as tx:
            await connections.put(
                tx,
                connections.Connection(
                    CONNECTION,
                    "Simulation",
                    self.life.now(),
                    crm_identity=identities[Side.CRM],
                    ledger_identity=identities[Side.LEDGER],
                ),
            )

    async def connect(self) -> None:
        """Look at both accounts."""
        self._looked = len(self.world.locks)
        descriptions: Mapping[Side, Description] = {
            side: await system.describe() for side, system in self.systems.items()
        }
        joined = Joined(
            connection=CONNECTION,
            syncs=self.syncs,
            halts=self.halts,
            systems=self.systems,
            descriptions=descriptions,
            database=self.database,
            clock=self.life,
            new_id=self.life.new_id,
        )
        self._cycle = Cycle(joined, self.life.name)

    async def run(self, *, full: bool = False, approved: bool = False) -> Ran:
        """One run of all syncs. The program looks at both accounts first, which makes a difference only where somebody has changed them."""
        if self._looked != len(self.world.locks):
            await self.connect()
        return self._ran(await self.cycle.run(full=full, approved=approved))

    async def preview(self) -> tuple[str, int]:
        """A plan that nobody has seen yet."""
        plan, report = await self.cycle.preview()
        return plan, report.planned

    async def apply(self, plan: str) -> Ran:
        """Carry out a plan."""
        return self._ran(await self.cycle.apply(plan))

    def _ran(self, report: Report) -> Ran:
        now = self.world.now()
        counters = self.world.counters
        counters["applied"] += report.tally.applied
        counters["refused"] += report.tally.refused
        counters["unknown"] += report.tally.unknown
        counters["superseded"] += report.tally.superseded
        counters["waiting"] += report.tally.waiting
        counters["busy"] += report.busy
        counters["trouble"] += report.trouble is not None
        return Ran(self.life.name, now, now, report.ok, report.halt is not None, applied=report.tally.applied)

    async def answer(self, choose: Callable[[str, str, str, str], str]) -> int:
        """Answer what is open, as the review command does."""
        answered = 0
        if self._cycle is None:
            await self.connect()
        async with self.database.read() as tx:
            waiting = await reviews.waiting(tx, CONNECTION)
        for review in waiting:
            answered += await self._answer(review, choose)
        return answered

    async def _answer(self, review: reviews.Review, choose: Callable[[str, str, str, str], str]) -> bool:
        joined = self.cycle.joined
        try:
            if review.kind is not ReviewKind.DOUBTFUL:
                word = choose(review.sync, review.field, review.crm_id, review.ledger_id)
                if word in ("crm", "ledger"):
                    await answers.choose(joined, review.id, Side(word), "ada")
                    self.world.counters["conflict resolved"] += 1
                return word in ("crm", "ledger")
            pairs = {
                twin: (review.crm_id, twin) if review.crm_id else (twin, review.ledger_id)
                for twin in review.shown["twins"]
            }
            said = {twin: choose(review.sync, "doubtful", *pair) for twin, pair in pairs.items()}
            same = [twin for twin, word in said.items() if word == "same"]
            if same:
                try:
                    await answers.accept(joined, review.id, same[0], "ada")
                except answers.AnswerError as refused:
                    if "cannot be linked" in str(refused) or "under way" in str(refused):
                        return False  # The same thing, but one of the two is archived: a person leaves it at that.
                    # One of them has its partner already: the other stays a copy that a person typed.
                    await answers.keep_apart(joined, review.id, "ada")
                return True
            if "wait" in said.values():
                return False
            await answers.keep_apart(joined, review.id, "ada")
        except answers.AnswerError:
            return False
        return True

    async def unsettled(self) -> list[str]:
        """Operations whose outcome is not known."""
        async with self.database.read() as tx:
            unfinished = await operations.unfinished(tx, CONNECTION)
        return [f"{op.act} {op.side} {op.kind}: outcome not known" for op in unfinished]

    async def poke(self) -> None:
        """Every record is signalled again."""
        async with self.database.write() as tx:
            for sync in self.syncs:
                for link in await links.page(tx, CONNECTION, sync.name):
                    await signals.note(
                        tx,
                        CONNECTION,
                        sync.name,
                        _refs(sync, link.crm_id, link.ledger_id),
                        unread=True,
                        now=self.life.now(),
                    )


class _WorldTime:
    """The world's time for what outlives a life: the vendors' own view of how many calls were made."""

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> datetime:
        return self._world.clock.now()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def _refs(sync: Sync, crm_id: str, ledger_id: str) -> list[Ref]:
    return [Ref(Side.CRM, sync.crm, crm_id), Ref(Side.LEDGER, sync.ledger, ledger_id)]


def kinds_of(sync: Sync) -> str:
    """A sync's kind in the words of the stories; empty for kinds that the stories leave out."""
    return {
        (Kind.CONTACT, Kind.CONTACT): "person",
        (Kind.COMPANY, Kind.CONTACT): "company",
        (Kind.PRODUCT, Kind.ITEM): "product",
        (Kind.INVOICE, Kind.INVOICE): "invoice",
        (Kind.DEAL, Kind.INVOICE): "deal",
        (Kind.PAYMENT, Kind.PAYMENT): "payment",
    }.get((sync.crm, sync.ledger), "")


def config_of(config: Config) -> tuple[tuple[Sync, ...], Halts]:
    """The syncs of a configuration."""
    return settings(config.invoice, config.rule, config.deletion, config.only)
