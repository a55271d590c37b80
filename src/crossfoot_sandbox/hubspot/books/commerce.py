"""What an admin set up for money in one portal: payment processing, the tax library, invoice numbers (HubSpot facts 7.2 to 7.4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, cast, get_args

from crossfoot_sandbox.hubspot.times import iso

Processor = Literal["none", "hs_payments", "byo_stripe"]


@dataclass(frozen=True, slots=True)
class TaxRate:
    """One entry of the tax library. Only people make and change them; the API reads."""

    id: str
    name: str
    label: str
    rate: Decimal  # percent
    active: bool
    created: int
    updated: int

    def json(self) -> dict[str, Any]:
        """As the tax rates API shows it; the percentage is a JSON number."""
        return {
            "id": self.id,
            "name": self.name,
            "label": self.label,
            "percentageRate": self.rate,
            "active": self.active,
            "createdAt": iso(self.created),
            "updatedAt": iso(self.updated),
        }


@dataclass(slots=True)
class Commerce:
    """The settings. Change `processor`, `deletes_open_invoices` and the numbering at will."""

    processor: Processor = "none"
    """HubSpot payments or Stripe, or neither, as in most portals whose ledger is elsewhere."""

    deletes_open_invoices: bool = False
    """Whether unpaid open invoices may be deleted (invoices guide: "if enabled in your account settings")."""

    number_prefix: str = "INV-"
    next_number: int = 1001
    tax_ids: list[str] = field(default_factory=list)
    """What `hs_tax_id` may be; the first one is the default."""

    tax_rates: dict[str, TaxRate] = field(default_factory=dict)
    received: dict[str, Decimal] = field(default_factory=dict)
    """What the payments on each invoice came to when its totals were last computed."""

    def number(self) -> str:
        """The next invoice number."""
        given = f"{self.number_prefix}{self.next_number}"
        self.next_number += 1
        return given

    def add_tax_rate(self, name: str, rate: Decimal, now: int, label: str = "") -> TaxRate:
        """A new entry in the tax library."""
        number = str(2_148_420_997 + len(self.tax_rates))
        made = TaxRate(number, name, label or name, rate, active=True, created=now, updated=now)
        self.tax_rates[made.id] = made
        return made

    def set_active(self, tax_rate_id: str, now: int, *, active: bool) -> None:
        """Take an entry out of use, or back into it."""
        self.tax_rates[tax_rate_id] = replace(self.tax_rates[tax_rate_id], active=active, updated=now)

    def set_tax_rate(self, wanted: object, now: int) -> TaxRate:
        """Make an entry of the tax library from its words, or change the one of that name."""
        if not isinstance(wanted, Mapping) or not wanted.get("name"):
            raise ValueError('a tax rate needs a "name" and a "rate"')
        name, active = str(wanted["name"]), wanted.get("active", True) is True
        found = next((rate for rate in self.tax_rates.values() if rate.name == name), None)
        if found is None:
            try:
                percent = Decimal(str(wanted.get("rate")))
            except InvalidOperation:
                raise ValueError(f'the tax rate {name} needs a "rate", in percent') from None
            found = self.add_tax_rate(name, percent, now, str(wanted.get("label") or ""))
        self.set_active(found.id, now, active=active)
        return self.tax_rates[found.id]

    def set_up(self, wanted: Mapping[str, object]) -> None:
        """Change settings by name. Raises ValueError for an unknown one or an impossible value."""
        for name, value in wanted.items():
            match name:
                case "processor" if value in get_args(Processor):
                    self.processor = cast("Processor", value)
                case "deletes_open_invoices" if isinstance(value, bool):
                    self.deletes_open_invoices = value
                case "number_prefix" if isinstance(value, str):
                    self.number_prefix = value
                case "next_number" if isinstance(value, int) and not isinstance(value, bool):
                    self.next_number = value
                case "tax_ids" if isinstance(value, list):
                    self.tax_ids = [str(one) for one in value]
                case _:
                    raise ValueError(f"{value!r} cannot be set as {name}")
