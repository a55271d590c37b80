"""Writes of payments: made once, deleted at most once, never changed.

Nothing in Xero would refuse a second payment of the same money, so a creation is looked for before it is sent, unless a listing a moment ago
tells that it is new.
"""

from collections.abc import Sequence

from crossfoot.model.identity import Kind
from crossfoot.model.problems import Cause, Problem
from crossfoot.model.records import Observation
from crossfoot.systems.port import Action, Answer, Applied, Refused, Trouble, Write
from crossfoot.systems.xero import payments
from crossfoot.systems.xero.answers import decoded
from crossfoot.systems.xero.document_finding import find_payments
from crossfoot.systems.xero.documents import Payment, Payments
from crossfoot.systems.xero.http import API, XeroClient
from crossfoot.systems.xero.listed import PAYMENTS as LISTED
from crossfoot.systems.xero.reading import rows_by_id
from crossfoot.systems.xero.refusals import PAYMENTS as SAID
from crossfoot.systems.xero.writing import (
    EACH_ALONE,
    Post,
    answered,
    made_before,
    sendable,
    to_seek,
    unwritable,
    waiting,
)

POST: Post[Payment] = Post(
    "Payments",
    EACH_ALONE,
    lambda body: decoded(body, Payments).payments,
    lambda payment: payment.payment_id,
    lambda payment: payments.parts(payment)[0],
    lambda write: write.key,
    lambda payment: Applied(payment.payment_id, payments.observe(payment)),
    SAID,
)

_IMMUTABLE = Problem(
    Cause.READ_ONLY,
    "Xero never changes a payment once it is recorded.",
    "Delete the payment in Xero and record it anew, or correct it where it came from.",
)
_MISSING = Problem(
    Cause.MISSING,
    "Xero does not know the payment any more.",
    "Look for it in Xero; it may have been deleted.",
)


async def write_payments(client: XeroClient, writes: Sequence[Write]) -> list[Answer]:
    """Creates or archives of payments; updates are refused."""
    match writes[0].action:
        case Action.CREATE:
            return await _create(client, writes)
        case Action.UPDATE:
            return [Refused(_IMMUTABLE)] * len(writes)
        case Action.ARCHIVE:
            return await _archive(client, writes)


def _refusal(write: Write) -> Refused | None:
    problem = payments.inexpressible(write)
    return unwritable(write, payments.PATHS) or (Refused(problem) if problem else None)


async def _create(client: XeroClient, writes: Sequence[Write]) -> list[Answer]:
    keyed = [write for write in writes if write.key and _refusal(write) is None]
    keys = [write.key for write in (await to_seek(client, keyed) if keyed else ()) if write.key]
    made: dict[str, Observation] = {}
    if keys:
        paths = {Kind.PAYMENT: frozenset(payments.PATHS)}
        for there in await find_payments(client, LISTED, payments.KEY_PATH, keys, paths):
            made[str(there.fields[payments.KEY_PATH]).casefold()] = there

    def settled(write: Write) -> Answer | None:
        there = made.get((write.key or "").casefold())
        return _refusal(write) or (None if there is None else made_before(there, "payment"))

    return await sendable(client, POST, writes, settled, payments.body)


async def _archive(client: XeroClient, writes: Sequence[Write]) -> list[Answer]:
    """One call each: Xero deletes no payments together."""
    await client.ready(1 + len(writes))
    found = await rows_by_id(client, LISTED, (write.id or "" for write in writes))
    answers: list[Answer] = []
    for write in writes:
        payment = found.get((write.id or "").lower())
        try:
            answers.append(await _delete(client, write, payment))
        except Trouble as trouble:
            if not answers:
                raise
            return answers + waiting(trouble, len(writes) - len(answers))
    return answers


async def _delete(client: XeroClient, write: Write, payment: Payment | None) -> Answer:
    if payment is None:
        return Refused(_MISSING)
    if payment.status == "DELETED":
        return POST.applied(payment)
    problem = payments.undeletable(payment)
    if problem is not None:
        return Refused(problem)
    response = await client.write(
        "POST", f"{API}/Payments/{payment.payment_id}", {}, {"Status": "DELETED"}, what="archive payments"
    )
    [answer] = answered(POST, [write], response)
    return answer
