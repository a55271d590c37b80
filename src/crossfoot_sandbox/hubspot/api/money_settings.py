"""The tax library, which the API only reads, and the state of payment processing (HubSpot facts 7.2, 7.4)."""

import base64
import binascii
from typing import Any

from crossfoot_sandbox.hubspot.api.call import Call
from crossfoot_sandbox.hubspot.errors import Problem, invalid
from crossfoot_sandbox.wire import Response


def tax_rates(call: Call) -> Response:
    """The tax library, in the order of making; `active` filters. The cursor is opaque."""
    call.needs("tax_rates.read")
    active = call.request.one("active")
    limit = call.number("limit", 100, 100)
    after = _cursor(call.request.one("after"))
    found = [
        rate
        for rate in call.account.commerce.tax_rates.values()
        if int(rate.id) > after and (active is None or rate.active == (active.lower() == "true"))
    ]
    told: dict[str, Any] = {"results": [rate.json() for rate in found[:limit]]}
    if len(found) > limit:
        cursor = base64.b64encode(found[limit - 1].id.encode()).decode()
        link = f"https://api.hubspot.com/tax-rates/v1/tax-rates?after={cursor}"
        told["paging"] = {"next": {"after": cursor, "link": link}}
    return Response.json(200, told)


def tax_rate(call: Call) -> Response:
    """One entry of the tax library."""
    call.needs("tax_rates.read")
    found = call.account.commerce.tax_rates.get(call.params["id"])
    if found is None:
        raise Problem(404, f"There is no tax rate {call.params['id']}", "OBJECT_NOT_FOUND")
    return Response.json(200, found.json())


def payment_account(call: Call) -> Response:
    """Whether the portal can collect payments, and through whom."""
    call.needs("commerce.payment_accounts.read", "cpq.quotes.write")
    processor = call.account.commerce.processor
    able = processor != "none"
    return Response.json(
        200,
        {
            "enrollmentState": "ENROLLED" if able else "NOT_ENROLLED",
            "canTransact": able,
            "canPayout": able,
            "processorTypes": [processor.upper()] if able else [],
        },
    )


def _cursor(sent: str | None) -> int:
    if not sent:
        return 0
    try:
        return int(base64.b64decode(sent, validate=True))
    except (binascii.Error, ValueError):
        raise invalid(f"Invalid after: {sent}") from None
