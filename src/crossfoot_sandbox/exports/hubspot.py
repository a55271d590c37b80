"""HubSpot's exports as CSV: contacts, companies, products, with the labels of properties as headings.

Headings are matched to a property's label or internal name without regard to case. Columns that HubSpot fills by itself
("Create Date") are passed over, unknown ones are left out with a remark, and a heading that nearly is a label is a mistake.
`Record ID` only serves to join the files: records get new ids here, as in any other portal.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from crossfoot_sandbox.exports.csvfile import EMAIL, Reading, Row, Table
from crossfoot_sandbox.hubspot.books.definitions import Definition, Definitions
from crossfoot_sandbox.hubspot.pages.portal import Portal

Columns = dict[str, Definition]

RECORD_ID = "record id"
PRIMARY_COMPANY = (
    "associated company ids (primary)",
    "primary associated company id",
    "associated company ids",
    "associated company id",
)
COMPANY_BY_NAME = ("associated company (primary)", "associated company", "primary company")


def is_contacts(headings: frozenset[str]) -> bool:
    """Whether these (lower-case) headings are an export of contacts."""
    return bool(headings & {"first name", "last name"}) and bool(
        headings & {RECORD_ID, "email", "phone number"}
    )


def is_companies(headings: frozenset[str]) -> bool:
    """Whether these headings are an export of companies."""
    return bool(headings & {"company name", "company domain name"}) and "first name" not in headings


def is_products(headings: frozenset[str]) -> bool:
    """Whether these headings are an export of the product library."""
    return "name" in headings and bool(headings & {"unit price", "price", "sku", "unit cost"})


def _columns(table: Table, definitions: Definitions, reading: Reading) -> Columns:
    """The property of each heading that has one."""
    by_name: dict[str, Definition] = {}
    for definition in definitions.live.values():
        by_name.setdefault(definition.label.casefold(), definition)
        by_name.setdefault(definition.name, definition)
    found: Columns = {}
    for heading in table.headings:
        name = heading.casefold()
        if not heading or name == RECORD_ID or name in PRIMARY_COMPANY or name in COMPANY_BY_NAME:
            continue
        if name not in by_name:
            _unknown(table, heading, by_name, reading)
            continue
        definition = by_name[name]
        if definition.drawn == "owners":
            reading.leave_out(table, f'"{heading}": the sandbox has its own users, nobody is made an owner')
        elif not definition.read_only:
            found[heading] = definition
    return found


def _unknown(table: Table, heading: str, by_name: Columns, reading: Reading) -> None:
    near = get_close_matches(heading.casefold(), by_name, n=1, cutoff=0.88)
    if near and not heading.casefold().startswith("associated"):
        label = by_name[near[0]].label
        reading.wrong(table, 1, heading, f'There is no property "{heading}".', f'Did you mean "{label}"?')
    else:
        reading.leave_out(table, f'the column "{heading}" is no property of the sandbox')


def _value(table: Table, row: Row, heading: str, definition: Definition, reading: Reading) -> str:
    """The property's value for a cell; empty when there is none."""
    cell = row.cells[heading]
    if not cell:
        return ""
    if definition.type == "number":
        if not re.fullmatch(r"-?\d+(\.\d+)?", cell):
            wrong = f'"{cell}" is not a number.'
            reading.wrong(
                table, row.line, heading, wrong, "Write it like 1234.50, without separators or currency."
            )
            return ""
        return cell
    if definition.type == "enumeration":
        return _option(table, heading, definition, cell, reading)
    if definition.type == "bool":
        if cell.casefold() not in ("true", "false", "yes", "no"):
            reading.wrong(
                table, row.line, heading, f'"{cell}" is neither yes nor no.', 'Write "true" or "false".'
            )
            return ""
        return "true" if cell.casefold() in ("true", "yes") else "false"
    if definition.type == "date":
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell):
            reading.wrong(table, row.line, heading, f'"{cell}" is not a date.', "Write it like 2026-11-23.")
            return ""
        return cell
    if definition.name == "email" and not EMAIL.fullmatch(cell):
        reading.wrong(
            table, row.line, heading, f'"{cell}" is not an e-mail address.', "Correct it, or empty the cell."
        )
        return ""
    return cell


def _option(table: Table, heading: str, definition: Definition, cell: str, reading: Reading) -> str:
    known = {option.label.casefold(): option.value for option in definition.options}
    known |= {option.value.casefold(): option.value for option in definition.options}
    parts = [part.strip() for part in cell.split(";")] if definition.field_type == "checkbox" else [cell]
    chosen = []
    for part in filter(None, parts):
        if part.casefold() in known:
            chosen.append(known[part.casefold()])
        else:
            reading.leave_out(table, f'"{part}" is no option of "{heading}" in the sandbox')
    return ";".join(chosen)


def _values(table: Table, row: Row, columns: Columns, reading: Reading) -> dict[str, str]:
    values: dict[str, str] = {}
    for heading, definition in columns.items():
        value = _value(table, row, heading, definition, reading)
        if value:
            values[definition.name] = value
    return values


def _heading(table: Table, *names: str) -> str:
    """The first of these headings that the table has, in its own spelling; empty when it has none."""
    by_name = {heading.casefold(): heading for heading in table.headings}
    return next((by_name[name] for name in names if name in by_name), "")


@dataclass(frozen=True, slots=True)
class Exported:
    """One row of an export. `company` is the record id or the name of a contact's primary company in the exporting portal."""

    table: Table
    row: Row
    record_id: str
    values: dict[str, str]
    company: str = ""
    company_is_id: bool = False

    def heading(self, *names: str) -> str:
        """The table's spelling of the first of these headings that it has."""
        return _heading(self.table, *names)

    def wrong(self, reading: Reading, names: tuple[str, ...], wrong: str, fix: str) -> None:
        """Note a mistake in the first of these columns that exists."""
        reading.wrong(self.table, self.row.line, _heading(self.table, *names), wrong, fix)


def rows(table: Table, object_type: str, portal: Portal, reading: Reading) -> Iterator[Exported]:
    """The records of an export as property values, each checked by itself."""
    columns = _columns(table, portal.definitions[object_type], reading)
    record_id = _heading(table, RECORD_ID)
    company_id, company_name = _heading(table, *PRIMARY_COMPANY), _heading(table, *COMPANY_BY_NAME)
    for row in table.rows:
        by_id, by_name = _first(row, company_id), _first(row, company_name)
        one = Exported(
            table,
            row,
            row.cells.get(record_id, ""),
            _values(table, row, columns, reading),
            company=by_id or by_name,
            company_is_id=bool(by_id),
        )
        if object_type == "companies" and not (one.values.get("name") or one.values.get("domain")):
            wrong = "The company has neither a name nor a domain."
            one.wrong(
                reading, ("company name", "company domain name"), wrong, "Give it one, or remove the row."
            )
        if object_type == "products" and not one.values.get("name"):
            one.wrong(reading, ("name",), "The product has no name.", "Give it one, or remove the row.")
        yield one


def _first(row: Row, heading: str) -> str:
    return row.cells.get(heading, "").split(";")[0].strip() if heading else ""
