"""The calls on documents: lists with their own filters, allocations, online invoices, e-mail (Xero facts 4.4, 4.5, 7.4 to 7.7)."""

from collections.abc import Callable, Mapping

from crossfoot_sandbox.xero.api import record_calls
from crossfoot_sandbox.xero.api.call import Call
from crossfoot_sandbox.xero.api.listing import list_book, list_rows, truthy
from crossfoot_sandbox.xero.api.writing import write
from crossfoot_sandbox.xero.books.act import Act
from crossfoot_sandbox.xero.books.book import XeroRecord
from crossfoot_sandbox.xero.errors import MethodNotAllowed, NotFound, refused
from crossfoot_sandbox.xero.kinds.allocations import undo
from crossfoot_sandbox.xero.kinds.days import show_day
from crossfoot_sandbox.xero.kinds.document_rules import AUTHORISED, DELETED, PAID, SUBMITTED
from crossfoot_sandbox.xero.kinds.resource import Form, Resource
from crossfoot_sandbox.xero.kinds.table import RESOURCES
from crossfoot_sandbox.xero.shape import Answer, Json, guid
from crossfoot_sandbox.xero.where import Column

INVOICES = RESOURCES["Invoices"]
CREDIT_NOTES = RESOURCES["CreditNotes"]
PAYMENTS = RESOURCES["Payments"]
ALLOCATIONS = RESOURCES["Allocations"]
OVERPAYMENTS = RESOURCES["Overpayments"]
PREPAYMENTS = RESOURCES["Prepayments"]
BANK_TRANSACTIONS = RESOURCES["BankTransactions"]
REPEATING = RESOURCES["RepeatingInvoices"]


def invoice_calls(call: Call) -> Answer:
    """`/Invoices`, `/Invoices/{id or number}`, and below it History, OnlineInvoice and Email."""
    if len(call.parts) == 2:
        match call.parts[1].lower():
            case "onlineinvoice":
                return _online_invoice(call, record_calls.named(call, INVOICES))
            case "email":
                return _email(call, record_calls.named(call, INVOICES))
    return record_calls.record_calls(call, INVOICES, _list_invoices)


def payment_calls(call: Call) -> Answer:
    """`/Payments`, `/Payments/{id}` (POST deletes), `/Payments/{id}/History`."""
    return record_calls.record_calls(call, PAYMENTS, _list_payments)


def _list_payments(call: Call) -> Answer:
    organisation = call.organisation
    book = organisation.payments
    rows, pagination = list_book(
        call.request, organisation.switches, book, PAYMENTS.columns, PAYMENTS.type_name, archived=True
    )
    return record_calls.listed(call, PAYMENTS, rows, Form.LIST, pagination)


def credit_note_calls(call: Call) -> Answer:
    """`/CreditNotes`, `/CreditNotes/{id or number}`, and below it Allocations and History."""
    if len(call.parts) > 1 and call.parts[1].lower() == "allocations":
        return _allocations(call, CREDIT_NOTES)
    return record_calls.record_calls(call, CREDIT_NOTES, lambda listing: _list_plainly(listing, CREDIT_NOTES))


def overpayment_calls(call: Call) -> Answer:
    """`/Overpayments`, `/Overpayments/{id}`, and below it Allocations and History."""
    return _prepaid_calls(call, OVERPAYMENTS, "Reference", "References")


def prepayment_calls(call: Call) -> Answer:
    """`/Prepayments`, `/Prepayments/{id}`, and below it Allocations and History."""
    return _prepaid_calls(call, PREPAYMENTS, "InvoiceNumber", "InvoiceNumbers")


def bank_transaction_calls(call: Call) -> Answer:
    """`/BankTransactions`, `/BankTransactions/{id}` (POST deletes), and below it History."""
    return record_calls.record_calls(
        call, BANK_TRANSACTIONS, lambda listing: _list_plainly(listing, BANK_TRANSACTIONS)
    )


def repeating_calls(call: Call) -> Answer:
    """`/RepeatingInvoices`, `/RepeatingInvoices/{id}` and its History; only read here, never by date or page (fact 4.5)."""
    if call.method != "GET" and len(call.parts) < 2:
        raise MethodNotAllowed
    return record_calls.record_calls(call, REPEATING, _list_repeating)


def _list_repeating(call: Call) -> Answer:
    organisation = call.organisation
    rows = (record for record in organisation.book(REPEATING.key).values() if record.status != DELETED)
    found = list_rows(call.request, rows, {**REPEATING.columns, **contact_columns(call)}, REPEATING.type_name)
    return call.answer(
        REPEATING.key, [REPEATING.shown(organisation, record, Form.LIST, call.places) for record in found]
    )


def _prepaid_calls(call: Call, resource: Resource, field: str, parameter: str) -> Answer:
    if len(call.parts) > 1 and call.parts[1].lower() == "allocations":
        return _allocations(call, resource)
    if len(call.parts) < 2 and call.method != "GET":
        raise MethodNotAllowed
    wanted = _asked(call, parameter)
    test = (lambda record: record.values.get(field, "").lower() in wanted) if wanted else None
    return record_calls.record_calls(call, resource, lambda listing: _list_plainly(listing, resource, test))


def _list_plainly(
    call: Call, resource: Resource, matches: Callable[[XeroRecord], bool] | None = None
) -> Answer:
    """A list with `where`, `order` and paging; the lines come with a page only."""
    organisation = call.organisation
    rows, pagination = list_book(
        call.request,
        organisation.switches,
        organisation.book(resource.key),
        {**resource.columns, **contact_columns(call)},
        resource.type_name,
        matches=matches,
        archived=True,
    )
    return record_calls.listed(call, resource, rows, Form.PAGE if pagination else Form.LIST, pagination)


def _allocations(call: Call, resource: Resource) -> Answer:
    """PUT allocates a credit to invoices, DELETE takes one allocation back and answers with it alone, without an envelope."""
    credit = record_calls.named(call, resource)
    if len(call.parts) == 2 and call.method == "PUT":
        context = {"Credit": {"Kind": resource.key, "ID": credit.id}}
        return write(call, ALLOCATIONS, create_only=True, context=context)
    if len(call.parts) != 3 or call.method != "DELETE":
        raise MethodNotAllowed
    allocation = ALLOCATIONS.named(call.organisation.allocations, call.parts[2])
    if allocation is None or allocation.values["Credit"]["ID"] != credit.id:
        raise NotFound
    act = Act(call.organisation, call.ms, call.author)
    problems = undo(act, allocation)
    if problems:
        raise refused(*problems, AllocationID=allocation.id)
    act.tell()
    row: Json = {"AllocationID": allocation.id, "Amount": allocation.values["Amount"]}
    show_day(row, "Date", allocation.values["Date"], twin=False)
    return Answer(200, {**row, "Invoice": dict(allocation.values["Invoice"]), "IsDeleted": True})


def _list_invoices(call: Call) -> Answer:
    organisation, request = call.organisation, call.request
    summary = truthy(request.one("summaryOnly"))
    statuses = _asked(call, "Statuses")
    rows, pagination = list_book(
        request,
        organisation.switches,
        organisation.invoices,
        {**INVOICES.columns, **contact_columns(call)},
        INVOICES.type_name,
        ids=_asked(call, "IDs"),
        matches=_matcher(call, statuses),
        archived=True,
        forced=summary or statuses is not None,
    )
    paged = pagination is not None or statuses is not None
    form = Form.SUMMARY if summary else Form.PAGE if paged else Form.LIST
    return record_calls.listed(call, INVOICES, rows, form, pagination if request.one("page") else None)


def _matcher(call: Call, statuses: set[str] | None) -> Callable[[XeroRecord], bool] | None:
    """What the parameters beside `where` ask for, all of them together."""
    numbers, contacts = _asked(call, "InvoiceNumbers"), _asked(call, "ContactIDs")
    term = (call.request.one("searchTerm") or "").casefold()
    author = call.author if truthy(call.request.one("createdByMyApp")) else ""
    tests: list[Callable[[XeroRecord], bool]] = []
    if numbers is not None:
        tests.append(lambda record: record.values.get("InvoiceNumber", "").lower() in numbers)
    if contacts is not None:
        tests.append(lambda record: record.values["Contact"]["ContactID"] in contacts)
    if statuses is not None:
        tests.append(lambda record: record.status.lower() in statuses)
    if author:
        tests.append(lambda record: record.created_by == author)
    if term:
        tests.append(
            lambda record: any(
                term in record.values.get(name, "").casefold() for name in ("InvoiceNumber", "Reference")
            )
        )
    return (lambda record: all(test(record) for test in tests)) if tests else None


def _asked(call: Call, name: str) -> set[str] | None:
    """The values of a comma-separated parameter in lower case, None when it was not sent."""
    text = call.request.one(name)
    return {part.strip().lower() for part in text.split(",") if part.strip()} if text else None


def contact_columns(call: Call) -> Mapping[str, Column]:
    """Columns that reach through a document to its contact."""
    contacts = call.organisation.contacts

    def of(name: str) -> Column:
        return Column(
            "String", lambda record: contacts[record.values["Contact"]["ContactID"]].values.get(name)
        )

    return {f"Contact.{name}": of(name) for name in ("Name", "ContactNumber", "EmailAddress")}


def _online_invoice(call: Call, record: XeroRecord) -> Answer:
    """Where a customer can see an approved sales invoice."""
    if call.method != "GET":
        raise MethodNotAllowed
    if record.values["Type"] != "ACCREC" or record.status not in (AUTHORISED, PAID):
        raise NotFound
    token = guid("online invoice", record.id).replace("-", "")
    return call.answer("OnlineInvoices", [{"OnlineInvoiceUrl": f"https://in.xero.com/{token}"}])


def _email(call: Call, record: XeroRecord) -> Answer:
    """Sends a sales invoice to its contact, which marks it as sent."""
    if call.method != "POST":
        raise MethodNotAllowed
    organisation = call.organisation
    problems = []
    if record.values["Type"] != "ACCREC" or record.status not in (SUBMITTED, AUTHORISED, PAID):
        problems.append("The invoice must be a sales invoice that is submitted, authorised or paid.")
    if not organisation.contacts[record.values["Contact"]["ContactID"]].values.get("EmailAddress"):
        problems.append("The contact does not have an email address.")
    if problems:
        raise refused(*problems, InvoiceID=record.id)
    act = Act(organisation, call.ms, call.author)
    act.change(INVOICES.key, record, {"SentToContact": True})
    act.tell()
    return Answer(204)
