"""Questions for people: doubtful matches and conflicts. Asked once, shown with today's values, withdrawn when they no longer stand.

Two records that may be the same are often doubtful from both ends. That is one question, and the CRM's record asks it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from crossfoot.model.identity import Ref, Side
from crossfoot.model.subjects import SubjectState
from crossfoot.runtime.joined import Joined
from crossfoot.settings.rules import Sync
from crossfoot.store import reviews, signals
from crossfoot.store.database import Tx
from crossfoot.store.reviews import Review, ReviewKind
from crossfoot.sync.subject import Decision, Pair


async def reconcile(tx: Tx, joined: Joined, sync: Sync, decisions: Sequence[Decision]) -> None:
    """Bring the open questions about these subjects in line with what was just decided about them."""
    wanted = [review for decision in decisions for review in _wanted(joined, sync, decision)]
    ids: dict[Side, list[str]] = {side: [] for side in Side}
    for decision in decisions:
        subject = decision.subject
        ref = subject.crm.ref if isinstance(subject, Pair) else subject.seen.ref
        ids[ref.side].append(ref.id)
    standing = [
        review
        for side in Side
        if ids[side]
        for review in await reviews.waiting_on(tx, joined.connection, sync.name, side, ids[side])
    ]
    keep = {_place(review) for review in wanted}
    await _withdraw(tx, joined, [review for review in standing if _place(review) not in keep])
    await _ask(tx, joined, sync, wanted)
    # What the CRM's end asked until now and asks no longer may be the other end's to ask.
    unasked = _pairs(standing) - _pairs(wanted)
    await _look_again(tx, joined, sync, {ledger for _, ledger in unasked})


async def ask_same(tx: Tx, joined: Joined, sync: Sync, newcomer: Ref, twins: Sequence[str], why: str) -> None:
    """Ask whether a record is the same thing as one across, which a system named as standing in its way; not again, once a person has said no."""
    apart = await reviews.kept_apart(tx, joined.connection, sync.name, newcomer.side, [newcomer.id])
    left = [twin for twin in twins if twin not in apart.get(newcomer.id, frozenset())]
    if left:
        await _ask(tx, joined, sync, [_doubtful(joined, sync, newcomer, left, why)])


async def linked(tx: Tx, joined: Joined, sync: Sync, crm: Ref, ledger: Ref) -> None:
    """A person has said that two records are the same: what else is asked of either of them no longer stands."""
    gone = [
        review
        for ref in (crm, ledger)
        for review in await reviews.waiting_on(tx, joined.connection, sync.name, ref.side, [ref.id])
        if review.kind is ReviewKind.DOUBTFUL
    ]
    await _withdraw(tx, joined, gone)
    await _look_again(tx, joined, sync, {twin for _, twin in _pairs(gone)} - {ledger.id})


async def parted(tx: Tx, joined: Joined, sync: Sync, record: Ref, twins: Sequence[str]) -> None:
    """A person keeps a record apart from some across: they no longer ask about it either."""
    theirs = await reviews.waiting_on(tx, joined.connection, sync.name, record.side.other, twins)
    apart = {(record.id, twin) if record.side is Side.CRM else (twin, record.id) for twin in twins}
    await _narrow(tx, joined, theirs, apart)


async def _ask(tx: Tx, joined: Joined, sync: Sync, wanted: Sequence[Review]) -> None:
    """Ask; but what is asked from the CRM's end is not asked from the ledger's."""
    if not wanted:
        return
    theirs = [review for review in wanted if _from_ledger(review)]
    mine = [review for review in wanted if not _from_ledger(review)]
    twins = sorted({twin for review in theirs for twin in _twins(review)})
    asked = _pairs(mine) | _pairs(
        await reviews.waiting_on(tx, joined.connection, sync.name, Side.CRM, twins) if twins else ()
    )
    left = [each for each in (_without(review, asked) for review in theirs) if _twins(each)]
    await reviews.ask(tx, joined.connection, [*mine, *left])
    settled = {review.ledger_id for review in theirs} | {ledger for _, ledger in _pairs(mine)}
    if settled:
        standing = await reviews.waiting_on(tx, joined.connection, sync.name, Side.LEDGER, sorted(settled))
        await _narrow(tx, joined, [each for each in standing if _from_ledger(each)], asked)


async def _narrow(
    tx: Tx, joined: Joined, standing: Sequence[Review], settled: Collection[tuple[str, str]]
) -> None:
    """Leave pairs (CRM, ledger) out of open questions; one with nothing left to ask is withdrawn."""
    doubtful = [review for review in standing if review.kind is ReviewKind.DOUBTFUL]
    narrowed = [_without(review, settled) for review in doubtful]
    shorter = [each for each, old in zip(narrowed, doubtful, strict=True) if each != old]
    await _withdraw(tx, joined, [each for each in shorter if not _twins(each)])
    await reviews.ask(tx, joined.connection, [each for each in shorter if _twins(each)])


def _without(review: Review, settled: Collection[tuple[str, str]]) -> Review:
    left = [twin for twin in _twins(review) if _pair(review, twin) not in settled]
    return replace(review, shown={**review.shown, "twins": left})


async def _withdraw(tx: Tx, joined: Joined, gone: Sequence[Review]) -> None:
    if gone:
        await reviews.withdraw(tx, joined.connection, [review.id for review in gone], joined.clock.now())


async def _look_again(tx: Tx, joined: Joined, sync: Sync, ledger_ids: Collection[str]) -> None:
    """Whether they have to ask themselves now."""
    refs = [Ref(Side.LEDGER, sync.ledger, each) for each in sorted(ledger_ids)]
    await signals.note(tx, joined.connection, sync.name, refs, False, joined.clock.now())


def _place(review: Review) -> tuple[str, str, str]:
    return review.crm_id, review.ledger_id, review.field


def _from_ledger(review: Review) -> bool:
    return review.kind is ReviewKind.DOUBTFUL and not review.crm_id


def _twins(review: Review) -> list[str]:
    return list(review.shown.get("twins", ()))


def _pair(review: Review, twin: str) -> tuple[str, str]:
    return (review.crm_id, twin) if review.crm_id else (twin, review.ledger_id)


def _pairs(asked: Iterable[Review]) -> set[tuple[str, str]]:
    """The pairs (CRM, ledger) that are asked about from the CRM's end."""
    return {
        (review.crm_id, twin)
        for review in asked
        if review.kind is ReviewKind.DOUBTFUL and review.crm_id
        for twin in _twins(review)
    }


def _wanted(joined: Joined, sync: Sync, decision: Decision) -> list[Review]:
    subject = decision.subject
    if not isinstance(subject, Pair):
        if decision.state is not SubjectState.DOUBTFUL:
            return []
        return [_doubtful(joined, sync, subject.seen.ref, subject.match.twins, decision.reason)]
    return [
        Review(
            id=joined.new_id(),
            sync=sync.name,
            kind=ReviewKind.HELD if conflict.field in subject.link.held else ReviewKind.CONFLICT,
            made_at=joined.clock.now(),
            crm_id=subject.link.crm_id,
            ledger_id=subject.link.ledger_id,
            field=conflict.field,
            subject={"link": subject.link.id, "why": conflict.why},
            shown={"base": conflict.base, "crm": conflict.crm, "ledger": conflict.ledger},
        )
        for conflict in decision.conflicts
    ]


def _doubtful(joined: Joined, sync: Sync, newcomer: Ref, twins: Sequence[str], why: str) -> Review:
    return Review(
        id=joined.new_id(),
        sync=sync.name,
        kind=ReviewKind.DOUBTFUL,
        made_at=joined.clock.now(),
        crm_id=newcomer.id if newcomer.side is Side.CRM else "",
        ledger_id=newcomer.id if newcomer.side is Side.LEDGER else "",
        subject={"record": str(newcomer), "why": why},
        shown={"twins": list(twins)},
    )
