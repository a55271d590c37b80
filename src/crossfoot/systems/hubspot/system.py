"""HubSpot as a system: the port's contract, tied together from the modules beside it."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from decimal import Decimal

import msgspec

from crossfoot.model.ailments import Ailment
from crossfoot.model.identity import Kind, Side
from crossfoot.model.problems import Cause
from crossfoot.model.records import Known, Observation, nothing_known
from crossfoot.systems.hubspot import errors
from crossfoot.systems.hubspot.associations import Associations
from crossfoot.systems.hubspot.auth import API
from crossfoot.systems.hubspot.belongings import Belongings
from crossfoot.systems.hubspot.doctor import Doctor
from crossfoot.systems.hubspot.document_listing import document_listing
from crossfoot.systems.hubspot.document_writes import DocumentWriting
from crossfoot.systems.hubspot.http import Call, HubSpotClient
from crossfoot.systems.hubspot.kinds import OBJECTS, object_type
from crossfoot.systems.hubspot.listing import INDEX_LAG, listing
from crossfoot.systems.hubspot.paths import VERSION, checked, path
from crossfoot.systems.hubspot.properties import Definitions
from crossfoot.systems.hubspot.reading import Reading
from crossfoot.systems.hubspot.writing import Writing
from crossfoot.systems.port import (
    Answer,
    Budget,
    Capabilities,
    Clock,
    Description,
    FieldInfo,
    Identity,
    Page,
    Send,
    TaxRate,
    Tokens,
    Trouble,
    Write,
)

APP_DOMAIN = "app.hubspot.com"
_PORTAL = "hubspot:"

Observations = list[Observation]
Ailments = list[Ailment]
"""Named out here, because inside the class `list` is the port's verb."""


class Account(msgspec.Struct, rename="camel"):
    """The portal (HubSpot facts 1, 7.5)."""

    portal_id: int
    company_currency: str = ""
    additional_currencies: list[str] | None = None
    time_zone: str | None = None
    account_type: str | None = None
    ui_domain: str | None = None
    data_hosting_location: str | None = None


class Rate(msgspec.Struct, rename="camel"):
    """One rate of the tax library (HubSpot fact 7.2)."""

    id: str | int
    name: str = ""
    label: str = ""
    percentage_rate: Decimal = Decimal(0)
    active: bool = True


class TaxRates(msgspec.Struct):
    """The tax library."""

    results: list[Rate] = []


class Collecting(msgspec.Struct, rename="camel"):
    """Whether the portal collects payments (HubSpot fact 7.4)."""

    can_transact: bool | None = None


class HubSpotSystem:
    """One HubSpot portal."""

    name = "hubspot"
    title = "HubSpot"
    side = Side.CRM
    capabilities = Capabilities(
        kinds={kind: of.abilities for kind, of in OBJECTS.items()},
        creates_fields=True,
        index_lag_seconds=INDEX_LAG.total_seconds(),
        tells_field_times=True,
    )

    def __init__(
        self,
        send: Send,
        tokens: Tokens,
        clock: Clock,
        budget: Budget,
        *,
        base_url: str = API,
        version: str = VERSION,
        kinds: Collection[Kind] = tuple(OBJECTS),
        account: str | None = None,
    ) -> None:
        """`kinds` are those that are looked at when the portal is described.

        `account` is the portal as it was found before (`Identity.key`), if it was: its limits are then known from the first call on.
        """
        self._kinds = kinds
        self._version = checked(version)
        self._client = HubSpotClient(send, tokens, clock, budget, base_url, account)
        self._definitions = Definitions(self._client, clock, version)
        self._doctor = Doctor(self._client, self._definitions, version)
        self._reading = Reading(self._client, self._definitions, version)
        self._writing = Writing(self._client, self._definitions, version)
        associations = Associations(self._client, version)
        self._belongings = Belongings(self._reading, associations, lambda: self._client.account)
        self._documents = DocumentWriting(
            self._client, self._writing, associations, self._belongings, version
        )

    async def describe(self) -> Description:
        """The portal and its properties. The first call is the connection test: any valid token may make it (HubSpot fact 2.2)."""
        portal = await self._look()
        return Description(
            identity=_identity(portal),
            fields=await self._fields(),
            currencies=_currencies(portal),
            taxes=await self._taxes(),
            makes=await self._makes(),
            facts=_facts(portal, self._version),
        )

    async def create_field(self, kind: Kind, info: FieldInfo) -> None:
        """Make a property in the group "Crossfoot"."""
        await self._definitions.create(kind, info)

    async def examine_fields(self, kind: Kind, wanted: Sequence[FieldInfo]) -> Ailments:
        """What is wrong with properties of ours; see `doctor.py`."""
        return await self._doctor.examine(kind, wanted)

    async def mend_fields(self, kind: Kind, wanted: Sequence[FieldInfo], *, tidy: bool = False) -> Ailments:
        """Make and repair properties of ours; what is still wrong then."""
        return await self._doctor.mend(kind, wanted, tidy=tidy)

    async def read(
        self, kind: Kind, ids: Sequence[str], paths: Mapping[Kind, Collection[str]], *, times: bool = False
    ) -> Observations:
        """Records by id, without index lag."""
        wanted = paths.get(kind, ())
        return await self._complete(kind, await self._reading.read(kind, ids, wanted, times=times), wanted)

    async def find(
        self, kind: Kind, path: str, values: Sequence[str], paths: Mapping[Kind, Collection[str]]
    ) -> list[Observation]:
        """Records by a property's value, without index lag for our key and for e-mails."""
        wanted = paths.get(kind, ())
        return await self._complete(kind, await self._reading.find(kind, path, values, wanted), wanted)

    async def write(self, writes: Sequence[Write]) -> list[Answer]:
        """Write a batch; see `writing.py`, and `document_writes.py` for records that others belong to."""
        if writes and object_type(writes[0].kind).later_paths:
            return await self._documents.write(writes)
        return await self._writing.write(writes)

    async def ready(self, calls: int) -> None:
        """Wait until this many calls may go at once."""
        await self._client.ready(calls)

    def url(self, account: Identity, kind: Kind, record_id: str) -> str | None:
        """The record's page, on the domain that the portal told."""
        if account.url is None:
            return None
        origin, portal = account.url.partition("/home")[0], account.key.removeprefix("hubspot:")
        return f"{origin}/contacts/{portal}{object_type(kind).page}{record_id}"

    async def _look(self) -> Account:
        reply = await self._client.call(
            Call("GET", path("account", self._version), "read the portal's details", Account, reads=True)
        )
        if reply.value is None:
            raise Trouble(errors.unexpected(reply.status, reply.error, "show the portal's details"))
        self._client.account = _identity(reply.value).key
        self._client.time_zone = reply.value.time_zone
        return reply.value

    def list(
        self,
        kind: Kind,
        paths: Mapping[Kind, Collection[str]],
        cursor: str | None,
        known: Known = nothing_known,
    ) -> AsyncIterator[Page]:
        """Every record, or every changed one; see `listing.py`, and `document_listing.py` for records that others belong to."""
        together = {
            each: told for each, told in paths.items() if kind in (each, object_type(each).listed_with)
        }
        if all(object_type(each).beside.isdisjoint(told) for each, told in together.items()):
            return listing(self._reading, self._definitions, kind, paths.get(kind, ()), cursor)
        return document_listing(
            self._reading, self._definitions, self._belongings, together, cursor, known, self._portal
        )

    async def _complete(self, kind: Kind, seen: Observations, wanted: Collection[str]) -> Observations:
        of = object_type(kind)
        if of.beside.isdisjoint(wanted):
            return seen
        await self._portal()
        return await self._belongings.complete(of, seen, wanted)

    async def _portal(self) -> None:
        """Know which portal this is: the addresses of its records name it."""
        if not self._client.account.startswith(_PORTAL):
            await self._look()

    async def _taxes(self) -> tuple[TaxRate, ...]:
        """The portal's library of tax rates; none where the credentials may not see it, or no documents are looked at (HubSpot fact 7.2)."""
        if Kind.INVOICE not in self._kinds and Kind.DEAL not in self._kinds:
            return ()
        call = Call("GET", path("tax rates", self._version), "read the tax rates", TaxRates, reads=True)
        try:
            reply = await self._client.call(call)
        except Trouble as trouble:
            if trouble.problem.cause is Cause.FORBIDDEN:
                return ()
            raise
        if reply.value is None:
            return ()
        return tuple(
            TaxRate(str(each.id), each.name or each.label, each.percentage_rate, active=each.active)
            for each in reply.value.results
        )

    async def _makes(self) -> dict[Kind, bool]:
        """Whether payments can be recorded: only where HubSpot's payments or Stripe are set up. Nothing where the credentials may not see it (HubSpot fact 7.4)."""
        if Kind.PAYMENT not in self._kinds:
            return {}
        call = Call(
            "GET",
            path("payment account", self._version),
            "see whether payments can be recorded",
            Collecting,
            reads=True,
        )
        try:
            reply = await self._client.call(call)
        except Trouble as trouble:
            if trouble.problem.cause is Cause.FORBIDDEN:
                return {}
            raise
        able = reply.value.can_transact if reply.value else None
        return {} if able is None else {Kind.PAYMENT: able}

    async def _fields(self) -> dict[Kind, Mapping[str, FieldInfo]]:
        """The fields of every kind that these credentials may see. People are what everything is about; the rest may be closed to us."""
        found: dict[Kind, Mapping[str, FieldInfo]] = {}
        for kind in self._kinds:
            try:
                found[kind] = await self._definitions.load(kind)
            except Trouble as trouble:
                if trouble.problem.cause is not Cause.FORBIDDEN or not object_type(kind).beside:
                    raise
        return found


def _identity(portal: Account) -> Identity:
    return Identity(
        key=f"{_PORTAL}{portal.portal_id}",
        name=f"HubSpot portal {portal.portal_id}",
        currency=portal.company_currency,
        time_zone=portal.time_zone,
        url=f"https://{portal.ui_domain or APP_DOMAIN}/home?portalId={portal.portal_id}",
    )


def _currencies(portal: Account) -> tuple[str, ...]:
    enabled = [portal.company_currency, *(portal.additional_currencies or ())]
    return tuple(dict.fromkeys(each for each in enabled if each))


def _facts(portal: Account, version: str) -> Mapping[str, str]:
    facts = {
        "account type": portal.account_type,
        "data hosting location": portal.data_hosting_location,
        "API version": version,
    }
    return {name: value for name, value in facts.items() if value}
