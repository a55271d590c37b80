"""Xero's words, for people."""

import pytest

from crossfoot.model.problems import Cause
from crossfoot.systems.port import Response
from crossfoot.systems.xero import answers, errors, refusals


@pytest.mark.parametrize(
    ("said", "cause", "shown"),
    [
        (
            "The contact name Acme {x} is already assigned to another contact. The contact name must be unique across all active contacts.",
            Cause.TAKEN,
            "Acme {x}",
        ),
        ("The contact number K:7 is already assigned to another contact.", Cause.TAKEN, "K:7"),
        (
            "The specified contact details matched an archived contact. Archived contacts cannot currently be edited via the API.",
            Cause.ARCHIVED,
            "archived",
        ),
        ("Price List Item with Code 'SKU' already exists", Cause.TAKEN, "SKU"),
        ("Account code '999' is not a valid code for this document.", Cause.INVALID, "999"),
        (
            "The TaxType code TAX9 does not exist or cannot be used for this type of transaction.",
            Cause.INVALID,
            "TAX9",
        ),
        ("The current organisation is not subscribed to currency 'XAU'.", Cause.INVALID, "XAU"),
        ("Email address must be valid.", Cause.INVALID, "e-mail"),
        ("Something that nobody has seen before", Cause.INVALID, "Something that nobody"),
    ],
)
def test_what_xero_says_is_told_with_cause_values_and_fix(said: str, cause: Cause, shown: str) -> None:
    problem = refusals.problem([said])
    assert problem.cause is cause
    assert shown in problem.what
    assert problem.fix
    assert problem.said == said


def test_a_long_name_does_not_hide_what_is_said_behind_it() -> None:
    name = "N" * 255
    assert (
        refusals.problem([f"The contact name {name} is already assigned to another contact. The"]).cause
        is Cause.TAKEN
    )


def test_a_name_that_quotes_another_message_is_not_taken_for_it() -> None:
    problem = refusals.problem(
        ["The contact name Email address must be valid is already assigned to another contact."]
    )
    assert problem.cause is Cause.TAKEN
    assert refusals.problem(["Odd: Email address must be valid."]).field is None


def test_the_known_message_wins_among_several_and_all_are_kept() -> None:
    problem = refusals.problem(["Odd thing.", "Email address must be valid."])
    assert problem.field == "EmailAddress"
    assert problem.said == "Odd thing. Email address must be valid."
    assert refusals.problem([]).what.endswith("gave no reason.")


@pytest.mark.parametrize(
    "body",
    [
        b'{"Message":"A validation exception occurred","Elements":[{"ValidationErrors":[{"Message":"Email address must be valid."}]}]}',
        b'{"Message":"Email address must be valid."}',
        b"Email address must be valid.",
    ],
)
def test_a_refusal_is_read_in_every_shape(body: bytes) -> None:
    assert errors.refused(Response(400, {}, body)).field == "EmailAddress"


def test_a_page_that_is_not_found_is_a_record_that_is_not_there() -> None:
    assert (
        errors.refused(Response(404, {}, b"The resource you're looking for cannot be found")).cause
        is Cause.MISSING
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/Date(1494201600000+0000)/", "2017-05-08T00:00:00+00:00"),
        ("/Date(1494201600123)/", "2017-05-08T00:00:00.123000+00:00"),
        ("/Date(1494201600000+1300)/", "2017-05-08T00:00:00+00:00"),
        ("/Date(-1000)/", "1969-12-31T23:59:59+00:00"),
        ("2017-05-08", None),
        (None, None),
    ],
)
def test_xeros_dates_are_utc_already(text: str | None, expected: str | None) -> None:
    found = answers.moment(text)
    assert (found.isoformat() if found else None) == expected
