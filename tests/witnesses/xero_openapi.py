"""The OpenAPI judge: is this request one that Xero describes, and is this answer one that Xero could give?

It reads Xero's own files where they lie beside the repository (`../shared/specs/xero`). Stricter than the files: a field that no
schema names is an error, and so is a query parameter or header that the operation does not have, unless `xero_exceptions` lists it.
Who is judged, and when, is the business of `court`.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import yaml  # type: ignore[import-untyped]  # noqa: TID251 - 0.9 MB of the vendor's YAML, read with our own resolver below
from referencing import Registry
from referencing.jsonschema import DRAFT4, DRAFT202012
from tests.witnesses.verdicts import VerdictError
from tests.witnesses.xero_exceptions import (
    CATEGORIES,
    ENVELOPE,
    OPEN,
    PARAMETERS,
    REFUSALS,
    UNDESCRIBED,
    UNDOCUMENTED_ANSWERS,
)

SPECS = Path(__file__).resolve().parents[2].parent / "shared" / "specs" / "xero"
MOST_ELEMENTS = 100  # of one answer; the rest of a long page looks the same
_BASE = "/api.xro/2.0"
_DATE = r"^/Date\(-?\d+(\+0000)?\)/$|^\d{4}-\d{2}-\d{2}"
_OF_VALUES = ("maxLength", "minLength", "maximum", "minimum", "enum", "pattern", "format")
HEADERS = ("if-modified-since", "idempotency-key")
_ID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True)
class Described:
    """An operation of the files. `name` is method and path, ids replaced."""

    document: Any
    operation: Any
    name: str


class Judge:
    """Validates calls and counts what it validated: `requests`, `responses`, `bodies`, `elements`, `undescribed`."""

    def __init__(self, folder: Path = SPECS) -> None:
        self.counted: Counter[str] = Counter()
        self._accounting = _load(folder / "xero_accounting.yaml")
        self._identity = _load(folder / "xero-identity.yaml")
        self._webhooks = _load(folder / "xero-webhooks.yaml")
        self._validators: dict[tuple[int, str], Any] = {}
        self._described: dict[str, Described | None] = {}

    def webhook(self, body: bytes) -> None:
        """Judge the body of a webhook delivery."""
        told = json.loads(body)
        for event in told["events"]:
            if event["eventCategory"] in CATEGORIES:
                continue
            data = event.pop("data", None)
            self._validate(self._webhooks, "WebhookEvent", {**told, "events": [event]}, "webhook")
            if (data is not None) is not (event["eventCategory"] == "CREDITNOTE"):
                raise VerdictError(f"webhook: data {data} for {event['eventCategory']}")
            if data is not None:
                for error in jsonschema.Draft202012Validator(_credit_note_data(self._webhooks)).iter_errors(
                    data
                ):
                    raise VerdictError(f"webhook: data: {error.message[:300]}")
        self.counted["webhooks"] += 1

    def described(self, method: str, path: str, status: int) -> Described | None:
        """The operation that is called; None for one that nobody knows and that is refused. Raises `VerdictError`."""
        name = f"{method} {_ID.sub('{id}', path)}"
        if name not in self._described:
            self._described[name] = self._find(method, path, name)
        found = self._described[name]
        if found is None and status not in REFUSALS:
            raise VerdictError(f"{name} is not described, yet was answered {status}")
        return found

    def _find(self, method: str, path: str, name: str) -> Described | None:
        if path.lower().startswith("/connections"):
            document, path = self._identity, "/Connections" + path[len("/connections") :]
        else:
            document, path = self._accounting, path.removeprefix(_BASE)
        operation = _operation(document, method, path)
        return None if operation is None else Described(document, operation, name.replace(_BASE, "", 1))

    def asked(self, described: Described, query: list[tuple[str, str]], headers: Mapping[str, str]) -> None:
        """Judge a request's parameters. Raises `VerdictError`."""
        what = described.name
        known = {(p["in"], p["name"].lower()): p for p in described.operation["parameters"]}
        exactly = {p["name"] for p in described.operation["parameters"] if p["in"] == "query"}
        for name, value in query:
            if name in PARAMETERS:
                continue
            if name not in exactly:
                raise VerdictError(f"{what}: no query parameter {name}")
            _check_parameter(known["query", name.lower()]["schema"], value, f"{what}: {name}")
        for name in headers:
            if name.lower() in HEADERS and ("header", name.lower()) not in known:
                raise VerdictError(f"{what}: no header {name}")
        self.counted["requests"] += 1

    def accepted(self, body: bytes, _status: int, answer: bytes) -> bytes:
        """A request without the elements that were refused one by one (fact 5: `ERROR`, in the order of the request), which may well be wrong ones."""
        if b'"ERROR"' not in answer or not body:
            return body
        sent, told = json.loads(body), json.loads(answer)
        for name, asked in sent.items() if isinstance(sent, dict) else ():
            echoed = told.get(name)
            if isinstance(asked, list) and isinstance(echoed, list) and len(asked) == len(echoed):
                pairs = zip(asked, echoed, strict=True)
                sent[name] = [one for one, echo in pairs if echo.get("StatusAttributeString") != "ERROR"]
                if not sent[name]:
                    return b""
        return json.dumps(sent).encode()

    def sent(self, described: Described, body: bytes) -> None:
        """Judge a request's body. Raises `VerdictError`."""
        if not body:
            return
        what, document = described.name, described.document
        content = _resolved(document, described.operation.get("requestBody", {})).get("content", {})
        if "application/json" not in content:
            raise VerdictError(f"{what}: takes no JSON body")
        schema = content["application/json"]["schema"]
        value = _enveloped(document, schema, json.loads(body))
        self._validate_ref(document, schema, value, f"{what} request")
        self.counted["bodies"] += 1

    def answered(self, described: Described, status: int, content_type: str, answer: bytes) -> None:
        """Judge an answer. Raises `VerdictError`."""
        what, document = described.name, described.document
        found = described.operation["responses"].get(str(status))
        if found is None:
            if status < 400 and status not in UNDOCUMENTED_ANSWERS:
                raise VerdictError(f"{what}: an answer {status} is not described")
            if status == 400 and json.loads(answer).get("Type") is None:
                raise VerdictError(f"{what}: a 400 without Type")
            self.counted["undescribed"] += 1
            return
        content = _resolved(document, found).get("content", {}).get("application/json")
        self.counted["responses"] += 1
        if content is None:
            if answer and status < 400:
                raise VerdictError(f"{what}: {status} should have no body")
        elif "json" in content_type:
            self._validate_ref(document, content["schema"], json.loads(answer), f"{what} answer {status}")
        else:
            self.counted["xml"] += 1

    def _validate_ref(self, document: Any, schema: Any, value: Any, what: str) -> None:
        if "$ref" in schema:
            self._validate(document, schema["$ref"].rsplit("/", 1)[1], value, what)
            return
        for entry in value:  # the one inline schema is the list of connections
            self._validate(document, schema["items"]["$ref"].rsplit("/", 1)[1], entry, what)

    def _validate(self, document: Any, name: str, value: Any, what: str) -> None:
        validator = self._validators.get((id(document), name))
        if validator is None:
            modern = document["openapi"].startswith("3.1")
            dialect = DRAFT202012 if modern else DRAFT4
            registry: Registry[Any] = Registry().with_resource("xero:spec", dialect.create_resource(document))
            kind = jsonschema.Draft202012Validator if modern else jsonschema.Draft4Validator
            validator = kind(
                {"$ref": f"xero:spec#/components/schemas/{name}"},
                registry=registry,
                format_checker=jsonschema.FormatChecker(["uuid"]),
            )
            self._validators[id(document), name] = validator
        value = _thinned(value)
        self.counted["elements"] += _size(value)
        for error in validator.iter_errors(value):
            if error.validator in _OF_VALUES and _refused(value, error.absolute_path):
                continue  # it echoes what was asked for, which was wrong (fact 5)
            raise VerdictError(f"{what}: {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")


def _credit_note_data(document: Any) -> Any:
    """The schema of what a credit note's event carries; the rest of the event is as any other's."""
    own = document["components"]["schemas"]["CreditNoteWebhookEvent"]["allOf"][1]
    return own["properties"]["events"]["items"]["allOf"][1]["properties"]["data"]


@cache
def judge() -> Judge | None:
    """The judge of this process, None where Xero's files are not present."""
    return Judge() if SPECS.is_dir() else None


class _Loader(yaml.CSafeLoader):  # type: ignore[misc]
    """YAML 1.2's idea of plain words: NO is Norway, a date is text."""


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^(?:0|-?[1-9]\d*)$"), list("-0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^-?\d+\.\d+$"), list("-0123456789"))


def _load(path: Path) -> Any:
    document = yaml.load(path.read_bytes(), Loader=_Loader)
    for name, schema in document["components"]["schemas"].items():
        _tighten(schema, name)
    for item in document.get("paths", {}).values():
        shared = item.get("parameters", [])
        for method in ("get", "put", "post", "delete"):
            if method in item:
                found = [_resolved(document, p) for p in (*shared, *item[method].get("parameters", []))]
                item[method]["parameters"] = found
    return document


def _tighten(schema: Any, name: str = "") -> None:
    """Close objects to fields that nobody named, and give dates their form."""
    if not isinstance(schema, dict):
        return
    for key in ("example", "default"):
        schema.pop(key, None)
    if schema.get("x-is-msdate-time") or schema.get("x-is-msdate"):
        schema["pattern"] = _DATE
    properties = schema.get("properties")
    if properties is not None and name not in OPEN:
        enveloped = "x-objectArrayKey" in schema or name == "Error"
        for field in (*UNDESCRIBED.get(name, ()), *(ENVELOPE if enveloped else ())):
            properties.setdefault(field, {})
        if "allOf" not in schema:
            schema["additionalProperties"] = False
    for value in (*(properties or {}).values(), schema.get("items"), *schema.get("allOf", ())):
        _tighten(value)


def _resolved(document: Any, node: Any) -> Any:
    while "$ref" in node:
        found = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def _operation(document: Any, method: str, path: str) -> Any:
    parts = path.strip("/").split("/")
    for template, item in document["paths"].items():
        words = template.strip("/").split("/")
        if len(words) == len(parts) and all(
            word.startswith("{") or word == part for word, part in zip(words, parts, strict=True)
        ):
            operation = item.get(method.lower())
            if operation is not None:
                return operation
    return None


def _check_parameter(schema: Any, value: str, what: str) -> None:
    kind = schema.get("type")
    right = {"integer": r"-?\d+", "boolean": r"(?i:true|false)"}.get(kind, r"(?s:.*)")
    if not re.fullmatch(right, value):
        raise VerdictError(f"{what}: {value!r} is no {kind}")


def _enveloped(document: Any, schema: Any, sent: Any) -> Any:
    """A bare object is as good as an envelope around it (fact 4.1), whichever of the two the files describe."""
    named = _resolved(document, schema)
    arrays = [field for field, kind in named.get("properties", {}).items() if kind.get("type") == "array"]
    if not isinstance(sent, dict):
        return sent
    if "x-objectArrayKey" in named:
        return sent if any(isinstance(sent.get(key), list) for key in arrays) else {arrays[-1]: [sent]}
    inside = [value for value in sent.values() if isinstance(value, list)]
    return inside[0][0] if len(sent) == 1 and inside and inside[0] else sent


def _thinned(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {k: v[:: max(1, len(v) // MOST_ELEMENTS)] if isinstance(v, list) else v for k, v in value.items()}


def _refused(value: Any, place: Sequence[str | int]) -> bool:
    """Whether what was found at a place of an answer is within an element that was refused."""
    if len(place) < 2 or not isinstance(place[1], int):
        return False
    return bool(value[place[0]][place[1]].get("StatusAttributeString") == "ERROR")


def _size(value: Any) -> int:
    return max((len(v) for v in _lists(value)), default=1)


def _lists(value: Any) -> Iterator[list[Any]]:
    if isinstance(value, dict):
        yield from (v for v in value.values() if isinstance(v, list))
