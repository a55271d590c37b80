"""Questions that only a person can answer, with the names of the records that they are about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crossfoot.app.failure import ASKED_WRONGLY, Failure
from crossfoot.app.names import names
from crossfoot.model.identity import Ref, Side
from crossfoot.model.records import Value
from crossfoot.settings.rules import Sync
from crossfoot.store import reviews
from crossfoot.store.database import Tx
from crossfoot.store.reviews import Review, ReviewKind

SHORT = 8
"""So many characters from the end of an id name a question or a run among those of a connection."""


@dataclass(frozen=True, slots=True)
class Named:
    """A record and what people call it."""

    ref: Ref
    name: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question."""

    id: str
    kind: ReviewKind
    sync: str
    made_at: datetime
    records: tuple[Named, ...]
    """The record that is new, or the two of a pair, HubSpot's first."""
    why: str
    twins: tuple[Named, ...] = ()
    """For a doubtful match: the records across that it may be the same as."""
    field: str = ""
    base: Value = None
    hubspot: Value = None
    xero: Value = None

    @property
    def short(self) -> str:
        """Enough of its id to name it."""
        return self.id[-SHORT:]


async def questions(tx: Tx, connection: str, syncs: Sequence[Sync], limit: int = 1000) -> list[Question]:
    """The open questions, oldest first."""
    by_name = {sync.name: sync for sync in syncs}
    found = [review for review in await reviews.waiting(tx, connection, limit) if review.sync in by_name]
    called = await names(
        tx, connection, [ref for review in found for ref in _all_refs(by_name[review.sync], review)]
    )
    return [_question(by_name[review.sync], review, called) for review in found]


def question_of(found: Sequence[Question], typed: str) -> Question:
    """The question whose id ends in what was typed. Raises `Failure`."""
    fitting = [question for question in found if typed and question.id.endswith(typed.lower())]
    if len(fitting) == 1:
        return fitting[0]
    raise Failure(
        f"There is no open question {typed}." if not fitting else f"Several questions end in {typed}.",
        "See 'crossfoot review list'.",
        code=ASKED_WRONGLY,
    )


def _refs(sync: Sync, review: Review) -> list[Ref]:
    found = []
    if review.crm_id:
        found.append(Ref(Side.CRM, sync.crm, review.crm_id))
    if review.ledger_id:
        found.append(Ref(Side.LEDGER, sync.ledger, review.ledger_id))
    return found


def _twins(sync: Sync, review: Review) -> list[Ref]:
    if review.kind is not ReviewKind.DOUBTFUL:
        return []
    across = Side.LEDGER if review.crm_id else Side.CRM
    return [Ref(across, sync.kind(across), twin) for twin in review.shown.get("twins", ())]


def _all_refs(sync: Sync, review: Review) -> list[Ref]:
    return _refs(sync, review) + _twins(sync, review)


def _question(sync: Sync, review: Review, called: dict[Ref, str]) -> Question:
    return Question(
        review.id,
        review.kind,
        review.sync,
        review.made_at,
        tuple(Named(ref, called[ref]) for ref in _refs(sync, review)),
        str(review.subject.get("why", "")),
        tuple(Named(ref, called[ref]) for ref in _twins(sync, review)),
        review.field,
        review.shown.get("base"),
        review.shown.get("crm"),
        review.shown.get("ledger"),
    )
