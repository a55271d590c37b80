"""The conditions of workflows: branches of property filters (HubSpot fact 10, automation v4)."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from crossfoot_sandbox.hubspot.errors import invalid
from crossfoot_sandbox.hubspot.sent import listed

Values = Mapping[str, str]
Test = Callable[[Values], bool]

_KNOWN_FIELDS = frozenset(
    {
        "operationType",
        "operator",
        "includeObjectsWithNoValueSet",
        "value",
        "values",
        "lowerBound",
        "upperBound",
        "propertyParser",
        "defaultValue",
    }
)


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _compared(holds: Callable[[Decimal, Decimal], bool]) -> Callable[[str, list[str]], bool]:
    def test(value: str, wanted: list[str]) -> bool:
        left, right = _number(value), _number(wanted[0])
        return left is not None and right is not None and holds(left, right)

    return test


def _between(value: str, wanted: list[str]) -> bool:
    found, low, high = _number(value), _number(wanted[0]), _number(wanted[-1])
    return found is not None and low is not None and high is not None and low <= found <= high


_TEXT: dict[str, Callable[[str, list[str]], bool]] = {
    "IS_EQUAL_TO": lambda value, wanted: value.lower() in [one.lower() for one in wanted],
    "IS_NOT_EQUAL_TO": lambda value, wanted: value.lower() not in [one.lower() for one in wanted],
    "CONTAINS": lambda value, wanted: any(one.lower() in value.lower() for one in wanted),
    "DOES_NOT_CONTAIN": lambda value, wanted: not any(one.lower() in value.lower() for one in wanted),
    "STARTS_WITH": lambda value, wanted: any(value.lower().startswith(one.lower()) for one in wanted),
    "ENDS_WITH": lambda value, wanted: any(value.lower().endswith(one.lower()) for one in wanted),
}
_OPERATORS: dict[str, dict[str, Callable[[str, list[str]], bool]]] = {
    "ENUMERATION": {
        "IS_ANY_OF": lambda value, wanted: not set(value.split(";")).isdisjoint(wanted),
        "IS_NONE_OF": lambda value, wanted: set(value.split(";")).isdisjoint(wanted),
    },
    "STRING": _TEXT,
    "MULTISTRING": _TEXT,
    "BOOL": {
        "IS_EQUAL_TO": lambda value, wanted: value == wanted[0],
        "IS_NOT_EQUAL_TO": lambda value, wanted: value != wanted[0],
    },
    "NUMBER": {
        "IS_EQUAL_TO": _compared(lambda a, b: a == b),
        "IS_NOT_EQUAL_TO": _compared(lambda a, b: a != b),
        "IS_GREATER_THAN": _compared(lambda a, b: a > b),
        "IS_GREATER_THAN_OR_EQUAL_TO": _compared(lambda a, b: a >= b),
        "IS_LESS_THAN": _compared(lambda a, b: a < b),
        "IS_LESS_THAN_OR_EQUAL_TO": _compared(lambda a, b: a <= b),
        "IS_BETWEEN": _between,
    },
    "ALL_PROPERTY": {
        "IS_KNOWN": lambda _value, _wanted: True,
        "IS_UNKNOWN": lambda _value, _wanted: False,
    },
}
_WITHOUT_VALUE_TRUE = frozenset({"IS_UNKNOWN"})


def cleaned(branch: Any) -> Any:
    """The branch as HubSpot keeps it: fields of an operation that it does not know are dropped without a word (fact 10)."""
    if not isinstance(branch, Mapping):
        return branch
    kept = dict(branch)
    for name in ("filterBranches", "listFilterBranches"):
        if isinstance(kept.get(name), list):
            kept[name] = [cleaned(one) for one in kept[name]]
    if isinstance(kept.get("filters"), list):
        kept["filters"] = [_cleaned_filter(one) for one in kept["filters"]]
    return kept


def _cleaned_filter(sent: Any) -> Any:
    if not isinstance(sent, Mapping) or not isinstance(sent.get("operation"), Mapping):
        return sent
    operation = {name: value for name, value in sent["operation"].items() if name in _KNOWN_FIELDS}
    operation.setdefault("includeObjectsWithNoValueSet", False)
    return {**sent, "operation": operation}


def compiled(branch: Any, known: Mapping[str, object]) -> Test:
    """Whether a record's values meet a branch; `known` are the properties there are. 400 for what makes no sense."""
    if not isinstance(branch, Mapping):
        raise invalid("Invalid input JSON: a filter branch must be an object")
    tests = [_filter(one, known) for one in listed(branch.get("filters"), "filters")]
    tests += [compiled(one, known) for one in listed(branch.get("filterBranches"), "filterBranches")]
    match branch.get("filterBranchType"):
        case "OR":
            return lambda values: any(test(values) for test in tests)
        case "AND":
            return lambda values: bool(tests) and all(test(values) for test in tests)
        case "NOT_ANY":
            return lambda values: not any(test(values) for test in tests)
        case "NOT_ALL":
            return lambda values: not all(test(values) for test in tests)
    raise invalid(f"Unsupported filterBranchType: {branch.get('filterBranchType')}")


def _filter(sent: Any, known: Mapping[str, object]) -> Test:
    if not isinstance(sent, Mapping) or sent.get("filterType") != "PROPERTY":
        raise invalid("Only filters of the type PROPERTY are supported")
    name, operation = str(sent.get("property") or ""), sent.get("operation")
    if name not in known:
        raise invalid(f'Property "{name}" does not exist')
    if not isinstance(operation, Mapping):
        raise invalid("Invalid input JSON: Some required fields were not set: [operation]")
    type_, operator = str(operation.get("operationType")), str(operation.get("operator"))
    test = _OPERATORS.get(type_, {}).get(operator)
    if test is None:
        raise invalid(f"Operator {operator} does not exist for operation type {type_}")
    wanted = _wanted(operation)
    if not wanted and type_ != "ALL_PROPERTY":
        raise invalid(f"Operator {operator} on {name} lacks its value")
    without = operation.get("includeObjectsWithNoValueSet") is True or operator in _WITHOUT_VALUE_TRUE

    def holds(values: Values) -> bool:
        value = values.get(name)
        return without if value is None else test(value, wanted)

    return holds


def _wanted(operation: Mapping[str, Any]) -> list[str]:
    if "lowerBound" in operation and "upperBound" in operation:
        return [str(operation["lowerBound"]), str(operation["upperBound"])]
    if isinstance(operation.get("values"), list):
        return [_text(one) for one in operation["values"]]
    return [_text(operation["value"])] if operation.get("value") is not None else []


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
