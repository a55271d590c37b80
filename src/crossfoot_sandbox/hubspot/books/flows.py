"""Workflows of one portal, as they were defined: their checks and how they look (HubSpot fact 10)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from crossfoot_sandbox.hubspot.books.flow_filters import Test, cleaned, compiled
from crossfoot_sandbox.hubspot.books.kinds import BY_NAME, CONTACTS, ObjectKind
from crossfoot_sandbox.hubspot.errors import invalid
from crossfoot_sandbox.hubspot.sent import listed
from crossfoot_sandbox.hubspot.times import iso

_REQUIRED = ("type", "objectTypeId", "flowType", "isEnabled", "actions")
_FILLED: dict[str, Callable[[], Any]] = {
    "timeWindows": list,
    "blockedDates": list,
    "customProperties": dict,
    "dataSources": list,
}
_FILLED_FOR_CONTACTS: dict[str, Callable[[], Any]] = {
    "suppressionListIds": list,
    "canEnrollFromSalesforce": bool,
}
_SET_BY_HUBSPOT = ("id", "revisionId", "createdAt", "updatedAt", "crmObjectCreationStatus")
NEVER: Test = lambda _values: False  # noqa: E731  # a condition nobody meets


@dataclass(frozen=True, slots=True)
class Flow:
    """One revision of a workflow."""

    id: str
    revision: int
    kind: ObjectKind
    enabled: bool
    actions: Mapping[str, Mapping[str, Any]]
    start: str
    enrols: Test
    repeats: bool
    leaves: bool  # records that no longer meet the criteria
    body: Mapping[str, Any]
    created: int
    updated: int

    def json(self) -> dict[str, Any]:
        """As the API shows it."""
        return {
            **self.body,
            "id": self.id,
            "revisionId": str(self.revision),
            "createdAt": iso(self.created),
            "updatedAt": iso(self.updated),
            "crmObjectCreationStatus": "COMPLETE",
        }

    def brief(self) -> dict[str, Any]:
        """As lists show it."""
        names = (
            "id",
            "isEnabled",
            "objectTypeId",
            "revisionId",
            "flowType",
            "name",
            "createdAt",
            "updatedAt",
        )
        whole = self.json()
        return {name: whole[name] for name in names if name in whole}


@dataclass(slots=True)
class Flows:
    """All workflows of a portal."""

    all: dict[str, Flow] = field(default_factory=dict)
    _last_id: int = 585_051_945

    def next_id(self) -> str:
        """An id for a new workflow."""
        self._last_id += 1
        return str(self._last_id)

    def enabled_for(self, kind: ObjectKind) -> list[Flow]:
        """Those that watch records of a type now."""
        return [flow for flow in self.all.values() if flow.enabled and flow.kind is kind]


def checked(
    sent: Mapping[str, Any],
    known: Callable[[ObjectKind], Mapping[str, object]],
    old: Flow | None,
    flow_id: str,
    now: int,
) -> Flow:
    """A workflow from its body; a later revision of `old` if there is one. 400 for what makes no sense."""
    missing = [name for name in _REQUIRED if sent.get(name) is None]
    if missing:
        raise invalid(f"Invalid input JSON: Some required fields were not set: [{', '.join(missing)}]")
    kind = BY_NAME.get(str(sent["objectTypeId"]))
    if kind is None:
        raise invalid(f"Object type {sent['objectTypeId']} cannot be enrolled in workflows")
    expected = "CONTACT_FLOW" if kind is CONTACTS else "PLATFORM_FLOW"
    if sent["type"] != expected:
        raise invalid(f"Workflows of object type {kind.type_id} must be of type {expected}")
    if sent["flowType"] != "WORKFLOW":
        raise invalid(f"Unsupported flowType: {sent['flowType']}")
    actions = _actions(sent["actions"], known(kind))
    start = str(sent.get("startActionId") or "")
    if actions and start not in actions:
        raise invalid(f"startActionId {start or 'is missing'}: there is no such action")
    criteria = sent.get("enrollmentCriteria")
    enrols, kept = _criteria(criteria, known(kind))
    body: dict[str, Any] = {name: value for name, value in sent.items() if name not in _SET_BY_HUBSPOT}
    filled = _FILLED | (_FILLED_FOR_CONTACTS if kind is CONTACTS else {})
    body |= {name: make() for name, make in filled.items() if name not in body}
    body.setdefault(
        "nextAvailableActionId", str(max((int(one) for one in actions if one.isdigit()), default=0) + 1)
    )
    if kept is not None:
        body["enrollmentCriteria"] = kept
    settings = criteria if isinstance(criteria, Mapping) else {}
    return Flow(
        id=flow_id,
        revision=old.revision + 1 if old else 1,
        kind=kind,
        enabled=sent["isEnabled"] is True,
        actions=actions,
        start=start,
        enrols=enrols,
        repeats=settings.get("shouldReEnroll") is True,
        leaves=settings.get("unEnrollObjectsNotMeetingCriteria") is True,
        body=body,
        created=old.created if old else now,
        updated=now,
    )


def _actions(sent: Any, known: Mapping[str, object]) -> dict[str, Mapping[str, Any]]:
    actions: dict[str, Mapping[str, Any]] = {}
    for action in listed(sent, "actions"):
        if not isinstance(action, Mapping):
            raise invalid("Invalid input JSON: an action must be an object")
        needed = ["actionId", "type"]
        if action.get("type") == "SINGLE_CONNECTION":
            needed += ["actionTypeId", "actionTypeVersion"]
        missing = [name for name in needed if action.get(name) is None]
        if missing:
            raise invalid(f"Invalid input JSON: Some required fields were not set: [{', '.join(missing)}]")
        _sound(action, known)
        actions[str(action["actionId"])] = action
    for action in actions.values():
        following = next_action(action.get("connection"))
        if following and following not in actions:
            raise invalid(f"Action {action['actionId']} leads to action {following}, which does not exist")
    return actions


def _sound(action: Mapping[str, Any], known: Mapping[str, object]) -> None:
    """400 for an action that could not be done: branches without conditions, delays without a length."""
    for name in ("listBranches", "staticBranches"):
        branches = listed(action.get(name), name)
        if not all(isinstance(branch, Mapping) for branch in branches):
            raise invalid(f"Invalid input JSON: {name} must be a list of objects")
        if name == "listBranches":
            for branch in branches:
                compiled(branch.get("filterBranch"), known)
    for name in ("fields", "inputValue"):
        if action.get(name) is not None and not isinstance(action[name], Mapping):
            raise invalid(f"Invalid input JSON: {name} must be an object")
    fields: Mapping[str, Any] = action.get("fields") or {}
    association = fields.get("association")
    numbers = [fields.get("delta")] if action.get("actionTypeId") == "0-1" else []
    numbers += [association.get("associationTypeId")] if isinstance(association, Mapping) else []
    if not all(str(one).isdecimal() for one in numbers):
        raise invalid(f"Action {action['actionId']} has a field that must be a whole number")


def next_action(connection: Any) -> str:
    """The id of the action that a connection leads to, or ""."""
    found = connection.get("nextActionId") if isinstance(connection, Mapping) else None
    return str(found) if found else ""


def _criteria(sent: Any, known: Mapping[str, object]) -> tuple[Test, Any]:
    """Who is enrolled, and the criteria as HubSpot keeps them."""
    if sent is None:
        return NEVER, None
    if not isinstance(sent, Mapping):
        raise invalid("Invalid input JSON: enrollmentCriteria must be an object")
    match sent.get("type"):
        case "LIST_BASED":
            branch = cleaned(sent.get("listFilterBranch"))
            kept = {**sent, "listFilterBranch": branch}
            kept.setdefault("reEnrollmentTriggersFilterBranches", [])
            kept.setdefault("unEnrollObjectsNotMeetingCriteria", False)
            return compiled(branch, known), kept
        case "MANUAL" | "EVENT_BASED":
            return NEVER, dict(sent)
    raise invalid(f"Unsupported enrollment type: {sent.get('type')}")
