"""Hand-written answers of HubSpot, and a system that hears them."""

from collections.abc import Iterable
from typing import Any

import msgspec
from tests.systems.doors import Answerer, FixedTokens, Script, UnlimitedBudget, VirtualClock

from crossfoot.model.identity import Kind
from crossfoot.systems.hubspot.system import HubSpotSystem
from crossfoot.systems.port import Request, Response

KINDS = (Kind.COMPANY, Kind.CONTACT, Kind.PRODUCT)
"""The kinds that a script has answers for."""

DATE = {"date": "Mon, 02 Nov 2026 09:00:00 GMT"}


def answer(status: int, payload: Any = None, **headers: str) -> Response:
    """A JSON answer; header names with `_` for `-`."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, {**DATE, **names}, b"" if payload is None else msgspec.json.encode(payload))


def record(record_id: str, /, **properties: Any) -> dict[str, Any]:
    return {"id": record_id, "properties": properties, "updatedAt": "2026-11-02T08:00:00Z", "archived": False}


def asked(request: Request) -> Any:
    """The JSON that was sent."""
    return msgspec.json.decode(request.body)


class Told:
    """A system in front of a script, with its doors."""

    def __init__(self, *answers: Response | Exception | Answerer, tokens: Iterable[str] = ("token",)) -> None:
        self.script = Script(answers)
        self.clock = VirtualClock()
        self.budget = UnlimitedBudget()
        self.tokens = FixedTokens(*tokens)
        self.system = HubSpotSystem(self.script, self.tokens, self.clock, self.budget, kinds=KINDS)
