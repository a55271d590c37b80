"""Read both sides afresh, walk every link and every record without one, and add up. Memory stays bounded: counts, and one page at a time."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from crossfoot.model.identity import Ref, Side
from crossfoot.model.links import LinkState
from crossfoot.model.subjects import SubjectState
from crossfoot.proof.causes import Difference, DifferenceCause, differences
from crossfoot.proof.documents import about_money
from crossfoot.proof.findings import FindingBook
from crossfoot.proof.looking import looked
from crossfoot.proof.money_book import MoneyBook
from crossfoot.proof.money_count import MoneyCount, TellMoney
from crossfoot.proof.money_report import MoneyProof, Scope
from crossfoot.runtime.computing import organisations_day, turn_day
from crossfoot.runtime.gather import refs_of
from crossfoot.runtime.joined import Joined
from crossfoot.runtime.listen import sweep
from crossfoot.settings.rules import Sync
from crossfoot.store import links, records
from crossfoot.sync.stop import Halt
from crossfoot.sync.subject import Pair

PAGE = 500


@dataclass
class SyncProof:
    """What the proof found for one sync."""

    sync: str
    records: dict[Side, int] = field(default_factory=dict)
    """Live records that the sync takes care of, per side."""
    elsewhere: dict[Side, int] = field(default_factory=lambda: dict.fromkeys(Side, 0))
    """Live records of the same kind that another sync takes care of, per side."""
    linked: int = 0
    """Pairs that are kept in agreement."""
    agreeing: int = 0
    """Pairs that agree on every field."""
    fields: int = 0
    """Fields compared and found equal."""
    causes: Counter[DifferenceCause] = field(default_factory=Counter)
    """Differences by cause."""
    alone: dict[Side, Counter[DifferenceCause]] = field(
        default_factory=lambda: {side: Counter() for side in Side}
    )
    """Records without a partner in this sync, per side and cause."""


@dataclass
class Proof:
    """The report that both sides agree."""

    connection: str
    read_at: datetime
    titles: dict[Side, str]
    accounts: dict[Side, str]
    syncs: list[SyncProof] = field(default_factory=list)
    money: MoneyProof | None = None
    """The money of documents, where a sync is about them."""
    halt: Halt | None = None

    @property
    def unexplained(self) -> int:
        """Differences that nothing explains."""
        return sum(
            each.causes[DifferenceCause.UNEXPLAINED]
            + sum(alone[DifferenceCause.UNEXPLAINED] for alone in each.alone.values())
            for each in self.syncs
        )

    @property
    def green(self) -> bool:
        """Whether every difference is explained."""
        return self.halt is None and self.unexplained == 0 and (self.money is None or self.money.green)


async def prove(
    joined: Joined,
    tell: Callable[[Difference], None],
    progress: Callable[[str, int, int], None],
    tell_money: TellMoney = lambda _: None,
) -> Proof:
    """Read everything on both sides again and compare. `tell` is called with every difference, `tell_money` with every one of the money."""
    proof = Proof(
        joined.connection,
        joined.clock.now(),
        joined.titles,
        {side: joined.descriptions[side].identity.name for side in Side},
    )
    progress("Reading both sides", 0, 0)
    await turn_day(joined)
    heard = await sweep(joined, full=True)
    if heard.halt is not None:
        proof.halt = heard.halt
        return proof
    documents = [sync for sync in joined.active if about_money(sync)]
    proof.money = _money(proof, joined, documents) if documents else None
    count = MoneyCount(joined, proof.money, tell_money) if proof.money else None
    for sync in joined.active:
        money = count if sync in documents else None
        proof.syncs.append(await _prove_sync(joined, sync, money, tell, progress))
    if count is not None:
        await count.finish()
    return proof


def _money(proof: Proof, joined: Joined, documents: Sequence[Sync]) -> MoneyProof:
    scope = Scope(
        tuple(dict.fromkeys(sync.crm for sync in documents)),
        left_out=tuple(
            f"In {sync.name}, of {joined.titles[side]} only where {condition.sentence()}."
            for sync in documents
            for side, condition in sync.filters.items()
        ),
    )
    return MoneyProof(
        proof.connection,
        proof.read_at,
        proof.titles,
        proof.accounts,
        scope,
        MoneyBook(),
        FindingBook(joined.detecting.silences, organisations_day(joined)),
    )


async def _prove_sync(
    joined: Joined,
    sync: Sync,
    money: MoneyCount | None,
    tell: Callable[[Difference], None],
    progress: Callable[[str, int, int], None],
) -> SyncProof:
    found = SyncProof(sync.name)
    after = ""
    while True:
        async with joined.database.read() as tx:
            page = await links.page(tx, joined.connection, sync.name, after, PAGE)
        if not page:
            break
        after = page[-1].id
        refs = [ref for link in page for ref in refs_of(sync, link)]
        await _compare(joined, sync, refs, found, money, tell)
        progress(f"Comparing {sync.name}", found.linked, 0)
    for side in Side:
        last = ""
        count = 0
        while True:
            async with joined.database.read() as tx:
                stored = await records.page(tx, joined.connection, side, sync.kind(side), last, PAGE)
                ids = [each.observation.ref.id for each in stored]
                taken = await links.by_side_ids(tx, joined.connection, sync.name, side, ids)
            if not stored:
                break
            last = ids[-1]
            live = [each.observation.ref for each in stored if each.observation.live]
            count += len(live)
            await _compare(joined, sync, [ref for ref in live if ref.id not in taken], found, money, tell)
        found.records[side] = count - found.elsewhere[side]
    return found


async def _compare(
    joined: Joined,
    sync: Sync,
    refs: list[Ref],
    found: SyncProof,
    money: MoneyCount | None,
    tell: Callable[[Difference], None],
) -> None:
    if not refs:
        return
    page = list(await looked(joined, sync, refs))
    for one in page:
        decision, remembered, subject = one.decision, one.remembered, one.decision.subject
        told = differences(sync.name, decision, remembered)
        for each in told:
            tell(each)
        if isinstance(subject, Pair):
            if subject.link.state is LinkState.ACTIVE:
                found.linked += 1
                found.agreeing += not told
                found.fields += len(sync.pairs) - len(told)
            found.causes.update(each.cause for each in told)
        else:
            found.elsewhere[subject.side] += decision.state is SubjectState.ELSEWHERE
            found.alone[subject.side].update(each.cause for each in told)
    if money is not None:
        await money.add(sync, page)
