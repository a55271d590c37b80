"""The whole world of one run: both vendors, the people, the program's lives, the database, one virtual clock.

The program is the real one: `runtime/cycle.py`, `sync/`, the SQLite store and both connectors. Only its doors are ours (`doors.py`).
"""

import asyncio
import traceback
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from tests.simulation import document_acts
from tests.simulation.books import CRM_BOOK, LEDGER_BOOK, SYNCS, Entry, native
from tests.simulation.document_books import AllBooks
from tests.simulation.doors import Crash, Life
from tests.simulation.evidence import Linked
from tests.simulation.faults import Fates, SeamFaults
from tests.simulation.scenario import Act, Scenario
from tests.simulation.scheduler import Scheduler
from tests.simulation.wire import Exchange
from tests.simulation.words import Line, Ran, Typed, Violation

from crossfoot.model.identity import Side
from crossfoot.store.database import Database
from crossfoot.systems.port import Request, Trouble
from crossfoot_sandbox.clock import Clock
from crossfoot_sandbox.faults import draw
from crossfoot_sandbox.sandbox import Sandbox

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PORTAL = 4711
APP = "crossfoot-client"
SCOPES = ("accounting.contacts", "accounting.settings", "accounting.invoices", "accounting.payments")

SWEEPS = 12
"""So many runs after the last fault and the last act, everything must be quiet."""
PAUSE = 150.0
"""Seconds between them: longer than a lease and than the search lag."""

DOWNTIME = 75.0
"""Seconds that it takes to put a backup back: longer than the vendors' windows of a minute, which an old memory knows nothing of."""
COMMERCE = {
    "processor": "hs_payments",
    "tax_rates": [
        {"name": "15% GST on Income", "rate": "15", "label": "GST"},
        {"name": "Zero Rated", "rate": "0", "label": "GST"},
    ],
}
"""What an admin has set up in the CRM of a world that is about money."""

PATIENCE = 86_400.0
"""So long Crossfoot looks for a record that its side does not find."""


class Engine(Protocol):
    """What the world asks of the engine of one life."""

    async def connect(self) -> None:
        """Look at both accounts. Raises `Trouble`."""
        ...

    async def run(self, *, full: bool = False, approved: bool = False) -> Ran:
        """Bring both sides into agreement."""
        ...

    async def preview(self) -> tuple[str, int]:
        """The plan's id and how many operations it has."""
        ...

    async def apply(self, plan: str) -> Ran:
        """Carry a plan out."""
        ...

    async def answer(self, choose: Callable[[str, str, str, str], str]) -> int:
        """Answer the open questions; how many there were. `choose(sync, question, crm id, ledger id)` says same, apart, crm, ledger or wait."""
        ...

    async def unsettled(self) -> list[str]:
        """What the engine itself says is not done, in sentences: operations without outcome, open questions."""
        ...

    async def poke(self) -> None:
        """Signal every record again, to be read again."""
        ...


_KINDS = {sync: kind for kind, sync in SYNCS.items()}

MakeEngine = Callable[["World", Life], Engine]


class Memory(Protocol):
    """The engine's database, as a whole."""

    async def open(self, backup: bytes = b"") -> Database:
        """A fresh one, or one from a backup."""
        ...

    def save(self, database: Database) -> bytes:
        """What was committed. Raises RuntimeError in the middle of a transaction."""
        ...

    def close(self, database: Database) -> None:
        """Let go of it."""
        ...


@dataclass
class World:
    """One run of one scenario."""

    scenario: Scenario
    make_engine: MakeEngine
    memory: "Memory | None" = None
    """How the engine's database is opened and saved; None for an engine that needs none."""
    loop: Scheduler = field(init=False)
    violations: list[Violation] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    typed: list[Typed] = field(default_factory=list)
    runs: list[Ran] = field(default_factory=list)
    wire: list[Exchange] = field(default_factory=list)
    counters: Counter[str] = field(default_factory=Counter)
    known: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """(side, kind, id) of a record that people made, to its name in the story."""
    united: dict[str, str] = field(default_factory=dict)
    """Name of a story whose record became part of another story's, to that one."""
    again: dict[str, list[str]] = field(default_factory=dict)
    """What was written when everything was examined once more, and when every signal was repeated."""
    dry: tuple[int, int, int] | None = None
    on_listened: Callable[["World"], Coroutine[Any, Any, None]] | None = None
    """Called in peace, before anything was examined completely."""
    on_restore: Callable[["World"], Coroutine[Any, Any, None]] | None = None
    """Called before the memory is replaced by a backup: the last moment to see what is lost with it."""
    told: list[str] = field(default_factory=list)
    apart: set[tuple[str, str]] = field(default_factory=set)
    former: list[Linked] = field(default_factory=list)
    """What history told, what people kept apart and what was linked in memories that were replaced by a backup."""
    locks: list[tuple[datetime, str]] = field(default_factory=list)
    """When somebody closed the ledger's books, and up to which day; "" opened them."""
    decided: list[tuple[datetime, str, str]] = field(default_factory=list)
    """Whose value people chose: when, the CRM's id of the pair, the side."""
    last_life: Life = field(init=False)
    lives: list[Life] = field(default_factory=list)
    backup: bytes = b""
    saved_at: datetime = START
    forgotten: list[tuple[datetime, datetime]] = field(default_factory=list)
    """The times of which a memory that was put back knows nothing: from when it was saved until it was put back."""
    closed_until: float = 0.0
    """Nobody works while a backup is put back."""
    calm: bool = False
    halted: bool = False
    stopped_at: datetime = START

    def __post_init__(self) -> None:
        self.loop = Scheduler(self.scenario.seed)
        # Tasks of a life that died end unheard, as they do when a process is killed.
        self.loop.set_exception_handler(lambda _loop, _context: None)
        self.fates = Fates(self.scenario)
        self.seam = SeamFaults(self.fates)
        began = START.timestamp()
        self.clock = Clock(lambda: began + self.loop.time())
        self.sandbox = Sandbox(self.clock, self.seam)
        config = self.scenario.config
        crm, ledger = self.sandbox.hubspot, self.sandbox.xero
        crm.switches = replace(
            crm.switches,
            seed=self.scenario.seed,
            lag_max=config.lag,
            lag_min=min(1.0, config.lag),
            merge="new id" if config.merge == "new id" else "primary id",
            limits=config.limits,
            hidden_bump=0.1,
        )
        ledger.switches = replace(ledger.switches, limits=config.limits, mixed_batch_atomic=config.atomic)
        self.portal = crm.add_portal(PORTAL, currency="NZD")
        self.organisation = ledger.add_organisation()
        self.books = AllBooks(self.portal, self.organisation)
        if config.about_money:
            self.portal.admin_sets_up(COMMERCE)
        self.crm_token = crm.static_token(PORTAL)
        ledger.add_app(APP, "secret", SCOPES, ["http://localhost/callback"])
        self.accounts: dict[Side, str] = {}
        """Which accounts were found when they were connected (`Identity.key`): every later life knows them from its start."""
        self.database: Database | None = None

    # ── the words of a story ──────────────────────────────────────────────────────────────────────────────────────────

    def now(self) -> datetime:
        """The present."""
        return self.clock.now()

    def tell(self, column: str, text: str) -> None:
        """A line of the story; it is part of the trace."""
        self.lines.append(Line(self.loop.time(), column, text))
        self.loop.note(f"{column}|{text}")

    def exchange(self, life: Life, system: str, label: str, request: Request, sent: datetime) -> Exchange:
        """A call that is being made."""
        found = Exchange(self.now(), life.name, system, label, request, sent, run=life.run)
        self.wire.append(found)
        self.loop.note(f"{system} {label}")
        life.calls += 1
        return found

    def alias(self, entry: Entry) -> str:
        """Which story a record belongs to: that of the person who typed it, or of the record that it was made from."""
        found = self.known.get((entry.side, entry.kind, entry.id))
        if found is not None:
            return found
        origin = self.origin(entry)
        return self.alias(origin) if origin is not None else f"{entry.side} {entry.kind} {entry.id}"

    def story(self, alias: str) -> str:
        """The story that one belongs to after merges."""
        seen = {alias}
        while (alias := self.united.get(alias, alias)) not in seen:
            seen.add(alias)
        return alias

    def origin(self, entry: Entry) -> Entry | None:
        """The record from which Crossfoot made this one, by the key it stored there; an item by its first code."""
        if not entry.ours:
            return None
        other = "ledger" if entry.side == "crm" else "crm"
        if entry.key.count(":") >= 3:
            return self.books.get(other, entry.kind, entry.key.rsplit(":", 1)[1])
        if entry.kind == "product":
            code = entry.edits[0].values.get("code", "")
            for product in self.books.all("crm", "product"):
                if code and code in product.ever("code"):
                    return product
        return None

    def find(self, side: str, alias: str) -> Entry | None:
        """The record of a story on one side: the live one, or an archived one."""
        kind = alias.split(" ", 1)[0]
        found = [
            entry
            for entry in self.books.all(side, kind)
            if self.alias(entry) == alias and not entry.merged_into
        ]
        found.sort(key=lambda entry: (not entry.live, entry.ours))
        return found[0] if found else None

    # ── people ────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def people(self) -> None:
        """Everybody does what the script says, when it says so."""
        for act in self.scenario.acts:
            if act.at > 0 and not act.during:
                wait = act.at - self.loop.time()
                if wait > 0:
                    await asyncio.sleep(wait)
                await self.perform(act)

    async def meanwhile(self, label: str) -> None:
        """What people do just while a call is on its way."""
        for act in self.scenario.acts:
            if act.during == label:
                await self.perform(act)

    async def perform(self, act: Act) -> None:
        """One act; what the systems' own pages refuse simply does not happen."""
        if act.what == "answer":
            await self.answers(act)
            return
        if act.what == "back up":
            await self._back_up()
            return
        if act.what == "put back":
            await self._put_back()
            return
        try:
            done = self._do(act)
        except ValueError as refused:
            self.loop.note(f"refused: {refused}")
            return
        if done:
            self.counters[f"person {act.what}"] += 1
            self.tell(act.side, str(act))

    def _do(self, act: Act) -> bool:
        if document_acts.about_documents(act):
            return document_acts.perform(self, act)
        kind = act.record.split(" ", 1)[0]
        crm = act.side == "crm"
        if act.what == "create":
            if self.find(act.side, act.record) is not None and act.at > 0:
                # Crossfoot was faster; a person who sees the record types it anyway only in the ledger of bad habits.
                return False
            values = native(act.side, kind, act.values)
            made = (
                self.portal.person_creates(CRM_BOOK[kind], values)
                if crm
                else self.organisation.person_creates(LEDGER_BOOK[kind], values)
            )
            self.known[act.side, kind, made] = act.record
            self.remember(act, kind, made)
            return True
        entry = self.find(act.side, act.record)
        if entry is None:
            return False
        if act.what == "edit":
            values = native(act.side, kind, act.values)
            if crm and values:
                self.portal.person_edits(CRM_BOOK[kind], entry.id, values)
            elif values:
                self.organisation.person_edits(LEDGER_BOOK[kind], entry.id, values)
            self.remember(act, kind, entry.id)
        elif act.what == "archive" and crm:
            self.portal.person_archives(CRM_BOOK[kind], entry.id)
        elif act.what == "archive" and kind == "product":
            self.organisation.person_deletes(entry.id)
        elif act.what == "archive":
            self.organisation.person_archives(LEDGER_BOOK[kind], entry.id)
        elif act.what == "restore" and crm:
            self.portal.person_restores(CRM_BOOK[kind], entry.id)
        elif act.what == "restore":
            self.organisation.person_restores(LEDGER_BOOK[kind], entry.id)
        elif act.what in ("join", "leave") and crm and kind == "person":
            company = self.find("crm", act.other) if act.what == "join" else None
            if company is None and act.what == "join":
                return False
            joined = {"associatedcompanyid": company.id if company else ""}
            self.portal.person_edits(CRM_BOOK[kind], entry.id, joined)
        elif act.what == "erase" and crm:
            self.books.before_erasing(kind, entry.id, self.now())
            self.portal.person_erases(CRM_BOOK[kind], entry.id)
        elif act.what == "erase" and kind != "product":
            self.organisation.person_erases(entry.id)
        elif act.what == "merge":
            other = self.find(act.side, act.other)
            if other is None or other.id == entry.id or not (other.live and entry.live):
                return False
            if crm:
                survivor = self.portal.person_merges(CRM_BOOK[kind], entry.id, other.id)
                self.known["crm", kind, survivor] = act.record
            elif kind != "product":
                self.organisation.person_merges(entry.id, other.id)
            else:
                return False
            self.united[self.story(act.other)] = self.story(act.record)
        else:
            raise ValueError(f"nobody can {act.what} there")
        return True

    def remember(self, act: Act, kind: str, record: str) -> None:
        """What a person has just typed."""
        for word, typed in act.values.items():
            if act.what == "create" and not typed:
                continue
            self.typed.append(Typed(self.now(), act.side, act.record, kind, record, word, typed))

    async def _back_up(self) -> None:
        """Somebody saves Crossfoot's memory as it is now."""
        if self.memory is None or self.database is None:
            return
        while True:
            try:
                self.backup = self.memory.save(self.database)
            except RuntimeError:
                await asyncio.sleep(0.001)
            else:
                break
        self.saved_at = self.now()
        self.tell("", "a person saves Crossfoot's memory")

    async def _put_back(self) -> None:
        """Somebody stops Crossfoot, puts an older memory in the place of the one that is there, and starts it again."""
        if self.memory is None or self.database is None or not self.backup:
            return
        self.closed_until = self.loop.time() + DOWNTIME
        for life in self.lives:
            life.dead = True
        await asyncio.sleep(1)
        if self.on_restore is not None:
            await self.on_restore(self)
        self.memory.close(self.database)
        self.database = await self.memory.open(self.backup)
        self.forgotten.append((self.saved_at, self.now()))
        self.counters["backup put back"] += 1
        self.tell("", "a person puts the saved memory back")

    async def answers(self, act: Act) -> None:
        """Somebody opens the review page."""
        if self.scenario.config.until <= self.loop.time() or self.loop.time() < self.closed_until:
            return
        life = self.born(f"answers {act.values.get('which', '')}")
        try:
            answered = await self.make_engine(self, life).answer(self._chooses(act.values.get("which", "")))
        except (Crash, Trouble):
            return
        except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 - whatever it is, it is a finding
            if not life.dead:
                self.broken(life, error)
            return
        if answered:
            self.counters["answered"] += answered
            self.tell("", f"a person answers {answered} questions")

    def _chooses(self, which: str, *, final: bool = False) -> Callable[[str, str, str, str], str]:
        """A person knows which records are the same; which value is right is drawn."""

        def choose(sync: str, question: str, crm_id: str, ledger_id: str) -> str:
            chance = draw(self.scenario.seed, "answer", which, sync, question, crm_id, ledger_id)
            if not final and chance < 0.3:
                return "wait"
            if question != "doubtful":
                wins = draw(self.scenario.seed, "side", which, sync, crm_id, question) < 0.5
                self.decided.append((self.now(), crm_id, "crm" if wins else "ledger"))
                return self.decided[-1][2]
            kind = _KINDS.get(sync, "person")
            here, there = self.books.crm(kind, crm_id), self.books.ledger(kind, ledger_id)
            same = (
                here is not None
                and there is not None
                and self.story(self.alias(here)) == self.story(self.alias(there))
            )
            return "same" if same else "apart"

        return choose

    # ── the program's lives ───────────────────────────────────────────────────────────────────────────────────────────

    async def worker(self, number: int) -> None:
        """One process after the other, until all is calm."""
        lives = 0
        while not self.calm:
            while self.loop.time() < self.closed_until:  # noqa: ASYNC110 - virtual time costs nothing
                await asyncio.sleep(self.closed_until - self.loop.time())
            lives += 1
            life = self.born(f"worker {number}.{lives}")
            try:
                await self._live(life)
            except Crash:
                pass
            except Trouble as trouble:
                self.tell("", f"{life.name} cannot begin: {trouble}")
            except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 - whatever it is, it is a finding
                # A task group reports the crash of one of its tasks as a group; a life that died is no finding.
                if not life.dead:
                    self.broken(life, error)
            life.dead = True
            await asyncio.sleep(2 + 90 * draw(self.scenario.seed, "restart", life.name))

    def born(self, name: str) -> Life:
        """A new life of the program."""
        life = Life(self, name)
        self.lives = [*(each for each in self.lives if not each.dead), life]
        return life

    async def _live(self, life: Life) -> None:
        engine = self.make_engine(self, life)
        await engine.connect()
        while not self.calm:
            # The CRM lists no deletions; a complete look finds what was archived there.
            await self.sync(engine, life, full=draw(self.scenario.seed, "full", len(self.runs)) < 0.2)
            await life.sleep(self.scenario.config.interval)

    async def sync(self, engine: Engine, life: Life, *, full: bool = False, approved: bool = False) -> Ran:
        """One run; a person releases a halt sooner or later."""
        approved = approved or (self.halted and draw(self.scenario.seed, "release", len(self.runs)) < 0.5)
        ran = Ran(life.name, self.now(), approved=approved)
        self.runs.append(ran)
        life.run = len(self.runs)
        life.runs += 1
        if approved:
            self.tell("", "a person releases the halt")
            self.counters["released"] += 1
        result = await engine.run(full=full, approved=approved)
        ran.ended, ran.ok, ran.halted, ran.applied = self.now(), result.ok, result.halted, result.applied
        if ran.halted and not self.halted:
            self.tell("", "Crossfoot halts and calls a person")
            self.counters["halted"] += 1
        self.halted = ran.halted
        return ran

    def broken(self, life: Life, error: BaseException) -> None:
        """The program ended by an error that nobody meant."""
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{where.filename.rsplit('/', 1)[-1]}:{where.name}"
        text = f"{type(error).__name__} in {place}: {error}"
        self.tell("", f"{life.name} breaks: {text}")
        self.violations.append(Violation("DURABLE", f"a run ended with {text}"))

    # ── the two phases ────────────────────────────────────────────────────────────────────────────────────────────────

    async def play(self) -> None:
        """Chaos until the end of the script, then quiet."""
        if self.memory is not None:
            self.database = await self.memory.open()
        config = self.scenario.config
        self.fates.quiet = True
        await self.set_up()
        for act in self.scenario.acts:
            if act.at <= 0 and not act.during:
                await self.perform(act)
        # Connecting takes a while, and the search shows what was typed before.
        await asyncio.sleep(config.lag + 1)
        if config.preview:
            engine = self.make_engine(self, Life(self, "rehearsal"))
            await engine.connect()
            await self.rehearse(engine)
        self.fates.quiet = False
        tasks = [
            asyncio.get_running_loop().create_task(self.worker(n + 1), name=f"worker{n + 1}")
            for n in range(config.workers)
        ]
        people = asyncio.get_running_loop().create_task(self.people(), name="people")
        await asyncio.sleep(max(0.0, config.until - self.loop.time()))
        await people
        self.fates.quiet = True
        self.calm = True
        self.stopped_at = self.now()
        self.tell("", "faults and people stop")
        for task in tasks:
            await task

    async def set_up(self) -> None:
        """Whatever the engine's first connection needs."""
        life = Life(self, "setup")
        engine = self.make_engine(self, life)
        make = getattr(engine, "set_up", None)
        if make is not None:
            await make()
        self.wire.clear()

    async def quiet(self) -> Engine | None:
        """Run until nothing is left to do; None, with a violation, when that does not happen."""
        life = self.last_life = Life(self, "quiet")
        engine = self.make_engine(self, life)
        left: list[str] = []
        waited = False
        try:
            await engine.connect()
            for sweep in range(SWEEPS):
                await asyncio.sleep(PAUSE)
                before = len(self.wire)
                # The first looks are ordinary ones, which must have heard everything that a listing can tell; a complete one follows.
                ran = await self.sync(engine, life, full=sweep % 4 == 2, approved=self.halted)
                if sweep == 1 and ran.ok and self.on_listened is not None:
                    await self.on_listened(self)
                answered = await engine.answer(self._chooses("final", final=True))
                wrote = [each.label for each in self.wire[before:] if each.writes]
                left = (
                    wrote
                    + (["a question"] if answered else [])
                    + ([] if ran.ok else ["the run did not end well"])
                )
                if not left and sweep >= 2:
                    if waited or not self.lost():
                        return engine
                    # What its side does not find is looked for a while longer; then nobody waits for it any more.
                    waited = True
                    await asyncio.sleep(PATIENCE)
        except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 - whatever it is, it is a finding
            self.broken(life, error)
            return None
        self.violations.append(
            Violation(
                "AGREE",
                f"after {SWEEPS} runs in peace there was still something to do: {', '.join(left[:4])}",
            )
        )
        return None

    def lost(self) -> bool:
        """Whether a record went without a trace: a deleted item, what was erased for privacy or became part of something that was archived."""
        for kind, book in CRM_BOOK.items():
            for record in self.portal.book(book).values():
                if record.erased or (record.merged_into and not self._answers(kind, record.id)):
                    return True
        return any(record.status == "DELETED" for record in self.organisation.book("Items").values())

    def _answers(self, kind: str, record_id: str) -> bool:
        survivor = self.books.crm(kind, self.books.survivor("crm", kind, record_id))
        return survivor is not None and survivor.live

    async def once_more(self, engine: Engine) -> None:
        """Examine everything again, then repeat every signal: neither may write."""
        for name in ("CALM", "AGAIN"):
            await asyncio.sleep(PAUSE)
            if name == "AGAIN":
                await engine.poke()
            before = len(self.wire)
            await self.sync(engine, self.last_life, full=name == "CALM")
            self.again[name] = [
                call.label
                for call in self.wire[before:]
                if call.writes and not self._refused_again(call, before)
            ]

    def _refused_again(self, call: Exchange, before: int) -> bool:
        """Whether a write is the repetition of one that was refused: a person may have mended the cause where no signal tells us."""
        if call.status < 400 and not call.refusals:
            return False
        asked = [values for _, values in call.targets]
        found = any(
            other.path == call.path and [values for _, values in other.targets] == asked
            for other in self.wire[:before]
        )
        self.counters["refused once more"] += found
        return found

    async def rehearse(self, engine: Engine) -> None:
        """A person looks at a preview and lets it through before anything else happens."""
        before = len(self.wire)
        plan, planned = await engine.preview()
        wrote = sum(1 for each in self.wire[before:] if each.writes)
        self.tell("", f"a preview shows {planned} operations")
        ran = await engine.apply(plan)
        self.dry = (wrote, planned, ran.applied)

    def seconds(self, moment: datetime) -> float:
        """A moment in the story's seconds."""
        return (moment - START) / timedelta(seconds=1)
