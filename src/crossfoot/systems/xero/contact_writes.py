"""Writes of contacts."""

from collections.abc import Sequence
from dataclasses import replace

from crossfoot.model.problems import Cause
from crossfoot.systems.port import Action, Answer, Applied, Refused, Trouble, Write
from crossfoot.systems.xero import contacts
from crossfoot.systems.xero.answers import Contact, Contacts, decoded
from crossfoot.systems.xero.finding import contacts_with
from crossfoot.systems.xero.http import XeroClient
from crossfoot.systems.xero.writing import EACH_ALONE, Post, sendable, unwritable

CONTACTS: Post[Contact] = Post(
    "Contacts",
    EACH_ALONE,
    lambda body: decoded(body, Contacts).contacts,
    lambda contact: contact.contact_id,
    lambda contact: contact.contact_number,
    lambda write: write.key,
    lambda contact: Applied(contact.contact_id, contacts.observe(contact, written=True)),
)


async def write_contacts(client: XeroClient, writes: Sequence[Write]) -> list[Answer]:
    """Creates, updates or archives of contacts."""
    answers = await sendable(client, CONTACTS, writes, _contact_refusal, contacts.body)
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


def _contact_refusal(write: Write) -> Refused | None:
    problem = contacts.inexpressible(write)
    return unwritable(write, contacts.PATHS) or (Refused(problem) if problem else None)
