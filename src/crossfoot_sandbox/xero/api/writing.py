"""Writing many: PUT creates, POST creates or updates, and `summarizeErrors` decides who hears of errors how (Xero fact 5)."""

from crossfoot_sandbox.xero.api.call import Call
from crossfoot_sandbox.xero.books.act import Act
from crossfoot_sandbox.xero.books.book import XeroRecord
from crossfoot_sandbox.xero.errors import NotFound, invalid
from crossfoot_sandbox.xero.fields import elements_of
from crossfoot_sandbox.xero.kinds.resource import Form, Plan, Resource, UnknownIdError, carry_out
from crossfoot_sandbox.xero.shape import Answer, Json


def write(
    call: Call,
    resource: Resource,
    *,
    create_only: bool,
    target: XeroRecord | None = None,
    context: Json | None = None,
) -> Answer:
    """PUT (`create_only`), POST, or POST to the record `target`. Elements are answered in the order they were sent.

    `context` is what the path says beside the body, and stands in every element's changes.
    """
    organisation = call.organisation
    per_element = (call.request.one("summarizeErrors") or "true").lower() == "false"
    elements = elements_of(call.request.body, resource.key)
    sent = [
        {**resource.read(element), **(context or {})} for element in (elements[:1] if target else elements)
    ]
    act = Act(organisation, call.ms, call.author)
    rows: list[Json] = []
    failed: list[Json] = []
    for changes in sent:
        record, problems = target, list[str]()
        if record is None and not create_only:
            try:
                record = resource.match(organisation, changes)
            except UnknownIdError as error:
                if organisation.switches.unknown_id_in_batch == "404":
                    act.take_back()
                    raise NotFound from None
                problems = [str(error)]
        plan = Plan(problems) if problems else resource.plan(organisation, record, changes, call.places)
        if plan.problems:
            echo = resource.echo(changes, record, marked=per_element)
            echo["ValidationErrors"] = [{"Message": problem} for problem in plan.problems]
            failed.append(echo)
            rows.append(echo)
            continue
        written = carry_out(act, resource, record, changes, plan)
        row = resource.shown(organisation, written, Form.WRITTEN, call.places)
        if per_element:
            row["StatusAttributeString"] = "WARNING" if plan.warnings else "OK"
        if plan.warnings:
            row["Warnings"] = [{"Message": warning} for warning in plan.warnings]
        rows.append(row)
    if failed and not per_element:
        if organisation.switches.mixed_batch_atomic:
            act.take_back()
        act.tell()
        raise invalid(failed)
    act.tell()
    return call.answer(resource.key, rows)
