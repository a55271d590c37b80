"""The tax library, currencies with their rates, and the state of payment processing."""

from decimal import Decimal
from typing import Any

import pytest
from tests.sandbox.hubspot.conftest import Desk

RATES = "/settings/currencies/2026-09/exchange-rates"


def test_the_tax_library_is_read_page_by_page_and_never_written(desk: Desk) -> None:
    made = [desk.portal.commerce.add_tax_rate(f"T{n}", Decimal(n), desk.portal.now()).id for n in range(5)]
    first = desk.do("GET", "/tax-rates/2026-09/tax-rates?limit=3")
    after = first["paging"]["next"]["after"]
    second = desk.do("GET", f"/tax-rates/v1/tax-rates?limit=3&after={after}")
    assert [one["id"] for one in first["results"] + second["results"]] == made
    assert "paging" not in second
    assert desk.ask("POST", "/tax-rates/2026-09/tax-rates", {"name": "T"}).status == 404
    assert desk.ask("GET", "/tax-rates/2026-09/tax-rates?after=zz").status == 400


def test_a_tax_rate_tells_its_percentage_as_a_number(desk: Desk) -> None:
    rate = desk.portal.commerce.add_tax_rate("MA 2025", Decimal("6.25"), desk.portal.now(), "Sales Tax")
    found = desk.do("GET", f"/tax-rates/2026-09/tax-rates/{rate.id}")
    assert found == {
        "id": rate.id,
        "name": "MA 2025",
        "label": "Sales Tax",
        "percentageRate": Decimal("6.25"),
        "active": True,
        "createdAt": "2027-01-15T08:00:00.250Z",
        "updatedAt": "2027-01-15T08:00:00.250Z",
    }
    assert desk.ask("GET", "/tax-rates/2026-09/tax-rates/5").status == 404


def test_rates_out_of_use_are_told_apart(desk: Desk) -> None:
    old, new = (desk.portal.commerce.add_tax_rate(n, Decimal(5), desk.portal.now()) for n in ("A", "B"))
    desk.portal.commerce.set_active(old.id, desk.portal.now(), active=False)
    for active, expected in (("true", [new.id]), ("false", [old.id])):
        found = desk.do("GET", f"/tax-rates/2026-09/tax-rates?active={active}")["results"]
        assert [one["id"] for one in found] == expected


def add(desk: Desk, code: str = "EUR", rate: float = 1.1, **more: Any) -> Any:
    return desk.do("POST", RATES, {"fromCurrencyCode": code, "conversionRate": rate, **more})


def test_a_currency_comes_with_its_first_rate(desk: Desk) -> None:
    made = add(desk)
    assert (made["toCurrencyCode"], made["conversionRate"], made["visibleInUI"]) == (
        "USD",
        Decimal("1.1"),
        True,
    )
    account = desk.do("GET", "/account-info/2026-09/details")
    assert (account["companyCurrency"], account["additionalCurrencies"]) == ("USD", ["EUR"])
    found = desk.do("GET", "/crm/properties/2026-09/deals/deal_currency_code")
    assert [option["value"] for option in found["options"]] == ["EUR", "USD"]
    assert desk.do("GET", f"{RATES}/{made['id']}") == made


def test_the_rate_that_has_begun_last_counts(desk: Desk) -> None:
    add(desk, effectiveAt="2026-01-01T00:00:00Z")
    second = add(desk, rate=1.2, effectiveAt="2027-01-01T00:00:00Z")
    later = add(desk, rate=1.3, effectiveAt="2027-02-01T00:00:00Z")
    assert [one["id"] for one in desk.do("GET", f"{RATES}/current")["results"]] == [second["id"]]
    deal = desk.make("deals", dealname="T", dealstage="closedwon", deal_currency_code="EUR", amount="10.00")
    assert desk.read("deals", deal, "amount_in_home_currency")["amount_in_home_currency"] == "12.00"
    desk.clock.advance(30 * 86_400)
    assert [one["id"] for one in desk.do("GET", f"{RATES}/current")["results"]] == [later["id"]]


def test_rates_are_changed_hidden_and_listed(desk: Desk) -> None:
    made = add(desk)
    assert desk.do("PATCH", f"{RATES}/{made['id']}", {"conversionRate": 1.5})["conversionRate"] == Decimal(
        "1.5"
    )
    hidden = {"fromCurrencyCode": "EUR", "toCurrencyCode": "USD", "visibleInUI": False}
    assert desk.ask("POST", f"{RATES}/update-visibility", hidden).status == 204
    assert desk.do("GET", f"{RATES}/{made['id']}")["visibleInUI"] is False
    add(desk, "GBP", 1.3)
    listed = desk.do("GET", f"{RATES}?limit=1")
    rest = desk.do("GET", f"{RATES}?after={listed['paging']['next']['after']}")
    assert [one["fromCurrencyCode"] for one in listed["results"] + rest["results"]] == ["EUR", "GBP"]
    assert len(desk.do("GET", f"{RATES}?fromCurrencyCode=GBP")["results"]) == 1


def test_batches_of_rates(desk: Desk) -> None:
    inputs: list[dict[str, Any]] = [
        {"fromCurrencyCode": "EUR", "conversionRate": 1.1},
        {"fromCurrencyCode": "USD", "conversionRate": 1},
    ]
    made = desk.ask("POST", f"{RATES}/batch/create", {"inputs": inputs})
    assert (made.status, made.payload()["numErrors"]) == (207, 1)
    (rate,) = made.payload()["results"]
    changed = desk.do("POST", f"{RATES}/batch/update", {"inputs": [{"id": rate["id"], "conversionRate": 2}]})
    assert changed["results"][0]["conversionRate"] == 2
    read = desk.ask("POST", f"{RATES}/batch/read", {"inputs": [{"id": rate["id"]}, {"id": "5"}]})
    assert (read.status, len(read.payload()["results"])) == (207, 1)


@pytest.mark.parametrize(
    "sent",
    [
        {"fromCurrencyCode": "EUR", "conversionRate": "0"},
        {"fromCurrencyCode": "EUR"},
        {"fromCurrencyCode": "XXX", "conversionRate": "1"},
        {"fromCurrencyCode": "USD", "conversionRate": "1"},
        {"fromCurrencyCode": "EUR", "conversionRate": "1", "effectiveAt": "soon"},
    ],
)
def test_a_rate_that_makes_no_sense_is_refused(desk: Desk, sent: dict[str, str]) -> None:
    assert desk.ask("POST", RATES, sent).status == 400


def test_a_rate_has_six_decimals_at_most(desk: Desk) -> None:
    assert add(desk, rate=1.23456789)["conversionRate"] == Decimal("1.234568")


def test_the_company_currency_is_told_and_changed(desk: Desk) -> None:
    add(desk)
    path = "/settings/currencies/2026-09/company-currency"
    assert desk.do("GET", path)["id"] == "USD"
    assert desk.do("PUT", path, {"currencyCode": "NZD"})["id"] == "NZD"
    account = desk.do("GET", "/account-info/2026-09/details")
    assert (account["companyCurrency"], account["additionalCurrencies"]) == ("NZD", [])
    assert {"currencyCode": "NZD", "currencyName": "New Zealand Dollar"} in desk.do(
        "GET", "/settings/v3/currencies/codes"
    )["results"]
    central = desk.do("GET", "/settings/currencies/2026-09/central-fx-rates/information")
    assert central == {"centralExchangeRatesEnabled": False}


def test_settings_have_scopes_of_their_own(desk: Desk) -> None:
    desk.hub.restrict(desk.token, ["settings.currencies.read"])
    assert desk.ask("GET", f"{RATES}/current").status == 200
    assert desk.ask("POST", RATES, {"fromCurrencyCode": "EUR", "conversionRate": 1}).status == 403
    refused = desk.ask("GET", "/tax-rates/2026-09/tax-rates")
    assert (refused.status, "tax_rates.read" in str(refused.payload())) == (403, True)


def test_the_payment_account_says_whether_money_can_be_collected(desk: Desk) -> None:
    path = "/commerce/payment-accounts/2026-09-beta/status"
    assert desk.do("GET", path)["canTransact"] is False
    desk.portal.commerce.processor = "byo_stripe"
    found = desk.do("GET", path)
    assert (found["canTransact"], found["processorTypes"]) == (True, ["BYO_STRIPE"])
