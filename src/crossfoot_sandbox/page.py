"""The page at `/`: what this is, and everything a person needs to use it."""

from collections.abc import Awaitable, Callable
from html import escape
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from crossfoot_sandbox.defaults import World

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1d2733 }
h1 { font-size: 1.6rem } h2 { font-size: 1.2rem; margin-top: 2rem }
table { border-collapse: collapse } th { text-align: left; font-weight: 600; padding: .2rem 1.5rem .2rem 0 }
td { padding: .2rem 0 } code { background: #f1f4f8; padding: .1rem .3rem; border-radius: 3px; overflow-wrap: anywhere }
"""

CONTROLS = (
    ("GET /sandbox/health", "alive? and the time on the sandbox's clock"),
    ("GET /sandbox/world", "everything on this page as JSON"),
    ("GET, POST /sandbox/clock", '{"advance": 3600} moves time forward, {"freeze": true} stops it'),
    (
        "GET, POST /sandbox/journal",
        'the log of calls: system, operation, status, fault, since, limit; {"words": true} keeps what is said, for words=true',
    ),
    ("GET /sandbox/journal/counts", "how often each operation was called"),
    (
        "GET, POST, DELETE /sandbox/faults",
        '{"placed": [{"fault": "reply lost", "system": "xero"}], "rates": {"throttled": 0.1}}',
    ),
    ("GET, POST /sandbox/switches", 'what nobody knows about the vendors, by name: {"hubspot.lag_max": 0}'),
    (
        "POST /sandbox/people",
        '{"side": "hubspot", "act": "create", "kind": "contacts", "values": {"email": "ada@home.example"}}',
    ),
    ("POST /sandbox/generate", '{"contacts": 200, "invoices": 100, "seed": 7}'),
    ("POST /sandbox/load", '{"files": [{"name": "contacts.csv", "text": "..."}]}'),
    ("GET /sandbox/books/{side}/{kind}", "the records themselves, e.g. hubspot/contacts or xero/Contacts"),
    ("GET, POST /sandbox/webhooks", "who is told of changes, and delivery"),
)


def index(world: World) -> Callable[[Request], Awaitable[HTMLResponse]]:
    """The page for one world."""

    async def page(request: Request) -> HTMLResponse:
        url = str(request.base_url).rstrip("/")
        card = world.card(url)
        return HTMLResponse(
            _document(card, calls=world.sandbox.journal.count, now=world.sandbox.clock.now().isoformat())
        )

    return page


def _document(card: dict[str, Any], *, calls: int, now: str) -> str:
    controls = "".join(
        f"<tr><th><code>{escape(call)}</code></th><td>{escape(what)}</td></tr>" for call, what in CONTROLS
    )
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Crossfoot sandbox</title><style>{STYLE}</style></head><body>
<h1>Crossfoot sandbox</h1>
<p>Stand-ins for HubSpot and Xero, with their limits and their nastiest rules. Nothing here leaves this machine, nothing is real,
and no token below is worth anything. Its clock says {escape(now)}; the vendors answered {calls} calls.</p>
<h2>HubSpot</h2>{_table(card["hubspot"])}
<h2>Xero</h2>{_table(card["xero"])}
<h2>Redirect addresses that the apps allow</h2><p>{" ".join(f"<code>{escape(uri)}</code>" for uri in card["redirect_uris"])}</p>
<h2>Controls</h2><table>{controls}</table>
<p>How true each answer is stands in <code>FIDELITY.md</code> of this package.</p>
</body></html>"""


def _table(facts: dict[str, Any]) -> str:
    rows = []
    for name, value in facts.items():
        if isinstance(value, dict):
            shown = ", ".join(
                f"{key.replace('_', ' ')} <code>{escape(_text(one))}</code>" for key, one in value.items()
            )
        else:
            shown = f"<code>{escape(_text(value))}</code>"
        rows.append(f"<tr><th>{escape(name.replace('_', ' '))}</th><td>{shown}</td></tr>")
    return f"<table>{''.join(rows)}</table>"


def _text(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
