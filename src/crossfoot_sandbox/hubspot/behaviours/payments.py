"""Payments: records of money that arrived elsewhere, and those that a processor made (HubSpot fact 7.4, B2)."""

from crossfoot_sandbox.hubspot.behaviours.behaviour import Behaviour, Changes, Leaving, Write
from crossfoot_sandbox.hubspot.behaviours.sums import ZERO, number, text
from crossfoot_sandbox.hubspot.books.account import Account
from crossfoot_sandbox.hubspot.books.book import HubRecord
from crossfoot_sandbox.hubspot.errors import Problem, invalid

_PROCESSED = frozenset({"hs_payments", "byo_stripe"})


class Payments(Behaviour):
    """Who may record them, and what they come to."""

    def admit(self, write: Write) -> None:
        """A portal without payment processing takes none through the API (switchable); new ones are being processed."""
        account = write.account
        switches = account.around.switches
        unable = account.commerce.processor == "none" and switches.payments_need_processor
        if unable and write.version != "ui":
            raise Problem(
                switches.no_processor_status,
                "This account is not set up to collect payments.",
                "VALIDATION_ERROR",
            )
        if write.record is not None:
            _ours(write.record, write.version)
        if write.creating:
            write.default("hs_latest_status", "processing")
            write.default("hs_currency_code", account.currencies.home)
            write.default("hs_processor_type", "none")
            write.changes["hs_payment_id"] = str(9_743_960_263 + len(account.books[write.kind.plural]))

    def derived(self, account: Account, record: HubRecord) -> Changes:
        """Net of fees and refunds, and the invoices it is on."""
        values = record.values
        code = values.get("hs_currency_code", account.currencies.home)
        gross = number(values, "hs_initial_amount")
        invoices = sum(1 for _ in account.links.of(("commerce_payments", "invoices"), record.id))
        computed: Changes = {
            "hs_has_associated_invoice": "true" if invoices else "false",
            "hs_number_of_associated_invoices": str(invoices),
        }
        if gross is not None:
            short = account.around.switches.short_sums
            net = gross - (number(values, "hs_fees_amount") or ZERO)
            left = net - (number(values, "hs_refunds_amount") or ZERO)
            computed["hs_net_amount"] = text(net, code, short=short)
            computed["hs_net_amount_after_refunds"] = text(left, code, short=short)
        return computed

    def removable(self, leaving: Leaving) -> None:
        """What a processor made, nobody deletes through the API."""
        _ours(leaving.record, leaving.actor.version)


def _ours(record: HubRecord, version: str) -> None:
    if record.values.get("hs_processor_type") in _PROCESSED and version != "ui":
        raise invalid(f"Payment {record.id} was made by payment processing and cannot be changed or deleted")
