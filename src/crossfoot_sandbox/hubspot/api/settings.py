"""Owners and account information (HubSpot facts 2.2 and 7.5)."""

from typing import Any
from zoneinfo import ZoneInfo

from crossfoot_sandbox.hubspot.api.call import Call
from crossfoot_sandbox.hubspot.books.account import Account, Owner
from crossfoot_sandbox.hubspot.errors import Problem
from crossfoot_sandbox.hubspot.sent import whole_number
from crossfoot_sandbox.hubspot.times import iso, moment
from crossfoot_sandbox.wire import Response


def owners(call: Call) -> Response:
    """The users to whom records can be assigned, by e-mail if asked."""
    call.needs("crm.objects.owners.read")
    email = (call.request.one("email") or "").lower()
    limit = call.number("limit", 100, 500)
    after = whole_number(call.request.one("after"), "after", 0)
    found = [
        owner
        for owner in call.account.owners
        if owner.archived == call.flag("archived")
        and email in ("", owner.email.lower())
        and int(owner.id) >= after
    ]
    answer: dict[str, Any] = {"results": [_owner(call.account, owner) for owner in found[:limit]]}
    if len(found) > limit:
        answer["paging"] = {"next": {"after": found[limit].id, "link": ""}}
    return Response.json(200, answer)


def owner(call: Call) -> Response:
    """One owner by id, or by user id with `idProperty=userId`."""
    call.needs("crm.objects.owners.read")
    by_user = call.request.one("idProperty") == "userId"
    for found in call.account.owners:
        if call.params["id"] == (str(found.user_id) if by_user else found.id):
            return Response.json(200, _owner(call.account, found))
    raise Problem(404, "resource not found")


def details(call: Call) -> Response:
    """The account: its id, currencies and time zone. Any token may ask (fact 2.2), which makes it the connection test."""
    account = call.account
    offset = moment(call.now).astimezone(ZoneInfo(account.time_zone)).utcoffset()
    minutes = 0 if offset is None else int(offset.total_seconds() // 60)
    hours = f"{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
    return Response.json(
        200,
        {
            "portalId": account.id,
            "accountType": account.account_type,
            "timeZone": account.time_zone,
            "companyCurrency": account.currencies.home,
            "additionalCurrencies": account.currencies.added(),
            "utcOffset": f"{'-' if minutes < 0 else '+'}{hours}",
            "utcOffsetMilliseconds": minutes * 60_000,
            "uiDomain": "app.hubspot.com",
            "dataHostingLocation": "na1",
        },
    )


def _owner(account: Account, found: Owner) -> dict[str, Any]:
    return {
        "id": found.id,
        "email": found.email,
        "type": "PERSON",
        "firstName": found.first_name,
        "lastName": found.last_name,
        "userId": found.user_id,
        "userIdIncludingInactive": found.user_id,
        "createdAt": iso(account.opened),
        "updatedAt": iso(account.opened),
        "archived": found.archived,
        "teams": [],
    }
