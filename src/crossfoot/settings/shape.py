"""The shape of the settings file: what may stand where. What it means together is checked in `checks`, what it does is built in `building`."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StrictBool,
    StrictInt,
    model_validator,
)

from crossfoot.model.identity import Kind, Side
from crossfoot.model.records import Value
from crossfoot.settings import filters
from crossfoot.settings.choices import ConflictRule, DeletionRule, StandingPart, SyncState
from crossfoot.settings.filters import Condition, Operator
from crossfoot.settings.likeness import KeyForm
from crossfoot.settings.mappings import Direction


class LensName(StrEnum):
    """The lenses that a mapping may name. Those after CODE are for what is special to one connection."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    EMAIL = "email"
    PHONE = "phone"
    COUNTRY = "country"
    PERSON_NAME = "person_name"
    DOMAIN = "domain"
    URL = "url"
    OPTION = "option"
    MONEY = "money"
    NUMBER = "number"
    DATE = "date"
    MOMENT = "moment"
    BOOLEAN = "boolean"
    ADDRESS = "address"
    REFERENCE = "reference"
    CODE = "code"
    LINES = "lines"
    STATE = "state"  # how far a document has come
    STANDING = "standing"  # one way
    STAGE = "stage"  # one way
    BILLED = "billed"  # one way
    TO_BILL = "to_bill"  # one way
    VALUES = "values"  # each crm value stands for a ledger value
    CONSTANT = "constant"  # one way
    DEFAULT = "default"  # one way
    CONCAT = "concat"  # one way
    LATER = "later"  # one way
    UPPER = "upper"  # one way
    LOWER = "lower"  # one way


def _paths(given: object) -> object:
    return given if isinstance(given, list | tuple) or given is None else (given,)


def _scalar(given: object) -> Value:
    if isinstance(given, int) and not isinstance(given, bool):
        return Decimal(given)
    if isinstance(given, float):
        raise ValueError("a number must be exact; hand it in as Decimal")  # noqa: TRY004 - pydantic reports ValueErrors only
    if isinstance(given, str | bool | Decimal | date | datetime):
        return given
    raise ValueError("a single value is needed: a text, a number, true or false, or a date")


def _wanted(given: object) -> filters.Wanted:
    if given is None:
        return None
    return tuple(_scalar(item) for item in given) if isinstance(given, list | tuple) else _scalar(given)


def _exact(given: object) -> object:
    return Decimal(str(given)) if isinstance(given, float) else given


def _one_or_many(paths: tuple[str, ...]) -> str | list[str]:
    return paths[0] if len(paths) == 1 else list(paths)


Text = Annotated[str, Field(min_length=1)]
Approval = Literal["DRAFT", "SUBMITTED", "AUTHORISED"]
LinePart = Literal[
    "description",
    "quantity",
    "price",
    "discount_percent",
    "discount_amount",
    "item",
    "account",
    "tax",
    "tracking",
]
Paths = Annotated[tuple[Text, ...], BeforeValidator(_paths), PlainSerializer(_one_or_many)]
"""One path, or a list of them."""
Scalar = Annotated[Any, BeforeValidator(_scalar)]
Share = Annotated[Decimal, BeforeValidator(_exact), Field(gt=0, le=1)]


class Shape(BaseModel):
    """A part of the file. Unknown words are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    def changed(self, **values: object) -> Self:
        """The same with other values, checked like those of a file. Raises pydantic's ValidationError."""
        return self.model_validate(dict(self) | values)


class PairSettings(Shape):
    """One row of a mapping."""

    crm: Paths = ()
    """The CRM's field, by its internal name, or a list of fields."""
    ledger: Paths = ()
    """The ledger's field, or a list of fields."""
    lens: LensName = LensName.TEXT
    """How the values of the two sides stand for each other."""
    direction: Direction = Direction.BOTH
    """Where this field may be written, within the sync's direction."""
    conflicts: ConflictRule | None = None
    """Whose value stays when both sides changed this field; left out: as the sync says."""
    clears: StrictBool = True
    """Whether a value that was emptied on one side is emptied on the other."""
    values: Mapping[Scalar, Scalar] | None = None
    """For the lens `values`: crm value to ledger value."""
    value: Scalar | None = None
    """For `constant` and `default`."""
    digits: Annotated[StrictInt, Field(ge=0, le=10)] | None = None
    """For `money` and `number`: at most so many digits after the point, on both sides."""
    separator: str | None = None
    """For `concat`; a blank if not given."""
    codes: tuple[Side, ...] = ()
    """For `country`: the sides that hold the two-letter code."""
    parts: tuple[LinePart, ...] = ()
    """For `lines`: what both sides tell of a line; what is left out here stays on its side as it is."""
    new_lines: Mapping[Literal["account", "tax"], Text] | None = None
    """For `lines`: account and tax type of a line that is new in the ledger and names none."""
    deposit_account: Text | None = None
    """For `lines`: the account of lines that take off a deposit again; left out: as for other new lines."""
    tracking: Mapping[Text, Text] | None = None
    """For `lines`: tracking categories, each with the option under which a line that is new in the ledger is counted."""
    taxes: Mapping[Text, Text] | None = None
    """For `lines`: the CRM's tax rate, by its id, and the ledger's tax type that means the same."""
    approve: Approval | None = None
    """For `state`: what a finalised document becomes in the ledger; AUTHORISED if not given."""
    paid: StrictBool | None = None
    """For `state`: whether the CRM lets a document be called paid; yes if not given."""
    days: Annotated[StrictInt, Field(ge=0, le=365)] | None = None
    """For `later`: how many days."""
    stages: Mapping[Text, Text] | None = None
    """For `stage`: how a document stands, and the stage to which its deal moves then."""
    tells: StandingPart | None = None
    """For `standing`: what of it is told; the state if not given."""
    only_new: StrictBool = False
    """Whether it is written into records that Crossfoot makes, and never into those that are there."""
    handed: StrictBool = False
    """Whether it belongs to the ledger from the sync's handover on: then it goes to the CRM only."""


class PartSettings(Shape):
    """What a match rule compares."""

    crm: Paths
    """The CRM's field, or a list: a name is made of all of them, a domain of the first that has one."""
    ledger: Paths
    """The ledger's field, or a list."""
    compare: KeyForm = KeyForm.TEXT
    """The form in which both are compared."""


class RuleSettings(Shape):
    """One match rule."""

    name: Text
    """What the rule is called in plans and reviews."""
    by: Annotated[tuple[PartSettings, ...], Field(min_length=1)]
    """What must be equal, all of it."""
    similar: StrictBool = False
    """Whether likeness is enough; such a rule never links, it only ever asks a person."""
    threshold: Annotated[StrictInt, Field(ge=50, le=100)] = 88
    """For a similar rule: from which likeness on, 0 to 100, a person is asked."""
    against: tuple[PartSettings, ...] = ()
    """What speaks against it where both sides tell it and it differs; then a person is asked."""


class ConditionSettings(Shape):
    """One node of a filter: `all`, `any` or `not` of others, or a test of one field."""

    all: tuple["ConditionSettings", ...] | None = None
    """Every one of these conditions holds."""
    any: tuple["ConditionSettings", ...] | None = None
    """At least one of these conditions holds."""
    not_: "ConditionSettings | None" = Field(default=None, alias="not")
    """This condition does not hold."""
    field: Text | None = None
    """The field that is looked at, by its internal name on that side."""
    operator: Operator | None = None
    """How it is compared."""
    value: Annotated[Any, BeforeValidator(_wanted)] = None
    """What it is compared with; a list for `any_of` and `none_of`."""

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        given = [name for name in ("all", "any", "not_", "field") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("a condition is one of 'all', 'any' and 'not', or a 'field' with an 'operator'")
        if self.field is None:
            if self.operator is not None or self.value is not None:
                raise ValueError("'operator' and 'value' belong to a 'field'")
            return self
        if self.operator is None:
            raise ValueError(f"an 'operator' is missing, one of {', '.join(Operator)}")
        mistake = _mismatch(self.operator, self.value)
        if mistake:
            raise ValueError(mistake)
        return self

    def condition(self) -> Condition:
        """The condition that it means."""
        if self.all is not None:
            return filters.All(tuple(node.condition() for node in self.all))
        if self.any is not None:
            return filters.Any(tuple(node.condition() for node in self.any))
        if self.not_ is not None:
            return filters.Not(self.not_.condition())
        assert self.field is not None
        assert self.operator is not None
        return filters.Test(self.field, self.operator, self.value)


def _mismatch(operator: Operator, value: filters.Wanted) -> str | None:
    takes = operator.takes
    if takes == "nothing":
        return f"'{operator}' takes no value" if value is not None else None
    if value is None:
        return f"'{operator}' needs a 'value'"
    if takes == "several":
        return (
            None
            if isinstance(value, tuple) and value
            else f"'{operator}' needs a list of values, such as [a, b]"
        )
    if isinstance(value, tuple):
        return f"'{operator}' needs a single value, not a list"
    if takes == "text" and not isinstance(value, str):
        return f"'{operator}' needs a text; write it in quotes"
    if takes == "ordered" and (isinstance(value, str | bool)):
        return f"'{operator}' needs a number or a date, without quotes"
    return None


class SyncSettings(Shape):
    """One sync. What is left out is as by default for its name."""

    crm: Kind | None = None
    """The kind of record in the CRM; known from the sync's name for the ready-made ones."""
    ledger: Kind | None = None
    """The kind of record in the ledger; known from the sync's name for the ready-made ones."""
    state: SyncState = SyncState.ACTIVE
    """Whether the sync works."""
    direction: Direction = Direction.BOTH
    """Where this sync may write."""
    creates: Direction = Direction.BOTH
    """Where records that have no partner may be created."""
    conflicts: ConflictRule = ConflictRule.NEWEST
    """Whose value stays when both sides changed the same field."""
    deletion: DeletionRule = DeletionRule.IGNORE
    """What happens to a record whose partner was archived or deleted."""
    first_contact_clears: StrictBool = False
    """Whether nothing overwrites something when two records are linked for the first time."""
    filters: Mapping[Side, ConditionSettings] | None = None
    """Who takes part."""
    newcomers: Mapping[Side, ConditionSettings] | None = None
    """Which records without a partner are this sync's, where several syncs cover the same kind."""
    handover: ConditionSettings | None = None
    """From when on the ledger owns the fields that are handed over: a condition on its record, such as that an invoice is approved."""
    match: tuple[RuleSettings, ...] | None = None
    """How records are recognised; the first rule that finds somebody decides. An empty list: never match."""
    mapping: Mapping[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], PairSettings] | None = None
    """Which fields go together: a name of your own for each row."""


class HaltSettings(Shape):
    """When a run stops and calls a person."""

    share: Share = Decimal("0.10")
    """The largest part of a sync's linked records that one run changes or archives without a person's word."""
    floor: Annotated[StrictInt, Field(ge=0)] = 5
    """So many changes are never too many."""
