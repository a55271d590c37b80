"""Writes: one call per batch, one answer per write.

A batch that Xero refuses as a whole (4xx: certainly nothing done) is halved until the record in question stands alone, so one bad record
never stops the others. An answer that never came is `Unknown` and never repeated here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Generic, TypeVar

import msgspec

from crossfoot.model.problems import Cause, Problem
from crossfoot.model.records import Observation
from crossfoot.systems.port import (
    Action,
    Answer,
    Applied,
    FieldInfo,
    Refused,
    Response,
    Trouble,
    Unknown,
    Wait,
    Write,
)
from crossfoot.systems.xero import errors
from crossfoot.systems.xero.answers import Element
from crossfoot.systems.xero.http import API, UNAVAILABLE_SECONDS, XeroClient
from crossfoot.systems.xero.refusals import RECORDS, Refusal, problem

KEY_SECONDS = 360.0
"""How long Xero remembers an idempotency key, errors too (Xero fact 3)."""

EACH_ALONE: Mapping[str, str] = {"summarizeErrors": "false"}
"""Asks for a verdict on each element, so that one bad record does not stop the others (Xero fact 5)."""

_UNTOLD = Unknown("Xero's answer does not tell what became of the record.")

_NO_ID = "00000000-0000-0000-0000-000000000000"
"""What a refused element bears that stands for no record (Xero fact 5)."""

E = TypeVar("E", bound=Element)


@dataclass(frozen=True, slots=True)
class Post(Generic[E]):
    """How one kind is written and its answer read."""

    resource: str
    query: Mapping[str, str]
    elements: Callable[[bytes], Sequence[E]]
    id: Callable[[E], str]
    own: Callable[[E], str | None]
    """What tells a created element apart: our key, or its unique code."""
    asked: Callable[[Write], str | None]
    """The same, of the write."""
    applied: Callable[[E], Applied]
    refusals: Sequence[Refusal] = RECORDS
    """What Xero may say against it."""


def unwritable(write: Write, paths: Mapping[str, FieldInfo]) -> Refused | None:
    """Why a write cannot be sent at all: a field that is not there, or that Xero calculates."""
    for path in write.values:
        info = paths.get(path)
        if info is None:
            return Refused(
                Problem(Cause.INVALID, f"Xero has no field '{path}'.", "Correct the mapping.", path)
            )
        if not info.writable:
            return Refused(
                Problem(
                    Cause.READ_ONLY,
                    f"Xero does not let anyone set '{info.label}'.",
                    "Make the mapping one-way.",
                    path,
                )
            )
    return None


def idempotency_key(writes: Sequence[Write]) -> str:
    """The operation's id, of several a digest of their ids. A key guards a repetition only, so it never comes from content."""
    if len(writes) == 1:
        return writes[0].operation
    return sha256("\n".join(write.operation for write in writes).encode()).hexdigest()


async def deliver(
    client: XeroClient, post: Post[E], writes: Sequence[Write], elements: Sequence[dict[str, Any]]
) -> list[Answer]:
    """Send elements of one action; one answer per write. Raises `Trouble` only when nothing at all was done.

    Creates are a PUT: a POST would silently edit a record of the same name (Xero fact 7.1). Only they carry an idempotency key: with one,
    an edit from A to B to A within six minutes would replay the first (Xero fact 3).
    """
    if not writes:
        return []
    creates = writes[0].action is Action.CREATE
    response = await client.write(
        "PUT" if creates else "POST",
        f"{API}/{post.resource}",
        post.query,
        {post.resource: list(elements)},
        what=f"{writes[0].action} {post.resource.lower()}",
        key=idempotency_key(writes) if creates else None,
    )
    if not _refused_together(writes, response):
        return answered(post, writes, response)
    half = len(writes) // 2
    first = await deliver(client, post, writes[:half], elements[:half])
    try:
        second = await deliver(client, post, writes[half:], elements[half:])
    except Trouble as trouble:
        second = waiting(trouble, len(writes) - half)
    return first + second


def _refused_together(writes: Sequence[Write], response: Response | Unknown | Wait) -> bool:
    """Whether a batch was refused as a whole, for a reason that lies in one of its records."""
    return (
        len(writes) > 1
        and isinstance(response, Response)
        and response.status >= 300
        and not errors.reused_key(response)
    )


def answered(post: Post[E], writes: Sequence[Write], response: Response | Unknown | Wait) -> list[Answer]:
    """What an answer to these writes means for each of them."""
    if isinstance(response, (Unknown, Wait)):
        return [response] * len(writes)
    if response.status < 300:
        try:
            told = post.elements(response.body)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return [Unknown("Xero's answer could not be read; whether it acted is not known.")] * len(writes)
        return [_verdict(post, element) for element in paired(post, writes, told)]
    if errors.reused_key(response):
        waits = Wait("Xero still remembers an earlier request under the same key.", KEY_SECONDS)
        return [waits] * len(writes)
    return [Refused(errors.refused(response, post.refusals))] * len(writes)


async def to_seek(client: XeroClient, writes: Sequence[Write]) -> list[Write]:
    """The creations that are looked for before they are sent: those of which it is not known any more that they are new.

    Whatever a limit makes us wait is waited before that is asked. There is room then for the look and for the write after it.
    """
    await client.ready(1)
    now = client.clock.now()
    sought = [write for write in writes if write.new_until is None or now > write.new_until]
    if sought:
        await client.ready(1)
    return sought


def made_before(there: Observation, what: str) -> Answer:
    """The answer to a creation whose record is there already, made by us from the same origin: it is not made again."""
    if there.live:
        return Applied(there.ref.id, there)
    problem = Problem(
        Cause.ARCHIVED,
        f"The {what} was made in Xero before, and has been deleted there since.",
        "Enter it in Xero by hand if it is wanted after all.",
    )
    return Refused(problem, there.ref.id)


def waiting(trouble: Trouble, count: int) -> list[Answer]:
    """Answers for writes that were not sent, because trouble began after others were."""
    return [Wait(trouble.problem.what, trouble.retry_after or UNAVAILABLE_SECONDS)] * count


def paired(post: Post[E], writes: Sequence[Write], told: Sequence[E]) -> list[E | None]:
    """The element that answers each write: in the order sent (Xero fact 5) where ids and keys agree, else by those alone."""
    if len(told) == len(writes) and all(
        _agree(post, write, element, strict=False) for write, element in zip(writes, told, strict=True)
    ):
        return list(told)
    return [
        next((element for element in told if _agree(post, write, element, strict=True)), None)
        for write in writes
    ]


def _agree(post: Post[E], write: Write, element: E, *, strict: bool) -> bool:
    if write.id is not None:
        unnamed = element.refused and post.id(element) in ("", _NO_ID) and not strict
        return unnamed or post.id(element).lower() == write.id.lower()
    asked, own = post.asked(write), post.own(element)
    if asked is None or own is None:
        return not strict
    return asked.casefold() == own.casefold()


def _verdict(post: Post[E], element: E | None) -> Answer:
    if element is None:
        return _UNTOLD
    if element.refused:
        return Refused(problem((error.message for error in element.validation_errors), post.refusals))
    return replace(
        post.applied(element), warnings=tuple(each.message for each in element.warnings if each.message)
    )


async def sendable(
    client: XeroClient,
    post: Post[E],
    writes: Sequence[Write],
    settled: Callable[[Write], Answer | None],
    body: Callable[[Write], dict[str, Any]],
) -> list[Answer]:
    """Send the writes that `settled` has no answer to yet. One answer per write."""
    answers: list[Answer | None] = [settled(write) for write in writes]
    sent = [index for index, answer in enumerate(answers) if answer is None]
    some = [writes[index] for index in sent]
    for index, answer in zip(
        sent, await deliver(client, post, some, [body(write) for write in some]), strict=True
    ):
        answers[index] = answer
    return [answer for answer in answers if answer is not None]
