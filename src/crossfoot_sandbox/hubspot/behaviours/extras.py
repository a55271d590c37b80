"""Discounts, fees and taxes of whole invoices (HubSpot fact 7.2)."""

from crossfoot_sandbox.hubspot.behaviours.behaviour import Behaviour, Leaving, Write
from crossfoot_sandbox.hubspot.behaviours.invoices import unlocked
from crossfoot_sandbox.hubspot.books.account import Account
from crossfoot_sandbox.hubspot.books.book import HubRecord
from crossfoot_sandbox.hubspot.errors import invalid


class Extras(Behaviour):
    """A percentage or an amount; fixed once its invoice is finalised."""

    def admit(self, write: Write) -> None:
        """A kind and a value are needed (assumed)."""
        if write.creating:
            missing = [name for name in ("hs_type", "hs_value") if not write.changes.get(name)]
            if missing:
                raise invalid(
                    f"Error creating {write.kind.upper}. Some required properties were not set.",
                    context={"properties": missing},
                )
        elif write.record is not None and not {"hs_type", "hs_value", "hs_sort_order"}.isdisjoint(
            write.changes
        ):
            self._fixed(write.account, write.kind.plural, write.record)

    def removable(self, leaving: Leaving) -> None:
        """What a finalised invoice is made of stays."""
        self._fixed(leaving.account, leaving.kind.plural, leaving.record)

    def _fixed(self, account: Account, plural: str, record: HubRecord) -> None:
        for invoice_id, _ in account.links.of((plural, "invoices"), record.id):
            unlocked(account, account.books["invoices"][invoice_id], plural)


class Taxes(Extras):
    """A tax belongs to one invoice only."""

    def linkable(self, account: Account, record: HubRecord, other: str) -> None:
        """A second invoice is refused."""
        if other == "invoices" and any(account.links.of(("taxes", "invoices"), record.id)):
            raise invalid(f"Tax {record.id} belongs to another invoice already")
