"""Writes of invoices.

A creation is looked for before it is sent, unless a listing a moment ago tells that it is new: Xero numbers invoices itself, so nothing there
would refuse a second one. An archive depends
on the invoice's state, which is therefore read as late as possible; and where a change is refused for the state, a look says which state.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from crossfoot.model.identity import Kind
from crossfoot.model.problems import Cause, Problem
from crossfoot.model.records import Observation
from crossfoot.systems.port import Action, Answer, Applied, Refused, Trouble, Write
from crossfoot.systems.xero import invoices
from crossfoot.systems.xero.answers import decoded
from crossfoot.systems.xero.document_finding import find_invoices
from crossfoot.systems.xero.documents import Invoice, Invoices
from crossfoot.systems.xero.http import XeroClient
from crossfoot.systems.xero.listed import FOUR_DECIMALS, Listed
from crossfoot.systems.xero.reading import rows_by_id
from crossfoot.systems.xero.refusals import INVOICES, NOT_OF_THIS_STATE
from crossfoot.systems.xero.writing import EACH_ALONE, Post, made_before, sendable, to_seek, unwritable


def _post(home: str | None) -> Post[Invoice]:
    paths = tuple(path for path in invoices.PATHS if path != "Link" or home is not None)
    return Post(
        "Invoices",
        {**FOUR_DECIMALS, **EACH_ALONE},
        lambda body: decoded(body, Invoices).invoices,
        lambda invoice: invoice.invoice_id,
        lambda invoice: invoice.url,
        lambda write: _text(write, "Url") or None,
        lambda invoice: Applied(
            invoice.invoice_id, invoices.observe(invoice, paths, home=home, written=True)
        ),
        INVOICES,
    )


def _text(write: Write, path: str) -> str:
    return str(write.values.get(path) or "")


async def write_invoices(
    client: XeroClient, listed: Listed[Invoice], writes: Sequence[Write], home: str | None
) -> list[Answer]:
    """Creates, updates or archives of sales invoices. `home` is where the organisation's pages stand, as far as that is known."""
    match writes[0].action:
        case Action.CREATE:
            answers = await _create(client, listed, writes, home)
        case Action.UPDATE:
            answers = await sendable(client, _post(home), writes, _refusal, invoices.body)
        case Action.ARCHIVE:
            answers = await _archive(client, listed, writes, home)
    try:
        await _name_twins(client, listed, writes, answers)
        await _name_states(client, listed, writes, answers)
    except Trouble:
        pass  # what was refused stays refused, in Xero's words alone
    return answers


def _refusal(write: Write) -> Refused | None:
    unknown = unwritable(write, invoices.PATHS)
    if unknown is not None:
        return unknown
    problem = invoices.inexpressible(write)
    return Refused(problem) if problem else None


# ── creating ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _create(
    client: XeroClient, listed: Listed[Invoice], writes: Sequence[Write], home: str | None
) -> list[Answer]:
    from_something = [write for write in writes if _text(write, "Url") and _refusal(write) is None]
    sought = await to_seek(client, from_something) if from_something else []
    made = await _holders(client, listed, "Url", [_text(write, "Url") for write in sought])

    def settled(write: Write) -> Answer | None:
        there = made.get(_text(write, "Url").casefold())
        return _refusal(write) or (None if there is None else made_before(there, "invoice"))

    return await sendable(client, _post(home), writes, settled, invoices.body)


async def _holders(
    client: XeroClient, listed: Listed[Invoice], path: str, values: Sequence[str]
) -> dict[str, Observation]:
    """The invoices that hold one of the values, by it; of several a live one."""
    paths = {Kind.INVOICE: frozenset(invoices.PATHS) - {"Link"}}
    found = await find_invoices(client, listed, path, list(dict.fromkeys(values)), paths)
    return {str(seen.fields.get(path)).casefold(): seen for seen in sorted(found, key=lambda seen: seen.live)}


# ── explaining ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _name_twins(
    client: XeroClient, listed: Listed[Invoice], writes: Sequence[Write], answers: list[Answer]
) -> None:
    """Xero does not say which invoice has the number."""
    taken = {
        index: answer
        for index, answer in enumerate(answers)
        if isinstance(answer, Refused) and answer.problem.cause is Cause.TAKEN
    }
    numbers = {index: _text(writes[index], "InvoiceNumber") for index in taken}
    twins = await _holders(client, listed, "InvoiceNumber", [text for text in numbers.values() if text])
    for index, refused in taken.items():
        twin = twins.get(numbers[index].casefold())
        answers[index] = replace(refused, twin=twin.ref.id if twin else None)


async def _name_states(
    client: XeroClient, listed: Listed[Invoice], writes: Sequence[Write], answers: list[Answer]
) -> None:
    """A refusal for the invoice's state says which state that is."""
    unclear = {
        index: answer
        for index, answer in enumerate(answers)
        if isinstance(answer, Refused) and NOT_OF_THIS_STATE.match(answer.problem.said)
    }
    found = await rows_by_id(client, listed, (writes[index].id or "" for index in unclear))
    for index, refused in unclear.items():
        problem = _closed(found.get((writes[index].id or "").lower()))
        if problem is not None:
            answers[index] = Refused(replace(problem, said=refused.problem.said), refused.twin)


def _closed(invoice: Invoice | None) -> Problem | None:
    """What about an invoice's state forbids changing it (Xero fact 7.4)."""
    if invoice is None:
        return _MISSING
    name = f"Xero invoice {invoice.invoice_number or invoice.invoice_id}"
    if invoice.status in invoices.CLOSED:
        return Problem(
            Cause.ARCHIVED,
            f"The {name} is {(invoice.status or '').lower()}, and nothing of it can be changed any more.",
            "Make a new invoice if one is needed.",
            "Status",
        )
    if invoice.status == "PAID":
        return Problem(
            Cause.INVALID,
            f"The {name} is paid, and Xero keeps what was paid for as it is.",
            "Remove its payments in Xero first, or correct it with a credit note.",
            "Status",
        )
    if invoice.amount_paid or invoice.amount_credited:
        return Problem(
            Cause.INVALID,
            f"The {name} has payments or credits on it. From the first one on Xero only lets reference, due date, number, theme, contact, "
            "link, and the description, account and tracking of its lines be changed.",
            "Remove the payments or credits in Xero first, or correct it with a credit note.",
            "Status",
        )
    return None


_MISSING = Problem(
    Cause.MISSING,
    "Xero does not know the invoice any more.",
    "Look for it in Xero; it may have been deleted.",
)


# ── archiving ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _archive(
    client: XeroClient, listed: Listed[Invoice], writes: Sequence[Write], home: str | None
) -> list[Answer]:
    """A draft is deleted, an approved invoice voided; what is closed already needs nothing."""
    await client.ready(2)
    found = await rows_by_id(client, listed, (write.id or "" for write in writes))
    there = {write.id: found.get((write.id or "").lower()) for write in writes}

    def settled(write: Write) -> Answer | None:
        invoice = there[write.id]
        if invoice is not None and invoice.status in invoices.CLOSED:
            paths = listed.wanted({Kind.INVOICE: frozenset(invoices.PATHS) - {"Link"}})
            return Applied(invoice.invoice_id, listed.observe(invoice, paths))
        return _unarchivable(invoice)

    def body(write: Write) -> dict[str, Any]:
        return {"InvoiceID": write.id, "Status": _end_of(there[write.id])}

    return await sendable(client, _post(home), writes, settled, body)


def _unarchivable(invoice: Invoice | None) -> Refused | None:
    if invoice is None:
        return Refused(_MISSING)
    if invoice.amount_paid or invoice.amount_credited or invoice.status == "PAID":
        return Refused(
            Problem(
                Cause.INVALID,
                f"The Xero invoice {invoice.invoice_number or invoice.invoice_id} has payments or credits on it, so it cannot be voided.",
                "Remove them in Xero first, or correct the invoice with a credit note.",
                "Status",
            )
        )
    return None


def _end_of(invoice: Invoice | None) -> str:
    return "DELETED" if invoice is not None and invoice.status in invoices.UNAPPROVED else "VOIDED"
