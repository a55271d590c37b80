"""A failure in plain words: what is wrong, how to mend it, where. Data, not an exception."""

from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """Why something could not be done, as far as deciding what to do next needs to know."""

    INVALID = "invalid"  # the value will never be accepted as it is
    TAKEN = "taken"  # a unique name, e-mail, code or number belongs to another record
    MISSING = "missing"  # the record or something it refers to is not there
    ARCHIVED = "archived"  # the record is archived and cannot be written to
    READ_ONLY = "read_only"  # the field is calculated by the system
    FORBIDDEN = "forbidden"  # a scope or role is lacking
    CONSENT = "consent"  # the connection's consent is gone: someone must connect again
    WRONG_ACCOUNT = "wrong_account"  # the credentials belong to another portal or organisation
    LIMIT = "limit"  # an API limit is used up
    UNAVAILABLE = "unavailable"  # the system does not answer, or is down for maintenance
    UNREADABLE = "unreadable"  # an answer made no sense
    INEXPRESSIBLE = "inexpressible"  # the other side cannot hold such a record
    NOT_READY = "not_ready"  # something must be completed first


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of one record or connection, for people."""

    cause: Cause
    what: str
    """One sentence: what is wrong, with the values concerned, never with a secret."""
    fix: str = ""
    """One sentence: what a person can do about it."""
    field: str | None = None
    """The native path concerned, where there is one."""
    said: str = ""
    """The system's own words, cut to 500 characters."""
    held: str | None = None
    """What `field` should hold and another record holds, as the match index knows it: with it gone from there, the problem is."""

    def __str__(self) -> str:
        return f"{self.what} {self.fix}".strip()
