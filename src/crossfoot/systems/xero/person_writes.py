"""Writes of people inside contacts: read the contact, rewrite its people, send it back, without a pause in between.

Xero knows no version to compare (Xero fact 6), so the contact is read as late as possible. All writes for one contact become one element,
and all contacts one call.
"""

from collections.abc import Sequence
from dataclasses import replace

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.problems import Cause, Problem
from crossfoot.model.records import Observation, Standing
from crossfoot.systems.port import Action, Answer, Applied, Refused, Trouble, Unknown, Write
from crossfoot.systems.xero import contacts, persons
from crossfoot.systems.xero.answers import Contact
from crossfoot.systems.xero.contact_writes import CONTACTS
from crossfoot.systems.xero.http import XeroClient
from crossfoot.systems.xero.listed import CONTACTS as LISTED
from crossfoot.systems.xero.reading import rows_by_id
from crossfoot.systems.xero.writing import deliver, unwritable, waiting

_NO_CONTACT = Problem(
    Cause.INVALID,
    "A person in Xero stands inside a contact, and none was named.",
    "Sync the company first, so that its Xero contact exists.",
    "Contact",
)


async def write_persons(client: XeroClient, writes: Sequence[Write]) -> list[Answer]:
    """Creates, updates or archives of people. Raises `Trouble` only when nothing at all was done."""
    answers: list[Answer | None] = [unwritable(write, persons.PATHS) for write in writes]
    staying: list[int] = []
    moving: list[int] = []
    for index, write in enumerate(writes):
        if answers[index] is None:
            parent = _parent(write)
            if parent is None:
                answers[index] = Refused(_NO_CONTACT)
            else:
                (moving if _moves(write) else staying).append(index)
    done = await _within(client, [writes[index] for index in staying])
    for index, answer in zip(staying, done, strict=True):
        answers[index] = answer
    if moving:
        try:
            moved = await _move(client, [writes[index] for index in moving])
        except Trouble as trouble:
            if not staying:
                raise
            moved = waiting(trouble, len(moving))
        for index, answer in zip(moving, moved, strict=True):
            answers[index] = answer
    return [answer for answer in answers if answer is not None]


def _parent(write: Write) -> str | None:
    """The contact that the person is to stand in."""
    if write.action is Action.CREATE or "Contact" in write.values:
        parent = write.values.get("Contact")
        return str(parent) if parent else None
    return persons.parent_of(write.id or "") or None


def _moves(write: Write) -> bool:
    return write.action is Action.UPDATE and _parent(write) != persons.parent_of(write.id or "")


async def _move(client: XeroClient, writes: Sequence[Write]) -> list[Answer]:
    """Into the new contact first, then out of the old one: a crash in between leaves the person in both, never in none.

    Repeating it is harmless, because a person who is already there is found by the e-mail.
    """
    arriving = [
        replace(write, action=Action.CREATE, id=None, values={**write.seen, **write.values})
        for write in writes
    ]
    answers = await _within(client, arriving)
    arrived = [index for index, answer in enumerate(answers) if isinstance(answer, Applied)]
    leaving = [replace(writes[index], action=Action.ARCHIVE, values={}) for index in arrived]
    try:
        left = await _within(client, leaving)
    except Trouble as trouble:
        left = waiting(trouble, len(leaving))
    for index, answer in zip(arrived, left, strict=True):
        if not isinstance(answer, Applied):
            answers[index] = answer
    return answers


async def _within(client: XeroClient, writes: Sequence[Write]) -> list[Answer]:
    """Writes that each concern one contact only."""
    groups: dict[str, list[int]] = {}
    for index, write in enumerate(writes):
        groups.setdefault(_parent(write) or "", []).append(index)
    answers: list[Answer] = [Unknown("not sent")] * len(writes)
    done = await _rewrite(client, {parent: [writes[index] for index in groups[parent]] for parent in groups})
    for parent, indexes in groups.items():
        for index, answer in zip(indexes, done[parent], strict=True):
            answers[index] = answer
    return answers


async def _rewrite(client: XeroClient, groups: dict[str, list[Write]]) -> dict[str, list[Answer]]:
    """One read and one write for all the contacts."""
    if not groups:
        return {}
    await client.ready(2)
    found = await rows_by_id(client, LISTED, groups)
    answers: dict[str, list[Answer]] = {}
    plans: dict[str, persons.Rewrite] = {}
    for parent, writes in groups.items():
        contact = found.get(parent.lower())
        problem = _unusable(parent, contact)
        if contact is None or problem is not None:
            answers[parent] = [_without(write, problem, contact) for write in writes]
            continue
        plans[parent] = persons.rewrite(contact, writes)
        if plans[parent].element is None:
            seen = contacts.observe(contact)
            answers[parent] = [
                _told(outcome, write, seen)
                for outcome, write in zip(plans[parent].outcomes, writes, strict=True)
            ]
    sent = [parent for parent in plans if plans[parent].element is not None]
    posts = [
        replace(groups[parent][0], action=Action.UPDATE, kind=Kind.CONTACT, id=parent) for parent in sent
    ]
    done = await deliver(client, CONTACTS, posts, [plans[parent].element or {} for parent in sent])
    for parent, answer in zip(sent, done, strict=True):
        writes = groups[parent]
        if isinstance(answer, Refused) and len(writes) > 1:
            answers[parent] = await _one_by_one(client, parent, writes)
        else:
            outcomes = plans[parent].outcomes
            answers[parent] = [
                _outcome(outcome, write, answer) for outcome, write in zip(outcomes, writes, strict=True)
            ]
    return answers


async def _one_by_one(client: XeroClient, parent: str, writes: Sequence[Write]) -> list[Answer]:
    """Xero refused the people of a contact together: find out whom it means, so that one does not stop the others."""
    answers: list[Answer] = []
    for write in writes:
        try:
            answers += (await _rewrite(client, {parent: [write]}))[parent]
        except Trouble as trouble:
            answers += waiting(trouble, 1)
    return answers


def _outcome(outcome: str | Refused, write: Write, answer: Answer) -> Answer:
    if isinstance(outcome, Refused) or not isinstance(answer, Applied):
        return outcome if isinstance(outcome, Refused) else answer
    return _told(outcome, write, answer.observation)


def _told(outcome: str | Refused, write: Write, contact: Observation | None) -> Answer:
    """The answer to one write, by what the contact was last seen to hold."""
    if isinstance(outcome, Refused):
        return outcome
    children = (contact.children if contact else None) or ()
    person = next((child for child in children if child.ref.id == outcome), None)
    if write.action is Action.ARCHIVE:
        if person is not None:
            return Unknown("Xero still shows the person in the contact.")
        return Applied(outcome, _gone(outcome))
    if person is None:
        return Unknown("Xero's answer does not show the person in the contact.")
    return Applied(outcome, person)


def _gone(person_id: str) -> Observation:
    return Observation(
        Ref(Side.LEDGER, Kind.CONTACT_PERSON, person_id),
        Standing.ARCHIVED,
        parent=persons.parent_of(person_id),
    )


def _unusable(parent: str, contact: Contact | None) -> Problem | None:
    if contact is None:
        return Problem(
            Cause.MISSING,
            f"Xero has no contact {parent}.",
            "Look for it in Xero; it may have been deleted.",
            "Contact",
        )
    if contacts.standing(contact) is Standing.LIVE:
        return None
    return Problem(
        Cause.ARCHIVED,
        f"The Xero contact '{contact.name or parent}' is archived, so the people in it cannot be changed.",
        "Restore the contact in Xero (Contacts, Archived, Restore), then sync again.",
        "Contact",
    )


def _without(write: Write, problem: Problem | None, contact: Contact | None) -> Answer:
    """No contact to write to. Whoever was to leave an archived contact is gone already."""
    if write.action is Action.ARCHIVE and write.id is not None and contact is not None:
        return Applied(write.id, _gone(write.id))
    survivor = contact.merged_to_contact_id if contact else None
    assert problem is not None
    return Refused(problem, survivor)
