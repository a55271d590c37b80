"""What nobody knows for certain about HubSpot, one named switch each; the defaults are the likelier or the nastier answer."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Switches:
    """Change with `dataclasses.replace` and hand the result to `HubSpot(clock, switches)` or set `hubspot.switches`."""

    seed: int | str = 0
    """Names every keyed draw (lag, shuffling, hidden bumps, locks, webhook disorder)."""

    lag_min: float = 1.0
    """Shortest delay in seconds until search sees a write (HubSpot fact 4, "a few moments"; A1)."""

    lag_max: float = 30.0
    """Longest delay in seconds until search sees a write (integrators report about 30 s)."""

    merge: Literal["new id", "primary id"] = "new id"
    """Which id survives a merge: a third one (since 2025-01-14) or the primary's (beta; fact 3.4, open question 13.7)."""

    merged_in_batch_update: Literal["omitted", "resolved"] = "omitted"
    """A batch/update that names a merged-away id leaves it out without an error, or writes to the survivor (A3)."""

    refresh_rotates: bool = False
    """Whether each refresh ends the old refresh token (fact 2.1 and open question 13.4: unknown)."""

    null_clears: bool = True
    """A JSON null as a property value clears it; otherwise it is a 400 (A13, open question 13.10)."""

    empty_as_null: bool = True
    """A requested property without a value comes back as null; otherwise it is left out (A14, the docs disagree)."""

    shuffled: bool = True
    """The order of `results` in batch answers is not that of the inputs (A9)."""

    hidden_bump: float = 0.25
    """Share of writes after which a hidden recalculation moves the modified date once more (A7)."""

    hidden_bump_after: float = 3.0
    """Seconds until that recalculation."""

    association_bumps: bool = True
    """Linking and unlinking moves the modified date of both ends (A7, background knowledge only)."""

    association_ids_as_text: bool = False
    """`toObjectId` in association lists is text; otherwise a number (fact 6: the docs show a number, the spec says text)."""

    token_takes_json: bool = False
    """The token endpoint also takes a JSON body, as the alpha of `hubspot-sdk` sends it; otherwise 415 (fact 2.1: a form)."""

    first_company_is_primary: bool = True
    """A contact's first company becomes its primary one without being asked (background knowledge only)."""

    taken_email: Literal[409, 400] = 409
    """How a taken e-mail is refused: as "Contact already exists", or, seen when that check was too early, as any unique value (A4)."""

    unique_ignores_case: bool = True
    """`hasUniqueValue` properties collide without regard to case, as e-mails do (unknown)."""

    limits: bool = True
    """Enforce the rate limits of fact 5.2; off for measurements of CPU."""

    admin_rules: bool = True
    """Enforce `Portal.required_on_create` and `Portal.conditional` on 2026-09 writes (A11); a portal has none until set."""

    edit_associations: bool = True
    """False: a user-level token on 2026-09 is refused with "Missing 'Edit Associations' permission." (fact 3.3)."""

    lock_share: float = 0.0
    """Share of writes to one record that meet another write and are answered 423 for two seconds (A17)."""

    bare_errors: float = 0.0
    """Share of error bodies that lack `category`, `errors` and `context` (A18; HubSpot calls every field optional)."""

    webhook_delay: float = 5.0
    """Longest delay in seconds between a change and its first delivery; single events come up to minutes later (A20)."""

    webhook_late_share: float = 0.02
    """Share of events that wait up to five minutes instead."""

    webhook_duplicates: float = 0.05
    """Share of events delivered twice, half of them under another `eventId` (A20)."""

    webhook_shared_ids: float = 0.05
    """Share of events that repeat the `eventId` of the event before (fact 8.2: not unique)."""

    deal_pipeline_defaults: bool = True
    """A deal without `pipeline` goes into the default one; otherwise that is a 400 (fact 3.2 lists it as required)."""

    closing_sets_closedate: bool = True
    """Moving a deal to a closed stage sets its close date, unless the same write sends one (background knowledge only)."""

    lines_set_deal_amount: bool = False
    """A deal's amount follows its line items; otherwise it stays as written (background knowledge only)."""

    second_parent: Literal["moves", "copies", "shares"] = "moves"
    """What associating a line item with a second deal or invoice does to it (B3: "steals it or copies it")."""

    exact_line_amounts: bool = False
    """A line's net amount keeps all its digits; otherwise it is rounded to those of its currency (unknown)."""

    short_sums: bool = False
    """Computed amounts lose the zeros at their end, "20" for "20.00" (A15, seen both ways)."""

    extras_compound: bool = True
    """A percentage of discount, fee or tax counts from what those before it left (`hs_sort_order` suggests it; unknown)."""

    totals_after: float = 2.0
    """Seconds until an invoice's totals follow a change; it reads 0 just after its creation (B1)."""

    invoice_number_from: Literal["draft", "open"] = "draft"
    """Whether a draft has its `hs_number` already, or gets it when it is finalised (unknown)."""

    finalised_invoices_locked: bool = True
    """Currency, lines and extras of an open invoice, and nearly all of a paid or voided one, refuse changes (unknown)."""

    api_pays_invoices: bool = False
    """A billable open invoice takes `hs_invoice_status=paid` through the API (open question 13.1)."""

    nonbillable_status: Literal["any", "as billable"] = "any"
    """A non-billable invoice takes any status through the API, `paid` and `voided` included (13.1, one integration sends them)."""

    nonbillable_amounts: bool = True
    """A non-billable invoice takes `hs_number` and `hs_amount_billed` through the API (13.1, one integration sends them)."""

    nonbillable_needs_lines: bool = True
    """A non-billable invoice needs line items to leave the draft (fact 7.3: one integration says so, another denies it)."""

    payments_need_processor: bool = True
    """The payments API refuses to write in a portal without payment processing (fact 7.4; newer pages no longer say so)."""

    no_processor_status: int = 400
    """The status of that refusal (B2, open question 13.2: exact answer unknown)."""

    payments_reduce_balance: bool = True
    """A succeeded payment on an invoice lowers what is due and, when nothing is, makes it paid (13.2)."""

    unpaid_reopens: bool = True
    """An invoice whose payments are deleted or refunded is open again (13.2)."""

    overpaid_balance: Literal["zero", "negative"] = "zero"
    """What is due on an invoice that was paid too much (13.2)."""

    workflow_delay: float = 1.0
    """Seconds between a change and the first action of the workflow that it starts (background knowledge only)."""

    workflows_take_invoices: bool = True
    """The API makes workflows for invoices (`0-53`), as the pages do (open question 13.8)."""
