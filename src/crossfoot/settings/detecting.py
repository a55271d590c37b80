"""What a workspace wants to hear of sales and books that tell different stories: which detectors are silent, for how long, about what."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, StrictBool, StrictInt

from crossfoot.model.identity import Kind, Side
from crossfoot.settings.checks import Account, SettingsProblem, filter_misfits
from crossfoot.settings.filters import Condition
from crossfoot.settings.shape import ConditionSettings, Shape, Text


def _nothing_is_default(given: object) -> object:
    return {} if given is None else given


class DetectorSettings(Shape):
    """One detector."""

    mute: StrictBool = False
    """Whether nobody wants to hear of it."""
    after: Annotated[StrictInt, Field(ge=0, le=3650)] = 0
    """For how many days it must be so before it is told; until then it may come right by itself."""
    known: Annotated[Mapping[Text, date | None], BeforeValidator(_nothing_is_default)] = Field(
        default_factory=dict
    )
    """What is known and not told again: a deal's name or id, an invoice's number or id, and the last day on which that holds; no day: for ever."""


class AmountsSettings(DetectorSettings):
    """The detector of amounts that are apart."""

    with_tax: StrictBool = False
    """Whether the amounts of deals include tax."""
    tolerance: Annotated[Decimal, Field(ge=0)] = Decimal(0)
    """How far the amounts may be apart, in the deal's currency."""


class RenewalSettings(DetectorSettings):
    """The detector of overdue money on open renewals."""

    deals: ConditionSettings | None = None
    """Which deals renew a contract: a condition on the CRM's deals. Left out: none, and nothing is found."""


class DetectorsSettings(Shape):
    """All detectors by name."""

    won_not_invoiced: DetectorSettings = DetectorSettings()
    """Won, and no invoice."""
    invoiced_without_deal: DetectorSettings = DetectorSettings()
    """An invoice that belongs to no deal. Silent by itself where there are no deals."""
    amounts_apart: AmountsSettings = AmountsSettings()
    """A deal and its invoices that differ in amount."""
    paid_deal_open: DetectorSettings = DetectorSettings()
    """Paid, and the deal is still open."""
    overdue_on_renewal: RenewalSettings = RenewalSettings()
    """Overdue invoices of a customer whose contract is to be renewed."""
    credit_zeroes_deal: DetectorSettings = DetectorSettings()
    """A won deal that was credited entirely."""

    def of(self, name: str) -> DetectorSettings:
        """The settings of one detector."""
        found: DetectorSettings = getattr(self, name)
        return found

    def misfits(self, crm: Account | None) -> Iterator[SettingsProblem]:
        """What they ask of the CRM's account that it does not have."""
        deals, fields = self.overdue_on_renewal.deals, crm.fields.get(Kind.DEAL) if crm else None
        if deals is not None and fields is not None:
            place = ("detectors", "overdue_on_renewal", "deals")
            yield from filter_misfits(place, Side.CRM, deals, fields)

    @property
    def compiled(self) -> "Detecting":
        """The same as it is worked with."""
        names = type(self).model_fields
        renewals = self.overdue_on_renewal.deals
        return Detecting(
            {
                name: Silence(one.mute, one.after, one.known)
                for name, one in ((each, self.of(each)) for each in names)
            },
            self.amounts_apart.with_tax,
            self.amounts_apart.tolerance,
            renewals.condition() if renewals else None,
        )


@dataclass(frozen=True, slots=True)
class Silence:
    """When one detector says nothing."""

    mute: bool = False
    after: int = 0
    """Days."""
    known: Mapping[str, date | None] = field(default_factory=dict)
    """Ids and names, and the last day on which they are known; None: for ever."""


@dataclass(frozen=True, slots=True)
class Detecting:
    """What a workspace decided about the detectors."""

    silences: Mapping[str, Silence] = field(default_factory=dict)
    """By the name of the detector."""
    with_tax: bool = False
    """Whether the amounts of deals include tax."""
    tolerance: Decimal = Decimal(0)
    """How far the amounts of a deal and of its invoices may be apart, in the deal's currency."""
    renewals: Condition | None = None
    """Which deals renew a contract of a customer."""
