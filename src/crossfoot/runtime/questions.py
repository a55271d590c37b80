"""Questions for people: doubtful matches and conflicts. Asked once, shown with today's values, withdrawn when they no longer stand."""

from collections.abc import Sequence

from crossfoot.model.identity import Ref, Side
from crossfoot.model.subjects import SubjectState
from crossfoot.runtime.joined import Joined
from crossfoot.settings.rules import Sync
from crossfoot.store import reviews
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
    keep = {(review.crm_id, review.ledger_id, review.field) for review in wanted}
    gone = [review.id for review in standing if (review.crm_id, review.ledger_id, review.field) not in keep]
    if gone:
        await reviews.withdraw(tx, joined.connection, gone, joined.clock.now())
    if wanted:
        await reviews.ask(tx, joined.connection, wanted)


async def ask_same(tx: Tx, joined: Joined, sync: Sync, newcomer: Ref, twins: Sequence[str], why: str) -> None:
    """Ask whether a record is the same thing as one across, which a system named as standing in its way; not again, once a person has said no."""
    apart = await reviews.kept_apart(tx, joined.connection, sync.name, newcomer.side, [newcomer.id])
    left = [twin for twin in twins if twin not in apart.get(newcomer.id, frozenset())]
    if left:
        await reviews.ask(tx, joined.connection, [_doubtful(joined, sync, newcomer, left, why)])


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
