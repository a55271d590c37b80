"""The sandbox's own endpoints, all under `/sandbox` and all JSON: what a person or a test may do that no vendor offers."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response as Answer
from starlette.routing import Route

from crossfoot_sandbox import asked, jsontext
from crossfoot_sandbox.defaults import HUBSPOT_APP_ID, HUBSPOT_CLIENT_SECRET, XERO_CLIENT_ID, World
from crossfoot_sandbox.deliver import deliver, keep_delivering
from crossfoot_sandbox.exports.csvfile import BadFiles
from crossfoot_sandbox.faults import Faults
from crossfoot_sandbox.generate import generate
from crossfoot_sandbox.hubspot.books.kinds import KINDS
from crossfoot_sandbox.journal import told
from crossfoot_sandbox.load import load
from crossfoot_sandbox.people_acts import perform
from crossfoot_sandbox.switchboard import described, set_switch
from crossfoot_sandbox.xero.kinds.table import RESOURCES

MOST_ENTRIES = 1_000
FARTHEST = 100 * 31_557_600  # seconds: a century


def answer(payload: Any, status: int = 200) -> Answer:
    """A JSON answer with exact decimals."""
    return Answer(jsontext.dumps(payload), status, media_type="application/json")


async def _refused(_request: Request, error: Exception) -> Answer:
    if isinstance(error, BadFiles):
        problems = [asdict(one) for one in error.problems]
        return answer({"error": "The files cannot be loaded.", "problems": problems}, 422)
    assert isinstance(error, HTTPException)
    return answer({"error": error.detail}, error.status_code)


@contextmanager
def _mistakes() -> Iterator[None]:
    """Answer a ValueError of ours as a 400; one of the stand-ins stays what it is, a fault of the sandbox."""
    try:
        yield
    except ValueError as error:
        raise HTTPException(400, str(error)) from None


ERRORS: Any = {HTTPException: _refused, BadFiles: _refused}
"""How mistakes are answered: one sentence under `error`."""


def routes(world: World) -> list[Route]:
    """The endpoints for one world."""
    controls = Controls(world)
    return [
        Route("/health", controls.health),
        Route("/world", controls.card),
        Route("/clock", controls.clock, methods=["GET", "POST"]),
        Route("/journal", controls.journal, methods=["GET", "POST"]),
        Route("/journal/counts", controls.counts),
        Route("/faults", controls.faults, methods=["GET", "POST", "DELETE"]),
        Route("/switches", controls.switches, methods=["GET", "POST"]),
        Route("/people", controls.people, methods=["POST"]),
        Route("/generate", controls.generate, methods=["POST"]),
        Route("/load", controls.load, methods=["POST"]),
        Route("/books/{side}/{kind}", controls.book),
        Route("/workflows", controls.workflows),
        Route("/webhooks", controls.webhooks, methods=["GET", "POST"]),
        Route("/webhooks/deliver", controls.deliver, methods=["POST"]),
    ]


class Controls:
    """The handlers. Each docstring says what is asked and what is answered."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sandbox = world.sandbox
        self._delivering: asyncio.Task[None] | None = None

    async def health(self, _request: Request) -> Answer:
        """Whether the sandbox lives, the time on its clock, and how many calls the vendors got."""
        now = self._sandbox.clock.now().isoformat()
        return answer({"status": "ok", "now": now, "calls": self._sandbox.journal.count})

    async def card(self, request: Request) -> Answer:
        """Ids, tokens and URLs of the ready-made portal and organisation."""
        return answer(self._world.card(str(request.base_url).rstrip("/")))

    async def clock(self, request: Request) -> Answer:
        """GET: the time. POST `{"advance": seconds}` moves forward, `{"freeze": true}` stops the clock; both may come together."""
        clock = self._sandbox.clock
        if request.method == "POST":
            given = await asked.words(request)
            asked.known(given, "advance", "freeze")
            seconds = asked.number(given.get("advance", 0), "advance")
            if not 0 <= seconds <= FARTHEST:
                raise HTTPException(
                    400, "Time does not run backwards: advance must be 0 to 3,155,760,000 seconds."
                )
            if given.get("freeze") is True:
                clock.freeze()
            clock.advance(seconds)
        return answer({"now": clock.now().isoformat(), "seconds": clock.seconds()})

    async def journal(self, request: Request) -> Answer:
        """The log of calls, oldest first: filters `system`, `operation`, `fault`, `status`, `since` (a count), `limit`.

        `words=true` adds what was said, where it was kept: POST `{"words": true}` begins to keep it, `{"words": false}` ends that.
        """
        journal = self._sandbox.journal
        if request.method == "POST":
            given = await asked.words(request)
            asked.known(given, "words")
            if not isinstance(given.get("words"), bool):
                raise HTTPException(400, '"words" must be true or false.')
            journal.keeps_words = given["words"]
            return answer({"count": journal.count, "words": journal.keeps_words})
        wanted = request.query_params
        found = [
            entry
            for entry in journal.calls(wanted.get("system", ""), asked.count(request, "since", 0))
            if wanted.get("operation", "") in entry.operation
            and wanted.get("fault", entry.fault) == entry.fault
            and wanted.get("status", str(entry.status)) == str(entry.status)
        ]
        limit = min(MOST_ENTRIES, asked.count(request, "limit", 100))
        last = found[-limit:] if limit else []
        wordy = wanted.get("words", "").lower() == "true"
        shown = [told(entry, journal.said(entry)) if wordy else asdict(entry) for entry in last]
        return answer({"count": journal.count, "found": len(found), "entries": shown})

    async def counts(self, request: Request) -> Answer:
        """How often each operation was called, per system, from the `since`-th call on (as far as the log reaches)."""
        since = asked.count(request, "since", 0)
        counted: dict[str, Counter[str]] = {"hubspot": Counter(), "xero": Counter()}
        for entry in self._sandbox.journal.calls("", since):
            counted[entry.system][entry.operation] += 1
        return answer(
            {"count": self._sandbox.journal.count, **{k: dict(v.most_common()) for k, v in counted.items()}}
        )

    async def faults(self, request: Request) -> Answer:
        """GET: placed faults, rates, what happened. POST adds `placed` faults and sets `rates` and `seed`. DELETE: no more faults."""
        if request.method == "DELETE":
            self._sandbox.faults = Faults(self._sandbox.faults.seed)
        elif request.method == "POST":
            given = await asked.words(request)
            asked.known(given, "placed", "rates", "seed")
            placed = [asked.placed_fault(one) for one in asked.listed(given.get("placed", []), "placed")]
            rates = given.get("rates", {})
            if not isinstance(rates, dict):
                raise HTTPException(
                    400, '"rates" must be an object of kinds of fault and shares from 0 to 1.'
                )
            checked = {asked.kind_of_fault(name): asked.share(value, name) for name, value in rates.items()}
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

    async def switches(self, request: Request) -> Answer:
        """GET: every switch with its value. POST `{"name": value}` or `{"hubspot.name": value}` sets switches, all or none."""
        if request.method == "POST":
            given = await asked.words(request)
            with _mistakes():
                changed = set_switch(self._sandbox, given)
            for vendor, switches in changed.items():
                getattr(self._sandbox, vendor).switches = switches
        return answer(described(self._sandbox))

    async def people(self, request: Request) -> Answer:
        """What a colleague does in either product: see `people_acts.perform`."""
        given = await asked.words(request)
        with _mistakes():
            return answer(perform(self._world.portal, self._world.organisation, given))

    async def generate(self, request: Request) -> Answer:
        """Make records: `contacts`, `seed`, `companies`, `products`, `invoices`, `deals`, `drafts`, `overlap`, `awkward`; answers the manifest.

        `detail: false` leaves out the lists and answers only the counts.
        """
        given = await asked.words(request)
        counts = ("contacts", "companies", "products", "invoices", "deals", "drafts")
        asked.known(given, *counts, "seed", "overlap", "awkward", "detail")
        if "contacts" not in given:
            raise HTTPException(400, '"contacts" is missing: how many contacts shall be made on each side?')
        numbers = {name: asked.whole(given[name], name) for name in counts if given.get(name) is not None}
        shares = {name: asked.share(given[name], name) for name in ("overlap", "awkward") if name in given}
        seed = given.get("seed", 0)
        if not isinstance(seed, int | str):
            raise HTTPException(400, '"seed" must be a number or text.')
        with _mistakes():
            manifest = generate(
                self._sandbox,
                contacts=numbers["contacts"],
                seed=seed,
                companies=numbers.get("companies"),
                products=numbers.get("products"),
                invoices=numbers.get("invoices", 0),
                deals=numbers.get("deals", 0),
                drafts=numbers.get("drafts", 0),
                portal=self._world.portal,
                organisation=self._world.organisation,
                **shares,
            )
        return answer(manifest.as_data(detail=given.get("detail", True) is not False))

    async def load(self, request: Request) -> Answer:
        """Load CSV exports: `files` is a list of `{"name": ..., "text": ...}` or `{"name": ..., "base64": ...}`; all or none."""
        given = await asked.words(request)
        asked.known(given, "files")
        files = [asked.file(one) for one in asked.listed(given.get("files", []), "files")]
        if not files:
            raise HTTPException(400, '"files" is missing or empty.')
        return answer(load(self._world.portal, self._world.organisation, files).as_data())

    async def book(self, request: Request) -> Answer:
        """The vendor's own book, without limits: `/sandbox/books/hubspot/contacts`, `/sandbox/books/xero/Items`; `limit` rows."""
        side, kind = request.path_params["side"], request.path_params["kind"]
        limit = asked.count(request, "limit", 100)
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
                    for one, _ in zip(book.values(), range(limit), strict=False)
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
                    for one, _ in zip(records.values(), range(limit), strict=False)
                ]
                return answer({"count": len(records), "records": rows})
        except (KeyError, ValueError):
            pass
        raise HTTPException(
            404,
            f"Books are {', '.join((*(f'hubspot/{kind.plural}' for kind in KINDS), *(f'xero/{kind}' for kind in RESOURCES)))}.",
        )

    async def workflows(self, _request: Request) -> Answer:
        """The portal's workflows, whom they enrolled, what each action did, and what they told the portal's people."""
        portal = self._world.portal
        portal.catch_up()
        return answer(
            {"flows": [flow.json() for flow in portal.flows.all.values()], **portal.enrolments.as_data()}
        )

    async def webhooks(self, request: Request) -> Answer:
        """GET: who is told of changes. POST: subscribe, and say whether delivery is automatic (it is not until asked for).

        `{"hubspot": {"url": ..., "subscriptions": [{"type": "contact.creation"}, {"type": "object.propertyChange",
        "object_type": "products", "property": "price"}]}, "xero": {"url": ..., "categories": ["CONTACT"]}, "automatic": true}`.
        HubSpot signs with the app's client secret, Xero with the key that the answer names.
        """
        if request.method == "POST":
            given = await asked.words(request)
            asked.known(given, "hubspot", "xero", "automatic")
            to_hubspot, to_xero = given.get("hubspot"), given.get("xero")
            if to_hubspot is not None:
                url, wanted = asked.subscriber(to_hubspot, "subscriptions")
                subscriptions = [asked.subscription(one) for one in asked.listed(wanted, "subscriptions")]
            if to_xero is not None:
                receiver, categories = asked.subscriber(to_xero, "categories")
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

    async def deliver(self, _request: Request) -> Answer:
        """Post what both vendors owe now, by the sandbox's clock, and answer what the receivers said."""
        return answer({"posted": [asdict(one) for one in await deliver(self._sandbox)]})

    def _automatic(self, *, wanted: bool) -> None:
        if wanted and self._delivering is None:
            self._delivering = asyncio.get_running_loop().create_task(keep_delivering(self._sandbox))
        elif not wanted and self._delivering is not None:
            self._delivering.cancel()
            self._delivering = None
