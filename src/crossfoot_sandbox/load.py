"""Fill either side from the CSV files that HubSpot and Xero export. All files are checked first: all are loaded, or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crossfoot_sandbox.exports import hubspot, xero
from crossfoot_sandbox.exports.csvfile import BadFiles, Reading, Table, read
from crossfoot_sandbox.hubspot.pages.portal import Portal
from crossfoot_sandbox.xero.pages.office import Office

KINDS = {
    "HubSpot companies": hubspot.is_companies,
    "HubSpot contacts": hubspot.is_contacts,
    "HubSpot products": hubspot.is_products,
    "Xero contacts": xero.is_contacts,
    "Xero items": xero.is_items,
}
Places = dict[str, list[int]]
EXPECTED = (
    'Expected HubSpot contacts ("Record ID", "First Name", "Email"), HubSpot companies ("Company name"), HubSpot products '
    '("Name", "SKU", "Unit price"), Xero contacts ("*ContactName") or Xero items ("*ItemCode").'
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came in: records per file and kind, and remarks about what was left out and why."""

    records: tuple[tuple[str, str, int], ...]  # file, kind of file, how many
    remarks: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "records": [{"file": file, "kind": kind, "count": count} for file, kind, count in self.records],
            "remarks": list(self.remarks),
        }


def load(portal: Portal, organisation: Office, files: Sequence[tuple[str, bytes]]) -> Loaded:
    """Load files (name, content) of any of the five kinds, told apart by their headings. Raises `BadFiles`."""
    reading = Reading()
    tables: dict[str, list[Table]] = {kind: [] for kind in KINDS}
    for name, content in files:
        try:
            table = read(name, content)
        except BadFiles as bad:
            reading.problems += bad.problems
            continue
        headings = frozenset(heading.casefold() for heading in table.headings)
        kind = next((kind for kind, fits in KINDS.items() if fits(headings)), None)
        if kind is None:
            wrong = f"The headings are of no known export: {', '.join(filter(None, table.headings[:6]))}."
            reading.wrong(table, 1, "", wrong, EXPECTED)
        else:
            tables[kind].append(table)
    crm = _Crm(portal, tables, reading)
    ledger = _Ledger(organisation, tables, reading)
    if reading.problems:
        raise BadFiles(reading.problems)
    crm.commit()
    ledger.commit()
    counted = ((table.file, kind, len(table.rows)) for kind, found in tables.items() for table in found)
    return Loaded(tuple(counted), reading.remarks())


class _Crm:
    """The HubSpot files: checked when made, loaded by `commit`."""

    def __init__(self, portal: Portal, tables: dict[str, list[Table]], reading: Reading) -> None:
        self._portal = portal
        self._companies = self._rows("companies", tables["HubSpot companies"], reading)
        self._contacts = self._rows("contacts", tables["HubSpot contacts"], reading)
        self._products = self._rows("products", tables["HubSpot products"], reading)
        by_id, by_name = self._places()
        self._employers = [self._employer(one, by_id, by_name, reading) for one in self._contacts]
        emails = portal.books["contacts"]
        for one in self._contacts:
            email = one.values.get("email", "").lower()
            reading.once(one.table, one.row, one.heading("email"), "e-mail address", email)
            holder = emails.holder("email", email, portal.around.switches) if email else None
            if holder is not None:
                wrong = f"A contact with this e-mail address is in the portal already (record {holder.id})."
                one.wrong(reading, ("email",), wrong, "Remove the row, or start with an empty sandbox.")

    def _rows(self, object_type: str, tables: list[Table], reading: Reading) -> list[hubspot.Exported]:
        rows = [one for table in tables for one in hubspot.rows(table, object_type, self._portal, reading)]
        for one in rows:
            heading = one.heading(hubspot.RECORD_ID)
            reading.once(one.table, one.row, heading, f"record ID of {object_type}", one.record_id)
        return rows

    def _places(self) -> tuple[Places, Places]:
        """Where each company stands among those of these files, by record id and by name."""
        by_id: Places = {}
        by_name: Places = {}
        for place, company in enumerate(self._companies):
            by_id.setdefault(company.record_id, []).append(place)
            by_name.setdefault(company.values.get("name", "").casefold(), []).append(place)
        return by_id, by_name

    @staticmethod
    def _employer(contact: hubspot.Exported, by_id: Places, by_name: Places, reading: Reading) -> int | None:
        """The place of the contact's company."""
        if not contact.company:
            return None
        known, wanted = (
            (by_id, contact.company) if contact.company_is_id else (by_name, contact.company.casefold())
        )
        places = known.get(wanted, [])
        if len(places) == 1:
            return places[0]
        why = "is the name of several companies" if places else "is not among the companies loaded"
        reading.leave_out(contact.table, f'"{contact.company}" {why}; the contact gets no company')
        return None

    def commit(self) -> None:
        """Into the portal's books."""
        ids = self._portal.bulk_load("companies", [one.values for one in self._companies])
        contacts = [
            one.values if employer is None else {**one.values, "associatedcompanyid": ids[employer]}
            for one, employer in zip(self._contacts, self._employers, strict=True)
        ]
        self._portal.bulk_load("contacts", contacts)
        self._portal.bulk_load("products", [one.values for one in self._products])


class _Ledger:
    """The Xero files: checked when made, loaded by `commit`."""

    def __init__(self, organisation: Office, tables: dict[str, list[Table]], reading: Reading) -> None:
        self._organisation = organisation
        chart = xero.Chart(
            accounts=frozenset(str(row["Code"]) for row in organisation.accounts.values() if row.get("Code")),
            tax_types={
                str(row["Name"]).casefold(): str(row["TaxType"]) for row in organisation.tax_rates.values()
            },
        )
        self._contacts = [one for table in tables["Xero contacts"] for one in xero.contacts(table, reading)]
        self._items = [one for table in tables["Xero items"] for one in xero.items(table, chart, reading)]
        for one in self._contacts:
            if one.values.get("ContactStatus") != "ARCHIVED":
                self._free("Contacts", "Name", "contact name", one, reading)
        for one in self._items:
            self._free("Items", "Code", "item code", one, reading)

    def _free(self, kind: str, field: str, what: str, one: xero.Templated, reading: Reading) -> None:
        """Xero keeps names of active contacts and codes of items unique, without regard to case (Xero facts 7.1, 7.3)."""
        value = str(one.values.get(field, ""))
        reading.once(one.table, one.row, one.key, what, value)
        holder = self._organisation.book(kind).find(field, value) if value else None
        if holder is not None:
            wrong = f'The {what} "{value}" is in the organisation already.'
            reading.wrong(
                one.table, one.row.line, one.key, wrong, "Remove the row, or start with an empty sandbox."
            )

    def commit(self) -> None:
        """Into the organisation's books."""
        self._organisation.bulk_load("Contacts", [one.values for one in self._contacts])
        self._organisation.bulk_load("Items", [one.values for one in self._items])
