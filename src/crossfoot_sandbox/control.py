"""The sandbox's own endpoints, all under `/sandbox` and all JSON: what a person or a test may do that no vendor offers."""

import asyncio
import base64
import binascii
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, fields
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request as Asked
from starlette.responses import Response as Answer
from starlette.routing import Route

from crossfoot_sandbox import jsontext
from crossfoot_sandbox.exports.csvfile import BadFiles
from crossfoot_sandbox.defaults import HUBSPOT_APP_ID, HUBSPOT_CLIENT_SECRET, XERO_CLIENT_ID, World
from crossfoot_sandbox.deliver import deliver, keep_delivering, stays_here
from crossfoot_sandbox.faults import Faults, Kind, Placed
from crossfoot_sandbox.generate import generate
from crossfoot_sandbox.hubspot.kinds import CONTACTS
from crossfoot_sandbox.hubspot.webhooks import Subscription
from crossfoot_sandbox.load import load
from crossfoot_sandbox.people_acts import perform
from crossfoot_sandbox.switchboard import described, set_switch

MOST_ENTRIES = 1_000
Handler = Callable[[Asked], Awaitable[Answer]]


def answer(payload: Any, status: int = 200) -> Answer:
    """A JSON answer with exact decimals."""
    return Answer(jsontext.dumps(payload), status, media_type="application/json")


async def words(request: Asked) -> dict[str, Any]:
    """The request's JSON object; an empty body is an empty object. Anything else is a 400."""
    body = await request.body()
    try:
        value = jsontext.loads(body) if body.strip() else {}
    except ValueError as error:
        raise HTTPException(400, f"The body is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise HTTPException(400, "The body must be a JSON object.")
    return value


def _known(given: Mapping[str, Any], *names: str) -> None:
    unknown = sorted(set(given) - set(names))
    if unknown:
        raise HTTPException(
            400, f"Unknown word{'s' * (len(unknown) > 1)} {', '.join(unknown)}; known are {', '.join(names)}."
        )


def _number(value: Any, name: str) -> float:
    if isinstance(value, bool):
        raise HTTPException(400, f'"{name}" must be a number.')
    try:
        return float(value)
    except (TypeError, ValueError):
        raise HTTPException(400, f'"{name}" must be a number.') from None


def _whole(value: Any, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise HTTPException(400, f'"{name}" must be a whole number.')
    return value


async def _refused(_request: Asked, error: Exception) -> Answer:
    if isinstance(error, BadFiles):
        return answer(
            {"error": "The files cannot be loaded.", "problems": [asdict(one) for one in error.problems]}, 422
        )
    if isinstance(error, HTTPException):
        return answer({"error": error.detail}, error.status_code)
    return answer({"error": f"{error}"}, 400)


ERRORS: Any = {HTTPException: _refused, BadFiles: _refused, ValueError: _refused}
"""How mistakes are answered: one sentence under `error`."""


def routes(world: World) -> list[Route]:
    """The endpoints for one world."""
    controls = Controls(world)
    return [
        Route("/health", controls.health),
        Route("/world", controls.card),
        Route("/clock", controls.clock, methods=["GET", "POST"]),
        Route("/journal", controls.journal),
        Route("/journal/counts", controls.counts),
        Route("/faults", controls.faults, methods=["GET", "POST", "DELETE"]),
        Route("/switches", controls.switches, methods=["GET", "POST"]),
        Route("/people", controls.people, methods=["POST"]),
        Route("/generate", controls.generate, methods=["POST"]),
        Route("/load", controls.load, methods=["POST"]),
        Route("/books/{side}/{kind}", controls.book),
        Route("/webhooks", controls.webhooks, methods=["GET", "POST"]),
        Route("/webhooks/deliver", controls.deliver, methods=["POST"]),
    ]


class Controls:
    """The handlers. Each docstring says what is asked and what is answered."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sandbox = world.sandbox
        self._delivering: asyncio.Task[None] | None = None

    async def health(self, _request: Asked) -> Answer:
        """Whether the sandbox lives, the time on its clock, and how many calls the vendors got."""
        now = self._sandbox.clock.now().isoformat()
        return answer({"status": "ok", "now": now, "calls": self._sandbox.journal.count})

    async def card(self, request: Asked) -> Answer:
        """Ids, tokens and URLs of the ready-made portal and organisation."""
        return answer(self._world.card(str(request.base_url).rstrip("/")))

    async def clock(self, request: Asked) -> Answer:
        """GET: the time. POST `{"advance": seconds}` moves forward, `{"freeze": true}` stops the clock; both may come together."""
        clock = self._sandbox.clock
        if request.method == "POST":
            given = await words(request)
            _known(given, "advance", "freeze")
            seconds = _number(given.get("advance", 0), "advance")
            if seconds < 0:
                raise HTTPException(400, "Time does not run backwards: advance must be zero or more seconds.")
            if given.get("freeze") is True:
                clock.freeze()
            clock.advance(seconds)
        return answer({"now": clock.now().isoformat(), "seconds": clock.seconds()})

    async def journal(self, request: Asked) -> Answer:
        """The log of calls, oldest first: filters `system`, `operation`, `fault`, `status`, `since` (a count), `limit`."""
        asked = request.query_params
        numbers = {name: asked.get(name, default) for name, default in (("since", "0"), ("limit", "100"))}
        for name, value in numbers.items():
            if not value.isdecimal():
                raise HTTPException(400, f'"{name}" must be a whole number.')
        wanted = [
            asdict(entry)
            for entry in self._sandbox.journal.calls(asked.get("system", ""), int(numbers["since"]))
            if asked.get("operation", "") in entry.operation
            and asked.get("fault", entry.fault) == entry.fault
            and asked.get("status", str(entry.status)) == str(entry.status)
        ]
        limit = min(MOST_ENTRIES, int(numbers["limit"]))
        return answer(
            {
                "count": self._sandbox.journal.count,
                "found": len(wanted),
                "entries": wanted[-limit:] if limit else [],
            }
        )

    async def counts(self, request: Asked) -> Answer:
        """How often each operation was called, per system, from the `since`-th call on (as far as the log reaches)."""
        since = request.query_params.get("since", "0")
        if not since.isdecimal():
            raise HTTPException(400, '"since" must be a whole number.')
        counted: dict[str, Counter[str]] = {"hubspot": Counter(), "xero": Counter()}
        for entry in self._sandbox.journal.calls("", int(since)):
            counted[entry.system][entry.operation] += 1
        return answer(
            {"count": self._sandbox.journal.count, **{k: dict(v.most_common()) for k, v in counted.items()}}
        )

    async def faults(self, request: Asked) -> Answer:
        """GET: placed faults, rates, what happened. POST adds `placed` faults and sets `rates` and `seed`. DELETE: no more faults."""
        if request.method == "DELETE":
            self._sandbox.faults = Faults(self._sandbox.faults.seed)
        elif request.method == "POST":
            given = await words(request)
            _known(given, "placed", "rates", "seed")
            placed = [_placed(one) for one in _listed(given.get("placed", []), "placed")]
            rates = given.get("rates", {})
            if not isinstance(rates, dict):
                raise HTTPException(
                    400, '"rates" must be an object of kinds of fault and shares from 0 to 1.'
                )
            checked = {_kind(name): _share(value, name) for name, value in rates.items()}
            faults = self._sandbox.faults
            if "seed" in given:
                faults.seed = given["seed"]
            faults.rates |= checked
            faults.placed += placed
        faults = self._sandbox.faults
        return answer(
            {
                "seed": faults.seed,
                "rates": {kind.value: rate for kind, rate in faults.rates.items()},
                "placed": [asdict(one) for one in faults.placed],
                "happened": {kind.value: times for kind, times in faults.happened.items()},
            }
        )

    async def switches(self, request: Asked) -> Answer:
        """GET: every switch with its value. POST `{"name": value}` or `{"hubspot.name": value}` sets switches, all or none."""
        if request.method == "POST":
            for vendor, switches in set_switch(self._sandbox, await words(request)).items():
                getattr(self._sandbox, vendor).switches = switches
        return answer(described(self._sandbox))

    async def people(self, request: Asked) -> Answer:
        """What a colleague does in either product: see `people_acts.perform`."""
        try:
            return answer(perform(self._world.portal, self._world.organisation, await words(request)))
        except ValueError as error:
            raise HTTPException(400, str(error)) from None

    async def generate(self, request: Asked) -> Answer:
        """Make records: `contacts`, `seed`, `companies`, `products`, `overlap`, `awkward`; answers the manifest.

        `detail: false` leaves out the lists and answers only the counts.
        """
        given = await words(request)
        _known(given, "contacts", "seed", "companies", "products", "overlap", "awkward", "detail")
        if "contacts" not in given:
            raise HTTPException(400, '"contacts" is missing: how many contacts shall be made on each side?')
        numbers = {
            name: _whole(given[name], name)
            for name in ("contacts", "companies", "products")
            if given.get(name) is not None
        }
        shares = {name: _share(given[name], name) for name in ("overlap", "awkward") if name in given}
        seed = given.get("seed", 0)
        manifest = generate(
            self._sandbox,
            contacts=numbers["contacts"],
            seed=seed,
            companies=numbers.get("companies"),
            products=numbers.get("products"),
            portal=self._world.portal,
            organisation=self._world.organisation,
            **shares,
        )
        return answer(manifest.as_data(detail=given.get("detail", True) is not False))

    async def load(self, request: Asked) -> Answer:
        """Load CSV exports: `files` is a list of `{"name": ..., "text": ...}` or `{"name": ..., "base64": ...}`; all or none."""
        given = await words(request)
        _known(given, "files")
        files = [_file(one) for one in _listed(given.get("files", []), "files")]
        if not files:
            raise HTTPException(400, '"files" is missing or empty.')
        return answer(load(self._world.portal, self._world.organisation, files).as_data())

    async def book(self, request: Asked) -> Answer:
        """The vendor's own book, without limits: `/sandbox/books/hubspot/contacts`, `/sandbox/books/xero/Items`; `limit` rows."""
        side, kind = request.path_params["side"], request.path_params["kind"]
        limit = request.query_params.get("limit", "100")
        if not limit.isdecimal():
            raise HTTPException(400, '"limit" must be a whole number.')
        try:
            if side == "hubspot":
                book = self._world.portal.book(kind)
                rows = [
                    {
                        "id": one.id,
                        "alive": one.alive,
                        "merged_into": one.merged_into,
                        "values": dict(one.values),
                    }
                    for one, _ in zip(book.values(), range(int(limit)), strict=False)
                ]
                return answer({"count": len(book), "records": rows})
            if side == "xero":
                records = self._world.organisation.book(kind)
                rows = [
                    {
                        "id": one.id,
                        "status": one.status,
                        "merged_into": one.merged_to,
                        "values": dict(one.values),
                    }
                    for one, _ in zip(records.values(), range(int(limit)), strict=False)
                ]
                return answer({"count": len(records), "records": rows})
        except KeyError:
            pass
        raise HTTPException(
            404,
            "Books are hubspot/contacts, hubspot/companies, hubspot/products, xero/Contacts and xero/Items.",
        )

    async def webhooks(self, request: Asked) -> Answer:
        """GET: who is told of changes. POST: subscribe, and say whether delivery is automatic (it is not until asked for).

        `{"hubspot": {"url": ..., "subscriptions": [{"type": "contact.creation"}, {"type": "object.propertyChange",
        "object_type": "products", "property": "price"}]}, "xero": {"url": ..., "categories": ["CONTACT"]}, "automatic": true}`.
        HubSpot signs with the app's client secret, Xero with the key that the answer names.
        """
        if request.method == "POST":
            given = await words(request)
            _known(given, "hubspot", "xero", "automatic")
            to_hubspot, to_xero = given.get("hubspot"), given.get("xero")
            if to_hubspot is not None:
                url, wanted = _subscriber(to_hubspot, "subscriptions")
                subscriptions = [_subscription(one) for one in _listed(wanted, "subscriptions")]
            if to_xero is not None:
                receiver, categories = _subscriber(to_xero, "categories")
                if not isinstance(categories, list) or not all(isinstance(one, str) for one in categories):
                    raise HTTPException(400, '"categories" must be a list such as ["CONTACT"].')
            if to_hubspot is not None:
                self._sandbox.hubspot.subscribe(HUBSPOT_APP_ID, url, HUBSPOT_CLIENT_SECRET, subscriptions)
            if to_xero is not None:
                self._sandbox.xero.webhooks.subscribe(XERO_CLIENT_ID, receiver, categories)
            if "automatic" in given:
                self._automatic(wanted=given["automatic"] is True)
        return answer(
            {
                "automatic": self._delivering is not None,
                "hubspot": [
                    {
                        "url": one.url,
                        "app_id": one.app_id,
                        "subscriptions": [asdict(it) for it in one.subscriptions],
                    }
                    for one in self._sandbox.hubspot.webhooks.subscribers
                ],
                "xero": [
                    {
                        "url": one.url,
                        "key": one.key,
                        "state": one.state,
                        "categories": sorted(one.categories),
                        "mails": one.mails,
                    }
                    for one in self._sandbox.xero.webhooks.subscriptions
                ],
            }
        )

    async def deliver(self, _request: Asked) -> Answer:
        """Post what both vendors owe now, by the sandbox's clock, and answer what the receivers said."""
        return answer({"posted": [asdict(one) for one in await deliver(self._sandbox)]})

    def _automatic(self, *, wanted: bool) -> None:
        if wanted and self._delivering is None:
            self._delivering = asyncio.get_running_loop().create_task(keep_delivering(self._sandbox))
        elif not wanted and self._delivering is not None:
            self._delivering.cancel()
            self._delivering = None


def _subscriber(given: Any, what: str) -> tuple[str, Any]:
    if not isinstance(given, dict):
        raise HTTPException(400, f'A subscription is an object with "url" and "{what}".')
    _known(given, "url", what)
    url = given.get("url")
    if not isinstance(url, str) or not stays_here(url):
        raise HTTPException(
            400, f"The sandbox posts to this machine only, e.g. http://127.0.0.1:8000/hook, not to {url!r}."
        )
    return url, given.get(what, [])


def _subscription(given: dict[str, Any]) -> Subscription:
    _known(given, "type", "object_type", "property")
    try:
        made = Subscription(**{name: str(value) for name, value in given.items()})
        made.wants(CONTACTS, "creation", "")
    except (TypeError, KeyError):
        raise HTTPException(
            400, f"{given} is no subscription; one is {{'type': 'contact.creation'}}."
        ) from None
    return made


def _listed(value: Any, name: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise HTTPException(400, f'"{name}" must be a list of objects.')
    return value


def _kind(name: Any) -> Kind:
    try:
        return Kind(name)
    except ValueError:
        raise HTTPException(400, f'"{name}" is no kind of fault; known are {", ".join(Kind)}.') from None


def _share(value: Any, name: str) -> float:
    share = _number(value, name)
    if not 0 <= share <= 1:
        raise HTTPException(400, f'"{name}" must be a share from 0 to 1.')
    return share


def _placed(given: dict[str, Any]) -> Placed:
    _known(given, *(one.name for one in fields(Placed)))
    if "fault" not in given:
        raise HTTPException(400, f'"fault" is missing; kinds are {", ".join(Kind)}.')
    system, operation, subject = (str(given.get(name, "")) for name in ("system", "operation", "subject"))
    if system not in ("", "hubspot", "xero"):
        raise HTTPException(400, '"system" must be "hubspot" or "xero", or be left out.')
    return Placed(_kind(given["fault"]), system, operation, subject, _whole(given.get("nth", 1), "nth"))


def _file(given: dict[str, Any]) -> tuple[str, bytes]:
    _known(given, "name", "text", "base64")
    name, text, encoded = given.get("name"), given.get("text"), given.get("base64")
    if not isinstance(name, str) or not name:
        raise HTTPException(400, 'Every file needs a "name".')
    if isinstance(text, str) and encoded is None:
        return name, text.encode()
    if isinstance(encoded, str) and text is None:
        try:
            return name, base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raise HTTPException(400, f'The "base64" of {name} cannot be decoded.') from None
    raise HTTPException(400, f'The file {name} needs either "text" or "base64".')
