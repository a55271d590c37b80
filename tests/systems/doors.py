"""The doors of a connector in tests: virtual time, budgets, fixed credentials, and a network that is the sandbox or a script."""

from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from crossfoot.model.problems import Cause, Problem
from crossfoot.systems.port import Allowance, NoAnswer, NotSent, Request, Response, Send, Trouble
from crossfoot_sandbox.clock import Clock as SandboxClock
from crossfoot_sandbox.direct import BASE, Direct
from crossfoot_sandbox.sandbox import Sandbox
from crossfoot_sandbox.wire import Dropped, Refused

__all__ = [
    "BASE",
    "START",
    "FixedTokens",
    "RealBudget",
    "Script",
    "UnlimitedBudget",
    "VirtualClock",
    "sandbox_send",
    "stopped",
]

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
"""A Monday morning."""


def stopped(start: datetime = START) -> SandboxClock:
    """A sandbox clock that stands still until someone sleeps or advances it."""
    return SandboxClock(source=start.timestamp)


class VirtualClock:
    """Time that only sleeping moves, shared with the sandbox when given its clock. `slept` keeps every pause."""

    def __init__(self, clock: SandboxClock | None = None) -> None:
        self.clock = clock or stopped()
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.clock.now()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.advance(max(0.0, seconds))


class UnlimitedBudget:
    """Never waits; keeps what was spent, reserved and held, newest last."""

    def __init__(self) -> None:
        self.spent: list[tuple[str, Allowance, int]] = []
        self.reserved: list[tuple[str, Allowance, int]] = []
        self.held: list[tuple[str, float]] = []
        self.heard: list[tuple[str, Allowance, int, datetime]] = []

    async def spend(self, key: str, allowance: Allowance, calls: int = 1) -> None:
        self.spent.append((key, allowance, calls))

    async def reserve(self, key: str, allowance: Allowance, calls: int) -> None:
        self.reserved.append((key, allowance, calls))

    async def hold(self, key: str, seconds: float) -> None:
        self.held.append((key, seconds))

    async def held_for(self, key: str) -> float:
        return max((seconds for name, seconds in self.held if name == key), default=0.0)

    async def told(self, key: str, allowance: Allowance, left: int, sent: datetime) -> None:
        self.heard.append((key, allowance, left, sent))


class RealBudget:
    """A rolling window per key for a single holder, in virtual time: waiting is sleeping."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._spent: dict[str, deque[float]] = {}
        self._reserved: dict[str, int] = {}
        self._held_until: dict[str, float] = {}

    async def spend(self, key: str, allowance: Allowance, calls: int = 1) -> None:
        kept = min(calls, self._reserved.get(key, 0))
        self._reserved[key] = self._reserved.get(key, 0) - kept
        if calls > kept:
            await self._room(key, allowance, calls - kept)
        self._spent.setdefault(key, deque()).extend([self._now()] * calls)

    async def reserve(self, key: str, allowance: Allowance, calls: int) -> None:
        await self._room(key, allowance, calls)
        self._reserved[key] = self._reserved.get(key, 0) + calls

    async def hold(self, key: str, seconds: float) -> None:
        self._held_until[key] = max(self._held_until.get(key, 0.0), self._now() + seconds)

    async def held_for(self, key: str) -> float:
        return max(0.0, self._held_until.get(key, 0.0) - self._now())

    async def told(self, key: str, allowance: Allowance, left: int, sent: datetime) -> None:
        """Its own count is enough for it."""

    def _now(self) -> float:
        return self._clock.now().timestamp()

    async def _room(self, key: str, allowance: Allowance, calls: int) -> None:
        if calls > allowance.calls:
            raise ValueError(f"{calls} calls never fit into {allowance}")
        spent = self._spent.setdefault(key, deque())
        while True:
            now = self._now()
            while spent and spent[0] <= now - allowance.seconds:
                spent.popleft()
            taken = len(spent) + self._reserved.get(key, 0)
            wait = self._held_until.get(key, 0.0) - now
            if wait <= 0 and taken + calls <= allowance.calls:
                return
            if wait <= 0:
                wait = spent[0] + allowance.seconds - now if spent else allowance.seconds
            await self._clock.sleep(wait + 0.001)


class FixedTokens:
    """The given tokens, one after the other: each `expired` moves to the next, after the last the consent is gone."""

    def __init__(self, *tokens: str) -> None:
        self._tokens = list(tokens) or ["token"]
        self.refreshed = 0

    async def bearer(self) -> str:
        return self._tokens[0]

    async def expired(self, used: str) -> str:
        if used != self._tokens[0]:
            return self._tokens[0]
        if len(self._tokens) == 1:
            raise Trouble(Problem(Cause.CONSENT, "The connection's consent is gone.", "Connect again."))
        self.refreshed += 1
        del self._tokens[0]
        return self._tokens[0]


def sandbox_send(sandbox: Sandbox) -> Send:
    """The sandbox by function call. A connector's base URL is then `BASE + "/hubspot"` or `BASE + "/xero"`."""
    direct = Direct(sandbox)

    async def send(request: Request) -> Response:
        try:
            status, headers, body = await direct.send(
                request.method, request.url, request.headers, request.body
            )
        except Refused as refused:
            raise NotSent(str(refused)) from None
        except Dropped as dropped:
            raise NoAnswer(str(dropped)) from None
        return Response(status, {name.lower(): value for name, value in headers.items()}, body)

    return send


Answerer = Callable[[Request], Response]


class Script:
    """A network that follows a script: each call takes the next answer, an exception is raised, a function is called.

    `asked` keeps the requests. More calls than the script has lines are an error of the test's subject.
    """

    def __init__(self, answers: Iterable[Response | Exception | Answerer]) -> None:
        self._answers = deque(answers)
        self.asked: list[Request] = []

    async def __call__(self, request: Request) -> Response:
        self.asked.append(request)
        assert self._answers, f"one call too many: {request.method} {request.url}"
        answer = self._answers.popleft()
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Response) else answer(request)

    @property
    def left(self) -> int:
        """How many answers nobody asked for."""
        return len(self._answers)
