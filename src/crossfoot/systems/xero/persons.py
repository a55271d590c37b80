"""The people inside a contact: its primary person and at most five further ones (Xero fact 7.1).

The primary person is the contact's own first name, last name and e-mail, unless the contact is that person itself. A further person
has no id in Xero, so the e-mail names it; the list of them can only be replaced as a whole.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.problems import Cause, Problem
from crossfoot.model.records import Fields, Observation, Standing, Value
from crossfoot.systems.port import Action, FieldInfo, Refused, ValueType, Write
from crossfoot.systems.xero.answers import Contact
from crossfoot.systems.xero.answers import Person as PersonAnswer

FURTHER_MAX = 5
PRIMARY = "primary"

PATHS: Mapping[str, FieldInfo] = {
    "FirstName": FieldInfo("FirstName", "First name", max_length=255),
    "LastName": FieldInfo("LastName", "Last name", max_length=255),
    "EmailAddress": FieldInfo("EmailAddress", "Email", max_length=255),
    "IncludeInEmails": FieldInfo("IncludeInEmails", "Include in emails", ValueType.BOOLEAN),
    "Contact": FieldInfo("Contact", "Contact", ValueType.REFERENCE, refers_to=Kind.CONTACT),
}

_FULL = Problem(
    Cause.INEXPRESSIBLE,
    "A Xero contact holds at most five further people.",
    "Remove a person from the contact in Xero, or leave this one out by a filter.",
)
_NAMELESS = Problem(
    Cause.INVALID,
    "A person in Xero needs a name or an e-mail address.",
    "Fill in one of them.",
    "EmailAddress",
)
_ALWAYS_INCLUDED = Problem(
    Cause.READ_ONLY,
    "Xero always includes the primary person in e-mails.",
    "Leave 'Include in emails' as it is for the primary person.",
    "IncludeInEmails",
)
_GONE = Problem(
    Cause.MISSING,
    "The person is no longer in the Xero contact.",
    "Look into the contact in Xero; nothing else is needed.",
)


def _flat(text: str | None) -> str:
    return " ".join((text or "").split()).casefold()


def is_person(contact: Contact) -> bool:
    """Whether the contact is its own primary person: its name is that person's name."""
    full = _flat(f"{contact.first_name or ''} {contact.last_name or ''}")
    return bool(full) and full == _flat(contact.name)


@dataclass(slots=True)
class _Person:
    first: str | None
    last: str | None
    email: str | None
    include: bool
    primary: bool = False

    @property
    def name(self) -> str:
        return _flat(f"{self.first or ''} {self.last or ''}")

    @property
    def tag(self) -> str:
        """What names the person inside the contact."""
        return PRIMARY if self.primary else (self.email or "").strip().lower() or self.name

    @property
    def blank(self) -> bool:
        return not ((self.email or "").strip() or self.name)

    def fields(self, parent: str) -> dict[str, Value]:
        return {
            "FirstName": self.first or None,
            "LastName": self.last or None,
            "EmailAddress": self.email or None,
            "IncludeInEmails": self.include,
            "Contact": parent,
        }

    def element(self) -> dict[str, Any]:
        return {
            "FirstName": self.first or "",
            "LastName": self.last or "",
            "EmailAddress": self.email or "",
            "IncludeInEmails": self.include,
        }


def _primary(contact: Contact) -> _Person | None:
    person = _Person(contact.first_name, contact.last_name, contact.email_address, include=True, primary=True)
    return None if person.blank or is_person(contact) else person


def _further(answer: PersonAnswer) -> _Person:
    return _Person(answer.first_name, answer.last_name, answer.email_address, bool(answer.include_in_emails))


def _named(further: Sequence[_Person]) -> dict[str, _Person]:
    """Tag to person. Several that share an e-mail are told apart by their names; exact doubles count as one."""
    tagged = [(person.tag, person) for person in further]
    people = dict(tagged)
    if len(people) < len(tagged):
        times = Counter(tag for tag, _ in tagged)
        people = {tag if times[tag] == 1 else f"{tag}|{person.name}": person for tag, person in tagged}
    return {tag: person for tag, person in people.items() if tag.strip("|")}


def observe(contact: Contact, standing: Standing) -> tuple[Observation, ...]:
    """Every person of the contact; in an archived or merged contact they are archived, in an erased one erased."""
    people: dict[str, _Person] = {}
    if contact.email_address or contact.first_name or contact.last_name:
        primary = _primary(contact)
        if primary is not None:
            people[PRIMARY] = primary
    if contact.contact_persons:
        people |= _named([_further(person) for person in contact.contact_persons])
    if standing is Standing.MERGED:
        standing = Standing.ARCHIVED
    parent = contact.contact_id
    return tuple(
        Observation(
            ref=Ref(Side.LEDGER, Kind.CONTACT_PERSON, f"{parent}/{tag}"),
            standing=standing,
            fields={} if standing is Standing.ERASED else person.fields(parent),
            parent=parent,
        )
        for tag, person in people.items()
    )


def parent_of(person_id: str) -> str:
    """The contact that a person's id names."""
    return person_id.partition("/")[0]


@dataclass(slots=True)
class Rewrite:
    """What several writes make of one contact's people."""

    element: dict[str, Any] | None = None
    """What to send; None when all of it is so already."""
    outcomes: list[str | Refused] = field(default_factory=list)
    """Per write the id that the person then has (gone, after an archive), or why it cannot be."""


class _People:
    """The people of one contact while writes are applied to them."""

    def __init__(self, contact: Contact) -> None:
        self.contact = contact
        self.primary = _primary(contact)
        self.further = [_further(person) for person in contact.contact_persons]
        self.before = {**_named(self.further), **({PRIMARY: self.primary} if self.primary else {})}
        self.primary_changed = self.further_changed = False

    def twin(self, person: _Person) -> _Person | None:
        """The person who is already there with the same e-mail, or without any and with the same name."""
        everyone = [*([self.primary] if self.primary else []), *self.further]
        email = (person.email or "").strip().lower()
        if email:
            return next((other for other in everyone if (other.email or "").strip().lower() == email), None)
        return next((other for other in everyone if not other.email and other.name == person.name), None)

    def tag(self, person: _Person) -> str:
        """The tag that the person has among the others now."""
        if person.primary:
            return PRIMARY
        return next((tag for tag, other in _named(self.further).items() if other is person), person.tag)

    def create(self, values: Fields) -> str | Refused:
        person = _Person(*_texts(values), include=values.get("IncludeInEmails") is True)
        if person.blank:
            return Refused(_NAMELESS)
        there = self.twin(person)
        if there is not None:
            return self.tag(there)
        contact_is_bare = not (
            self.contact.first_name or self.contact.last_name or self.contact.email_address
        )
        if self.primary is None and contact_is_bare and person.name != _flat(self.contact.name):
            self.primary = replace(person, primary=True, include=True)
            self.primary_changed = True
            return PRIMARY
        if len(self.further) >= FURTHER_MAX:
            return Refused(_FULL)
        self.further.append(person)
        self.further_changed = True
        return self.tag(person)

    def update(self, tag: str, values: Fields) -> str | Refused:
        person = self.before.get(tag)
        if person is None:
            # an update that changed the e-mail and whose answer was lost: the person is there under the new name
            there = self.twin(_Person(*_texts(values), include=False))
            return self.tag(there) if there is not None else Refused(_GONE)
        changed = replace(
            person,
            first=_changed(values, "FirstName", person.first),
            last=_changed(values, "LastName", person.last),
            email=_changed(values, "EmailAddress", person.email),
            include=bool(values.get("IncludeInEmails", person.include)),
        )
        if changed.blank:
            return Refused(_NAMELESS)
        if changed == person:
            return self.tag(person)
        if not person.primary:
            other = self.twin(changed)
            if other is not None and other is not person and changed.tag != person.tag:
                return Refused(_taken(changed), f"{self.contact.contact_id}/{self.tag(other)}")
            self.further_changed = True
        else:
            if not changed.include:
                return Refused(_ALWAYS_INCLUDED)
            if changed.name == _flat(self.contact.name):
                return Refused(_is_the_contact(self.contact))
            self.primary_changed = True
        person.first, person.last, person.email, person.include = (
            changed.first,
            changed.last,
            changed.email,
            changed.include,
        )
        return self.tag(person)

    def archive(self, tag: str) -> str:
        person = self.before.get(tag)
        if person is not None and person.primary and self.primary is not None:
            self.primary = None
            self.primary_changed = True
        elif person is not None:
            kept = [other for other in self.further if other is not person and other != person]
            self.further_changed = self.further_changed or len(kept) < len(self.further)
            self.further = kept
        return tag

    def element(self) -> dict[str, Any] | None:
        if not (self.primary_changed or self.further_changed):
            return None
        element: dict[str, Any] = {"ContactID": self.contact.contact_id}
        if self.primary_changed:
            now = self.primary.element() if self.primary else {}
            was = {
                "FirstName": self.contact.first_name,
                "LastName": self.contact.last_name,
                "EmailAddress": self.contact.email_address,
            }
            element |= {path: now.get(path, "") for path in was if now.get(path, "") != (was[path] or "")}
        if self.further_changed:
            element["ContactPersons"] = [person.element() for person in self.further]
        return element


def rewrite(contact: Contact, writes: Sequence[Write]) -> Rewrite:
    """Apply writes to the people of a contact that was read this moment. All of them become one element."""
    people = _People(contact)
    result = Rewrite()
    for write in writes:
        tag = (write.id or "").partition("/")[2]
        if write.action is Action.CREATE:
            outcome = people.create(write.values)
        elif write.action is Action.UPDATE:
            outcome = people.update(tag, write.values)
        else:
            outcome = people.archive(tag)
        result.outcomes.append(f"{contact.contact_id}/{outcome}" if isinstance(outcome, str) else outcome)
    result.element = people.element()
    return result


def _texts(values: Fields) -> tuple[str | None, str | None, str | None]:
    return (
        _changed(values, "FirstName", None),
        _changed(values, "LastName", None),
        _changed(values, "EmailAddress", None),
    )


def _changed(values: Fields, path: str, old: str | None) -> str | None:
    if path not in values:
        return old
    value = values[path]
    return None if value is None else str(value)


def _taken(person: _Person) -> Problem:
    return Problem(
        Cause.TAKEN,
        f"The Xero contact already has another person '{person.email or person.name}'.",
        "Remove one of the two, or give them different e-mail addresses.",
        "EmailAddress",
    )


def _is_the_contact(contact: Contact) -> Problem:
    return Problem(
        Cause.INEXPRESSIBLE,
        f"The primary person cannot have the name of the contact itself ('{contact.name}').",
        "Rename the contact or the person; with the same name the contact counts as a person, not as a company.",
        "LastName",
    )
