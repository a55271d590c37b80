"""What nobody outside Xero has confirmed: one named switch per unknown, each with both behaviours.

Section and question numbers refer to the project's collected facts about the Xero API ("Xero fact 4.6" and so on).
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Switches:
    """The choices of one stand-in. Defaults are the choice that hurts a careless client most."""

    limits: bool = True
    """Rate limits are counted and enforced. Off only for benchmarks of CPU time."""

    offline: Literal["", "organisation", "maintenance"] = ""
    """503 in plain text for every tenant call (fact 6): one organisation's outage, or the whole API's maintenance."""

    rolling_windows: bool = False
    """Minute and day limits roll with the clock. Xero's page says fixed windows, third parties say rolling (fact 2.1)."""

    modified_since_inclusive: bool = True
    """`If-Modified-Since` returns rows of the very second that was asked for (fact 4.6, question 2)."""

    modified_since_304: bool = False
    """No row newer than `If-Modified-Since` answers 304 with no body instead of 200 with `[]` (fact 4.6, question 2)."""

    mixed_batch_atomic: bool = False
    """With summarizeErrors left at true, one bad element keeps the good ones from being written (fact 5, question 5).

    Callers have seen them written in 2015 and 2018, though the answer tells of the bad ones only."""

    unknown_id_in_batch: Literal["404", "element"] = "404"
    """A POST body naming an id that does not exist answers 404 for the whole call, or fails that element (fact 5)."""

    refresh_in_grace: Literal["fresh", "same"] = "fresh"
    """A second refresh with the same token inside its 30 minutes issues a fresh pair, or repeats the first (fact 1.5, question 9).

    With fresh pairs only the last issued one outlives the grace window.
    """

    reconnect_keeps_auth_event: bool = True
    """Consenting again leaves the first `authEventId` on the connection, so that filtering by the new one finds nothing (fact 1.6)."""

    insufficient_scope_status: Literal[401, 403] = 401
    """Status for a missing scope; the `WWW-Authenticate` header says `insufficient_scope` either way (fact 1.7)."""

    items_with_invoices_scope: bool = True
    """`accounting.invoices` alone may write Items (fact 1.7, question 7)."""

    duplicate_contact_number: Literal["refused", "accepted"] = "refused"
    """What happens to a ContactNumber that another contact has (fact 6.1, question 8)."""

    number_matches_archived: bool = True
    """POST without id whose ContactNumber is an archived contact's matches it and fails, instead of creating (fact 6.1)."""

    name_matches_archived: bool = False
    """The same for the Name of an archived contact; names are unique among active contacts only (fact 7.1)."""

    empty_text_clears: bool = True
    """An explicit `""` clears a text field, instead of being ignored (fact 7.1)."""

    slot_fields_merge: bool = True
    """Fields left out of a phone or address that is sent keep their value, instead of the slot being replaced (fact 7.1)."""

    name_spaces: Literal["trimmed", "refused"] = "trimmed"
    """Leading, trailing and repeated spaces in Name are removed silently, or refused (fact 7.1)."""

    country_letters_only: bool = True
    """An address country with anything but letters and spaces is refused (fact 7.1 says `[A-Za-z]` only)."""

    unchanged_write_touches: bool = True
    """A write that changes nothing still moves UpdatedDateUTC and fires a webhook (not documented)."""

    item_code_required: bool = True
    """An update of an item by its id must repeat the Code, which the OpenAPI file marks required for every item (fact 7.3)."""

    half_cent: Literal["up", "even"] = "up"
    """Rounding of exactly half a unit of the last place, away from zero or to even (fact 8.1, question 3)."""

    number_finds_document: bool = True
    """POST without id whose InvoiceNumber (or CreditNoteNumber) a sales document has edits that document, instead of being refused
    as not unique (fact 7.4, question 4)."""

    line_amount_mismatch: Literal["refused", "recomputed"] = "refused"
    """A LineAmount that disagrees with quantity, price and discount (fact 7.4, question 3)."""

    totals_mismatch: Literal["refused", "ignored"] = "refused"
    """A Total that disagrees with the lines: the OpenAPI file says ignored, third parties saw a refusal (fact 7.4)."""

    tax_amount_limit: Literal["line amount", "unit amount"] = "line amount"
    """What a TaxAmount that is sent may not be greater than: the page on invoices names the unit amount, a message seen by third
    parties the line amount (fact 7.4, question 3)."""

    negative_quantity: Literal["accepted", "refused"] = "accepted"
    """A quantity below zero on a line; one help centre reports its refusal, Xero's own pages accept it (not documented)."""

    unknown_tracking: Literal["ignored", "refused"] = "ignored"
    """A tracking option that does not exist is left out with a warning, or refused (fact 7.9)."""

    due_date_from_terms: bool = False
    """An approved invoice without DueDate takes it from the payment terms of the contact or organisation, instead of being refused
    (fact 7.4)."""

    currency_can_change: bool = False
    """The currency of a document that exists can be changed (fact 8.3)."""

    zero_total_is_paid: bool = True
    """An approved document with a total of zero is paid at once, instead of waiting for ever (not documented)."""

    payment_reference_limited: bool = True
    """The Reference of a payment is refused beyond 255 characters, as that of an invoice is; no limit is documented (question 10)."""

    payment_fires_invoice_update: bool = True
    """A payment or allocation sends an INVOICE UPDATE webhook for the invoice that it settles (fact 9, question 1)."""

    payment_webhooks: bool = False
    """Payments have a webhook category of their own; it was published in November 2026, and nobody has seen it (fact 9, question 1)."""

    payment_deletion_moves_date: bool = True
    """Deleting a payment moves its UpdatedDateUTC, so that lists of modified payments show it (fact 7.6, question 6)."""

    idempotency_conflict_shape: Literal["element", "message"] = "element"
    """Where the 400 for a reused key says so: in one Element's ValidationErrors, or in the top-level Message (fact 3)."""

    webhook_duplicates: float = 0.0
    """Share of deliveries that arrive twice; "at least once" is documented, how often is not (fact 9)."""
