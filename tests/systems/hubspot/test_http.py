"""Which calls are repeated, how long they wait, and when they give up."""

import pytest
from tests.systems.doors import START
from tests.systems.hubspot.answers import Told, answer, record

from crossfoot.model.identity import Kind
from crossfoot.model.problems import Cause
from crossfoot.systems.hubspot import limits
from crossfoot.systems.port import (
    Action,
    Allowance,
    Applied,
    NoAnswer,
    NotSent,
    Response,
    Trouble,
    Unknown,
    Wait,
    Write,
)

PATHS = {Kind.CONTACT: ("email",)}
ONE = {"results": [record("1", email="a@b.c")]}
UPDATE = Write("op-1", Action.UPDATE, Kind.CONTACT, "1", {"email": "a@b.c"})
CREATE = Write("op-1", Action.CREATE, Kind.CONTACT, None, {"email": "a@b.c"})
ROLLING = {
    "policyName": "TEN_SECONDLY_ROLLING",
    "message": "You have reached your ten_secondly_rolling limit.",
}
DAILY = {"policyName": "DAILY", "message": "You have reached your daily limit."}


@pytest.mark.parametrize(
    "failure",
    [
        NotSent("refused"),
        NoAnswer("reset"),
        answer(502),
        Response(200, {}, b'{"results":[{"id"'),
        Response(200, {}, b"[1]"),
    ],
    ids=["refused", "reset", "server error", "garbled", "another shape"],
)
async def test_a_read_is_repeated_after_a_failure(failure: Response | Exception) -> None:
    told = Told(failure, answer(200, ONE))
    [seen] = await told.system.read(Kind.CONTACT, ["1"], PATHS)
    assert seen.fields == {"email": "a@b.c"}
    assert told.clock.slept == [1.0]


async def test_a_read_gives_up_after_four_tries_and_says_when_to_come_back() -> None:
    told = Told(*[answer(503)] * 4)
    with pytest.raises(Trouble, match="not available") as trouble:
        await told.system.read(Kind.CONTACT, ["1"], PATHS)
    assert told.clock.slept == [1.0, 2.0, 4.0]
    assert trouble.value.problem.cause is Cause.UNAVAILABLE
    assert trouble.value.retry_after


@pytest.mark.parametrize(
    "failure",
    [
        NoAnswer("reset"),
        answer(500),
        answer(524),
        answer(408),
        answer(302),
        Response(200, {}, b'{"results":[{'),
    ],
    ids=["reset", "500", "524", "408", "302", "garbled"],
)
async def test_a_write_whose_answer_is_lost_is_unknown_and_never_repeated(
    failure: Response | Exception,
) -> None:
    told = Told(failure)
    [fate] = await told.system.write([UPDATE])
    assert isinstance(fate, Unknown)
    assert len(told.script.asked) == 1


@pytest.mark.parametrize(
    ("obstacle", "seconds"),
    [
        (NotSent("refused"), 1.0),
        (answer(423), 2.0),
        (answer(429, ROLLING), 10.0),
        (answer(429, {"message": "You have reached your secondly limit."}), 1.0),
        (answer(429), 10.0),
        (answer(429, ROLLING, retry_after="3"), 3.0),
    ],
    ids=["refused", "locked", "rolling", "secondly", "bare", "retry-after"],
)
async def test_a_creation_that_certainly_did_not_happen_is_sent_again(
    obstacle: Response | Exception, seconds: float
) -> None:
    told = Told(obstacle, answer(200, ONE))
    assert isinstance((await told.system.write([CREATE]))[0], Applied)
    assert told.clock.slept == [seconds]


@pytest.mark.parametrize(
    "obstacle", [NotSent("refused"), answer(423), answer(429, ROLLING)], ids=["refused", "locked", "rolling"]
)
async def test_an_update_is_given_back_at_once_because_its_look_would_be_stale_after_a_pause(
    obstacle: Response | Exception,
) -> None:
    told = Told(obstacle)
    [fate] = await told.system.write([UPDATE])
    assert isinstance(fate, Wait)
    assert told.clock.slept == []


async def test_a_write_waits_for_limits_within_reason_and_is_then_given_back() -> None:
    told = Told(*[answer(429, ROLLING)] * 5)
    [fate] = await told.system.write([CREATE])
    assert isinstance(fate, Wait)
    assert sum(told.clock.slept) <= 60


async def test_nothing_listening_for_long_gives_the_write_back() -> None:
    told = Told(*[NotSent("refused")] * 5)
    [fate] = await told.system.write([CREATE])
    assert isinstance(fate, Wait)
    assert told.clock.slept == [1.0, 2.0, 4.0, 8.0]


async def test_a_429_keeps_everyone_away() -> None:
    told = Told(answer(429, ROLLING), answer(200, ONE))
    await told.system.read(Kind.CONTACT, ["1"], PATHS)
    assert told.budget.held == [("https://api.hubapi.com", 10.0)]


async def test_a_used_up_day_lasts_until_midnight_in_the_portal() -> None:
    told = Told(
        answer(200, {"portalId": 7, "companyCurrency": "EUR", "timeZone": "US/Eastern"}),
        *[answer(200, {"results": []})] * 3,
        answer(429, DAILY),
    )
    await told.system.describe()
    with pytest.raises(Trouble, match="used up") as trouble:
        await told.system.write([UPDATE])
    assert trouble.value.problem.cause is Cause.LIMIT
    assert trouble.value.retry_after == 20 * 3600, "9:00 UTC is 4:00 in New York in November"


def test_midnight_of_an_unknown_time_zone_is_an_hour_away() -> None:
    assert limits.until_midnight(START, None) == limits.until_midnight(START, "Mars/Olympus") == 3600


async def test_an_expired_token_is_renewed_once() -> None:
    told = Told(answer(401, {"category": "EXPIRED_AUTHENTICATION"}), answer(200, ONE), tokens=("old", "new"))
    await told.system.read(Kind.CONTACT, ["1"], PATHS)
    assert [each.headers["authorization"] for each in told.script.asked] == ["Bearer old", "Bearer new"]


async def test_a_write_refused_for_its_token_is_sent_again_with_the_new_one() -> None:
    told = Told(answer(401), answer(200, ONE), tokens=("old", "new"))
    assert isinstance((await told.system.write([UPDATE]))[0], Applied)


async def test_a_second_401_means_that_someone_must_connect_again() -> None:
    told = Told(
        answer(401), answer(401, {"message": "Authentication credentials not found."}), tokens=("old", "new")
    )
    with pytest.raises(Trouble) as trouble:
        await told.system.read(Kind.CONTACT, ["1"], PATHS)
    assert trouble.value.problem.cause is Cause.CONSENT
    assert trouble.value.retry_after is None
    assert "new" not in str(trouble.value)


async def test_a_missing_scope_is_named() -> None:
    body = {
        "category": "MISSING_SCOPES",
        "message": "This app hasn't been granted all required scopes",
        "errors": [{"message": "x", "context": {"requiredGranularScopes": ["crm.objects.contacts.read"]}}],
    }
    told = Told(answer(403, body))
    with pytest.raises(Trouble, match=r"crm\.objects\.contacts\.read") as trouble:
        await told.system.read(Kind.CONTACT, ["1"], PATHS)
    assert trouble.value.problem.cause is Cause.FORBIDDEN


async def test_a_portal_that_moves_is_left_alone_for_as_long_as_hubspot_says() -> None:
    told = Told(answer(477, retry_after="86400"))
    with pytest.raises(Trouble) as trouble:
        await told.system.write([UPDATE])
    assert trouble.value.retry_after == 86400


async def test_the_budget_follows_the_headers_and_search_has_its_own() -> None:
    stated = {"x_hubspot_ratelimit_max": "190", "x_hubspot_ratelimit_interval_milliseconds": "10000"}
    told = Told(answer(200, ONE, **stated), answer(200, ONE), answer(200, {"results": []}))
    for _ in range(2):
        await told.system.read(Kind.CONTACT, ["1"], PATHS)
    assert [page async for page in told.system.list(Kind.CONTACT, PATHS, None)]
    await told.system.ready(7)
    account = "https://api.hubapi.com"
    assert told.budget.spent == [
        (account, Allowance(100, 10.0), 1),
        (account, Allowance(190, 10.0), 1),
        (f"{account}:search", Allowance(5, 1.0), 1),
    ]
    assert told.budget.reserved == [(account, Allowance(190, 10.0), 7)]
