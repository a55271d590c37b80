"""HubSpot's error bodies in words that a bookkeeper understands (HubSpot facts 3.3, 3.4, 5.1).

Every field of an error body is optional, so each is looked for and none is relied upon.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from crossfoot.model.problems import Cause, Problem

_SAID = 500
_TWIN = re.compile(r"Contact already exists\. Existing ID: (\d+)")
_HELD = re.compile(
    r"Cannot set PropertyValueCoordinates\{.*?propertyName=(\w+), value=(.*)\} on \d+\. (\d+) already has that value\.",
    re.DOTALL,
)
_NESTED = "Property values were not valid: "


@dataclass(frozen=True, slots=True)
class Fault:
    """One complaint about one property."""

    code: str
    message: str
    property: str | None = None


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """An error answer, or one entry of a batch answer's `errors`."""

    message: str = ""
    category: str = ""
    subcategory: str = ""
    policy: str = ""
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    scopes: tuple[str, ...] = ()

    @property
    def traces(self) -> tuple[str, ...]:
        """The `objectWriteTraceId`s concerned."""
        return self.context.get("objectWriteTraceId", ())

    @property
    def ids(self) -> tuple[str, ...]:
        """The record ids concerned."""
        return self.context.get("ids", ())


def error_body(raw: bytes) -> ErrorBody:
    """Read an error answer; a page of HTML or an empty body gives its first words as the message."""
    try:
        return parsed(msgspec.json.decode(raw))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ErrorBody(message=raw[:_SAID].decode(errors="replace"))


def parsed(raw: Any) -> ErrorBody:
    """Read an error object that is already decoded."""
    if not isinstance(raw, dict):
        return ErrorBody(message=str(raw)[:_SAID])
    nested = [entry for entry in raw.get("errors") or () if isinstance(entry, dict)]
    message = _words(raw.get("message"))
    context = dict(_context(raw.get("context")))
    for entry in nested:
        for name, values in _context(entry.get("context")).items():
            context.setdefault(name, values)
    return ErrorBody(
        message=message,
        category=_words(raw.get("category")),
        subcategory=_words(raw.get("subCategory")),
        policy=_words(raw.get("policyName")),
        context=context,
        faults=tuple(_faults(nested)) or tuple(_faults(_told(message))),
        scopes=context.get("requiredGranularScopes", ()),
    )


def _words(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _context(raw: Any) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(raw, dict):
        return {}
    return {
        name: tuple(str(each) for each in value) if isinstance(value, list) else (str(value),)
        for name, value in raw.items()
    }


def _told(message: str) -> list[dict[str, Any]]:
    """The entries that a validation failure repeats as JSON text in its message."""
    if not message.startswith(_NESTED):
        return []
    try:
        entries = msgspec.json.decode(message.removeprefix(_NESTED))
    except msgspec.DecodeError:
        return []
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _faults(entries: list[dict[str, Any]]) -> list[Fault]:
    found = []
    for entry in entries:
        code = _words(entry.get("code")) or _words(entry.get("error"))
        names = _context(entry.get("context")).get("propertyName") or (
            _words(entry.get("name")) or _words(entry.get("in")),
        )
        if code:
            found.append(Fault(code, _words(entry.get("message")), names[0] or None))
    return found


# ── what a refused write means ─────────────────────────────────────────────────────────────────────────────────────────

Sentence = Callable[[str, str], tuple[str, str]]
"""Property label and value sent to `what` and `fix`."""

_CODES: Mapping[str, tuple[Cause, Sentence]] = {
    "PROPERTY_DOESNT_EXIST": (
        Cause.INVALID,
        lambda name, _: (
            f"HubSpot has no property '{name}'.",
            "Create the property in HubSpot, or take it out of the mapping.",
        ),
    ),
    "READ_ONLY_VALUE": (
        Cause.READ_ONLY,
        lambda name, _: (
            f"HubSpot fills the property '{name}' itself and lets nobody write it.",
            "Map this field towards Xero only.",
        ),
    ),
    "INVALID_OPTION": (
        Cause.INVALID,
        lambda name, value: (
            f"'{value}' is not one of the options of the HubSpot property '{name}'.",
            "Add the option in HubSpot's property settings, or map the value to an option that exists.",
        ),
    ),
    "INVALID_EMAIL": (
        Cause.INVALID,
        lambda _, value: (f"HubSpot does not accept '{value}' as an e-mail address.", "Correct the address."),
    ),
    "INVALID_INTEGER": (
        Cause.INVALID,
        lambda name, value: (
            f"HubSpot wants a whole number in '{name}', not '{value}'.",
            "Correct the value.",
        ),
    ),
    "INVALID_LONG": (
        Cause.INVALID,
        lambda name, value: (f"HubSpot wants a number in '{name}', not '{value}'.", "Correct the value."),
    ),
    "INVALID_DATE": (
        Cause.INVALID,
        lambda name, value: (f"HubSpot wants a date in '{name}', not '{value}'.", "Correct the value."),
    ),
    "CONFLICTING_UNIQUE_VALUE": (
        Cause.TAKEN,
        lambda name, value: (
            f"Another HubSpot record already has '{value}' in '{name}', which must be unique.",
            "Find the other record in HubSpot and merge the two, or change one of the values.",
        ),
    ),
    "MISSING_REQUIRED_PROPERTY": (
        Cause.NOT_READY,
        lambda name, _: (
            f"The portal requires '{name}' on new records.",
            "Map a field to it, or make it optional in HubSpot's settings for the create form.",
        ),
    ),
    "MISSING_CONDITIONAL_REQUIRED_PROPERTY": (
        Cause.NOT_READY,
        lambda name, _: (
            f"A rule of the portal requires '{name}' together with the other values.",
            "Map a field to it, or change the rule in HubSpot's property settings.",
        ),
    ),
}

_PREFIXES: tuple[tuple[str, Cause, str, str], ...] = (
    (
        "Missing 'Edit Associations' permission.",
        Cause.FORBIDDEN,
        "The HubSpot user who connected may not change associations.",
        "Give that user the 'Edit associations' permission in HubSpot, or connect as another user.",
    ),
    (
        "This account is not set up to collect payments",
        Cause.INEXPRESSIBLE,
        "HubSpot records payments only in portals that have HubSpot payments or Stripe, and this one has neither.",
        "Let the sync record payments in Xero only: 'crossfoot syncs edit payments creates=to_xero'. What is paid and due shows on the invoice all the same.",
    ),
    (
        "Cannot have more than 250 identities on a profile",
        Cause.INEXPRESSIBLE,
        "The HubSpot record was merged 250 times and takes no more.",
        "Use another HubSpot record.",
    ),
)


def held_of(body: ErrorBody) -> tuple[str, str, str] | None:
    """Property, value and holder of a unique value that another record has; HubSpot names them only in the text.

    The record that the text names first is the one that should have got the value (seen on portals in 2026).
    """
    found = _HELD.match(body.message)
    return (found[1], found[2], found[3]) if found else None


def twin_of(body: ErrorBody) -> str | None:
    """The record that holds the e-mail or other unique value (HubSpot fact 3.4)."""
    found = _TWIN.match(body.message)
    held = held_of(body)
    return found[1] if found else held[2] if held else None


def problem_of(status: int, body: ErrorBody, sent: Mapping[str, str]) -> Problem:
    """What a refusal of one record means. `sent` is the property texts of the write."""
    said = body.message[:_SAID]
    held = held_of(body)
    if held and held[0] != "email":
        name, value, holder = held
        return Problem(
            Cause.TAKEN,
            f"HubSpot record {holder} already has '{value}' in '{name}', which must be unique.",
            "Find that record in HubSpot and merge the two, or change one of the values.",
            field=name,
            said=said,
        )
    if twin := twin_of(body):
        return Problem(
            Cause.TAKEN,
            f"The e-mail {sent.get('email', '')!r} belongs to HubSpot contact {twin} already.",
            "Link the two records, or change the e-mail of one of them.",
            field="email",
            said=said,
        )
    for fault in body.faults:
        if fault.code in _CODES:
            cause, sentence = _CODES[fault.code]
            name = fault.property or "?"
            what, fix = sentence(name, sent.get(name, ""))
            return Problem(cause, what, fix, field=fault.property, said=fault.message[:_SAID] or said)
    for prefix, cause, what, fix in _PREFIXES:
        if body.message.startswith(prefix):
            return Problem(cause, what, fix, said=said)
    if body.category == "OBJECT_NOT_FOUND" or status == 404:
        return Problem(
            Cause.MISSING,
            "The HubSpot record is not there: it was deleted, archived or never existed.",
            "Restore it in HubSpot if it was archived by mistake.",
            said=said,
        )
    if status == 409 or body.category == "CONFLICT":
        return Problem(
            Cause.TAKEN,
            "HubSpot says that a record with one of these values exists already.",
            "Find the other record in HubSpot and merge the two, or change the value.",
            said=said,
        )
    first = body.faults[0] if body.faults else Fault("", "")
    return Problem(
        Cause.INVALID,
        "HubSpot refused the values of this record.",
        "Read HubSpot's words below, correct the record and try again.",
        field=first.property,
        said=first.message[:_SAID] or said,
    )


# ── what stops the whole connection ────────────────────────────────────────────────────────────────────────────────────


def forbidden(body: ErrorBody, what: str) -> Problem:
    """403: a scope is lacking."""
    needed = ", ".join(body.scopes)
    return Problem(
        Cause.FORBIDDEN,
        f"HubSpot does not let Crossfoot {what}"
        + (f": one of these scopes is needed: {needed}." if needed else "."),
        "Add the scope to the app in HubSpot and connect again.",
        said=body.message[:_SAID],
    )


def disconnected(body: ErrorBody) -> Problem:
    """401 although the token was just renewed."""
    return Problem(
        Cause.CONSENT,
        "HubSpot does not accept Crossfoot's credentials any more.",
        "Connect HubSpot again; if the app was removed from the portal, install it first.",
        said=body.message[:_SAID],
    )


def unavailable(what: str, why: str) -> Problem:
    """HubSpot does not answer, or answers nonsense, again and again."""
    return Problem(
        Cause.UNAVAILABLE,
        f"HubSpot is not available: trying to {what} failed ({why}).",
        "Nothing needs to be done; Crossfoot tries again. HubSpot's state is shown on status.hubspot.com.",
    )


def moving(what: str) -> Problem:
    """477: the portal moves between data centres."""
    return Problem(
        Cause.UNAVAILABLE,
        f"HubSpot is moving the portal to another data centre and cannot {what} now.",
        "Nothing needs to be done; Crossfoot goes on when HubSpot is done.",
    )


def day_used_up() -> Problem:
    """429 with policy DAILY."""
    return Problem(
        Cause.LIMIT,
        "The portal's HubSpot API calls of today are used up; all apps of the portal share them.",
        "Wait until midnight in the portal's time zone, or buy HubSpot's API limit increase.",
    )


def too_busy(what: str) -> Problem:
    """429 again and again although we waited."""
    return Problem(
        Cause.LIMIT,
        f"HubSpot kept refusing to {what} because too many calls were made; other apps of the portal may be busy.",
        "Nothing needs to be done; Crossfoot tries again.",
    )


def unexpected(status: int, body: ErrorBody, what: str) -> Problem:
    """A refusal of a read, which should not happen: a mistake of ours or a change of HubSpot's."""
    return Problem(
        Cause.UNREADABLE,
        f"HubSpot refused to {what} (status {status}).",
        "Please report this with HubSpot's words.",
        said=body.message[:_SAID],
    )
