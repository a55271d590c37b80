"""What both stand-ins rest on: requests as they arrive, exact numbers, the log of calls, and which host is meant."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from crossfoot_sandbox import jsontext
from crossfoot_sandbox.clock import Clock
from crossfoot_sandbox.journal import Entry, Journal
from crossfoot_sandbox.sandbox import Sandbox
from crossfoot_sandbox.wire import Request, Response

MOMENT = datetime(2026, 11, 23, tzinfo=UTC)


def test_a_request_is_decoded_and_keeps_the_order_of_its_query() -> None:
    request = Request.of("get", "http://sandbox/hubspot/a%20b?x=1&y=&x=2%2B", {"Accept": "text/xml"})
    assert (request.method, request.path) == ("GET", "/hubspot/a b")
    assert request.query == (("x", "1"), ("y", ""), ("x", "2+"))
    assert request.headers == {"accept": "text/xml"}
    assert request.one("x") == "2+"
    assert request.one("z", "none") == "none"
    assert request.every("x") == ("1", "2+")


def test_a_host_sees_the_request_without_its_prefix() -> None:
    request = Request.of("GET", "/hubspot/crm?a=1")
    assert request.under("/hubspot").path == "/crm"
    assert request.under("/hubspot").raw_length == len("/crm?a=1")
    assert Request.of("GET", "/xero").under("/xero").path == "/"


def test_numbers_keep_every_digit_in_both_directions() -> None:
    assert jsontext.loads(b'{"price": 0.1000, "count": 12345678901234567890}') == {
        "price": Decimal("0.1000"),
        "count": 12345678901234567890,
    }
    assert jsontext.dumps({"price": Decimal("1.2300")}) == b'{"price":1.2300}'
    assert Response.json(200, {"a": Decimal("2.50")}).payload() == {"a": Decimal("2.50")}
    assert Response(204).payload() is None


def entry(number: int, system: str = "xero") -> Entry:
    return Entry(MOMENT, system, "GET", "/", "GET /", 200, "", f"{number}")


def test_the_log_keeps_the_last_calls_and_counts_all() -> None:
    journal = Journal(keep=3)
    for number in range(1, 6):
        journal.note(entry(number, "xero" if number % 2 else "hubspot"))
    assert journal.count == 5
    assert [one.correlation for one in journal.calls()] == ["3", "4", "5"]
    assert [one.correlation for one in journal.calls("xero")] == ["3", "5"]
    assert [one.correlation for one in journal.calls(since=4)] == ["5"]
    assert [one.correlation for one in journal.calls(since=0)] == ["3", "4", "5"]


@pytest.mark.parametrize(
    ("path", "system"),
    [
        ("/hubspot/account-info/v3/details", "hubspot"),
        ("/hubspot-app/oauth/authorize", "hubspot"),
        ("/xero/connections", "xero"),
        ("/xero-identity/.well-known/openid-configuration", "xero"),
        ("/xero-login/identity/connect/authorize", "xero"),
    ],
)
def test_each_prefix_reaches_its_vendor(path: str, system: str) -> None:
    sandbox = Sandbox(Clock(lambda: 1_790_000_000.0))
    sandbox.call("GET", path)
    assert [one.system for one in sandbox.journal.calls()] == [system]


def test_a_path_of_no_host_reaches_nobody() -> None:
    sandbox = Sandbox()
    assert sandbox.call("GET", "/hubspots/x").status == 404
    assert sandbox.journal.count == 0
