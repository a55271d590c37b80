"""The court: it sits in a process and has every call to a stand-in there judged by what the vendor itself published, whoever makes it.

Xero's judge reads its OpenAPI files, HubSpot's the models of its official SDK; each is silent where what he reads is not present. Judged
is what the stand-in answered, before a fault touches it. Nobody is interrupted, because a stand-in may be served by a thread whose errors
nobody sees: verdicts gather in `condemned`, and whoever plays or tests takes them from there. Calls to a sandbox in another process are
judged from its recording (`read`).

To judge a call costs a hundred times as much as to answer it. Where millions are made (the simulation), each *shape* is judged once
per process: method and path, parameters, status, and of the bodies each element's keys, types, forms of values and words in
capitals (of what surrounds the elements keys and types only). A condemned shape is condemned whenever it comes again, so a seed that fails does so alone, too. What is not seen then is
the length of free texts; everything else is the same as judging every call, which is what all other tests do, and the simulation's
kept seeds and calm stories.
"""

import json
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from tests.witnesses import hubspot_models, xero_openapi
from tests.witnesses.shapes import cut, shape
from tests.witnesses.verdicts import VerdictError

from crossfoot_sandbox.hubspot.hub import HubSpot
from crossfoot_sandbox.wire import Request, Response
from crossfoot_sandbox.xero.ledger import Xero

_MOST_BYTES = 50_000
"""So many elements are known by their very bytes; beyond that they are forgotten and told by shape again."""

_MOST_PATHS = 5_000

_HEADERS = ("idempotency-key", "if-modified-since")


class Judge(Protocol):
    """Who knows what one vendor describes. Every objection is a `VerdictError`."""

    counted: Counter[str]

    def described(self, method: str, path: str, status: int, /) -> Any:
        """The operation that is called, with its `name`; None where there is nothing to judge."""

    def asked(self, described: Any, query: list[tuple[str, str]], headers: Mapping[str, str], /) -> None:
        """Judge parameters and headers."""

    def accepted(self, body: bytes, status: int, answer: bytes, /) -> bytes:
        """The part of a request's body that was not refused: what was refused may well be wrong."""

    def sent(self, described: Any, body: bytes, /) -> None:
        """Judge a request's body."""

    def answered(self, described: Any, status: int, kind: str, answer: bytes, /) -> None:
        """Judge an answer."""


@dataclass
class Court:
    """The judges, by vendor, with their docket."""

    judges: Mapping[str, Judge]
    sparing: bool = False
    """Whether each shape is judged once rather than every call."""
    condemned: list[str] = field(default_factory=list)
    """Verdicts that nobody has taken yet."""
    heard: Counter[str] = field(default_factory=Counter)
    """Calls that were judged, by vendor and the suite that made them; `suite` says which it is now."""
    suite: str = ""
    _away: bool = False
    _heard_of: WeakKeyDictionary[Any, int] = field(default_factory=WeakKeyDictionary)
    _described: dict[tuple[str, str, str, int], Any] = field(default_factory=dict)
    _verdicts: dict[tuple[Hashable, ...], str] = field(default_factory=dict)
    _bytes: set[tuple[str, bytes]] = field(default_factory=set)

    def hear(self, vendor: Any, request: Request, response: Response) -> None:
        """One call to a stand-in, at the moment it is answered."""
        self._heard_of[vendor] = self._heard_of.get(vendor, 0) + 1
        kind = next((v for k, v in response.headers.items() if k.lower() == "content-type"), "")
        self.weigh(vendor.name, request, response.status, kind, response.body)

    def heard_of(self, vendor: Any) -> int:
        """How many calls to this stand-in were heard, those included that there is nothing to judge about."""
        return self._heard_of.get(vendor, 0)

    def taken(self) -> list[str]:
        """The verdicts since the last time, which are now somebody's business."""
        found, self.condemned[:] = list(self.condemned), []
        return found

    def weigh(self, vendor: str, request: Request, status: int, kind: str, answer: bytes) -> None:
        """One call, whoever answered it: a stand-in, one in another process, or a test's script. `kind` is the answer's content type."""
        judge = self.judges.get(vendor)
        if self._away or judge is None:
            return
        try:
            called = (vendor, request.method, request.path, status)
            if called not in self._described:
                if len(self._described) > _MOST_PATHS:
                    self._described.clear()
                self._described[called] = judge.described(request.method, request.path, status)
            described = self._described[called]
            if described is None:
                return
            self.heard[f"{vendor} {self.suite}"] += 1
            judging = self._by_shape if self.sparing else _whole
            self.condemned += [
                verdict for verdict in judging(judge, described, request, status, kind, answer) if verdict
            ]
        except VerdictError as verdict:
            self.condemned.append(str(verdict))
        except Exception as error:  # noqa: BLE001 - what cannot even be read is condemned, and the call goes on
            self.condemned.append(f"{request.method} {request.path}: cannot be judged: {error!r}")

    def _by_shape(
        self, judge: Judge, described: Any, request: Request, status: int, kind: str, answer: bytes
    ) -> Iterator[str]:
        name = f"{described.name} {status}"
        if status < 300:  # a refused request may well be a wrong one
            asked = (
                name,
                *(f"{key}={_kind(value)}" for key, value in request.query),
                *(header for header in _HEADERS if header in request.headers),
            )
            if asked not in self._verdicts:
                query = list(request.query)
                self._verdicts[asked] = _verdict(judge.asked, described, query, request.headers)
            yield self._verdicts[asked]
            sent = _json(judge.accepted(request.body, status, answer))
            if sent:
                yield from self._parts(f"{name} sent", sent, judge.sent, described)
        if "json" in kind and answer:
            yield from self._parts(f"{name} answer", answer, judge.answered, described, status, kind)
        else:
            told = (f"{name} {kind}", str(bool(answer)))
            if told not in self._verdicts:
                self._verdicts[told] = _verdict(judge.answered, described, status, kind, answer)
            yield self._verdicts[told]

    def _parts(self, name: str, body: bytes, ask: Any, *about: Any) -> Iterator[str]:
        if (name, body) in self._bytes:
            return
        found, objections = cut(body), 0
        if found.fields:
            told = (name, found.outline if found.elements else shape(body))
            if told not in self._verdicts:
                self._verdicts[told] = _verdict(ask, *about, found.envelope)
            objections += bool(self._verdicts[told])
            yield self._verdicts[told]
        for field_name, element in found.elements:
            place = f"{name} {field_name}"
            if (place, element) not in self._bytes:
                told = (place, shape(element))
                if told not in self._verdicts:
                    self._verdicts[told] = _verdict(ask, *about, found.whole(field_name, element))
                if not self._verdicts[told]:
                    self._remember(place, element)
                objections += bool(self._verdicts[told])
                yield self._verdicts[told]
        if not objections:
            self._remember(name, body)

    def _remember(self, name: str, body: bytes) -> None:
        if len(self._bytes) > _MOST_BYTES:
            self._bytes.clear()
        self._bytes.add((name, body))

    # How it sits

    @contextmanager
    def recess(self) -> Iterator[None]:
        """Calls that try what no vendor describes, on purpose."""
        was, self._away = self._away, True
        try:
            yield
        finally:
            self._away = was

    @contextmanager
    def sparingly(self, *, sparing: bool = True) -> Iterator[None]:
        """Judge each shape once, or every call, for a while."""
        was, self.sparing = self.sparing, sparing
        try:
            yield
        finally:
            self.sparing = was

    def read(self, recording: Path, offset: int = 0) -> int:
        """Judge the calls that a sandbox in another process recorded, from a byte on; the byte after the last whole line."""
        with recording.open("rb") as file:
            file.seek(offset)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                offset += len(line)
                self._read(json.loads(line))
        return offset

    def _read(self, call: Mapping[str, Any]) -> None:
        words = call["words"]
        if words is None or words["answer"] is None or call["fault"]:
            return  # token calls have no words; what a fault made of an answer is not the vendor's
        pairs = tuple((name, value) for name, value in words["query"])
        request = Request(call["method"], call["path"], pairs, words["asked_with"], words["sent"].encode())
        kind = words["answered_with"].get("content-type", "")
        self.weigh(call["system"], request, call["status"], kind, words["answer"].encode())


def _whole(
    judge: Judge, described: Any, request: Request, status: int, kind: str, answer: bytes
) -> Iterator[str]:
    if status < 300:  # a refused request may well be a wrong one
        yield _verdict(judge.asked, described, list(request.query), request.headers)
        sent = _json(judge.accepted(request.body, status, answer))
        if sent:
            yield _verdict(judge.sent, described, sent)
    yield _verdict(judge.answered, described, status, kind, answer)


def _json(body: bytes) -> bytes:
    """The body, if it is JSON: forms are described nowhere."""
    return body if body.lstrip()[:1] in (b"{", b"[") else b""


def _kind(value: str) -> str:
    return (
        "0" if value.lstrip("-").isdecimal() else value.lower() if value.lower() in ("true", "false") else "@"
    )


def _verdict(ask: Any, *about: Any) -> str:
    """What the judge objects to, or nothing."""
    try:
        ask(*about)
    except VerdictError as verdict:
        return str(verdict)
    return ""


@cache
def sit() -> Court | None:
    """The court of this process, from now on listening to every stand-in in it; None where no vendor's words are present."""
    found: dict[str, Judge | None] = {"xero": xero_openapi.judge(), "hubspot": hubspot_models.judge()}
    judges = {vendor: judge for vendor, judge in found.items() if judge is not None}
    if not judges:
        return None
    court = Court(judges)
    for stand_in in (Xero, HubSpot):
        _listen(court, stand_in)
    return court


def _listen(court: Court, stand_in: type[Xero] | type[HubSpot]) -> None:
    handle: Any = stand_in.handle

    def handle_and_judge(self: Any, host: str, request: Request) -> Response:
        response: Response = handle(self, host, request)
        if host == "api":
            court.hear(self, request, response)
        return response

    stand_in.handle = handle_and_judge  # type: ignore[method-assign]


@contextmanager
def in_recess() -> Iterator[None]:
    """Try something that no vendor describes, on purpose."""
    court = sit()
    with court.recess() if court else nullcontext():
        yield


@contextmanager
def sparingly(*, sparing: bool = True) -> Iterator[None]:
    """Judge each shape once, or every call, for a while."""
    court = sit()
    with court.sparingly(sparing=sparing) if court else nullcontext():
        yield
