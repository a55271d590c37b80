"""The OpenAPI judge: is this request one that Xero describes, and is this answer one that Xero could give?

It reads Xero's own files where they lie beside the repository (`../shared/specs/xero`) and is silent where they do not.
Stricter than the files: a field that no schema names is an error, unless it is listed below with its reason.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml  # type: ignore[import-untyped]  # noqa: TID251 - 0.9 MB of the vendor's YAML, read with our own resolver below
from referencing import Registry
from referencing.jsonschema import DRAFT4, DRAFT202012

from crossfoot_sandbox.wire import Request, Response
from crossfoot_sandbox.xero.ledger import Xero

SPECS = Path(__file__).resolve().parents[2].parent / "shared" / "specs" / "xero"
MOST_ELEMENTS = 100  # of one answer; the rest of a long page looks the same
_BASE = "/api.xro/2.0"
_DATE = r"^/Date\(-?\d+(\+0000)?\)/$|^\d{4}-\d{2}-\d{2}"

# Fields that Xero sends and its files leave out.
_UNDESCRIBED: Mapping[str, tuple[str, ...]] = {
    "Phone": ("ValidationErrors",),  # recorded in refused contacts
    "Address": ("ValidationErrors",),  # likewise
    "ContactGroup": ("HasValidationErrors",),  # in the files' own examples
    "TrackingOption": ("HasValidationErrors", "IsDeleted", "IsArchived", "IsActive"),  # likewise
    "HistoryRecord": ("DateUTCString",),  # recorded
    "Account": ("CreatedDateUTC",),  # since version 20.0.0 of the files
    "Item": ("QuantityAvailable", "QuantityOnBackOrder"),  # since version 19
    "Invoice": (
        "RoundingAmount",
        "EnteredTotal",
        "UpdatedDateUTCString",
        "DateString",
        "DueDateString",
        "InvoicePaymentServices",
    ),  # recorded, 17 to 19
    "LineItem": ("ValidationErrors",),  # recorded
    "LineItemTracking": ("Options",),  # recorded
}
_ENVELOPE = ("Id", "Status", "ProviderName", "DateTimeUTC", "pagination", "SummarizeErrors")  # recorded
_OPEN = ("Element",)  # echoes whatever was sent
_LATER_PARAMETERS = ("allowBackorders",)  # since version 17


class VerdictError(AssertionError):
    """The call is not one that Xero's files describe."""


class Judge:
    """Validates calls and counts what it validated: `requests`, `responses`, `bodies`, `elements`, `undescribed`."""

    def __init__(self, folder: Path = SPECS) -> None:
        self.counted: Counter[str] = Counter()
        self._accounting = _load(folder / "xero_accounting.yaml")
        self._identity = _load(folder / "xero-identity.yaml")
        self._webhooks = _load(folder / "xero-webhooks.yaml")
        self._validators: dict[tuple[int, str], Any] = {}

    def call(
        self, method: str, target: str, body: bytes, status: int, content_type: str, answer: bytes
    ) -> None:
        """Judge one call to api.xero.com. `target` is path and query. Raises `VerdictError`."""
        parts = urlsplit(target)
        if parts.path.lower().startswith("/connections"):
            document, path = self._identity, "/Connections" + parts.path[len("/connections") :]
        else:
            document, path = self._accounting, parts.path.removeprefix(_BASE)
        operation = _operation(document, method, path)
        if operation is None:
            if status not in (404, 405, 401, 403, 429):
                raise VerdictError(f"{method} {path} is not described, yet was answered {status}")
            self.counted["undescribed"] += 1
            return
        if status < 300:  # a refused request may well be a wrong one
            self._request(document, operation, parts.query, body, f"{method} {path}")
        self._response(document, operation, status, content_type, answer, f"{method} {path}")

    def webhook(self, body: bytes) -> None:
        """Judge the body of a webhook delivery."""
        self._validate(self._webhooks, "WebhookEvent", json.loads(body), "webhook")
        self.counted["webhooks"] += 1

    def _request(self, document: Any, operation: Any, query: str, body: bytes, what: str) -> None:
        described = {p["name"]: p for p in operation["parameters"] if p["in"] == "query"}
        for name, value in parse_qsl(query, keep_blank_values=True):
            if name in _LATER_PARAMETERS:
                continue
            if name not in described:
                raise VerdictError(f"{what}: no query parameter {name}")
            _check_parameter(described[name]["schema"], value, f"{what}: {name}")
        self.counted["requests"] += 1
        if body:
            schema = _resolved(document, operation["requestBody"])["content"]["application/json"]["schema"]
            self._validate_ref(
                document, schema, _enveloped(document, schema, json.loads(body)), f"{what} request"
            )
            self.counted["bodies"] += 1

    def _response(
        self, document: Any, operation: Any, status: int, content_type: str, answer: bytes, what: str
    ) -> None:
        described = operation["responses"].get(str(status))
        if described is None:
            if status < 400:
                raise VerdictError(f"{what}: an answer {status} is not described")
            if status == 400 and json.loads(answer).get("Type") is None:
                raise VerdictError(f"{what}: a 400 without Type")
            self.counted["undescribed"] += 1
            return
        described = _resolved(document, described)
        content = described.get("content", {}).get("application/json")
        self.counted["responses"] += 1
        if content is None:
            if answer and status < 400:
                raise VerdictError(f"{what}: {status} should have no body")
            return
        if "json" not in content_type:
            self.counted["xml"] += 1
            return
        schema = content["schema"]
        self._validate_ref(document, schema, json.loads(answer), f"{what} answer {status}")

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
            raise VerdictError(f"{what}: {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")


@cache
def judge() -> Judge | None:
    """The judge of this session, None where Xero's files are not present."""
    return Judge() if SPECS.is_dir() else None


def judged(request: Request, response: Response) -> Response:
    """Pass an answer of the sandbox through the judge; `request` as api.xero.com sees it."""
    court = judge()
    if court is not None:
        query = "&".join(
            f"{name}={value.replace('&', '%26').replace('+', '%2B')}" for name, value in request.query
        )
        content_type = next((v for k, v in response.headers.items() if k.lower() == "content-type"), "")
        target = f"{request.path}?{query}" if query else request.path
        court.call(request.method, target, request.body, response.status, content_type, response.body)
    return response


def watch(xero: Xero, monkeypatch: pytest.MonkeyPatch) -> list[VerdictError]:
    """From now on every call to the stand-in's API host is judged; the verdicts gather in the list, which should stay empty.

    They are not raised at once, because the stand-in may be served by another thread whose errors nobody sees.
    """
    verdicts: list[VerdictError] = []
    handle = xero.handle

    def handle_and_judge(host: str, request: Request) -> Response:
        response = handle(host, request)
        if host == "api":
            try:
                judged(request, response)
            except VerdictError as verdict:
                verdicts.append(verdict)
        return response

    monkeypatch.setattr(xero, "handle", handle_and_judge)
    return verdicts


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
    if properties is not None and name not in _OPEN:
        extra = (
            *_UNDESCRIBED.get(name, ()),
            *(_ENVELOPE if "x-objectArrayKey" in schema or name == "Error" else ()),
        )
        for field in extra:
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


def _size(value: Any) -> int:
    return max((len(v) for v in _lists(value)), default=1)


def _lists(value: Any) -> Iterator[list[Any]]:
    if isinstance(value, dict):
        yield from (v for v in value.values() if isinstance(v, list))
