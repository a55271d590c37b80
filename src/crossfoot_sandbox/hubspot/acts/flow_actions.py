"""Workflows at work: what their actions do with an enrolled record (HubSpot fact 10)."""

from collections.abc import Mapping
from typing import Any

from crossfoot_sandbox.hubspot.acts import linking, records
from crossfoot_sandbox.hubspot.acts.drafting import draft
from crossfoot_sandbox.hubspot.acts.enrolling import go_on_later
from crossfoot_sandbox.hubspot.books.account import Account
from crossfoot_sandbox.hubspot.books.book import Actor, HubRecord, Source
from crossfoot_sandbox.hubspot.books.enrolments import Enrolment, Notification, Step
from crossfoot_sandbox.hubspot.books.flow_filters import compiled
from crossfoot_sandbox.hubspot.books.flows import Flow, next_action
from crossfoot_sandbox.hubspot.books.kinds import BY_NAME, NOTES, TASKS, ObjectKind
from crossfoot_sandbox.hubspot.books.link_types import ENDS, LinkType
from crossfoot_sandbox.hubspot.errors import Problem
from crossfoot_sandbox.hubspot.times import iso

_MINUTES = {"MINUTES": 1, "HOURS": 60, "DAYS": 1_440, "WEEKS": 10_080}
MOST_STEPS = 500


class Type:
    """The ids of the actions that are done here (automation v4; the note's is from a third party's table)."""

    DELAY = "0-1"
    TASK = "0-3"
    SET_PROPERTY = "0-5"
    MAIL = "0-8"
    NOTIFICATION = "0-9"
    NOTE = "0-169425243"


def proceed(account: Account, enrolment: Enrolment, action_id: str) -> None:
    """Do the actions from here on, up to the next delay or the end."""
    while action_id:
        flow = account.flows.all.get(enrolment.flow)
        record = account.books[enrolment.object_type].survivor(enrolment.record)
        if flow is None or not flow.enabled or record is None or not record.alive:
            enrolment.state = "left"
            return
        if flow.leaves and not flow.enrols(record.values):
            enrolment.state = "left"
            return
        action = flow.actions.get(action_id)
        if action is None or len(enrolment.steps) >= MOST_STEPS:
            break
        following, wait = _act(account, flow, action, enrolment, record)
        if wait is not None:
            go_on_later(account, enrolment, following, wait)
            return
        action_id = following
    enrolment.state = "done"


def _act(
    account: Account, flow: Flow, action: Mapping[str, Any], enrolment: Enrolment, record: HubRecord
) -> tuple[str, float | None]:
    """Do one action; the next one, and how long to wait before it."""
    type_ = str(action.get("actionTypeId") or action["type"])
    step = Step(account.now(), str(action["actionId"]), type_, "done")
    enrolment.steps.append(step)
    following = next_action(action.get("connection"))
    fields = action.get("fields")
    given: Mapping[str, Any] = fields if isinstance(fields, Mapping) else {}
    match type_:
        case "LIST_BRANCH":
            return _list_branch(account, flow, action, record), None
        case "STATIC_BRANCH":
            return _static_branch(action, record), None
        case Type.DELAY:
            minutes = int(str(given["delta"])) * _MINUTES.get(str(given.get("time_unit")), 1)
            return following, minutes * 60.0
    try:
        step.outcome = _do(account, flow, type_, given, record)
    except Problem as problem:
        details = [str(entry["message"]) for entry in problem.fields.get("errors", [])]
        step.outcome = "; ".join(details) or problem.message
    return following, None


def _do(account: Account, flow: Flow, type_: str, given: Mapping[str, Any], record: HubRecord) -> str:
    actor = Actor(f"workflow:{flow.id}", Source("AUTOMATION_PLATFORM", flow.id), "ui", "AUTOMATION_PLATFORM")
    match type_:
        case Type.SET_PROPERTY:
            value = _value(given.get("value"), record)
            for kind, target in _targets(account, flow.kind, record, given.get("association")):
                changes = {str(given.get("property_name") or ""): value}
                records.edit(
                    account,
                    kind,
                    target,
                    draft(account, kind, changes, version="ui", record_id=target.id),
                    actor,
                )
        case Type.TASK:
            values = {
                "hs_timestamp": iso(account.now()),
                "hs_task_subject": str(given.get("subject") or ""),
                "hs_task_body": str(given.get("body") or ""),
                "hs_task_type": str(given.get("task_type") or "TODO"),
                "hs_task_priority": str(given.get("priority") or "NONE"),
                "hs_task_status": "NOT_STARTED",
            }
            _activity(account, TASKS, values, flow.kind, record, actor)
        case Type.NOTE:
            values = {"hs_timestamp": iso(account.now()), "hs_note_body": str(given.get("note_body") or "")}
            _activity(account, NOTES, values, flow.kind, record, actor)
        case Type.MAIL | Type.NOTIFICATION:
            channel = "e-mail" if type_ == Type.MAIL else "app"
            to, subject, body = (str(given.get(name) or "") for name in ("user_ids", "subject", "body"))
            account.enrolments.notifications.append(
                Notification(account.now(), flow.id, record.id, channel, to, subject, body)
            )
        case _:
            return f"skipped: the sandbox has no action {type_}"
    return "done"


def _activity(
    account: Account,
    activity: ObjectKind,
    values: Mapping[str, str],
    kind: ObjectKind,
    record: HubRecord,
    actor: Actor,
) -> None:
    """A task or note, on the record where such a thing can hang there."""
    made = records.create(account, activity, draft(account, activity, values, version="ui"), actor)
    if (activity.plural, kind.plural) in ENDS:
        linking.link(account, (activity.plural, kind.plural), made.id, record.id, set(), actor)


def _value(sent: Any, record: HubRecord) -> str | None:
    if not isinstance(sent, Mapping):
        return None if sent is None else str(sent)
    if sent.get("type") == "OBJECT_PROPERTY":
        return record.values.get(str(sent.get("propertyName")))
    value = sent.get("staticValue")
    return None if value is None else str(value)


def _targets(
    account: Account, kind: ObjectKind, record: HubRecord, association: Any
) -> list[tuple[ObjectKind, HubRecord]]:
    """The enrolled record, or those it is associated with by a type."""
    if not isinstance(association, Mapping):
        return [(kind, record)]
    type_ = LinkType(str(association.get("associationCategory")), int(str(association["associationTypeId"])))
    return [
        (BY_NAME[ends[1]], account.books[ends[1]][other_id])
        for ends, types in account.links.labels.items()
        if ends[0] == kind.plural and type_ in types
        for other_id, held in account.links.of(ends, record.id)
        if type_ in held
    ]


def _list_branch(account: Account, flow: Flow, action: Mapping[str, Any], record: HubRecord) -> str:
    for branch in action.get("listBranches") or ():
        test = compiled(branch.get("filterBranch"), account.definitions[flow.kind.plural].live)
        if test(record.values):
            return next_action(branch.get("connection"))
    return next_action(action.get("defaultBranch"))


def _static_branch(action: Mapping[str, Any], record: HubRecord) -> str:
    value = _value({"type": "OBJECT_PROPERTY", **(action.get("inputValue") or {})}, record)
    for branch in action.get("staticBranches") or ():
        if branch.get("branchValue") == value:
            return next_action(branch.get("connection"))
    return next_action(action.get("defaultBranch"))
