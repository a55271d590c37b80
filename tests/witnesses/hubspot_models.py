"""The other judge: HubSpot publishes no files that may lie here, but an official SDK that was generated from them.

Each operation of `hubspot-sdk` names its path, its parameters, what its body may hold and the model of its answer. They are read from its
source, so that a request which the SDK could not have sent, and an answer that it could not read, are found whoever spoke. It speaks
2026-03; 2026-09 is held against the same models, v3 and v4 are not judged (`hubspot-api-client` drives those, see its tests).
"""

import ast
import importlib
import importlib.util
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Literal, Required, Union, get_args, get_origin, get_type_hints

import pydantic
from tests.witnesses.hubspot_exceptions import ANSWERS, BODIES, FIELDS, REQUESTS
from tests.witnesses.verdicts import VerdictError

_VERSION = "2026-03"
_DATED = re.compile(r"/20\d\d-\d\d(?=/|$)")
_TEMPLATE = re.compile(r'"(/[a-z][a-z-]*/[^"\s]*)"')
_CALLS = {f"_{name}": name.upper() for name in ("get", "post", "put", "patch", "delete")} | {
    "_get_api_list": "GET"
}


@dataclass(frozen=True)
class Sent:
    """A type of the SDK, and which of its fields go out where it is used; None: all of them."""

    kind: Any
    names: frozenset[str] | None


@dataclass(frozen=True)
class Operation:
    """A call of the SDK: types as the SDK has them, None for what it does not send."""

    name: str
    answer: Any
    body: Sent | None
    query: Sent | None

    @cached_property
    def parameters(self) -> frozenset[str]:
        """The query parameters that it takes."""
        return frozenset(_sent_fields(self.query)) if self.query else frozenset()

    @cached_property
    def reader(self) -> Any:
        """Reads answers."""
        return pydantic.TypeAdapter(self.answer)


class Judge:
    """Validates calls to api.hubapi.com, and counts what it validated."""

    def __init__(self, folder: Path) -> None:
        self.counted: Counter[str] = Counter()
        self._folder = folder
        self._files: dict[str, Path] = {}
        for file in sorted((folder / "resources").rglob("*.py")):
            for template in _TEMPLATE.findall(file.read_text("utf-8")):
                self._files.setdefault(template, file)
        self._by_length: dict[int, list[tuple[str, ...]]] = {}
        for template in self._files:
            words = tuple(template.strip("/").split("/"))
            self._by_length.setdefault(len(words), []).append(words)
        self._read: dict[Path, dict[tuple[str, str], Operation]] = {}
        self._described: dict[str, Operation | None] = {}

    def described(self, method: str, path: str, _status: int) -> Operation | None:
        """The operation that is called; None for a path that the SDK does not know: it knows a part of HubSpot only."""
        if _DATED.search(path) is None:
            return None
        path = _DATED.sub(f"/{_VERSION}", path, count=1)
        name = f"{method} {re.sub(r'/[0-9]+(?=/|$)', '/0', path)}"
        if name not in self._described:
            self._described[name] = next(self._found(method, path), None)
        return self._described[name]

    def _found(self, method: str, path: str) -> Iterator[Operation]:
        words = path.strip("/").split("/")
        fitting = [
            template
            for template in self._by_length.get(len(words), ())
            if all(part.startswith("{") or part == word for part, word in zip(template, words, strict=True))
        ]
        for template in sorted(fitting, key=lambda parts: sum(part.startswith("{") for part in parts)):
            text = "/" + "/".join(template)
            found = self._operations(self._files[text]).get((method, text))
            if found is not None:
                yield found

    def _operations(self, file: Path) -> dict[tuple[str, str], Operation]:
        if file not in self._read:
            module = ".".join(("hubspot_sdk", *file.relative_to(self._folder).with_suffix("").parts))
            self._read[file] = dict(_operations(file, vars(importlib.import_module(module))))
        return self._read[file]

    def asked(
        self, described: Operation, query: Iterable[tuple[str, str]], _headers: Mapping[str, str]
    ) -> None:
        """Judge a request's parameters. Raises `VerdictError`."""
        for name, _ in query:
            if name not in described.parameters:
                raise VerdictError(f"{described.name}: no query parameter {name}")
        self.counted["requests"] += 1

    def accepted(self, body: bytes, status: int, _answer: bytes) -> bytes:
        """A request's body, unless it was refused in part: which of its inputs are wrong is not told by their order."""
        return b"" if status == 207 else body

    def sent(self, described: Operation, body: bytes) -> None:
        """Judge a request's body. Raises `VerdictError`."""
        if not body:
            return
        if described.body is None:
            raise VerdictError(f"{described.name}: takes no body")
        value = json.loads(body)
        objections = (
            _against_fields(_sent_fields(described.body), value, "")
            if _typed_dict(described.body.kind)
            else _objections(described.body.kind, value, "")
        )
        for objection in objections:
            told = f"{described.name} request: {objection}"
            if not any(pattern.search(told) for pattern, _ in REQUESTS.values()):
                raise VerdictError(told)
        self.counted["bodies"] += 1

    def answered(self, described: Operation, status: int, _kind: str, answer: bytes) -> None:
        """Judge an answer. Raises `VerdictError`."""
        if status >= 300:
            return
        what = f"{described.name} answer {status}"
        if getattr(described.answer, "__name__", "") == "BinaryAPIResponse":
            return  # the SDK does not look at it
        if described.answer is NoneType:
            if answer and described.name not in BODIES:
                raise VerdictError(f"{what}: should have no body")
            return
        try:
            described.reader.validate_json(answer, strict=True)
        except pydantic.ValidationError as error:
            for each in error.errors(include_url=False):
                place = ".".join(str(part) for part in each["loc"])
                objection = f"{place} {each['msg']}, not {each['input']!r:.200}"
                if not any(pattern.search(objection) for pattern, _ in ANSWERS.values()):
                    raise VerdictError(f"{what}: {objection}") from None
        for place in _unknown(described.answer, json.loads(answer), ""):
            raise VerdictError(f"{what}: {place} is not known to the SDK")
        self.counted["responses"] += 1


def _operations(file: Path, names: dict[str, Any]) -> Iterator[tuple[tuple[str, str], Operation]]:
    for each in ast.parse(file.read_text("utf-8")).body:
        if not isinstance(each, ast.ClassDef) or each.name.startswith("Async"):
            continue
        for call in ast.walk(each):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and call.func.attr in _CALLS
            ):
                method, template = _CALLS[call.func.attr], _template(call.args[0])
                given = {word.arg: word.value for word in call.keywords}
                answer = given.get("page") or given["cast_to"]
                options = given.get("options")
                inner = {word.arg: word.value for word in getattr(options, "keywords", ())}
                yield (
                    (method, template),
                    Operation(
                        f"{method} {template}",
                        _value(answer, names),
                        _transformed(given.get("body"), names),
                        _transformed(inner.get("query"), names),
                    ),
                )


def _template(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        node = node.args[0]
    assert isinstance(node, ast.Constant)
    return str(node.value)


def _value(node: ast.expr, names: dict[str, Any]) -> Any:
    """A type that the SDK's source names, e.g. `SyncPage[SimplePublicObject]`."""
    if isinstance(node, ast.Call):  # cast(Any, ...)
        node = node.args[-1]
    return eval(compile(ast.Expression(node), "<sdk>", "eval"), names)


def _transformed(node: ast.expr | None, names: dict[str, Any]) -> Sent | None:
    """What `maybe_transform(value, type)` sends. The type also holds what goes into the path; the value is written out field by field."""
    if not isinstance(node, ast.Call) or len(node.args) < 2:
        return None
    value = node.args[0]
    keys = value.keys if isinstance(value, ast.Dict) else None
    constants = [key for key in keys or () if isinstance(key, ast.Constant)]
    written = None if keys is None else frozenset(str(key.value) for key in constants)
    return Sent(_value(node.args[1], names), written)


# ── answers ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _unknown(kind: Any, value: Any, place: str) -> Iterator[str]:
    """Where a value holds what its model has no field for."""
    arguments = get_args(kind)
    if isinstance(kind, type) and issubclass(kind, pydantic.BaseModel) and isinstance(value, dict):
        fields = {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
        for name, each in value.items():
            if name in fields:
                yield from _unknown(fields[name], each, f"{place}.{name}")
            elif name not in FIELDS:
                yield f"{place}.{name}".lstrip(".")
    elif get_origin(kind) is list and isinstance(value, list):
        for number, each in enumerate(value):
            yield from _unknown(arguments[0], each, f"{place}.{number}")
    elif get_origin(kind) is dict and isinstance(value, dict):
        for name, each in value.items():
            yield from _unknown(arguments[1], each, f"{place}.{name}")
    elif get_origin(kind) in (Union, type(int | str)):
        found = [list(_unknown(each, value, place)) for each in arguments if each is not NoneType]
        yield from min(found, key=len)


# ── requests ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Field:
    kind: Any
    required: bool
    word: str
    """Its name in the SDK."""


def _typed_dict(kind: Any) -> bool:
    return isinstance(kind, type) and hasattr(kind, "__total__") and hasattr(kind, "__annotations__")


@cache
def _fields(kind: Any) -> Mapping[str, _Field]:
    """The fields of a body by their names on the wire."""
    found = {}
    for word, hint in get_type_hints(kind, include_extras=True).items():
        name, required = word, False
        while get_origin(hint) in (Annotated, Required) or hasattr(hint, "__metadata__"):
            for about in getattr(hint, "__metadata__", ()):
                name = getattr(about, "alias", None) or name
            required = required or get_origin(hint) is Required
            hint = get_args(hint)[0]  # noqa: PLW2901 - unwrapped layer by layer
        found[name] = _Field(hint, required, word)
    return found


def _sent_fields(sent: Sent) -> Mapping[str, _Field]:
    fields = _fields(sent.kind)
    if sent.names is None:
        return fields
    return {name: field for name, field in fields.items() if field.word in sent.names}


_PLAIN: Mapping[Any, tuple[tuple[type, ...], str]] = {
    str: ((str,), "text"),
    bool: ((bool,), "yes or no"),
    int: ((int,), "whole number"),
    float: ((int, float), "number"),
}


def _objections(kind: Any, value: Any, place: str) -> Iterator[str]:
    """What speaks against a value, as "place objection"."""
    inner, arguments = get_origin(kind), get_args(kind)
    at = f"{place} " if place else ""
    if _typed_dict(kind):
        yield from _against_fields(_fields(kind), value, place)
    elif inner is Literal:
        if value not in arguments:
            yield f"{at}is none of {', '.join(map(str, arguments))}"
    elif inner in (Union, type(int | str)):
        if not any(next(_objections(each, value, place), None) is None for each in arguments):
            yield f"{at}is nothing that is taken"
    elif inner is dict or kind is dict:
        if not isinstance(value, dict):
            yield f"{at}is no object"
        elif arguments:
            for name, each in value.items():
                yield from _objections(arguments[1], each, f"{place}.{name}".lstrip("."))
    elif inner is not None and issubclass(inner, Iterable):
        if not isinstance(value, list):
            yield f"{at}is no list"
        else:
            for number, each in enumerate(value):
                yield from _objections(arguments[0], each, f"{place}.{number}".lstrip("."))
    elif kind in _PLAIN:
        types, word = _PLAIN[kind]
        if not isinstance(value, types) or (isinstance(value, bool) and kind is not bool):
            yield f"{at}is no {word}"


def _against_fields(known: Mapping[str, _Field], value: Any, place: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{place} is no object".lstrip()
        return
    for name, each in value.items():
        at = f"{place}.{name}".lstrip(".")
        if name in known:
            yield from _objections(known[name].kind, each, at)
        else:
            yield f"{at} is not known to the SDK"
    for name, field in known.items():
        if field.required and name not in value:
            yield f"{place}.{name} is missing".lstrip(".")


@cache
def judge() -> Judge | None:
    """The judge of this process, None where the SDK is not installed."""
    found = importlib.util.find_spec("hubspot_sdk")
    return Judge(Path(found.origin).parent) if found and found.origin else None
