"""Writes of contacts and items: one call per batch, one answer per write.

A batch that Xero refuses as a whole (4xx: certainly nothing done) is halved until the record in question stands alone, so one bad record
never stops the others. An answer that never came is `Unknown` and never repeated here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Generic, TypeVar

import msgspec

from crossfoot.model.identity import Kind
from crossfoot.model.problems import Cause, Problem
from crossfoot.systems.port import Action, Answer, Applied, FieldInfo, Refused, Trouble, Unknown, Wait, Write
from crossfoot.systems.xero import contacts, errors, items
from crossfoot.systems.xero.answers import Contact, Contacts, Element, Item, Items, decoded
from crossfoot.systems.xero.http import API, UNAVAILABLE_SECONDS, XeroClient
from crossfoot.systems.xero.reading import contacts_with, find_items

KEY_SECONDS = 360.0
"""How long Xero remembers an idempotency key, errors too (Xero fact 3)."""

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


CONTACTS: Post[Contact] = Post(
    "Contacts",
    {"summarizeErrors": "false"},
    lambda body: decoded(body, Contacts).contacts,
    lambda contact: contact.contact_id,
    lambda contact: contact.contact_number,
    lambda write: write.key,
    lambda contact: Applied(contact.contact_id, contacts.observe(contact, written=True)),
)

ITEMS: Post[Item] = Post(
    "Items",
    {"unitdp": "4", "summarizeErrors": "false"},
    lambda body: decoded(body, Items).items,
    lambda item: item.item_id,
    lambda item: item.code,
    lambda write: str(write.values.get("Code") or "") or None,
    lambda item: Applied(item.item_id, items.observe(item)),
)


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
    if isinstance(response, (Unknown, Wait)):
        return [response] * len(writes)
    if response.status < 300:
        try:
            told = post.elements(response.body)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return [Unknown("Xero's answer could not be read; whether it acted is not known.")] * len(writes)
        return [_verdict(post, element) for element in paired(post, writes, told)]
    if errors.reused_key(response):
        return [Wait("Xero still remembers an earlier request under the same key.", KEY_SECONDS)] * len(
            writes
        )
    if len(writes) == 1:
        return [Refused(errors.refused(response))]
    half = len(writes) // 2
    first = await deliver(client, post, writes[:half], elements[:half])
    try:
        second = await deliver(client, post, writes[half:], elements[half:])
    except Trouble as trouble:
        second = waiting(trouble, len(writes) - half)
    return first + second


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
        return Refused(errors.problem(error.message for error in element.validation_errors))
    return post.applied(element)


async def _sendable(
    client: XeroClient,
    post: Post[E],
    writes: Sequence[Write],
    refusal: Callable[[Write], Refused | None],
    body: Callable[[Write], dict[str, Any]],
) -> list[Answer]:
    answers: list[Answer | None] = [refusal(write) for write in writes]
    sent = [index for index, answer in enumerate(answers) if answer is None]
    some = [writes[index] for index in sent]
    for index, answer in zip(
        sent, await deliver(client, post, some, [body(write) for write in some]), strict=True
    ):
        answers[index] = answer
    return [answer for answer in answers if answer is not None]


async def write_contacts(client: XeroClient, writes: Sequence[Write]) -> list[Answer]:
    """Creates, updates or archives of contacts."""
    answers = await _sendable(client, CONTACTS, writes, _contact_refusal, contacts.body)
    if writes[0].action is Action.CREATE:
        return await _contacts_in_the_way(client, writes, answers)
    if writes[0].action is Action.ARCHIVE:
        return [_archived_already(write, answer) for write, answer in zip(writes, answers, strict=True)]
    return answers


def _archived_already(write: Write, answer: Answer) -> Answer:
    """An archive that is refused because the contact is archived has what it wants."""
    if isinstance(answer, Refused) and answer.problem.cause is Cause.ARCHIVED and write.id is not None:
        return Applied(write.id)
    return answer


async def _contacts_in_the_way(
    client: XeroClient, writes: Sequence[Write], answers: Sequence[Answer]
) -> list[Answer]:
    """Xero does not say which contact has the name or number. If it is the one that bears our key, our own creation came through before."""
    blocked = {
        index: answer
        for index, answer in enumerate(answers)
        if isinstance(answer, Refused) and answer.problem.cause in (Cause.TAKEN, Cause.ARCHIVED)
    }
    if not blocked:
        return list(answers)
    clauses = [("ContactNumber", writes[index].key or "") for index in blocked]
    clauses += [("Name", _kept_name(writes[index])) for index in blocked]
    try:
        found = await contacts_with(client, [clause for clause in clauses if clause[1]], archived=True)
    except Trouble:
        return list(answers)
    result = list(answers)
    for index, answer in blocked.items():
        result[index] = _in_the_way(writes[index], answer, found)
    return result


def _in_the_way(write: Write, refused: Refused, found: Sequence[Contact]) -> Answer:
    key, name = (write.key or "").casefold(), _kept_name(write).casefold()
    ours = [contact for contact in found if key and (contact.contact_number or "").casefold() == key]
    named = [contact for contact in found if (contact.name or "").casefold() == name]
    for contact in ours:
        seen = contacts.observe(contact)
        return Applied(contact.contact_id, seen) if seen.live else replace(refused, twin=contact.contact_id)
    twins = [contact for contact in named if contacts.observe(contact).live] or named
    return replace(refused, twin=twins[0].contact_id) if twins else refused


def _kept_name(write: Write) -> str:
    """The name as Xero keeps it: without leading, trailing and repeated spaces (Xero fact 7.1)."""
    return " ".join(str(write.values.get("Name") or "").split())


async def write_items(client: XeroClient, writes: Sequence[Write]) -> list[Answer]:
    """Creates or updates of items. Items cannot be archived, and deleting is not ours to do."""
    if writes[0].action is Action.ARCHIVE:
        return [Refused(_NO_ARCHIVE)] * len(writes)
    answers = await _sendable(client, ITEMS, writes, _item_refusal, items.body)
    taken = [
        (index, str(write.values.get("Code") or ""), answer)
        for index, (write, answer) in enumerate(zip(writes, answers, strict=True))
        if isinstance(answer, Refused) and answer.problem.cause is Cause.TAKEN
    ]
    if not taken:
        return answers
    try:
        found = await find_items(client, "Code", [code for _, code, _ in taken], {Kind.ITEM: ()})
    except Trouble:
        return answers
    twins = {str(seen.fields.get("Code") or "").casefold(): seen.ref.id for seen in found}
    for index, code, refused in taken:
        answers[index] = replace(refused, twin=twins.get(code.casefold()))
    return answers


def _contact_refusal(write: Write) -> Refused | None:
    problem = contacts.inexpressible(write)
    return unwritable(write, contacts.PATHS) or (Refused(problem) if problem else None)


def _item_refusal(write: Write) -> Refused | None:
    problem = items.inexpressible(write)
    return unwritable(write, items.PATHS) or (Refused(problem) if problem else None)


_NO_ARCHIVE = Problem(
    Cause.INEXPRESSIBLE,
    "Xero has no archive for items.",
    "Delete the item in Xero, or set the deletion rule of this sync to ignore.",
)
