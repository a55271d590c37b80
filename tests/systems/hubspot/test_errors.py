import msgspec
import pytest

from crossfoot.model.problems import Cause
from crossfoot.systems.hubspot.errors import error_body, problem_of, twin_of

SENT = {"email": "ada@example.org", "hs_lead_status": "Open ", "price": "cheap"}


def invalid(code: str, name: str) -> bytes:
    entry = {
        "isValid": False,
        "message": f"said about {name}",
        "error": code,
        "name": name,
        "localizedErrorMessage": "x",
        "portalId": 7,
    }
    told = msgspec.json.encode([entry]).decode()
    return msgspec.json.encode(
        {
            "status": "error",
            "message": f"Property values were not valid: {told}",
            "category": "VALIDATION_ERROR",
        }
    )


@pytest.mark.parametrize(
    ("code", "name", "cause", "words"),
    [
        ("PROPERTY_DOESNT_EXIST", "hat_size", Cause.INVALID, "no property 'hat_size'"),
        ("READ_ONLY_VALUE", "createdate", Cause.READ_ONLY, "lets nobody write"),
        ("INVALID_OPTION", "hs_lead_status", Cause.INVALID, "'Open ' is not one of the options"),
        ("INVALID_EMAIL", "email", Cause.INVALID, "'ada@example.org' as an e-mail"),
        ("INVALID_LONG", "price", Cause.INVALID, "number in 'price', not 'cheap'"),
        ("CONFLICTING_UNIQUE_VALUE", "email", Cause.TAKEN, "already has 'ada@example.org'"),
        ("MISSING_REQUIRED_PROPERTY", "phone", Cause.NOT_READY, "requires 'phone'"),
        ("SOMETHING_NEW", "phone", Cause.INVALID, "refused the values"),
    ],
)
def test_a_validation_failure_is_explained_with_its_value(
    code: str, name: str, cause: Cause, words: str
) -> None:
    problem = problem_of(400, error_body(invalid(code, name)), SENT)
    assert problem.cause is cause
    assert words in problem.what
    assert problem.fix
    assert problem.field == name
    assert problem.said == f"said about {name}"


def test_the_entries_beside_the_message_are_read_as_well() -> None:
    body = {
        "message": "The property values provided are invalid",
        "errors": [
            {
                "message": "Property vat is required.",
                "code": "MISSING_REQUIRED_PROPERTY",
                "context": {"propertyName": ["vat"]},
            }
        ],
    }
    problem = problem_of(400, error_body(msgspec.json.encode(body)), {})
    assert (problem.cause, problem.field) == (Cause.NOT_READY, "vat")


def test_a_taken_email_names_the_twin() -> None:
    body = error_body(b'{"message":"Contact already exists. Existing ID: 3401","category":"CONFLICT"}')
    assert twin_of(body) == "3401"
    problem = problem_of(409, body, SENT)
    assert (problem.cause, problem.field) == (Cause.TAKEN, "email")
    assert "3401" in problem.what
    assert "ada@example.org" in problem.what


def taken(name: str, value: str) -> bytes:
    """As a portal answered in September 2026."""
    where = "portalId=44956899, objectTypeId=ObjectTypeId{legacyObjectType=CONTACT}"
    text = f"Cannot set PropertyValueCoordinates{{{where}, propertyName={name}, value={value}}} on 552148386511. 552239500007 already has that value."
    return msgspec.json.encode({"status": "error", "message": text, "category": "VALIDATION_ERROR"})


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("email", "ada@example.org", "The e-mail 'ada@example.org' belongs to HubSpot contact 552239500007"),
        (
            "crossfoot_key",
            "a{b} on 7. 8",
            "record 552239500007 already has 'a{b} on 7. 8' in 'crossfoot_key'",
        ),
    ],
)
def test_a_taken_unique_value_names_its_holder_not_the_record_that_went_without(
    name: str, value: str, words: str
) -> None:
    body = error_body(taken(name, value))
    assert twin_of(body) == "552239500007"
    problem = problem_of(400, body, SENT)
    assert (problem.cause, problem.field) == (Cause.TAKEN, name)
    assert words in problem.what


@pytest.mark.parametrize(
    ("status", "body", "cause"),
    [
        (404, b'{"message":"resource not found"}', Cause.MISSING),
        (400, b'{"message":"x","category":"OBJECT_NOT_FOUND"}', Cause.MISSING),
        (409, b'{"message":"x"}', Cause.TAKEN),
        (400, b'{"message":"Missing \'Edit Associations\' permission."}', Cause.FORBIDDEN),
        (414, b'{"message":"Cannot have more than 250 identities on a profile"}', Cause.INEXPRESSIBLE),
        (400, b"<html>Bad Request</html>", Cause.INVALID),
        (400, b"", Cause.INVALID),
        (400, b"[]", Cause.INVALID),
        (
            400,
            b'{"message":"Property values were not valid: [cut off","errors":"odd","context":[]}',
            Cause.INVALID,
        ),
    ],
)
def test_every_field_of_an_error_body_may_be_missing(status: int, body: bytes, cause: Cause) -> None:
    problem = problem_of(status, error_body(body), {})
    assert problem.cause is cause
    assert problem.what
    assert problem.fix


def test_hubspots_words_are_cut() -> None:
    assert len(problem_of(400, error_body(b"x" * 9000), {}).said) == 500
