"""One call: what is repeated, what is not, and what a call never tells."""

import asyncio

import pytest
from tests.systems.doors import FixedTokens, RealBudget, Script, UnlimitedBudget, VirtualClock
from tests.systems.xero.world import applied, create, update

from crossfoot.model.identity import Kind
from crossfoot.model.problems import Cause
from crossfoot.systems.port import Action, Answer, NoAnswer, NotSent, Response, Trouble, Unknown, Wait, Write
from crossfoot.systems.xero import limits
from crossfoot.systems.xero.system import XeroSystem

NONE = Response(200, {}, b'{"Contacts":[]}')
MADE = Response(200, {}, b'{"Contacts":[{"ContactID":"c1","ContactNumber":"key","Name":"Ada"}]}')
MINUTE = Response(429, {"x-rate-limit-problem": "minute", "retry-after": "26", "x-minlimit-remaining": "0"})
CONCURRENT = Response(429, {"x-rate-limit-problem": "concurrent"})
EXPIRED = Response(
    401, {}, b'{"Title":"Unauthorized","Status":401,"Detail":"TokenExpired: token expired at ..."}'
)
FORBIDDEN = Response(403, {}, b'{"Title":"Forbidden","Status":403,"Detail":"AuthenticationUnsuccessful"}')


class Connector:
    def __init__(self, *answers: object, tokens: FixedTokens | None = None, tenant: str = "t1") -> None:
        self.network = Script(answers)  # type: ignore[arg-type]
        self.clock = VirtualClock()
        self.budget = UnlimitedBudget()
        self.system = XeroSystem(
            send=self.network,
            tokens=tokens or FixedTokens("the token"),
            clock=self.clock,
            budget=self.budget,
            tenant=tenant,
            base_url="https://xero.example",
        )

    async def read(self) -> None:
        await self.system.read(Kind.CONTACT, ["c1"], {})

    async def write(self) -> Answer:
        (answer,) = await self.system.write([create(Kind.CONTACT, {"Name": "Ada"}, "key")])
        return answer


async def test_a_read_is_repeated_after_one_two_and_four_seconds() -> None:
    connector = Connector(Response(500), NoAnswer("reset"), Response(200, {}, b'{"Cont'), NONE)
    await connector.read()
    assert connector.clock.slept == [1, 2, 4]


async def test_a_read_gives_up_after_four_tries() -> None:
    connector = Connector(*[Response(503, {}, b"The Organisation is offline")] * 4)
    with pytest.raises(Trouble) as trouble:
        await connector.read()
    assert (trouble.value.problem.cause, trouble.value.retry_after) == (Cause.UNAVAILABLE, 60)


async def test_a_closed_port_is_trouble_in_plain_words() -> None:
    connector = Connector(*[NotSent("connection refused")] * 5)
    with pytest.raises(Trouble, match="could not be reached"):
        await connector.read()


async def test_a_write_that_was_throttled_waits_by_the_header_and_holds_the_others() -> None:
    connector = Connector(MINUTE, MADE)
    assert applied(await connector.write()).id == "c1"
    assert connector.clock.slept == [26]
    assert connector.budget.held == [(limits.minute_key("t1"), 26)]


async def test_too_many_at_once_is_tried_again_shortly() -> None:
    connector = Connector(CONCURRENT, NONE)
    await connector.read()
    assert connector.clock.slept == [1]


async def test_a_call_waits_a_minute_at_most() -> None:
    connector = Connector(MINUTE, MINUTE, MINUTE)
    answer = await connector.write()
    assert isinstance(answer, Wait)
    assert answer.seconds == 26
    assert sum(connector.clock.slept) <= 60


async def test_the_days_limit_is_trouble_and_nobody_sleeps_on_it() -> None:
    connector = Connector(Response(429, {"x-rate-limit-problem": "day", "retry-after": "7200"}))
    with pytest.raises(Trouble) as trouble:
        await connector.write()
    assert (trouble.value.problem.cause, trouble.value.retry_after) == (Cause.LIMIT, 7200)
    assert connector.clock.slept == []
    assert connector.budget.held == []


@pytest.mark.parametrize(
    "answer", [Response(500), Response(502, {}, b"<html>"), NoAnswer("timeout"), Response(200, {}, b"{")]
)
async def test_an_uncertain_write_is_never_repeated(answer: object) -> None:
    connector = Connector(answer)
    assert isinstance(await connector.write(), Unknown)


async def test_an_expired_token_is_renewed_once() -> None:
    connector = Connector(EXPIRED, NONE, tokens=FixedTokens("old", "new"))
    await connector.read()
    assert [request.headers["Authorization"] for request in connector.network.asked] == [
        "Bearer old",
        "Bearer new",
    ]
    connector = Connector(EXPIRED, EXPIRED, tokens=FixedTokens("old", "new"))
    with pytest.raises(Trouble) as trouble:
        await connector.read()
    assert trouble.value.problem.cause is Cause.CONSENT


@pytest.mark.parametrize("spelling", ["insufficient_scope", "insufficent_scope"])
@pytest.mark.parametrize("status", [401, 403])
async def test_a_missing_scope_is_not_mended_by_a_new_token(status: int, spelling: str) -> None:
    connector = Connector(Response(status, {"www-authenticate": f'Bearer error="{spelling}"'}))
    with pytest.raises(Trouble) as trouble:
        await connector.read()
    assert trouble.value.problem.cause is Cause.FORBIDDEN


async def test_a_disconnected_organisation_asks_for_consent() -> None:
    connector = Connector(FORBIDDEN)
    with pytest.raises(Trouble) as trouble:
        await connector.write()
    assert trouble.value.problem.cause is Cause.CONSENT


async def test_a_question_that_xero_does_not_understand_is_reported_with_its_words() -> None:
    body = b'{"ErrorNumber":16,"Type":"QueryParseException","Message":"No property or field \'hi\'"}'
    connector = Connector(Response(400, {}, body))
    with pytest.raises(Trouble) as trouble:
        await connector.read()
    assert trouble.value.problem.cause is Cause.UNREADABLE
    assert "No property" in trouble.value.problem.said


async def test_trouble_never_shows_the_token() -> None:
    for answer in (FORBIDDEN, Response(400, {}, b"no"), *[NotSent("refused")] * 5):
        connector = Connector(*[answer] * 5)
        with pytest.raises(Trouble) as trouble:
            await connector.read()
        assert "the token" not in repr(trouble.value) + repr(trouble.value.problem)


async def test_a_custom_connection_sends_no_tenant() -> None:
    connector = Connector(NONE, tenant="")
    await connector.read()
    (request,) = connector.network.asked
    assert "xero-tenant-id" not in request.headers
    assert connector.budget.spent[0][0] == limits.minute_key("https://xero.example")


async def test_every_call_is_counted_before_it_is_made() -> None:
    clock = VirtualClock()
    network = Script([NONE] * 61)
    system = XeroSystem(
        send=network, tokens=FixedTokens(), clock=clock, budget=RealBudget(clock), tenant="t1"
    )
    for _ in range(60):
        await system.read(Kind.CONTACT, ["c1"], {})
    assert clock.slept == []
    await system.read(Kind.CONTACT, ["c1"], {})
    assert sum(clock.slept) >= 60


async def test_no_more_than_five_calls_are_in_flight() -> None:
    flying, most, gate = 0, 0, asyncio.Event()

    async def send(_: object) -> Response:
        nonlocal flying, most
        flying += 1
        most = max(most, flying)
        await gate.wait()
        flying -= 1
        return NONE

    clock = VirtualClock()
    system = XeroSystem(send=send, tokens=FixedTokens(), clock=clock, budget=UnlimitedBudget(), tenant="t1")
    reads = [asyncio.create_task(system.read(Kind.CONTACT, ["c1"], {})) for _ in range(8)]
    for _ in range(20):
        await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(*reads)
    assert most == 5


async def test_answers_out_of_order_or_incomplete_are_matched_by_key() -> None:
    body = b'{"Contacts":[{"ContactID":"c2","ContactNumber":"k2"},{"ContactID":"c1","ContactNumber":"k1"}]}'
    connector = Connector(Response(200, {}, body))
    answers = await connector.system.write(
        [create(Kind.CONTACT, {"Name": n}, f"k{n}", n) for n in ("1", "2", "3")]
    )
    assert [applied(answer).id for answer in answers[:2]] == ["c1", "c2"]
    assert isinstance(answers[2], Unknown)


@pytest.mark.parametrize("creating", [True, False])
async def test_a_complete_answer_in_another_order_is_matched_by_key_or_by_id(*, creating: bool) -> None:
    body = b'{"Contacts":[{"ContactID":"c2","ContactNumber":"k2"},{"ContactID":"c1","ContactNumber":"k1"}]}'
    connector = Connector(Response(200, {}, body))
    writes = [
        create(Kind.CONTACT, {"Name": n}, f"k{n}", n)
        if creating
        else Write(n, Action.UPDATE, Kind.CONTACT, f"c{n}", {"Name": n})
        for n in ("1", "2")
    ]
    assert [applied(answer).id for answer in await connector.system.write(writes)] == ["c1", "c2"]


async def test_an_element_without_a_key_is_not_guessed() -> None:
    connector = Connector(Response(200, {}, b'{"Contacts":[{"ContactID":"c9","Name":"Ada"}]}'))
    writes = [create(Kind.CONTACT, {"Name": name}, operation=name) for name in ("Ada", "Bo")]
    assert all(isinstance(answer, Unknown) for answer in await connector.system.write(writes))


async def test_an_organisation_that_does_not_show_itself_is_unavailable() -> None:
    connections = b'[{"id":"1","tenantId":"t1","tenantType":"ORGANISATION","tenantName":"Ako"}]'
    connector = Connector(Response(200, {}, connections), Response(200, {}, b'{"Organisations":[]}'))
    with pytest.raises(Trouble) as trouble:
        await connector.system.describe()
    assert trouble.value.problem.cause is Cause.UNAVAILABLE


async def test_an_update_is_given_back_where_xero_had_said_too_many_because_its_look_would_be_stale_after_the_pause() -> (
    None
):
    connector = Connector()
    connector.budget.held.append((limits.minute_key("t1"), 26.0))
    [answer] = await connector.system.write([update(Kind.CONTACT, "c1", {"Name": "Ada"})])
    assert answer == Wait("Xero takes no more calls for a moment.", 26.0)
    assert not connector.budget.spent
