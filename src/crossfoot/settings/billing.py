"""Which invoices a deal becomes: when each is made, of how much, and as what. Every invoice of a deal has a sync of its own."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, StrictBool, model_validator

from crossfoot.model.fields import as_text
from crossfoot.model.money import EXACT
from crossfoot.model.records import Fields
from crossfoot.model.splitting import Share
from crossfoot.model.taxes import HUNDRED
from crossfoot.settings.filters import Condition, Operator
from crossfoot.settings.shape import Approval, ConditionSettings, Paths, Shape, Text

REST = "rest"
"""The share of the last invoice: what is left."""

_NUMBER = re.compile(r"\d{1,12}(\.\d{1,6})?")


def _share(given: object) -> object:
    text = f"{given:f}" if isinstance(given, Decimal) else str(given) if isinstance(given, int) else given
    if not isinstance(text, str) or isinstance(given, bool):
        raise ValueError(_SHARE)  # noqa: TRY004 - pydantic reports ValueErrors only
    text = text.strip()
    if text == REST:
        return text
    number = text.removesuffix("%").strip()
    if not _NUMBER.fullmatch(number) or not Decimal(number):
        raise ValueError(_SHARE)
    if text.endswith("%") and Decimal(number) > HUNDRED:
        raise ValueError("no invoice bills more than 100%")
    return f"{number}%" if text.endswith("%") else number


_SHARE = "a share is a percentage such as 30%, an amount without tax such as 500.00, or rest"


class BillSettings(Shape):
    """One of the invoices that a deal becomes."""

    share: Annotated[str, BeforeValidator(_share)] = REST
    """How much it bills: a percentage such as `30%`, an amount without tax such as `500.00`, or `rest`, which the last one does."""
    percent_field: Text | None = None
    """In place of `share`: the field of the deal that holds the percentage, by its internal name. Empty: there is no such deposit."""
    amount_field: Text | None = None
    """In place of `share`: the field of the deal that holds the amount without tax. Empty: there is no such deposit."""
    stage: Paths = ()
    """The stage of the deal's pipeline in which it is made, by its internal name, or a list of stages."""
    when: ConditionSettings | None = None
    """A condition on the deal for it to be made, for example on a property of your own. With `stage`: both."""
    on_request: StrictBool = False
    """Whether it is made only when a person asks for it with `crossfoot invoice`. That may be done in any case."""
    approve: Approval | None = None
    """What it is made as; left out: as `approve_deals` says."""
    label: Text | None = None
    """What the lines of a deposit say in brackets, for the customer; left out: the share."""

    @property
    def part(self) -> Share | None:
        """The share, as far as the settings say it; None for the rest."""
        if self.percent_field or self.amount_field:
            return Share()
        if self.share == REST:
            return None
        number = Decimal(self.share.removesuffix("%"))
        return Share(percent=number) if self.share.endswith("%") else Share(amount=number)

    def __str__(self) -> str:
        field = self.percent_field or self.amount_field
        words = [f"as '{field}' says" if field else self.share]
        words += [f"in the stage {' or '.join(self.stage)}"] if self.stage else []
        words += [f"when {self.when.condition().sentence()}"] if self.when else []
        words += ["on request"] if self.on_request else []
        words += [f"as {self.approve}"] if self.approve else []
        return ", ".join(words)

    def trigger(self, stage: str) -> ConditionSettings | None:
        """When it is made, given the field of the stage; None where nothing is said."""
        tests = [] if not self.stage else [_stage(stage, self.stage)]
        tests += [] if self.when is None else [self.when]
        if self.on_request:
            return ConditionSettings(any=())
        if not tests:
            return None
        return tests[0] if len(tests) == 1 else ConditionSettings(all=tuple(tests))


def _stage(field: str, stages: tuple[str, ...]) -> ConditionSettings:
    if len(stages) == 1:
        return ConditionSettings(field=field, operator=Operator.IS, value=stages[0])
    return ConditionSettings(field=field, operator=Operator.ANY_OF, value=stages)


class TrackingSettings(Shape):
    """The option of a tracking category: always the same, or the one that a field of the deal names."""

    option: Text | None = None
    """The option, as people named it in the ledger."""
    field: Text | None = None
    """The field of the deal that names the option, by its internal name. Lines of invoices that begin as invoices have none."""
    values: Mapping[Text, Text] = Field(default_factory=dict)
    """What the field holds, and the option that is meant; what is not listed is taken as it is."""

    def __str__(self) -> str:
        return self.option or f"as '{self.field}' says"

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        if (self.option is None) is (self.field is None) or (self.values and self.field is None):
            raise ValueError("tracking is either an 'option', or a 'field' with its 'values'")
        return self


def _tracking(given: object) -> object:
    return {"option": given} if isinstance(given, str) else given


Track = Annotated[TrackingSettings, BeforeValidator(_tracking)]
"""An option, or a field that names one."""


@dataclass(frozen=True, slots=True)
class Tracked:
    """A tracking category whose option a field of the deal names, as it runs."""

    category: str
    field: str
    options: tuple[tuple[str, str], ...] = ()

    def of(self, fields: Fields) -> tuple[str, str] | None:
        """Category and option for a deal; None where its field is empty."""
        told = as_text(fields.get(self.field)).strip()
        return (self.category, dict(self.options).get(told, told)) if told else None


def tracked(tracking: Mapping[str, TrackingSettings]) -> tuple[Tracked, ...]:
    """The categories whose options fields of the deal name."""
    return tuple(
        Tracked(category, each.field, tuple(each.values.items()))
        for category, each in tracking.items()
        if each.field is not None
    )


def bill_mistakes(bills: Sequence[BillSettings]) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """What is wrong with the invoices of a deal taken together: where in their list, what, and how to mend it."""
    for at, bill in enumerate(bills):
        last = at == len(bills) - 1
        if (bill.part is None) is not last:
            what = (
                "The last invoice of a deal bills what is left, so that all of them come to the deal."
                if last
                else "Only the last invoice of a deal bills the rest."
            )
            yield (
                (at, "share"),
                what,
                "Write 'share: rest' for the last one, and a share such as 30% for the others.",
            )
        told = [word for word in ("percent_field", "amount_field") if getattr(bill, word)]
        if len(told) > 1 or (told and bill.share != REST):
            yield (
                (at, told[0]),
                "The share of an invoice is said once.",
                "Write one of 'share', 'percent_field' and 'amount_field'.",
            )
        if bill.on_request and (bill.stage or bill.when):
            yield (
                (at, "on_request"),
                "An invoice that is made on request only has no stage and no condition.",
                "Leave out 'on_request': with a stage it may be asked for as well.",
            )
    shares = [bill.part for bill in bills]
    percent = Decimal(0)
    for share in shares:
        percent = EXACT.add(percent, share.percent or Decimal(0)) if share is not None else percent
    if percent >= HUNDRED:
        yield (
            (),
            f"The shares before the last invoice come to {percent:f} %.",
            "Leave something for the last one.",
        )


@dataclass(frozen=True, slots=True)
class Bill:
    """One of the invoices of a deal, as it runs."""

    sync: str
    """The sync that makes it."""
    due: Condition
    """When it is made."""
    share: Share | None = None
    """How much it bills; None: what is left."""
    label: str = ""
    """What the lines of a deposit say in brackets; nothing: the share."""
    percent_field: str = ""
    amount_field: str = ""
    """The field of the deal that holds the share, in percent or as an amount."""

    def share_of(self, fields: Fields) -> Share | None:
        """How much of a deal it bills."""
        told = fields.get(self.percent_field or self.amount_field)
        number = told if isinstance(told, Decimal) else Decimal(0)
        if self.percent_field:
            return Share(percent=min(max(number, Decimal(0)), HUNDRED))
        return Share(amount=max(number, Decimal(0))) if self.amount_field else self.share


@dataclass(frozen=True, slots=True)
class Billing:
    """The invoices of a deal in their order, and which of them a sync makes."""

    bills: tuple[Bill, ...]
    place: int = 0
    tracking: tuple[Tracked, ...] = ()

    def paths(self) -> frozenset[str]:
        """The fields of a deal that say when it is invoiced, and under what its lines are counted."""
        due = (
            bill.due.paths().union(filter(None, (bill.percent_field, bill.amount_field)))
            for bill in self.bills
        )
        return frozenset(each.field for each in self.tracking).union(*due)

    @property
    def own(self) -> Bill:
        """The one that the sync makes."""
        return self.bills[self.place]

    @property
    def parted(self) -> bool:
        """Whether a deal has several invoices."""
        return len(self.bills) > 1

    @property
    def address(self) -> str:
        """What follows the address of the deal's page in the link of the invoice: each has a link of its own, which is its creation key."""
        return f"{MARK}{self.place + 1}" if self.place else ""


MARK = "?invoice="
"""Stands between the address of a deal's page and the number of an invoice that is not its first. HubSpot's pages take no notice of it."""


def sync_names(preset: str, bills: Sequence[BillSettings]) -> tuple[str, ...]:
    """The syncs of a deal's invoices: `deals`, `deals_2` and so on."""
    return tuple(preset if not at else f"{preset}_{at + 1}" for at in range(max(1, len(bills))))


def bill_of(bill: BillSettings, sync: str, due: Condition) -> Bill:
    """An invoice of a deal as it runs."""
    return Bill(sync, due, bill.part, bill.label or "", bill.percent_field or "", bill.amount_field or "")
