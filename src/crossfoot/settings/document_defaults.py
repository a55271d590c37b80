"""What the syncs of documents do unless the user says otherwise: invoices, deals that become invoices, payments.

No system is named here. What both systems carry is joined, as for the other presets; what a row needs besides comes from the connection's
`documents`: accounts, taxes, who approves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictInt

from crossfoot.model.identity import Kind, Side
from crossfoot.settings.billing import BillSettings, Track, tracked
from crossfoot.settings.choices import DeletionRule
from crossfoot.settings.filters import Operator
from crossfoot.settings.likeness import KeyForm
from crossfoot.settings.mappings import Direction
from crossfoot.settings.shape import (
    Approval,
    ConditionSettings,
    LensName,
    LinePart,
    PairSettings,
    PartSettings,
    RuleSettings,
    Shape,
    Text,
)
from crossfoot.settings.standing_defaults import document_standing, standing_paths

Carried = Mapping[str, tuple[str, ...]]

Stands = Literal[
    "draft",
    "awaiting_approval",
    "awaiting_payment",
    "part_paid",
    "overdue",
    "paid",
    "settled_by_credit",
    "voided",
]
"""How an invoice stands, for people."""

KINDS: Mapping[str, tuple[Kind, Kind]] = {
    "invoices": (Kind.INVOICE, Kind.INVOICE),
    "deals": (Kind.DEAL, Kind.INVOICE),
    "payments": (Kind.PAYMENT, Kind.PAYMENT),
}
"""The presets of documents, with the kinds that they join. What another one refers to stands first."""

INVOICED = frozenset({"invoices", "deals"})
"""The presets that tell what customers owe."""

CREATES: Mapping[str, Direction] = {"deals": Direction.TO_LEDGER}
"""Where a preset creates records, if not on both sides."""


DELETIONS: Mapping[str, DeletionRule] = {"payments": DeletionRule.ARCHIVE_IN_CRM}
"""What a preset does about deleted records, if not nothing. A payment that the books do not have any more pays nothing in the CRM either."""


class DocumentSettings(Shape):
    """How documents are made and mapped, for all syncs of documents."""

    account: Text | None = None
    """The ledger's account code for lines that name none."""
    tax: Text | None = None
    """The ledger's tax type for lines that name none; left out: as the account has it."""
    taxes: Mapping[Text, Text] = Field(default_factory=dict)
    """The CRM's tax rate, by its id, and the ledger's tax type that means the same."""
    approve: Approval = "AUTHORISED"
    """What an invoice that is finalised in the CRM becomes in the ledger. DRAFT: somebody approves it there."""
    approve_deals: Approval = "DRAFT"
    """What the invoice of a deal is made as."""
    deals: tuple[BillSettings, ...] = ()
    """The invoices that a deal becomes, in their order; left out: one for the whole deal, when it is won."""
    deal_stages: Mapping[Stands, Text] = Field(default_factory=dict)
    """How the invoices of a deal stand, and the stage to which the deal moves then, once; left out: deals stay where people put them."""
    deposit_account: Text | None = None
    """The ledger's account for deposits, and for the lines that take them off again; left out: `account`."""
    tracking: Annotated[Mapping[Text, Track], Field(max_length=2)] = Field(default_factory=dict)
    """The ledger's tracking categories, at most two, each with the option under which lines that begin in the CRM are counted."""
    paid_in_crm: StrictBool = True
    """Whether the CRM lets an invoice that others bill be called paid."""
    due_days: Annotated[StrictInt, Field(ge=0, le=365)] = 20
    """How many days after its date the invoice of a deal is due."""
    numbers: Literal["ledger", "crm"] = "ledger"
    """Who numbers the invoices that are drafted in the CRM: the ledger gives each its own next number, or takes the CRM's."""
    since: date | None = None
    """Only documents of this day or later take part."""
    payment_account: Text | None = None
    """The ledger's account to which payments recorded in the CRM go."""
    customer_totals: StrictBool = True
    """Whether customers in the CRM show what they owe, since when, and when they were last invoiced and paid."""
    count_days: StrictBool = False
    """Whether overdue invoices in the CRM show the number of days too, written anew every day."""


@dataclass(frozen=True, slots=True)
class _Joint:
    """Both systems' tables for one preset, and the rows that are made from them."""

    crm: Carried
    ledger: Carried

    def row(
        self, shared: str, lens: LensName, direction: Direction = Direction.BOTH, **more: Any
    ) -> dict[str, PairSettings]:
        """The row of a field that both carry; none if one does not."""
        if shared not in self.crm or shared not in self.ledger:
            return {}
        return {
            shared: PairSettings(
                crm=self.crm[shared], ledger=self.ledger[shared], lens=lens, direction=direction, **more
            )
        }

    def into(
        self, shared: str, side: Side, value: object, *, only_new: bool = True
    ) -> dict[str, PairSettings]:
        """A row that writes a fixed value into one side."""
        carried = self.crm if side is Side.CRM else self.ledger
        if shared not in carried or value is None:
            return {}
        return {
            shared: PairSettings(
                crm=carried[shared] if side is Side.CRM else (),
                ledger=carried[shared] if side is Side.LEDGER else (),
                lens=LensName.CONSTANT,
                direction=Direction.TO_CRM if side is Side.CRM else Direction.TO_LEDGER,
                value=value,
                only_new=only_new,
            )
        }


_TOLD: Mapping[str, LensName] = {
    "number": LensName.TEXT,
    "link": LensName.URL,
    "net": LensName.MONEY,
    "tax": LensName.MONEY,
    "total": LensName.MONEY,
    "paid": LensName.MONEY,
    "credited": LensName.MONEY,
    "due": LensName.MONEY,
    "paid_on": LensName.DATE,
    "last_payment_on": LensName.DATE,
}
"""What the ledger tells of a document, into fields of ours in the CRM."""


def document_mapping(
    preset: str, documents: DocumentSettings, crm: Carried, ledger: Carried
) -> dict[str, PairSettings]:
    """The rows of a preset."""
    joint = _Joint(crm, ledger)
    if preset == "payments":
        return _payments(joint, documents)
    both = preset == "invoices"
    way = Direction.BOTH if both else Direction.TO_LEDGER
    once = {} if both else {"only_new": True}
    parts: tuple[LinePart, ...] = (
        "description",
        "quantity",
        "price",
        "discount_percent",
        "discount_amount",
        "item",
    )
    if documents.taxes:
        parts = (*parts, "tax")
    if not both and tracked(documents.tracking):
        parts = (*parts, "tracking")
    new_lines = {
        part: value for part, value in (("account", documents.account), ("tax", documents.tax)) if value
    }
    rows = {
        **joint.row("customer", LensName.REFERENCE, way, handed=True),
        **joint.row("currency", LensName.CODE, way, handed=True, **once),
        **joint.row("date", LensName.DATE, way, handed=True, **once),
        **joint.row("reference", LensName.TEXT, way, **once),
        **joint.row("source", LensName.URL, Direction.TO_LEDGER, only_new=True),
        **joint.row(
            "lines",
            LensName.LINES,
            way,
            handed=True,
            parts=parts,
            new_lines=new_lines or None,
            taxes=documents.taxes or None,
            deposit_account=None if both else documents.deposit_account,
            tracking={category: each.option for category, each in documents.tracking.items() if each.option}
            or None,
        ),
    }
    if both:
        rows |= joint.row("due_date", LensName.DATE)
        rows |= joint.row(
            "state", LensName.STATE, handed=True, approve=documents.approve, paid=documents.paid_in_crm
        )
        rows |= joint.into("bills_itself", Side.CRM, value=False)
        if documents.numbers == "crm" and "own_number" in crm and "number" in ledger:
            rows["own_number"] = PairSettings(
                crm=crm["own_number"],
                ledger=ledger["number"],
                lens=LensName.TEXT,
                direction=Direction.TO_LEDGER,
                only_new=True,
            )
    else:
        if "date" in crm and "due_date" in ledger:
            rows["due_date"] = PairSettings(
                crm=crm["date"],
                ledger=ledger["due_date"],
                lens=LensName.LATER,
                direction=Direction.TO_LEDGER,
                days=documents.due_days,
                only_new=True,
            )
        rows |= joint.into("state", Side.LEDGER, documents.approve_deals)
        rows |= _billing(documents, crm, ledger)
    for shared, lens in _TOLD.items():
        rows |= joint.row(shared, lens, Direction.TO_CRM)
    rows |= document_standing(crm, ledger, count_days=both and documents.count_days)
    return rows


def _billing(documents: DocumentSettings, crm: Carried, ledger: Carried) -> dict[str, PairSettings]:
    """What of a deal is billed and what is left, and the stages to which its invoices move it."""
    rows: dict[str, PairSettings] = {}
    for shared, lens in (("billed", LensName.BILLED), ("to_bill", LensName.TO_BILL)):
        if shared in crm and "net" in ledger:
            rows[shared] = PairSettings(
                crm=crm[shared], ledger=ledger["net"], lens=lens, direction=Direction.TO_CRM
            )
    stands = standing_paths(ledger)
    if documents.deal_stages and "stage" in crm and stands:
        rows["stage"] = PairSettings(
            crm=crm["stage"],
            ledger=stands,
            lens=LensName.STAGE,
            direction=Direction.TO_CRM,
            stages={str(word): stage for word, stage in documents.deal_stages.items()},
            clears=False,
        )
    return rows


def _payments(joint: _Joint, documents: DocumentSettings) -> dict[str, PairSettings]:
    return {
        **joint.row("document", LensName.REFERENCE, handed=True),
        **joint.row("amount", LensName.MONEY, handed=True),
        **joint.row("currency", LensName.CODE, Direction.TO_CRM),
        **joint.row("date", LensName.DATE, handed=True),
        **joint.into("account", Side.LEDGER, documents.payment_account),
        **joint.into("processor", Side.CRM, "xero"),
        **joint.into("payment_state", Side.CRM, "succeeded", only_new=False),
    }


def document_match(preset: str, crm: Carried, ledger: Carried) -> tuple[RuleSettings, ...]:
    """A document is known by the link to the record that it was made from; one with the same number is a question for a person."""
    found = []
    if "source" in crm and "source" in ledger:
        source = PartSettings(crm=crm["source"], ledger=ledger["source"], compare=KeyForm.EXACT)
        found.append(RuleSettings(name="link", by=(source,)))
    if preset == "invoices" and "own_number" in crm and "number" in ledger:
        number = PartSettings(crm=crm["own_number"], ledger=ledger["number"], compare=KeyForm.TEXT)
        found.append(RuleSettings(name="number", by=(number,), similar=True, threshold=100))
    if preset == "deals":
        found += _made_by_others(crm, ledger)
    return tuple(found)


def _made_by_others(crm: Carried, ledger: Carried) -> list[RuleSettings]:
    """By what an invoice is recognised that a person, or another program, has made of a deal: its reference, its number, customer and amount."""
    found = []
    for shared in ("reference", "number"):
        if shared in crm and shared in ledger:
            told = PartSettings(crm=crm[shared], ledger=ledger[shared], compare=KeyForm.TEXT)
            found.append(RuleSettings(name=shared, by=(told,), similar=True, threshold=100))
    if "lines" not in crm or "customer" not in ledger:
        return found
    for path in crm.get("customer", ()):
        whose = PartSettings(crm=(path,), ledger=ledger["customer"], compare=KeyForm.EXACT)
        for shared, words in (("net", "amount"), ("total", "amount with tax")):
            if shared in ledger:
                much = PartSettings(crm=crm["lines"], ledger=ledger[shared], compare=KeyForm.AMOUNT)
                name = f"{path} and {words}"
                found.append(RuleSettings(name=name, by=(much, whose), similar=True, threshold=100))
    return found


def document_filters(
    preset: str, documents: DocumentSettings, crm: Carried, ledger: Carried
) -> dict[Side, ConditionSettings]:
    """From the day on that the user chose, and no draft of the CRM where what it finalises arrives in the ledger as a draft."""
    conditions: dict[Side, list[ConditionSettings]] = {side: [] for side in Side}
    if documents.since is not None and preset != "deals":
        for side, carried in ((Side.CRM, crm), (Side.LEDGER, ledger)):
            for path in carried.get("date", ())[:1]:
                conditions[side].append(
                    ConditionSettings(field=path, operator=Operator.AT_LEAST, value=documents.since)
                )
    if preset == "invoices" and documents.approve == "DRAFT" and "state" in crm:
        conditions[Side.CRM].append(
            ConditionSettings(field=crm["state"][0], operator=Operator.IS_NOT, value="draft")
        )
    if preset == "payments" and "payment_state" in crm:
        conditions[Side.CRM].append(
            ConditionSettings(field=crm["payment_state"][0], operator=Operator.IS, value="succeeded")
        )
    return {side: _all(mine) for side, mine in conditions.items() if mine}


def document_newcomers(
    preset: str, crm: Carried, ledger: Carried, deal_page: str
) -> dict[Side, ConditionSettings]:
    """A won deal becomes an invoice; an invoice that was made from a deal is the deal's: its link leads to a page of a deal."""
    found: dict[Side, ConditionSettings] = {}
    source = ledger.get("source", ("",))[0]
    if preset == "deals" and "won" in crm:
        found[Side.CRM] = ConditionSettings(field=crm["won"][0], operator=Operator.IS, value=True)
    if not source or not deal_page:
        return found
    made = ConditionSettings(field=source, operator=Operator.CONTAINS, value=deal_page)
    if preset == "deals":
        found[Side.LEDGER] = made
    if preset == "invoices":
        found[Side.LEDGER] = ConditionSettings.model_validate({"not": made})
    return found


def handover(preset: str, ledger: Carried) -> ConditionSettings | None:
    """From approval on the ledger owns a document; a payment is born approved."""
    if "state" not in ledger:
        return None
    states = ["AUTHORISED"] if preset == "payments" else ["AUTHORISED", "PAID", "VOIDED"]
    return ConditionSettings(field=ledger["state"][0], operator=Operator.ANY_OF, value=states)


def _all(conditions: list[ConditionSettings]) -> ConditionSettings:
    return conditions[0] if len(conditions) == 1 else ConditionSettings(all=tuple(conditions))
