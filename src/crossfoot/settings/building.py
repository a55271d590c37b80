"""From the settings file to the rules that run: lenses by name, pairs, match rules, syncs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from crossfoot.model.fields import FieldType
from crossfoot.model.identity import Side
from crossfoot.settings.billing import MARK, Billing, BillSettings, Tracked, bill_of
from crossfoot.settings.document_lenses import (
    SHARED_PARTS,
    STANDING_TYPES,
    LinesLens,
    StageLens,
    StandingLens,
    StateLens,
)
from crossfoot.settings.filters import Operator
from crossfoot.settings.lenses import (
    Address,
    Cased,
    Choice,
    Constant,
    Country,
    Default,
    Joined,
    Later,
    Lens,
    Naming,
    PersonName,
    Rounded,
    Verbatim,
)
from crossfoot.settings.mappings import ALL_INVOICES, LEFT_TO_BILL, Direction, FieldPair
from crossfoot.settings.rules import MatchPart, MatchRule, Sync
from crossfoot.settings.shape import ConditionSettings, LensName, PairSettings, PartSettings, SyncSettings


@dataclass(frozen=True, slots=True)
class LensMake:
    """What a lens needs, and how it is made."""

    make: Callable[[PairSettings, Side | None, str | None], Lens]
    takes: frozenset[str] = frozenset()
    """The parameters of a pair that mean something to it."""
    needs: frozenset[str] = frozenset()
    """Those of them that it cannot do without."""
    one_way: bool = False
    paths: tuple[int, int] = (1, 1)
    """How many paths each side may have, at least and at most; of a one-way lens, the side that is read."""


def _plain(pair: PairSettings, _towards: Side | None, region: str | None) -> Lens:
    return Lens(pair.lens, FieldType(pair.lens), region=region if pair.lens is LensName.PHONE else None)


def _choice(pair: PairSettings, towards: Side | None, _region: str | None) -> Lens:
    """Works both ways if each value occurs once on either side, else only towards the ledger."""
    values = tuple((pair.values or {}).items())
    return Choice(pair.lens, FieldType.OPTION, None if injective(pair) else towards, values=values)


def _type_of(value: object) -> FieldType:
    """What a fixed value is, so that it is written as that and not as its text."""
    if isinstance(value, bool):
        return FieldType.BOOLEAN
    if isinstance(value, Decimal):
        return FieldType.NUMBER
    return FieldType.DATE if type(value) is date else FieldType.TEXT


def injective(pair: PairSettings) -> bool:
    """Whether each ledger value of a value list stands for one crm value only."""
    values = list((pair.values or {}).values())
    return len(set(map(str, values))) == len(values)


LENSES: dict[LensName, LensMake] = {
    name: LensMake(_plain) for name in LensName if name in FieldType._value2member_map_
} | {
    LensName.EMAIL: LensMake(lambda pair, _, __: Verbatim(pair.lens, FieldType.EMAIL)),
    LensName.URL: LensMake(lambda pair, _, __: Verbatim(pair.lens, FieldType.URL)),
    LensName.COUNTRY: LensMake(
        lambda pair, _, __: Country(pair.lens, FieldType.COUNTRY, codes=frozenset(pair.codes)),
        takes=frozenset({"codes"}),
    ),
    LensName.PERSON_NAME: LensMake(
        lambda pair, _, __: PersonName(pair.lens, FieldType.PERSON_NAME), paths=(1, 2)
    ),
    LensName.ADDRESS: LensMake(lambda pair, _, __: Address(pair.lens, FieldType.ADDRESS)),
    LensName.MONEY: LensMake(
        lambda pair, _, __: Rounded(pair.lens, FieldType.MONEY, digits=pair.digits),
        takes=frozenset({"digits"}),
    ),
    LensName.NUMBER: LensMake(
        lambda pair, _, __: Rounded(pair.lens, FieldType.NUMBER, digits=pair.digits),
        takes=frozenset({"digits"}),
    ),
    LensName.REFERENCE: LensMake(lambda pair, _, __: Naming(pair.lens, FieldType.REFERENCE), paths=(1, 3)),
    LensName.LINES: LensMake(
        lambda pair, _, __: LinesLens(
            pair.lens,
            FieldType.LINES,
            parts=pair.parts or SHARED_PARTS,
            defaults=tuple((pair.new_lines or {}).items()),
            taxes=tuple((pair.taxes or {}).items()),
            deposit_account=pair.deposit_account,
            tracking=tuple((pair.tracking or {}).items()),
        ),
        takes=frozenset({"parts", "new_lines", "taxes", "deposit_account", "tracking"}),
    ),
    LensName.STATE: LensMake(
        lambda pair, _, __: StateLens(
            pair.lens,
            FieldType.OPTION,
            approved=pair.approve or "AUTHORISED",
            paid_in_crm=pair.paid is not False,
        ),
        takes=frozenset({"approve", "paid"}),
        paths=(1, 2),
    ),
    LensName.STANDING: LensMake(
        lambda pair, towards, _: StandingLens(
            pair.lens, STANDING_TYPES[pair.tells or "state"], towards, tells=pair.tells or "state"
        ),
        takes=frozenset({"tells"}),
        one_way=True,
        paths=(6, 6),
    ),
    LensName.STAGE: LensMake(
        lambda pair, towards, _: StageLens(
            pair.lens, FieldType.OPTION, towards, stages=tuple((pair.stages or {}).items())
        ),
        takes=frozenset({"stages"}),
        needs=frozenset({"stages"}),
        one_way=True,
        paths=(6, 6),
    ),
    LensName.BILLED: LensMake(
        lambda pair, towards, _: Lens(pair.lens, FieldType.MONEY, towards), one_way=True
    ),
    LensName.TO_BILL: LensMake(
        lambda pair, towards, _: Lens(pair.lens, FieldType.MONEY, towards), one_way=True
    ),
    LensName.LATER: LensMake(
        lambda pair, towards, _: Later(pair.lens, FieldType.DATE, towards, days=pair.days or 0),
        takes=frozenset({"days"}),
        needs=frozenset({"days"}),
        one_way=True,
    ),
    LensName.VALUES: LensMake(_choice, takes=frozenset({"values"}), needs=frozenset({"values"})),
    LensName.CONSTANT: LensMake(
        lambda pair, towards, _: Constant(pair.lens, _type_of(pair.value), towards, value=pair.value),
        takes=frozenset({"value"}),
        needs=frozenset({"value"}),
        one_way=True,
        paths=(0, 0),
    ),
    LensName.DEFAULT: LensMake(
        lambda pair, towards, _: Default(pair.lens, FieldType.TEXT, towards, value=pair.value),
        takes=frozenset({"value"}),
        needs=frozenset({"value"}),
        one_way=True,
    ),
    LensName.CONCAT: LensMake(
        lambda pair, towards, _: Joined(
            pair.lens, FieldType.TEXT, towards, separator=" " if pair.separator is None else pair.separator
        ),
        takes=frozenset({"separator"}),
        one_way=True,
        paths=(2, 10),
    ),
    LensName.UPPER: LensMake(
        lambda pair, towards, _: Cased(pair.lens, FieldType.TEXT, towards), one_way=True
    ),
    LensName.LOWER: LensMake(
        lambda pair, towards, _: Cased(pair.lens, FieldType.TEXT, towards, upper=False), one_way=True
    ),
}
"""Every lens by the name that settings use."""


def towards(direction: Direction) -> Side | None:
    """The only side that a direction writes to; None if it is both or neither."""
    sides = [side for side in Side if direction.allows(side)]
    return sides[0] if len(sides) == 1 else None


def build_pair(name: str, pair: PairSettings, direction: Direction, region: str | None) -> FieldPair:
    """The field pair as it runs. `direction` is what its sync allows."""
    effective = pair.direction.within(direction)
    return FieldPair(
        name=name,
        crm=pair.crm,
        ledger=pair.ledger,
        lens=LENSES[pair.lens].make(pair, towards(effective), region),
        direction=pair.direction,
        conflicts=pair.conflicts,
        clears=pair.clears,
        only_new=pair.only_new,
        handed=pair.handed,
        over=_OVER.get(pair.lens, ""),
    )


_OVER = {LensName.BILLED: ALL_INVOICES, LensName.TO_BILL: LEFT_TO_BILL}


def build_sync(name: str, settings: SyncSettings, region: str | None) -> Sync:
    """The sync as it runs, from settings with nothing left out."""
    assert settings.crm is not None
    assert settings.ledger is not None
    return Sync(
        name=name,
        crm=settings.crm,
        ledger=settings.ledger,
        direction=settings.direction,
        conflicts=settings.conflicts,
        deletion=settings.deletion,
        state=settings.state,
        creates=settings.creates.within(settings.direction),
        pairs=tuple(
            build_pair(pair, row, settings.direction, region)
            for pair, row in (settings.mapping or {}).items()
        ),
        match=tuple(
            MatchRule(
                rule.name,
                tuple(_part(part, region) for part in rule.by),
                rule.similar,
                rule.threshold,
                tuple(_part(part, region) for part in rule.against),
            )
            for rule in settings.match or ()
        ),
        filters={side: condition.condition() for side, condition in (settings.filters or {}).items()},
        newcomers={side: condition.condition() for side, condition in (settings.newcomers or {}).items()},
        first_contact_clears=settings.first_contact_clears,
        handover=settings.handover.condition() if settings.handover else None,
    )


def build_deals(
    name: str,
    settings: SyncSettings,
    bills: Sequence[BillSettings],
    tracking: Sequence[Tracked],
    deal: Mapping[str, tuple[str, ...]],
    region: str | None,
) -> list[Sync]:
    """The syncs of a deal's invoices, one for each. `bills` as the settings list them, `deal` what the CRM carries of a deal."""
    listed = bills or (BillSettings(),)
    stage = deal.get("stage", ("",))[0]
    own = (settings.newcomers or {}).get(Side.CRM)
    made = [
        _billed(name, settings, place, bill, bill.trigger(stage) or own, region)
        for place, bill in enumerate(listed)
    ]
    whole = tuple(
        bill_of(bill, sync.name, sync.newcomer(Side.CRM)) for sync, bill in zip(made, listed, strict=True)
    )
    return [
        replace(
            sync,
            billing=Billing(whole, place, tuple(tracking)),
            pairs=_over_all(sync.pairs) if len(listed) > 1 else sync.pairs,
        )
        for place, sync in enumerate(made)
    ]


def _over_all(pairs: Sequence[FieldPair]) -> tuple[FieldPair, ...]:
    """Of a deal with several invoices, what the ledger tells is told of all of them."""
    return tuple(
        replace(pair, over=pair.over or ALL_INVOICES) if pair.direction is Direction.TO_CRM else pair
        for pair in pairs
    )


def _billed(
    name: str,
    settings: SyncSettings,
    place: int,
    bill: BillSettings,
    due: ConditionSettings | None,
    region: str | None,
) -> Sync:
    """The sync of one invoice of a deal: made when it is due, as the bill says, and known by a link of its own."""
    newcomers = dict(settings.newcomers or {})
    rows = dict(settings.mapping or {})
    if due is not None:
        newcomers[Side.CRM] = due
    source = rows.get("source")
    if Side.LEDGER in newcomers and source is not None:
        number = f"{MARK}{place + 1}"
        marked = ConditionSettings(
            field=source.ledger[0],
            operator=Operator.ENDS_WITH if place else Operator.CONTAINS_NOT,
            value=number if place else MARK,
        )
        newcomers[Side.LEDGER] = ConditionSettings(all=(newcomers[Side.LEDGER], marked))
    if bill.approve is not None and "state" in rows:
        rows["state"] = rows["state"].changed(value=bill.approve)
    lines = rows.get("lines")
    if lines is not None and lines.deposit_account and bill.part is not None:
        rows["lines"] = lines.changed(new_lines={**(lines.new_lines or {}), "account": lines.deposit_account})
    return build_sync(
        name if not place else f"{name}_{place + 1}",
        settings.model_copy(update={"newcomers": newcomers, "mapping": rows}),
        region,
    )


def _part(part: PartSettings, region: str | None) -> MatchPart:
    return MatchPart(part.crm, part.ledger, part.compare, region)
