"""HubSpot's error answers, with their texts (HubSpot facts 2.1, 3.3, 3.4, 5.1)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from crossfoot_sandbox import jsontext
from crossfoot_sandbox.hubspot.times import iso


class Problem(Exception):  # a vendor's answer, not a fault of this program
    """A refusal: its HTTP status and the fields of its body."""

    def __init__(
        self,
        status: int,
        message: str,
        category: str | None = None,
        /,
        *,
        headers: Mapping[str, str] | None = None,
        **fields: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.category = category
        self.headers = dict(headers or {})
        self.fields = fields

    def body(self, correlation: str, *, bare: bool = False) -> dict[str, Any]:
        """The JSON body. A bare one lacks everything that HubSpot calls optional (A18)."""
        body: dict[str, Any] = {"status": "error", "message": self.message, "correlationId": correlation}
        if bare:
            return body
        body.update(self.fields)
        if self.category:
            body["category"] = self.category
        return body

    def entry(self, trace: str | None = None) -> dict[str, Any]:
        """The same refusal as one entry of `errors` in a batch answer."""
        context = dict(self.fields.get("context", {}))
        if trace is not None:
            context["objectWriteTraceId"] = [trace]
        entry = {
            **self.fields,
            "status": "error",
            "category": self.category or "VALIDATION_ERROR",
            "message": self.message,
        }
        entry.setdefault("errors", [])
        entry["context"] = context
        return entry


def invalid(message: str, **fields: Any) -> Problem:
    """400 `VALIDATION_ERROR`."""
    return Problem(400, message, "VALIDATION_ERROR", **fields)


def invalid_property(code: str, name: str, message: str, portal_id: int) -> dict[str, Any]:
    """One entry of a property validation failure."""
    return {
        "isValid": False,
        "message": message,
        "error": code,
        "name": name,
        "localizedErrorMessage": message,
        "portalId": portal_id,
    }


def invalid_properties(entries: Sequence[dict[str, Any]]) -> Problem:
    """400: the message holds the entries as JSON text, and `errors` repeats them (fact 3.3)."""
    text = jsontext.dumps(list(entries)).decode()
    errors = [
        {"message": entry["message"], "code": entry["error"], "context": {"propertyName": [entry["name"]]}}
        for entry in entries
    ]
    return invalid(f"Property values were not valid: {text}", errors=errors)


def missing_required(names: Iterable[str], code: str = "MISSING_REQUIRED_PROPERTY") -> Problem:
    """400 of the portal admin's rules on 2026-09 (fact 3.3)."""
    errors = [
        {"message": f"Property {name} is required.", "code": code, "context": {"propertyName": [name]}}
        for name in names
    ]
    return invalid("The property values provided are invalid", errors=errors)


def not_there(kind: str, ids: Iterable[str]) -> Problem:
    """The entry for ids that a batch could not find; one entry stands for many ids (fact 3.5)."""
    return Problem(
        404,
        f"Could not get some {kind} objects, they may be deleted or not exist. Check that ids are valid.",
        "OBJECT_NOT_FOUND",
        context={"ids": list(ids)},
    )


def unknown_path() -> Problem:
    """404 without a category."""
    return Problem(404, "resource not found")


def unknown_record(kind: str, key: str) -> Problem:
    """404 of a read or write by id."""
    return Problem(
        404,
        f"Object not found.  objectId are usually numeric. {kind} {key}",
        "OBJECT_NOT_FOUND",
        context={"ids": [key]},
    )


def email_taken(record_id: str) -> Problem:
    """409 of a contact whose e-mail another one has; integrations read the id out of the text (fact 3.4)."""
    known = f" Existing ID: {record_id}" if record_id else ""  # no id yet when both come in one batch
    return Problem(409, f"Contact already exists.{known}", "CONFLICT")


def value_taken(portal: int, kind: str, name: str, value: str, record_id: str, held_by: str) -> Problem:
    """400 of a unique value that another record has. It names the record that was to get it, which stays without, and the holder."""
    where = f"portalId={portal}, objectTypeId=ObjectTypeId{{legacyObjectType={kind}}}"
    return invalid(
        f"Cannot set PropertyValueCoordinates{{{where}, propertyName={name}, value={value}}} on {record_id}. "
        f"{held_by} already has that value."
    )


def not_linkable(kind: str, record_id: str) -> Problem:
    """400 of an association with a record that is not there."""
    return invalid(
        "One or more associations are invalid",
        context={
            "INVALID_OBJECT_IDS": [f"{kind}={record_id} is not valid"],
            "objectId": [record_id],
            "objectType": [kind],
        },
    )


def no_credentials() -> Problem:
    """401 without a usable token."""
    return Problem(
        401,
        "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at "
        "https://developers.hubspot.com/docs/methods/auth/oauth-overview",
        "INVALID_AUTHENTICATION",
    )


def expired(at: int, now: int) -> Problem:
    """401 of an access token past its time; a malformed token reads as expired in 1970."""
    seconds = max(0, (now - at) // 1000)
    return Problem(
        401,
        f"The OAuth token used to make this call expired {seconds} second(s) ago.",
        "EXPIRED_AUTHENTICATION",
        context={"expire time": [iso(at)]},
    )


def missing_scopes(wanted: Iterable[str]) -> Problem:
    """403 that names the scopes which would do."""
    return Problem(
        403,
        "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: "
        "https://developers.hubspot.com/scopes.",
        "MISSING_SCOPES",
        errors=[
            {
                "message": "One or more of the following scopes are required.",
                "context": {"requiredGranularScopes": sorted(wanted)},
            }
        ],
        links={"scopes": "https://developers.hubspot.com/scopes"},
    )


def over_limit(policy: str) -> Problem:
    """429: `TEN_SECONDLY_ROLLING`, `DAILY` or `SECONDLY` (fact 5.2)."""
    message = {
        "TEN_SECONDLY_ROLLING": "You have reached your ten_secondly_rolling limit.",
        "DAILY": "You have reached your daily limit.",
        "SECONDLY": "You have reached your secondly limit.",
    }[policy]
    return Problem(429, message, errorType="RATE_LIMIT", policyName=policy)
