"""A HubSpot account with its people: what colleagues do in HubSpot's own pages, without API limits."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from crossfoot_sandbox.hubspot.acts import linking, records
from crossfoot_sandbox.hubspot.acts.drafting import draft
from crossfoot_sandbox.hubspot.books.book import HubRecord, Source, Version
from crossfoot_sandbox.hubspot.books.kinds import CONTACTS, kind_named
from crossfoot_sandbox.hubspot.books.link_types import CONTACT_TO_COMPANY, PRIMARY
from crossfoot_sandbox.hubspot.pages.money_pages import MoneyPages
from crossfoot_sandbox.hubspot.pages.people import in_words
from crossfoot_sandbox.hubspot.times import iso, moment


class Portal(MoneyPages):
    """The account and its people. Each `person_...` raises ValueError with a plain message when the page would refuse."""

    def person_creates(self, object_type: str, properties: Mapping[str, str | None], by: str = "ada") -> str:
        """A colleague makes a record; its id."""
        kind = kind_named(object_type)

        def act() -> str:
            return records.create(
                self, kind, draft(self, kind, properties, version="ui"), self._person(by)
            ).id

        return in_words(act)

    def person_edits(
        self, object_type: str, record_id: str, properties: Mapping[str, str | None], by: str = "ada"
    ) -> None:
        """A colleague changes a record. None or "" clears a property."""
        kind = kind_named(object_type)

        def act() -> None:
            record = self._alive(object_type, record_id)
            records.edit(
                self,
                kind,
                record,
                draft(self, kind, properties, version="ui", record_id=record.id),
                self._person(by),
            )

        in_words(act)

    def person_archives(self, object_type: str, record_id: str, by: str = "ada") -> None:
        """A colleague deletes a record; it stays in the recycle bin."""
        record = self._alive(object_type, record_id)
        in_words(lambda: records.archive(self, kind_named(object_type), record, self._person(by)))

    def person_restores(self, object_type: str, record_id: str, by: str = "ada") -> None:
        """A colleague takes a record out of the recycle bin, possible for 90 days and only in the pages."""
        record = self.book(object_type).survivor(record_id)
        if record is None or record.archived is None:
            raise ValueError(f"{object_type} {record_id} is not in the recycle bin")
        if self.around.now() - record.archived > RECYCLE_BIN:
            raise ValueError(f"{object_type} {record_id} was deleted more than 90 days ago")
        found = record
        in_words(lambda: records.restore(self, kind_named(object_type), found, self._person(by)))

    def person_merges(self, object_type: str, primary_id: str, other_id: str, by: str = "ada") -> str:
        """A colleague merges two records; the id of the one that remains."""
        if not kind_named(object_type).mergeable:
            raise ValueError(f"{object_type} cannot be merged")
        primary, other = self._alive(object_type, primary_id), self._alive(object_type, other_id)
        return in_words(
            lambda: records.merge(self, kind_named(object_type), primary, other, self._person(by)).id
        )

    def person_associates(
        self, contact_id: str, company_id: str, primary: bool = True, by: str = "ada"
    ) -> None:
        """A colleague puts a contact into a company, as its primary one or as a further one."""
        contact, company = self._alive("contacts", contact_id), self._alive("companies", company_id)
        linking.link(
            self,
            CONTACT_TO_COMPANY,
            contact.id,
            company.id,
            {PRIMARY} if primary else set(),
            self._person(by),
        )

    def person_dissociates(self, contact_id: str, company_id: str, by: str = "ada") -> None:
        """A colleague takes a contact out of a company."""
        if not self.links.types(CONTACT_TO_COMPANY, contact_id, company_id):
            raise ValueError(f"contact {contact_id} does not belong to company {company_id}")
        linking.unlink(self, CONTACT_TO_COMPANY, contact_id, company_id, None, self._person(by))

    def person_erases(self, object_type: str, record_id: str, by: str = "ada") -> None:
        """A colleague deletes a record for privacy's sake: nothing of it remains."""
        record = self.book(object_type).survivor(record_id)
        if record is None:
            raise ValueError(f"there is no {object_type} {record_id}")
        records.erase(self, kind_named(object_type), record, self._person(by))

    def bulk_load(
        self,
        object_type: str,
        rows: Iterable[Mapping[str, str]],
        by: str = "import",
        spread: timedelta = timedelta(0),
    ) -> list[str]:
        """Fill a book fast, as of now: no rules beyond unique e-mails, no events, and search sees it at once.

        A row's `associatedcompanyid` links the contact to its primary company. Dates are spread evenly over the past
        `spread`, oldest first. Raises ValueError for a taken e-mail.
        """
        kind = kind_named(object_type)
        book = self.books[kind.plural]
        given = list(rows)
        last, step = self.around.now(), int(spread / timedelta(milliseconds=1)) / max(1, len(given))
        author = f"person:{by}"
        made: list[HubRecord] = []
        for place, row in enumerate(given):
            now = last - int((len(given) - 1 - place) * step)
            stamp = iso(now)
            record_id = book.next_id()
            values = {name: value for name, value in row.items() if value}
            if "email" in values and kind is CONTACTS:
                values["email"] = values["email"].strip().lower()
            for name in book.unique:
                if name in values and name != "hs_additional_emails":
                    holder = book.holder(name, values[name], self.around.switches)
                    if holder is not None:
                        raise ValueError(f"{name} {values[name]} is taken by record {holder.id}")
            values |= {
                kind.created: stamp,
                kind.modified: stamp,
                "hs_object_id": record_id,
                "hs_object_source": "IMPORT",
            }
            record = HubRecord(
                record_id,
                values,
                author,
                now,
                now,
                [Version(moment(now), values, author)],
                [Source("IMPORT", "")],
            )
            book.records[record_id] = record
            for name in book.unique:
                if name in values:
                    book.claim(name, record_id, values[name], self.around.switches)
            company = values.get("associatedcompanyid")
            if company is not None:
                self.links.add(CONTACT_TO_COMPANY, record_id, company, {PRIMARY})
            made.append(record)
        book.live.update(int(record.id) for record in made)
        book.index.fill((int(record.id), record.values, record.modified) for record in made)
        return [record.id for record in made]


RECYCLE_BIN = 90 * 86_400_000  # milliseconds
