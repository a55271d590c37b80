"""Connect: look at both accounts, check everything, and only then store all of it at once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from crossfoot.app.access import (
    Access,
    Granted,
    HubSpotAccess,
    XeroAccess,
    ask_for_tokens,
    exchange,
    hubspot,
    keep_access,
    scopes_of,
    system_of,
    xero,
)
from crossfoot.app.accounts import described, remember
from crossfoot.app.doctor import make, wanted
from crossfoot.app.documents import suggested
from crossfoot.app.failure import ASKED_WRONGLY, Failure
from crossfoot.app.opening import CARRIES, TITLES, App, compiled, fitting, settings_of
from crossfoot.model.countries import country_code
from crossfoot.model.identity import Kind, Side
from crossfoot.model.problems import Cause, Problem
from crossfoot.runtime.tokens import StaticTokens, keep_pair
from crossfoot.settings import files
from crossfoot.settings.billing import BillSettings
from crossfoot.settings.connection import ConnectionSettings
from crossfoot.settings.presets import default_settings
from crossfoot.store import connections
from crossfoot.store.connections import Connection, ConnectionState
from crossfoot.sync.stop import wrong_account
from crossfoot.systems.hubspot.defaults import CUSTOM_FIELDS
from crossfoot.systems.port import Description, FieldInfo, System, Tokens, Trouble
from crossfoot.systems.xero import auth as xero_auth

Invoice = Literal["people", "companies", "both"]

Consent = Callable[[Access], Awaitable[str]]
"""Have a person consent; the code that comes back."""

Organisation = xero_auth.Connection
Organisations = Sequence[Organisation]
Choose = Callable[[Organisations], Awaitable[Organisation]]
"""Have a person choose one of several organisations."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants to connect."""

    name: str
    hubspot: HubSpotAccess
    xero: XeroAccess
    invoice: Invoice = "both"
    region: str | None = None
    """ISO 3166 code of the country whose telephone numbers are written without a country code; None: the organisation's."""
    documents: bool = False
    """Whether invoices and deals are synced from the beginning."""
    deals: tuple[BillSettings, ...] = ()
    """The invoices that a deal becomes; none named: one for the whole deal."""


@dataclass(frozen=True, slots=True)
class Found:
    """Two accounts that were looked at and fit together. Nothing is stored yet, and nothing was written."""

    access: Mapping[Side, Access]
    granted: Mapping[Side, Granted]
    """Of those with tokens that rotate."""
    systems: Mapping[Side, System]
    descriptions: Mapping[Side, Description]
    settings: ConnectionSettings
    text: str
    """The settings as they will be stored."""
    known: Connection | None
    """The connection whose credentials are replaced; None for a new one."""

    @property
    def fields(self) -> tuple[tuple[Kind, FieldInfo], ...]:
        """The fields of ours that the syncs need in HubSpot; those that it has already are left alone."""
        return tuple(
            (kind, info) for kind, infos in wanted(compiled(self.settings)).items() for info in infos
        )


async def look_at(app: App, wish: Wish, consent: Consent, choose: Choose) -> Found:
    """Get tokens, look at both accounts, check permissions, identity and settings. Raises `Failure`, `Trouble`, `SettingsError`."""
    if wish.region is not None and country_code(wish.region) != wish.region:
        raise Failure(
            f"'{wish.region}' is not a country.",
            "Write its two letters of ISO 3166, for example NZ.",
            code=ASKED_WRONGLY,
        )
    async with app.database.read() as tx:
        known = await connections.by_name(tx, wish.name)
    granted: dict[Side, Granted] = {}
    if not wish.hubspot.token:
        granted[Side.CRM] = await _granted(app, wish.hubspot, consent)
    granted[Side.LEDGER] = await _granted(app, wish.xero, consent)
    ledger = wish.xero
    if not ledger.custom and not ledger.tenant:
        ledger = replace(ledger, tenant=await _organisation(app, ledger, granted[Side.LEDGER], choose))
    doors = app.doors
    systems: dict[Side, System] = {
        Side.CRM: hubspot(wish.hubspot, doors, _tokens(Side.CRM, wish.hubspot.token, granted)),
        Side.LEDGER: xero(ledger, doors, _tokens(Side.LEDGER, "", granted)),
    }
    descriptions = await described(systems)
    if known is not None:
        _belongs(known, descriptions)
    descriptions[Side.CRM] = _with_our_fields(descriptions[Side.CRM])
    region = wish.region or descriptions[Side.LEDGER].identity.country
    if known is not None:
        settings, text = settings_of(known), known.settings
    else:
        settings = default_settings(
            wish.name,
            region,
            wish.invoice,
            crm_carries=CARRIES[Side.CRM],
            ledger_carries=CARRIES[Side.LEDGER],
            documents=suggested(descriptions).changed(deals=wish.deals) if wish.documents else None,
        )
        text = files.dump(settings)
    fitting(settings, descriptions)
    access: dict[Side, Access] = {Side.CRM: wish.hubspot, Side.LEDGER: ledger}
    return Found(access, granted, systems, descriptions, settings, text, known)


async def keep(app: App, wish: Wish, found: Found) -> Connection:
    """Make and repair our fields in HubSpot, then store the connection, its credentials and settings in one transaction."""
    await make(found.systems[Side.CRM], wanted(compiled(found.settings)))
    identities = {side: description.identity.key for side, description in found.descriptions.items()}
    connection = Connection(
        found.known.id if found.known else app.new_id(),
        wish.name,
        found.known.created_at if found.known else app.clock.now(),
        found.text,
        identities[Side.CRM],
        identities[Side.LEDGER],
        ConnectionState.ACTIVE,
    )
    async with app.database.write() as tx:
        await connections.put(tx, connection)
        await remember(tx, connection.id, found.descriptions)
        for side, access in found.access.items():
            await app.secrets.forget(tx, connection.id, system_of(access))
            await keep_access(tx, app.secrets, connection.id, access)
            if side in found.granted:
                await keep_pair(tx, app.secrets, connection.id, system_of(access), found.granted[side].pair)
    return connection


async def _granted(app: App, access: Access, consent: Consent) -> Granted:
    """Tokens with every permission that is needed."""
    title = TITLES[Side.CRM if isinstance(access, HubSpotAccess) else Side.LEDGER]
    if isinstance(access, XeroAccess) and access.custom:
        request = xero_auth.custom_connection_request(access.client)
    else:
        request = exchange(access, await consent(access))
    found = await ask_for_tokens(access, request, app.send, app.clock)
    if isinstance(found, Problem):
        raise Trouble(found)
    lacking = [scope for scope in scopes_of(access) if found.scopes and scope not in found.scopes]
    if lacking:
        raise Trouble(
            Problem(
                Cause.FORBIDDEN,
                f"{title} did not grant everything that is needed; missing: {', '.join(lacking)}.",
                f"Allow these permissions for the app in {title}, then connect again.",
            )
        )
    return found


async def _organisation(app: App, access: XeroAccess, granted: Granted, choose: Choose) -> str:
    """The tenant id of the organisation that the consent opened; of several, the one that a person chooses."""
    event = xero_auth.auth_event(granted.pair.access)
    request = xero_auth.connections_request(granted.pair.access, auth_event=event, base_url=access.api_url)
    found = xero_auth.read_connections(await app.send(request))
    if isinstance(found, Problem):
        raise Trouble(found)
    organisations = [each for each in found if each.is_organisation]
    if not organisations:
        raise Trouble(
            Problem(
                Cause.CONSENT,
                "The consent opened no Xero organisation.",
                "Connect again and choose an organisation on Xero's page.",
            )
        )
    return (organisations[0] if len(organisations) == 1 else await choose(organisations)).tenant


def _tokens(side: Side, token: str, granted: Mapping[Side, Granted]) -> Tokens:
    """For looking at an account before anything is stored."""
    return StaticTokens(granted[side].pair.access if side in granted else token, TITLES[side])


def _belongs(known: Connection, descriptions: Mapping[Side, Description]) -> None:
    """The links of a connection belong to its accounts: other ones need another connection."""
    expected = {Side.CRM: known.crm_identity, Side.LEDGER: known.ledger_identity}
    for side, key in expected.items():
        if key and wrong_account(side, key, descriptions[side].identity.key, TITLES):
            raise Trouble(
                Problem(
                    Cause.WRONG_ACCOUNT,
                    f"The connection '{known.name}' belongs to {key}, but these credentials lead to "
                    f"{descriptions[side].identity.name} ({descriptions[side].identity.key}).",
                    "Use the credentials of the account it was made for, or give the new connection another name.",
                )
            )


def _with_our_fields(description: Description) -> Description:
    """The account as it will be once our fields are made."""
    return replace(
        description,
        fields={
            kind: {**{info.path: info for info in CUSTOM_FIELDS.get(kind, ())}, **fields}
            for kind, fields in description.fields.items()
        },
    )
