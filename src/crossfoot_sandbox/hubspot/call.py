"""One authenticated call on its way to an endpoint."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crossfoot_sandbox.hubspot.book import Actor
from crossfoot_sandbox.hubspot.errors import invalid, missing_scopes
from crossfoot_sandbox.hubspot.kinds import BY_NAME, ObjectKind
from crossfoot_sandbox.hubspot.oauth import Access
from crossfoot_sandbox.wire import Request

if TYPE_CHECKING:
    from crossfoot_sandbox.hubspot.account import Account


@dataclass(slots=True)
class Call:
    """What an endpoint needs to know."""

    account: "Account"
    access: Access
    request: Request
    version: str
    params: Mapping[str, str]
    body: Any
    actor: Actor
    now: int

    def kind(self, param: str = "type") -> ObjectKind:
        """The object type named in the path; 400 for one that this stand-in (or HubSpot) does not have."""
        name = self.params[param]
        kind = BY_NAME.get(name.lower())
        if kind is None:
            raise invalid(f"Unable to infer object type from: {name}")
        return kind

    def fields(self) -> Mapping[str, Any]:
        """The body as an object."""
        if not isinstance(self.body, Mapping):
            raise invalid("Invalid input JSON on line 1, column 1: an object was expected")
        return self.body

    def names(self, parameter: str) -> list[str]:
        """A list in the query, repeated or separated by commas."""
        return [
            name.strip() for text in self.request.every(parameter) for name in text.split(",") if name.strip()
        ]

    def flag(self, parameter: str) -> bool:
        """A boolean in the query, false by default."""
        return (self.request.one(parameter) or "").lower() == "true"

    def number(self, parameter: str, default: int, most: int) -> int:
        """A page size in the query; 400 when it is out of range."""
        return page_size(self.request.one(parameter), default, most)

    def may_read(self, *kinds: ObjectKind) -> None:
        """403 without a scope to read records of each of these types."""
        for kind in kinds:
            self.needs(*kind.scopes("objects", "read"), *kind.broad)

    def may_write(self, *kinds: ObjectKind) -> None:
        """403 without a scope to write records of each of these types."""
        for kind in kinds:
            self.needs(*kind.scopes("objects", "write"), *kind.broad)

    def may_see_schema(self, kind: ObjectKind) -> None:
        """403 without a scope to see property definitions."""
        self.needs(*kind.scopes("schemas", "read"), *kind.scopes("objects", "read"), *kind.broad)

    def may_change_schema(self, kind: ObjectKind) -> None:
        """403 without a scope to change property definitions; for products and line items only `e-commerce` will do (fact 2.3)."""
        self.needs(*(kind.broad or kind.scopes("schemas", "write")))

    def needs(self, *any_of: str) -> None:
        """403 unless the token has one of these scopes."""
        if self.access.scopes.isdisjoint(any_of):
            raise missing_scopes(any_of)


def whole_number(sent: object, name: str, default: int) -> int:
    """An integer as sent, as a number or as text; 400 for anything else."""
    if sent is None or sent == "":
        return default
    try:
        return int(str(sent))
    except ValueError:
        raise invalid(f"Invalid {name}: {sent}. It must be an integer") from None


def listed(sent: object, name: str) -> list[Any]:
    """A list as sent, empty when it is missing; 400 for anything else."""
    if sent is None:
        return []
    if not isinstance(sent, list):
        raise invalid(f"Invalid input JSON: {name} must be a list")
    return sent


def page_size(text: object, default: int, most: int) -> int:
    """A page size as sent, in a query or a body."""
    size = whole_number(text, "limit", default)
    if not 0 < size <= most:
        raise invalid(f"Invalid limit {size}: it must be between 1 and {most}")
    return size
