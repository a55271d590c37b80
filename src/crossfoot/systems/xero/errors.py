"""What Xero says when it refuses, for people: the full text is classified by its beginning, never by a part of it (Xero fact 6.1)."""

import re
from collections.abc import Iterable

from crossfoot.model.problems import Cause, Problem
from crossfoot.systems.port import Response, Trouble
from crossfoot.systems.xero.answers import failure

_SAID = 500

_KNOWN: tuple[tuple[str, Cause, str, str, str | None], ...] = (
    (
        r"The contact name (?P<value>.*) is already assigned to another contact\.",
        Cause.TAKEN,
        "Another active Xero contact already has the name '{value}'; names are unique there.",
        "Link the two if they are the same, or give one of them another name.",
        "Name",
    ),
    (
        r"The contact number (?P<value>.*) is already assigned to another contact\.",
        Cause.TAKEN,
        "Another Xero contact already has the contact code '{value}'.",
        "Look whether that contact is the same one; contact codes are unique in Xero.",
        "ContactNumber",
    ),
    (
        r"The specified contact details matched an archived contact\.",
        Cause.ARCHIVED,
        "The Xero contact is archived, and archived contacts cannot be changed through the API.",
        "Restore the contact in Xero (Contacts, Archived, Restore), then sync again.",
        None,
    ),
    (
        r"Price List Item with Code '(?P<value>.*)' already exists",
        Cause.TAKEN,
        "Another Xero item already has the code '{value}'; codes are unique there.",
        "Link the two if they are the same, or give one of them another code.",
        "Code",
    ),
    (
        r".* could not be found$",
        Cause.MISSING,
        "Xero does not know the record any more.",
        "Look for it in Xero; it may have been deleted.",
        None,
    ),
    (
        r"The Contact must contain at least 1 of the following elements",
        Cause.INVALID,
        "The contact has no name, and Xero does not keep a contact without one.",
        "Fill in the name.",
        "Name",
    ),
    (
        r"Email address must be valid",
        Cause.INVALID,
        "Xero does not accept the e-mail address.",
        "Correct the e-mail address.",
        "EmailAddress",
    ),
    (
        r"Account code '(?P<value>.*)' (?:is not a valid code|has been archived)",
        Cause.INVALID,
        "The account '{value}' is not in use in Xero for this purpose.",
        "Choose an active account of Xero's chart of accounts.",
        None,
    ),
    (
        r"The TaxType code '?(?P<value>[^' ]*)'? (?:does not exist|cannot be used)",
        Cause.INVALID,
        "The tax rate '{value}' cannot be used here in Xero.",
        "Choose an active tax rate that suits the account.",
        None,
    ),
    (
        r"(?:The current organisation|Organisation) is not subscribed to currency '?(?P<value>\w+)",
        Cause.INVALID,
        "The Xero organisation does not use the currency {value}.",
        "Add the currency in Xero (Settings, Currencies), or change it here.",
        "DefaultCurrency",
    ),
)
_COMPILED = tuple(
    (re.compile(pattern), cause, what, fix, field) for pattern, cause, what, fix, field in _KNOWN
)

_REUSED_KEY = re.compile(r"Idempotency Key: .* is used with a different request", re.DOTALL)
_SCOPE = re.compile(r"insuffici?ent_scope", re.IGNORECASE)


def problem(messages: Iterable[str]) -> Problem:
    """One problem for all that Xero said about one record: the first message that is known, else its own words."""
    said = [message.strip() for message in messages if message.strip()]
    whole = " ".join(said)[:_SAID]
    for message in said:
        for pattern, cause, what, fix, field in _COMPILED:
            found = pattern.match(message)
            if found:
                return Problem(cause, what.format(**found.groupdict()), fix, field, whole)
    return Problem(
        Cause.INVALID,
        f"Xero refused the record: {whole}" if whole else "Xero refused the record and gave no reason.",
        "Correct the value in question and sync again.",
        None,
        whole,
    )


def refused(response: Response) -> Problem:
    """The problem of a 4xx answer to a write of one record."""
    if response.status == 404:
        return Problem(
            Cause.MISSING,
            "Xero does not know the record any more.",
            "Look for it in Xero; it may have been deleted.",
        )
    return problem(failure(response.body).messages)


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
    said = " ".join(failure(response.body).messages)[:_SAID]
    return Trouble(
        Problem(
            Cause.UNREADABLE,
            f"Xero answered {response.status} when asked to {what}.",
            "Please report this with the log of the run.",
            None,
            said,
        )
    )
