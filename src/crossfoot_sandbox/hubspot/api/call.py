"""One authenticated call on its way to an endpoint."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crossfoot_sandbox.hubspot.api.oauth import Access
from crossfoot_sandbox.hubspot.books.account import Account
from crossfoot_sandbox.hubspot.books.book import Actor
from crossfoot_sandbox.hubspot.books.kinds import BY_NAME, ObjectKind
from crossfoot_sandbox.hubspot.errors import invalid, missing_scopes
from crossfoot_sandbox.hubspot.sent import page_size
from crossfoot_sandbox.wire import Request


@dataclass(slots=True)
class Call:
    """What an endpoint needs to know."""

    account: Account
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
