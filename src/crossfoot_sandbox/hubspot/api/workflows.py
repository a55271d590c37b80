"""The workflows API, automation v4 (HubSpot fact 10): Professional or higher, scope `automation`, still a beta."""

from collections.abc import Mapping
from typing import Any

from crossfoot_sandbox.hubspot.api.batch import answer, inputs_of
from crossfoot_sandbox.hubspot.api.call import Call
from crossfoot_sandbox.hubspot.books.flows import Flow, checked
from crossfoot_sandbox.hubspot.books.kinds import INVOICES
from crossfoot_sandbox.hubspot.errors import Problem, invalid, not_there
from crossfoot_sandbox.hubspot.sent import whole_number
from crossfoot_sandbox.wire import Response


def list_(call: Call) -> Response:
    """All workflows, in short."""
    _may(call)
    limit = call.number("limit", 100, 100)
    after = whole_number(call.request.one("after"), "after", 0)
    found = [flow for flow in call.account.flows.all.values() if int(flow.id) >= after]
    told: dict[str, Any] = {"results": [flow.brief() for flow in found[:limit]]}
    if len(found) > limit:
        told["paging"] = {"next": {"after": found[limit].id, "link": ""}}
    return Response.json(200, told)


def create(call: Call) -> Response:
    """A new workflow. It enrols nobody who meets its criteria already."""
    _may(call)
    made = _checked(call, call.fields(), None, call.account.flows.next_id())
    call.account.flows.all[made.id] = made
    return Response.json(201, made.json())


def read(call: Call) -> Response:
    """One workflow, whole."""
    _may(call)
    return Response.json(200, _found(call).json())


def replace(call: Call) -> Response:
    """Another body for a workflow, whole; the revision it was read at must be the present one."""
    _may(call)
    found, fields = _found(call), call.fields()
    if fields.get("revisionId") is None:
        raise invalid("Invalid input JSON: Some required fields were not set: [revisionId]")
    if str(fields["revisionId"]) != str(found.revision):
        raise Problem(409, f"Workflow {found.id} is at revision {found.revision}", "CONFLICT")
    changed = _checked(call, fields, found, found.id)
    call.account.flows.all[found.id] = changed
    return Response.json(200, changed.json())


def delete(call: Call) -> Response:
    """Delete a workflow; it cannot be brought back through the API."""
    _may(call)
    del call.account.flows.all[_found(call).id]
    return Response(204)


def batch_read(call: Call) -> Response:
    """Workflows by id: `inputs: [{flowId, type: "FLOW_ID"}]`."""
    _may(call)
    known = call.account.flows.all
    ids = [str(entry.get("flowId", "")) for entry in inputs_of(call, 100)]
    missing = [one for one in ids if one not in known]
    shown = [known[one].json() for one in ids if one in known]
    return answer(call, 200, shown, [not_there("FLOW", missing).entry()] if missing else [])


def _may(call: Call) -> None:
    call.needs("automation")
    if call.account.tier in ("free", "starter"):
        raise Problem(403, "This account has no access to workflows.", "FORBIDDEN")


def _found(call: Call) -> Flow:
    found = call.account.flows.all.get(call.params["id"])
    if found is None:
        raise Problem(404, f"There is no workflow {call.params['id']}", "OBJECT_NOT_FOUND")
    return found


def _checked(call: Call, fields: Mapping[str, Any], old: Flow | None, flow_id: str) -> Flow:
    account = call.account
    made = checked(fields, lambda kind: account.definitions[kind.plural].live, old, flow_id, call.now)
    if made.kind is INVOICES and not account.around.switches.workflows_take_invoices:
        raise invalid(f"Object type {INVOICES.type_id} cannot be enrolled in workflows")
    return made
