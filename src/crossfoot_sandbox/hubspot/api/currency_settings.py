"""The currencies API: the account's own currency, further ones, and their exchange rates (HubSpot fact 7.5, currencies guide)."""

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from crossfoot_sandbox.hubspot.api.batch import answer, inputs_of
from crossfoot_sandbox.hubspot.api.call import Call
from crossfoot_sandbox.hubspot.books.currencies import CODES, NAMES, RATE_DIGITS, WIDE, ExchangeRate
from crossfoot_sandbox.hubspot.errors import Problem, invalid, not_there
from crossfoot_sandbox.hubspot.sent import whole_number
from crossfoot_sandbox.hubspot.times import iso, parse_moment
from crossfoot_sandbox.wire import Response

MOST_INPUTS = 100


def codes(call: Call) -> Response:
    """Every currency that HubSpot knows."""
    _may_read(call)
    known = [{"currencyCode": code, "currencyName": NAMES.get(code, code)} for code in sorted(CODES)]
    return Response.json(200, {"results": known})


def company(call: Call) -> Response:
    """The account's own currency."""
    _may_read(call)
    return Response.json(200, _company(call))


def set_company(call: Call) -> Response:
    """Another currency for the account's own. The rates to the old one end."""
    _may_write(call)
    code = _code(call.fields().get("currencyCode"), "currencyCode")
    currencies = call.account.currencies
    if code != currencies.home:
        currencies.home = code
        currencies.rates.clear()
    return Response.json(200, _company(call))


def rates(call: Call) -> Response:
    """All rates there ever were, filtered by currency."""
    _may_read(call)
    wanted = call.request.one("fromCurrencyCode")
    limit = call.number("limit", 10, 100)
    after = whole_number(call.request.one("after"), "after", 0)
    found = [
        rate
        for rate in call.account.currencies.rates.values()
        if wanted in (None, rate.code) and int(rate.id) >= after
    ]
    told: dict[str, Any] = {"results": [rate.json() for rate in found[:limit]]}
    if len(found) > limit:
        told["paging"] = {"next": {"after": found[limit].id, "link": ""}}
    return Response.json(200, told)


def current(call: Call) -> Response:
    """The rate of each further currency that counts now."""
    _may_read(call)
    now = call.account.currencies.current(call.now)
    return Response.json(200, {"results": [rate.json() for rate in now]})


def rate(call: Call) -> Response:
    """One rate."""
    _may_read(call)
    return Response.json(200, _found(call, call.params["id"]).json())


def create(call: Call) -> Response:
    """A new rate, and with a currency's first rate the currency."""
    _may_write(call)
    return Response.json(201, _create(call, call.fields()).json())


def edit(call: Call) -> Response:
    """Another worth for one rate."""
    _may_write(call)
    return Response.json(200, _edit(call, call.params["id"], call.fields()).json())


def visibility(call: Call) -> Response:
    """Offer a currency to people in the pages, or hide it from them."""
    _may_write(call)
    fields = call.fields()
    code = _code(fields.get("fromCurrencyCode"), "fromCurrencyCode")
    call.account.currencies.show(code, call.now, visible=fields.get("visibleInUI") is True)
    return Response(204)


def batch_read(call: Call) -> Response:
    """Rates by id."""
    _may_read(call)
    known = call.account.currencies.rates
    ids = [str(entry.get("id", "")) for entry in inputs_of(call, MOST_INPUTS)]
    missing = [one for one in ids if one not in known]
    shown = [known[one].json() for one in ids if one in known]
    return answer(call, 200, shown, [not_there("EXCHANGE_RATE", missing).entry()] if missing else [])


def batch_create(call: Call) -> Response:
    """New rates."""
    return _batch(call, 201, lambda entry: _create(call, entry))


def batch_edit(call: Call) -> Response:
    """Other worths."""
    return _batch(call, 200, lambda entry: _edit(call, str(entry.get("id", "")), entry))


def central(call: Call) -> Response:
    """Whether HubSpot keeps the rates by itself; here people do."""
    _may_read(call)
    return Response.json(200, {"centralExchangeRatesEnabled": False})


def _may_read(call: Call) -> None:
    call.needs("settings.currencies.read", "settings.currencies.write")


def _may_write(call: Call) -> None:
    call.needs("settings.currencies.write")


def _company(call: Call) -> dict[str, Any]:
    currencies = call.account.currencies
    return {"id": currencies.home, "createdAt": iso(currencies.opened)}


def _found(call: Call, rate_id: str) -> ExchangeRate:
    found = call.account.currencies.rates.get(rate_id)
    if found is None:
        raise Problem(404, f"There is no exchange rate {rate_id}", "OBJECT_NOT_FOUND")
    return found


def _create(call: Call, fields: Mapping[str, Any]) -> ExchangeRate:
    code = _code(fields.get("fromCurrencyCode"), "fromCurrencyCode")
    if code == call.account.currencies.home:
        raise invalid(f"{code} is the company currency and has no exchange rate")
    return call.account.currencies.add(code, _rate(fields), call.now, _moment(fields))


def _edit(call: Call, rate_id: str, fields: Mapping[str, Any]) -> ExchangeRate:
    found = _found(call, rate_id)
    return call.account.currencies.change(found.id, _rate(fields), call.now, _moment(fields))


def _batch(call: Call, status: int, act: Callable[[Mapping[str, Any]], ExchangeRate]) -> Response:
    _may_write(call)
    results, errors = [], []
    for entry in inputs_of(call, MOST_INPUTS):
        try:
            results.append(act(entry).json())
        except Problem as problem:
            errors.append(problem.entry())
    return answer(call, status, results, errors)


def _code(sent: Any, name: str) -> str:
    if not isinstance(sent, str) or sent not in CODES:
        raise invalid(f"Invalid input JSON: {name} must be one of the supported currency codes, not {sent}")
    return sent


def _rate(fields: Mapping[str, Any]) -> Decimal:
    """Above zero, cut to six decimals."""
    try:
        worth = Decimal(str(fields.get("conversionRate")))
    except InvalidOperation:
        raise invalid("Invalid input JSON: Some required fields were not set: [conversionRate]") from None
    if not worth.is_finite() or worth <= 0:
        raise invalid("conversionRate must be greater than 0")
    if worth.as_tuple().exponent >= -RATE_DIGITS:  # type: ignore[operator]  # finite
        return worth
    return worth.quantize(Decimal(1).scaleb(-RATE_DIGITS), ROUND_HALF_UP, WIDE)


def _moment(fields: Mapping[str, Any]) -> int | None:
    sent = fields.get("effectiveAt")
    if sent is None:
        return None
    at = parse_moment(str(sent))
    if at is None:
        raise invalid(f"Invalid input JSON: effectiveAt is no moment: {sent}")
    return at
