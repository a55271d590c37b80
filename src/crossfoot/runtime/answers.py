"""A person's answers to questions: the same thing or not, whose value stays. An answer holds for exactly what was shown."""

from dataclasses import replace
from typing import Any

from crossfoot.model.identity import Ref, Side
from crossfoot.model.links import LinkState, Verdict
from crossfoot.model.operations import Act, Operation
from crossfoot.runtime import questions
from crossfoot.runtime.gather import gather, refs_in
from crossfoot.runtime.joined import Joined
from crossfoot.runtime.lease import Lease, process_name
from crossfoot.runtime.listen import note
from crossfoot.runtime.pushing import push
from crossfoot.runtime.report import Tally
from crossfoot.settings.rules import Sync
from crossfoot.store import links, operations, reviews
from crossfoot.store.reviews import Review, ReviewKind
from crossfoot.sync.merge import PROPOSAL
from crossfoot.sync.subject import Pair, Single, Subject


class AnswerError(ValueError):
    """An answer that cannot be taken; its text says why and what to do instead."""


async def accept(joined: Joined, review_id: str, twin: str | None, by: str) -> None:
    """Yes, these two are the same thing. Links them; what still differs is the next run's work.

    `twin` says which of the records shown, where there is more than one. Raises `AnswerError`.
    """
    review, sync, record = await _doubtful(joined, review_id)
    twins = [str(each) for each in review.shown["twins"]]
    chosen = twin or (twins[0] if len(twins) == 1 else None)
    if chosen not in twins:
        raise AnswerError(f"Say which one it is the same as: {', '.join(twins)}.")
    ends = {record.side: record.id, record.side.other: chosen}
    crm, ledger = Ref(Side.CRM, sync.crm, ends[Side.CRM]), Ref(Side.LEDGER, sync.ledger, ends[Side.LEDGER])
    lease = await Lease.take(joined.database, joined.clock, joined.connection, process_name(), joined.alive)
    if lease is None:
        raise AnswerError("A run is under way. Answer again when it is done.")
    try:
        gathered = await gather(joined, sync, [crm, ledger], frozenset({crm, ledger}))
        for ref in (crm, ledger):
            _linkable(joined, next(each for each in gathered.subjects if ref in refs_in(each)), ref)
        operation = Operation(
            sync.name,
            Act.LINK,
            Side.CRM,
            sync.crm,
            crm.id,
            ledger.id,
            reason=f"{by} said that they are the same",
            id=joined.new_id(),
        )
        async with joined.database.write() as tx:
            await operations.put(tx, joined.connection, joined.new_id(), [operation], joined.clock.now())
        await push(joined, sync, lease, "", [operation], gathered, Tally())
        async with joined.database.write() as tx:
            await reviews.resolve(tx, joined.connection, review.id, {"same": chosen}, joined.clock.now(), by)
            await questions.linked(tx, joined, sync, crm, ledger)
            await note(tx, joined, [crm, ledger], unread=False)
    finally:
        await lease.give_back()


async def keep_apart(joined: Joined, review_id: str, by: str) -> None:
    """No, these are different things. It is not asked again, and the record is created across if the sync creates records."""
    review, sync, record = await _doubtful(joined, review_id)
    pairs = [
        (joined.new_id(), record.id, str(twin))
        if record.side is Side.CRM
        else (joined.new_id(), str(twin), record.id)
        for twin in review.shown["twins"]
    ]
    async with joined.database.write() as tx:
        await reviews.keep_apart(tx, joined.connection, sync.name, pairs, joined.clock.now(), by)
        await reviews.resolve(
            tx, joined.connection, review.id, {"apart": review.shown["twins"]}, joined.clock.now(), by
        )
        await questions.parted(tx, joined, sync, record, [str(twin) for twin in review.shown["twins"]])
        across = [
            Ref(record.side.other, sync.kind(record.side.other), str(twin)) for twin in review.shown["twins"]
        ]
        await note(tx, joined, [record, *across], unread=False)


async def choose(joined: Joined, review_id: str, winner: Side, by: str) -> None:
    """Whose value stays in a conflict. The next run carries it out, unless one of the values has moved by then."""
    review, sync = await _open(joined, review_id)
    if review.kind is ReviewKind.DOUBTFUL:
        raise AnswerError(
            "This question asks whether two records are the same: accept it, or keep them apart."
        )
    if winner is Side.CRM and review.subject.get("why") == PROPOSAL:
        raise AnswerError(
            f"{joined.titles[Side.LEDGER]} has approved this document, so its value stays. Make the edit in "
            f"{joined.titles[Side.LEDGER]}, or choose {joined.titles[Side.LEDGER]}'s value."
        )
    async with joined.database.write() as tx:
        link = (await links.by_side_ids(tx, joined.connection, sync.name, Side.CRM, [review.crm_id])).get(
            review.crm_id
        )
        if link is None:
            raise AnswerError("The two records are no longer linked, so there is nothing to decide.")
        verdict = Verdict(winner, review.shown["crm"], review.shown["ledger"])
        decided = replace(
            link,
            verdicts={**link.verdicts, review.field: verdict},
            held={name: why for name, why in link.held.items() if name != review.field},
        )
        await links.put(tx, joined.connection, [decided], joined.clock.now())
        await reviews.resolve(
            tx, joined.connection, review.id, {"winner": winner.value}, joined.clock.now(), by
        )
        await note(tx, joined, [Ref(Side.CRM, sync.crm, link.crm_id)], unread=True)


async def _open(joined: Joined, review_id: str) -> tuple[Review, Sync]:
    async with joined.database.read() as tx:
        review = await reviews.get(tx, joined.connection, review_id)
    if review is None:
        raise AnswerError(f"There is no question '{review_id}'. 'crossfoot review list' shows them.")
    if not review.open:
        raise AnswerError("This question is no longer open: it was answered, or it went away by itself.")
    return review, joined.sync(review.sync)


async def _doubtful(joined: Joined, review_id: str) -> tuple[Review, Sync, Ref]:
    review, sync = await _open(joined, review_id)
    if review.kind is not ReviewKind.DOUBTFUL:
        raise AnswerError("This question asks whose value stays: choose HubSpot or Xero.")
    told: Any = review.subject["record"]
    return review, sync, Ref.parse(told)


def _linkable(joined: Joined, subject: Subject, ref: Ref) -> None:
    """Whether the record is free: without a link, or with one that sleeps because its partner is gone."""
    record = f"The {ref.kind.replace('_', ' ')} {ref.id} in {joined.titles[ref.side]}"
    if isinstance(subject, Pair) and subject.link.state is not LinkState.DORMANT:
        raise AnswerError(f"{record} is linked with another record meanwhile.")
    seen = subject.on(ref.side) if isinstance(subject, Pair) else subject.seen
    if not seen.live:
        raise AnswerError(f"{record} is {seen.standing}; it cannot be linked.")
    if isinstance(subject, Single) and subject.elsewhere:
        raise AnswerError(f"{record} belongs to the sync '{subject.elsewhere}'.")
