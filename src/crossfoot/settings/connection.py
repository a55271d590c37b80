"""The settings of one connection, as a person writes them down."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from crossfoot.model.countries import country_code
from crossfoot.model.identity import Kind
from crossfoot.settings.billing import bill_mistakes, sync_names, tracked
from crossfoot.settings.building import build_deals, build_sync
from crossfoot.settings.checks import SettingsProblem, contradictions
from crossfoot.settings.defaults import KINDS, MODES, Carries, completed
from crossfoot.settings.detecting import DetectorsSettings
from crossfoot.settings.document_defaults import INVOICED, DocumentSettings
from crossfoot.settings.document_defaults import KINDS as DOCUMENT_KINDS
from crossfoot.settings.rules import Halts, Sync
from crossfoot.settings.shape import HaltSettings, Shape, SyncSettings, Text
from crossfoot.settings.standing_defaults import with_customer_standing

DEALS = "deals"
"""The sync that makes invoices from deals."""

Invoice = Literal["people", "companies", "both"]
"""Whom the user invoices."""

SyncName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


def _nothing_is_default(given: object) -> object:
    return {} if given is None else given


class ConnectionSettings(Shape):
    """Everything the user decided about one connection. What is left out of a sync is as by default for its name."""

    version: Literal[1] = 1
    """The form of this file."""
    name: Text
    """What the connection is called."""
    region: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    """ISO 3166 code of the country whose telephone numbers are written without a country code."""
    invoice: Invoice = "both"
    """Whom the user invoices: crm contacts, crm companies, or companies and the people without one."""
    syncs: Mapping[SyncName, Annotated[SyncSettings, BeforeValidator(_nothing_is_default)]] = Field(
        default_factory=dict
    )
    """The syncs by name; the ready-made ones are companies, company_people, people, products, invoices, deals and payments."""
    documents: DocumentSettings = DocumentSettings()
    """How invoices are made: accounts, taxes, who approves."""
    detectors: DetectorsSettings = DetectorsSettings()
    """Which of the stories that sales and books tell differently are worth telling."""
    halts: HaltSettings = HaltSettings()
    """When a run stops and calls a person."""

    def completed(self, crm_carries: Carries, ledger_carries: Carries) -> "ConnectionSettings":
        """The same with everything that was left out written out, as it is stored and shown."""
        syncs = {
            name: completed(name, sync, self.invoice, self.documents, crm_carries, ledger_carries)
            for name, sync in self.syncs.items()
        }
        if self.documents.customer_totals and not syncs.keys().isdisjoint(INVOICED):
            syncs = {
                name: with_customer_standing(
                    sync, crm_carries.get(sync.crm, {}), ledger_carries.get(sync.ledger, {})
                )
                if sync.crm and sync.ledger
                else sync
                for name, sync in syncs.items()
            }
        return self.model_copy(update={"syncs": syncs})

    def compile(self, crm_carries: Carries, ledger_carries: Carries) -> tuple[Sync, ...]:
        """The syncs as they run, what others depend on first. The settings must be free of `mistakes`."""
        syncs = self.completed(crm_carries, ledger_carries).syncs
        deal = crm_carries.get(Kind.DEAL, {})
        built = [each for name, sync in syncs.items() for each in self._built(name, sync, deal)]
        order = list(KINDS.values())
        return tuple(sorted(built, key=lambda sync: order.index((sync.crm, sync.ledger))))

    def _built(self, name: str, sync: SyncSettings, deal: Mapping[str, tuple[str, ...]]) -> list[Sync]:
        if name == DEALS and sync.crm is Kind.DEAL:
            tracking = tracked(self.documents.tracking)
            return build_deals(name, sync, self.documents.deals, tracking, deal, self.region)
        return [build_sync(name, sync, self.region)]

    @property
    def brakes(self) -> Halts:
        """When a run stops and calls a person."""
        return Halts(self.halts.share, self.halts.floor)

    def mistakes(self) -> Iterator[SettingsProblem]:
        """What is wrong with the settings, whatever accounts are connected."""
        if self.region is not None and country_code(self.region) != self.region:
            yield SettingsProblem(
                ("region",),
                f"'{self.region}' is not a country.",
                "Write its two letters of ISO 3166, for example NZ.",
            )
        for place, what, fix in bill_mistakes(self.documents.deals):
            yield SettingsProblem(("documents", DEALS, *place), what, fix)
        for name in sync_names(DEALS, self.documents.deals)[1:]:
            if name in self.syncs:
                what = f"'{name}' is the sync of an invoice that is listed under 'documents: deals'."
                yield SettingsProblem(("syncs", name), what, "Give this sync another name.")
        for name, sync in self.syncs.items():
            here = ("syncs", name)
            if name in KINDS:
                if name not in (*MODES[self.invoice], *DOCUMENT_KINDS) and sync.state != "disabled":
                    yield SettingsProblem(
                        here,
                        f"Whoever invoices '{self.invoice}' has no sync '{name}'.",
                        f"Remove it or disable it, or change 'invoice'; for '{self.invoice}' there are {', '.join(MODES[self.invoice])}.",
                    )
                kinds = (sync.crm or KINDS[name][0], sync.ledger or KINDS[name][1])
            elif sync.crm is None or sync.ledger is None or sync.mapping is None:
                yield SettingsProblem(
                    here,
                    f"'{name}' is none of {', '.join(KINDS)}, so nothing in it is known by default.",
                    "Use one of these names, or say at least 'crm', 'ledger' and 'mapping'.",
                )
                continue
            else:
                kinds = (sync.crm, sync.ledger)
            if kinds not in KINDS.values():
                pairs = ", ".join(f"{crm} with {ledger}" for crm, ledger in KINDS.values())
                yield SettingsProblem(
                    (*here, "crm"),
                    f"A crm {kinds[0]} cannot go with a ledger {kinds[1]}.",
                    f"Possible are {pairs}.",
                )
            yield from contradictions(name, sync)
