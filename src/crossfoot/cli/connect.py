# ruff: noqa: PLC0415  imports wait until a command needs them, so that help comes at once
"""`crossfoot connect`: join a HubSpot portal and a Xero organisation."""

import getpass
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossfoot.cli.desk import Desk, existing

if TYPE_CHECKING:
    from crossfoot.app.access import HubSpotAccess, XeroAccess
    from crossfoot.app.connecting import Found, Organisation, Organisations
    from crossfoot.app.opening import App

_SETUP = "HubSpot and Xero"


class HubSpotWay(StrEnum):
    """How HubSpot is reached."""

    TOKEN = "token"  # noqa: S105 - the name of a way, not a secret
    APP = "app"


class XeroWay(StrEnum):
    """How Xero is reached."""

    APP = "app"
    CUSTOM = "custom"


class InvoiceChoice(StrEnum):
    """Whom the user invoices."""

    PEOPLE = "people"
    COMPANIES = "companies"
    BOTH = "both"


def _option(help_text: str, *names: str, **more: Any) -> Any:
    return typer.Option(*names, help=help_text, rich_help_panel=_SETUP, show_default=False, **more)


async def connect(
    desk: Desk,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call the connection.")] = "main",
    invoice: Annotated[
        InvoiceChoice,
        typer.Option(help="Whom you invoice: people, companies, or companies and the people without one."),
    ] = InvoiceChoice.BOTH,
    region: Annotated[
        str | None,
        typer.Option(
            metavar="CC",
            help="The country whose phone numbers are written without a country code, such as NZ.",
            show_default="the organisation's own",
        ),
    ] = None,
    invoices: Annotated[
        bool,
        typer.Option(
            "--invoices",
            help="Sync invoices and deals from the beginning; else add them later with 'crossfoot syncs add invoices'.",
        ),
    ] = False,
    hubspot: Annotated[
        HubSpotWay, typer.Option(help="HubSpot by an app's access token, or by an OAuth app.")
    ] = HubSpotWay.TOKEN,
    xero: Annotated[
        XeroWay, typer.Option(help="Xero by an OAuth app, or by a custom connection.")
    ] = XeroWay.APP,
    hubspot_token_file: Annotated[
        Path | None,
        _option(
            "A file with the HubSpot app's access token; else CROSSFOOT_HUBSPOT_TOKEN, else you are asked.",
            metavar="FILE",
        ),
    ] = None,
    hubspot_client_id: Annotated[
        str | None,
        _option("The client id of the HubSpot app.", envvar="CROSSFOOT_HUBSPOT_CLIENT_ID", metavar="ID"),
    ] = None,
    hubspot_secret_file: Annotated[
        Path | None,
        _option(
            "A file with its client secret; else CROSSFOOT_HUBSPOT_CLIENT_SECRET, else you are asked.",
            metavar="FILE",
        ),
    ] = None,
    xero_client_id: Annotated[
        str | None,
        _option(
            "The client id of the Xero app or custom connection.",
            envvar="CROSSFOOT_XERO_CLIENT_ID",
            metavar="ID",
        ),
    ] = None,
    xero_secret_file: Annotated[
        Path | None,
        _option(
            "A file with its client secret; else CROSSFOOT_XERO_CLIENT_SECRET, else you are asked.",
            metavar="FILE",
        ),
    ] = None,
    organisation: Annotated[
        str | None,
        _option("Name or id of the Xero organisation, where the consent opens several.", metavar="NAME"),
    ] = None,
    sandbox: Annotated[
        str | None,
        _option("Connect to the sandbox at this address instead of the real ones.", metavar="URL"),
    ] = None,
    hubspot_url: Annotated[str | None, _option("Where HubSpot's API answers.", metavar="URL")] = None,
    hubspot_app_url: Annotated[str | None, _option("Where HubSpot's pages are.", metavar="URL")] = None,
    xero_url: Annotated[str | None, _option("Where Xero's API answers.", metavar="URL")] = None,
    xero_identity_url: Annotated[str | None, _option("Where Xero gives tokens.", metavar="URL")] = None,
    xero_login_url: Annotated[str | None, _option("Where Xero's consent page is.", metavar="URL")] = None,
    port: Annotated[
        int,
        typer.Option(
            help="The port of this machine to which the browser comes back: http://localhost:PORT/callback.",
            min=1,
            max=65535,
        ),
    ] = 8080,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Only print the address of the consent page.")
    ] = False,
) -> int | None:
    """Connect a HubSpot portal with a Xero organisation, or give a connection new credentials.

    Looks at both accounts and checks everything before anything is stored. Secrets are asked for, or come from files or the
    environment; they are kept encrypted. Nothing is synced: 'crossfoot plan' shows what would be.
    """
    from crossfoot.app.connecting import Wish, keep, look_at
    from crossfoot.app.failure import ASKED_WRONGLY, Failure
    from crossfoot.cli.consent import consent, redirect_uri

    async with desk.opened(make=True) as app:
        card = await _card(app, sandbox) if sandbox else {}
        own, other = card.get("hubspot", {}), card.get("xero", {})
        back = redirect_uri(port)
        wish = Wish(
            name,
            _hubspot(
                hubspot,
                own,
                back,
                hubspot_client_id,
                hubspot_token_file,
                hubspot_secret_file,
                {"api_url": hubspot_url, "app_url": hubspot_app_url},
            ),
            _xero(
                xero,
                other,
                back,
                xero_client_id,
                xero_secret_file,
                {"api_url": xero_url, "identity_url": xero_identity_url, "login_url": xero_login_url},
            ),
            invoice.value,
            region,
            invoices,
        )

        async def choose(found: "Organisations") -> "Organisation":
            if organisation is None:
                return found[
                    desk.chosen("The consent opens several organisations.", [each.name for each in found])
                ]
            for each in found:
                if organisation.casefold() in (each.name.casefold(), each.tenant.casefold()):
                    return each
            raise Failure(
                f"The consent opens no organisation '{organisation}'.",
                f"It opens {', '.join(each.name for each in found)}.",
                code=ASKED_WRONGLY,
            )

        found = await look_at(
            app,
            wish,
            lambda access: consent(access, port, desk.say, browser=not no_browser),
            choose,
        )
        if not _agreed(desk, found):
            desk.say("Nothing was connected, and nothing was written.")
            return 1
        connection = await keep(app, wish, found)
        from crossfoot.cli.show_connect import connected, connected_data

        desk.show(connected_data(connection, found), connected(connection, found))
    return None


def _agreed(desk: Desk, found: "Found") -> bool:
    """Our fields are made in HubSpot: the only thing that connecting writes there."""
    fields = ", ".join(f"{info.label} ({kind})" for kind, info in found.fields)
    return desk.agrees(
        f"Crossfoot keeps {len(found.fields)} fields of its own in HubSpot, in the group 'Crossfoot': {fields}.\n"
        "Those that are not there, or not as they must be, are made now. Go on?"
    )


async def _card(app: "App", url: str) -> dict[str, Any]:
    """Everything that the sandbox tells about itself."""
    import json

    from crossfoot.app.failure import Failure
    from crossfoot.systems.port import Request

    answer = await app.send(Request("GET", f"{url.rstrip('/')}/sandbox/world", what="look at the sandbox"))
    try:
        card = json.loads(answer.body)
        return {"hubspot": dict(card["hubspot"]), "xero": dict(card["xero"])}
    except (ValueError, KeyError, TypeError):
        raise Failure(
            f"What answers at {url} is not a sandbox.", "Start one with 'crossfoot-sandbox serve'."
        ) from None


def _hubspot(
    way: HubSpotWay,
    card: dict[str, Any],
    back: str,
    client_id: str | None,
    token_file: Path | None,
    secret_file: Path | None,
    urls: dict[str, str | None],
) -> "HubSpotAccess":
    from crossfoot.app.access import HubSpotAccess

    told = {name: url for name, url in urls.items() if url}
    if card:
        told.setdefault("api_url", card["api_url"])
        told.setdefault("app_url", card["authorize_url"].removesuffix("/oauth/authorize"))
    if way is HubSpotWay.TOKEN:
        token = _secret(
            "The HubSpot app's access token", "CROSSFOOT_HUBSPOT_TOKEN", token_file, card.get("token")
        )
        return HubSpotAccess(token=token, **told)
    return HubSpotAccess(
        client_id=_client_id("HubSpot", "--hubspot-client-id", client_id or card.get("client_id")),
        client_secret=_secret(
            "HubSpot's client secret",
            "CROSSFOOT_HUBSPOT_CLIENT_SECRET",
            secret_file,
            card.get("client_secret"),
        ),
        redirect_uri=back,
        **told,
    )


def _xero(
    way: XeroWay,
    card: dict[str, Any],
    back: str,
    client_id: str | None,
    secret_file: Path | None,
    urls: dict[str, str | None],
) -> "XeroAccess":
    from crossfoot.app.access import XeroAccess

    told = {name: url for name, url in urls.items() if url}
    for name in ("api_url", "identity_url", "login_url"):
        if card:
            told.setdefault(name, card[name])
    custom = way is XeroWay.CUSTOM
    own = card.get("custom_connection", {}) if custom else card
    return XeroAccess(
        client_id=_client_id("Xero", "--xero-client-id", client_id or own.get("client_id")),
        client_secret=_secret(
            "Xero's client secret", "CROSSFOOT_XERO_CLIENT_SECRET", secret_file, own.get("client_secret")
        ),
        redirect_uri="" if custom else back,
        custom=custom,
        **told,
    )


def _client_id(title: str, option: str, told: str | None) -> str:
    from crossfoot.app.failure import ASKED_WRONGLY, Failure

    if told:
        return told
    raise Failure(
        f"The client id of the {title} app is missing.",
        f"Name it with {option}; the app's own page shows it.",
        code=ASKED_WRONGLY,
    )


def _secret(what: str, variable: str, file: Path | None, told: str | None) -> str:
    """A secret from a file, the environment, the sandbox's card, or the person; never from the command line."""
    from crossfoot.app.failure import ASKED_WRONGLY, Failure

    found = existing(file).strip() if file else os.environ.get(variable, "").strip() or told or ""
    if not found and sys.stdin.isatty():
        found = getpass.getpass(f"{what}: ").strip()
    if not found or not found.isascii() or any(char.isspace() for char in found):
        raise Failure(
            f"{what} is missing."
            if not found
            else f"{what} cannot be right: it has blanks or odd characters in it.",
            f"Put it into a file and name the file, or into {variable}.",
            code=ASKED_WRONGLY,
        )
    return found
