"""The calls on documents: lists with their own filters, online invoices, e-mail (Xero facts 4.4, 4.5 and 7.4)."""

from collections.abc import Callable, Mapping

from crossfoot_sandbox.xero import endpoints
from crossfoot_sandbox.xero.act import Act
from crossfoot_sandbox.xero.book import XeroRecord
from crossfoot_sandbox.xero.call import Call
from crossfoot_sandbox.xero.document_rules import AUTHORISED, PAID, SUBMITTED
from crossfoot_sandbox.xero.errors import MethodNotAllowed, NotFound, refused
from crossfoot_sandbox.xero.invoices import Invoices
from crossfoot_sandbox.xero.listing import list_book, truthy
from crossfoot_sandbox.xero.resource import Form, Resource
from crossfoot_sandbox.xero.shape import Answer, guid
from crossfoot_sandbox.xero.where import Column

INVOICES: Resource = Invoices()


def invoice_calls(call: Call) -> Answer:
    """`/Invoices`, `/Invoices/{id or number}`, and below it History, OnlineInvoice and Email."""
    if len(call.parts) == 2:
        match call.parts[1].lower():
            case "onlineinvoice":
                return _online_invoice(call, endpoints.named(call, INVOICES))
            case "email":
                return _email(call, endpoints.named(call, INVOICES))
    return endpoints.record_calls(call, INVOICES, _list_invoices)


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
    return endpoints.listed(call, INVOICES, rows, form, pagination if request.one("page") else None)


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
    act.change(INVOICES, record, {"SentToContact": True})
    act.tell()
    return Answer(204)
