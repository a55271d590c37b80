"""Xero's errors: what a refusal of a record means, and what stops the whole connection (Xero fact 6)."""

import re
from collections.abc import Iterable

from crossfoot.model.problems import Cause, Problem
from crossfoot.systems.port import Response, Trouble
from crossfoot.systems.xero.answers import failure
from crossfoot.systems.xero.refusals import RECORDS, SAID, Refusal, problem

_REUSED_KEY = re.compile(r"Idempotency Key: .* is used with a different request", re.DOTALL)
_SCOPE = re.compile(r"insuffici?ent_scope", re.IGNORECASE)


class UnaskableError(Trouble):
    """Xero refused the question itself (400): a filter that it cannot parse, or that would look at too much (Xero facts 2.2 and 4.4)."""


def refused(response: Response, known: Iterable[Refusal] = RECORDS) -> Problem:
    """The problem of a 4xx answer to a write of one record."""
    if response.status == 404:
        return Problem(
            Cause.MISSING,
            "Xero does not know the record any more.",
            "Look for it in Xero; it may have been deleted.",
        )
    return problem(failure(response.body).messages, known)


def reused_key(response: Response) -> bool:
    """Whether Xero still remembers another request under our idempotency key (Xero fact 3); this one certainly did nothing."""
    return response.status == 400 and any(_REUSED_KEY.match(text) for text in failure(response.body).messages)


def lacks_scope(response: Response) -> bool:
    """Whether consent was given without a scope that the call needs. Refreshing never mends that (Xero fact 1.7)."""
    return response.status in (401, 403) and bool(_SCOPE.search(response.headers.get("www-authenticate", "")))


def forbidden() -> Trouble:
    """A scope is missing."""
    return Trouble(
        Problem(
            Cause.FORBIDDEN,
            "Crossfoot's consent for Xero lacks a permission that this needs.",
            "Connect Xero again and grant every permission asked for.",
        )
    )


def consent_gone() -> Trouble:
    """The token is refused although it is fresh, or the organisation was disconnected."""
    return Trouble(
        Problem(
            Cause.CONSENT,
            "Xero no longer lets Crossfoot into the organisation; it was disconnected or the consent was withdrawn.",
            "Connect Xero again.",
        )
    )


def wrong_organisation(tenant: str, names: Iterable[str]) -> Trouble:
    """The credentials reach organisations, but not the one of this connection."""
    reached = ", ".join(f"'{name}'" for name in names)
    return Trouble(
        Problem(
            Cause.WRONG_ACCOUNT,
            f"The Xero credentials reach {reached}, not the organisation of this connection ({tenant}).",
            "Connect Xero again and choose the organisation that this connection was made for.",
        )
    )


def used_up(seconds: float) -> Trouble:
    """The organisation's calls of the day are used up (Xero fact 2.1)."""
    return Trouble(
        Problem(
            Cause.LIMIT,
            "The Xero calls of this organisation are used up for today.",
            "Nothing needs to be done: it goes on when Xero opens the next day. A higher plan of the Xero app has more calls.",
        ),
        seconds,
    )


def unavailable(why: str, seconds: float) -> Trouble:
    """Xero does not answer."""
    return Trouble(
        Problem(
            Cause.UNAVAILABLE,
            why,
            "Nothing needs to be done: it is tried again. See status.xero.com if it lasts.",
        ),
        seconds,
    )


def unforeseen(response: Response, what: str) -> Trouble:
    """Xero refused a question that it should have understood."""
    said = " ".join(failure(response.body).messages)[:SAID]
    kind = UnaskableError if response.status == 400 else Trouble
    return kind(
        Problem(
            Cause.UNREADABLE,
            f"Xero answered {response.status} when asked to {what}.",
            "Please report this with the log of the run.",
            None,
            said,
        )
    )
