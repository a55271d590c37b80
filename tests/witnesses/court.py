"""The court: it sits in a process and has every call to a Xero stand-in there judged by Xero's own OpenAPI files, whoever makes it.

Judged is what the stand-in answered, before a fault touches it. Nobody is interrupted, because a stand-in may be served by a thread whose
errors nobody sees: verdicts gather in `condemned`, and whoever plays or tests takes them from there. Calls to a sandbox in another
process are judged from its recording (`read`).

To judge a call costs a hundred times as much as to answer it. Where millions are made (the simulation), each *shape* is judged once
per process: method and path, parameters, status, and of the bodies each element's keys, types, forms of values and words in
capitals. A condemned shape is condemned whenever it comes again, so a seed that fails does so alone, too. What is not seen then is
the length of free texts; everything else is the same as judging every call, which is what all other tests do, and the simulation's
kept seeds and calm stories.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from tests.witnesses.shapes import compact, cut, shape
from tests.witnesses.xero_openapi import HEADERS, Judge, VerdictError, accepted, judge

from crossfoot_sandbox.wire import Request, Response
from crossfoot_sandbox.xero.ledger import Xero

_MOST_BYTES = 50_000
"""So many elements are known by their very bytes; beyond that they are forgotten and told by shape again."""


@dataclass
class Court:
    """The judge with his docket."""

    judge: Judge
    sparing: bool = False
    """Whether each shape is judged once rather than every call."""
    condemned: list[str] = field(default_factory=list)
    """Verdicts that nobody has taken yet."""
    heard: Counter[str] = field(default_factory=Counter)
    """Calls by the suite that made them; `suite` says which it is now."""
    suite: str = ""
    _away: bool = False
    _heard_of: WeakKeyDictionary[Xero, int] = field(default_factory=WeakKeyDictionary)
    _verdicts: dict[tuple[str, ...], str] = field(default_factory=dict)
    _bytes: set[tuple[str, bytes]] = field(default_factory=set)

    def hear(self, xero: Xero, request: Request, response: Response) -> None:
        """One call, at the moment it is answered."""
        self._heard_of[xero] = self._heard_of.get(xero, 0) + 1
        kind = next((v for k, v in response.headers.items() if k.lower() == "content-type"), "")
        self._hear(request, response.status, kind, response.body)

    def heard_of(self, xero: Xero) -> int:
        """How many calls to this stand-in were heard, those in a recess included."""
        return self._heard_of.get(xero, 0)

    def taken(self) -> list[str]:
        """The verdicts since the last time, which are now somebody's business."""
        found, self.condemned[:] = list(self.condemned), []
        return found

    def _hear(self, request: Request, status: int, kind: str, answer: bytes) -> None:
        if self._away:
            return
        self.heard[self.suite] += 1
        try:
            if self.sparing:
                verdicts = self._shapes(request, status, kind, answer)
            else:
                target = f"{request.path}?{urlencode(request.query)}"
                self.judge.call(request.method, target, request.body, status, kind, answer, request.headers)
                return
        except VerdictError as verdict:
            verdicts = [str(verdict)]
        except Exception as error:  # noqa: BLE001 - what cannot even be read is condemned, and the call goes on
            verdicts = [f"{request.method} {request.path}: cannot be judged: {error!r}"]
        self.condemned += [verdict for verdict in verdicts if verdict]

    def _shapes(self, request: Request, status: int, kind: str, answer: bytes) -> list[str]:
        described = self.judge.described(request.method, request.path, status)
        if described is None:
            return []
        found, name = [], f"{described.name} {status}"
        if status < 300:
            asked = (
                name,
                *(f"{key}={_kind(value)}" for key, value in request.query),
                *(name for name in HEADERS if name in request.headers),
            )
            if asked not in self._verdicts:
                self._verdicts[asked] = _verdict(
                    self.judge.asked, described, list(request.query), request.headers
                )
            found.append(self._verdicts[asked])
            sent = accepted(request.body, answer)
            if sent:
                found += self._parts(f"{name} sent", compact(sent), self.judge.sent, described)
        if "json" in kind and answer:
            found += self._parts(f"{name} answer", answer, self.judge.answered, described, status, kind)
        else:
            told = (f"{name} {kind}", str(bool(answer)))
            if told not in self._verdicts:
                self._verdicts[told] = _verdict(self.judge.answered, described, status, kind, answer)
            found.append(self._verdicts[told])
        return found

    def _parts(self, name: str, body: bytes, ask: Any, *about: Any) -> Iterator[str]:
        found = cut(body)
        if found.fields:
            yield self._part(name, found.envelope, lambda: found.envelope, ask, about)
        for field_name, element in found.elements:
            told = f"{name} {field_name}"
            if (told, element) not in self._bytes:
                whole = partial(found.whole, field_name, element)
                yield self._part(told, element, whole, ask, about)

    def _part(
        self, name: str, part: bytes, whole: Callable[[], bytes], ask: Any, about: tuple[Any, ...]
    ) -> str:
        told = (name, shape(part).decode())
        if told not in self._verdicts:
            self._verdicts[told] = _verdict(ask, *about, whole())
        if not self._verdicts[told]:
            if len(self._bytes) > _MOST_BYTES:
                self._bytes.clear()
            self._bytes.add((name, part))
        return self._verdicts[told]

    # How it sits

    @contextmanager
    def recess(self) -> Iterator[None]:
        """Calls that try what the files do not describe, on purpose."""
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
        if call["system"] != "xero" or words is None or words["answer"] is None or call["fault"]:
            return  # HubSpot has no files; token calls have no words; what a fault made of an answer is not Xero's
        pairs = tuple((name, value) for name, value in words["query"])
        request = Request(call["method"], call["path"], pairs, words["asked_with"], words["sent"].encode())
        kind = words["answered_with"].get("content-type", "")
        self._hear(request, call["status"], kind, words["answer"].encode())


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
    """The court of this process, from now on listening to every Xero stand-in in it; None where Xero's files are not present."""
    found = judge()
    if found is None:
        return None
    court = Court(found)
    handle = Xero.handle

    def handle_and_judge(self: Xero, host: str, request: Request) -> Response:
        response = handle(self, host, request)
        if host == "api":
            court.hear(self, request, response)
        return response

    Xero.handle = handle_and_judge  # type: ignore[method-assign]
    return court


@contextmanager
def in_recess() -> Iterator[None]:
    """Try something that Xero's files do not describe, on purpose."""
    court = sit()
    with court.recess() if court else nullcontext():
        yield


@contextmanager
def sparingly(*, sparing: bool = True) -> Iterator[None]:
    """Judge each shape once, or every call, for a while."""
    court = sit()
    with court.sparingly(sparing=sparing) if court else nullcontext():
        yield
