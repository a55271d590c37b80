"""The proof, drawn: per sync the records in each system, how many are linked and agree, and every difference by cause."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from crossfoot.cli import words
from crossfoot.cli.show_money import money
from crossfoot.model.identity import Side
from crossfoot.proof.causes import Difference, DifferenceCause
from crossfoot.proof.prove import Proof, SyncProof

STYLES = {
    DifferenceCause.PENDING: "cyan",
    DifferenceCause.HELD: "yellow",
    DifferenceCause.DOUBTFUL: "yellow",
    DifferenceCause.NOT_READY: "yellow",
    DifferenceCause.FAILED: "red",
    DifferenceCause.MISSING: "red",
    DifferenceCause.CHANGED: "cyan",
    DifferenceCause.UNEXPLAINED: "bold red",
}
"""How a cause is coloured; one that is nothing to worry about is dim."""

SHOWN = 8
"""Differences shown in full; `--csv` writes all."""


def proof(found: Proof, examples: Sequence[Difference] = ()) -> RenderableType:
    """The whole proof."""
    return Group(*_parts(found, examples))


def excerpt(found: Proof) -> RenderableType:
    """What a picture has room for: how far both sides agree, the money, and the verdict."""
    parts: list[RenderableType] = [
        Text(f"Proof of {words.moment(found.read_at)}: both sides read afresh and compared.\n", "bold"),
        _pairs(found),
    ]
    if found.money is not None:
        parts += islice(money(found.money), 1)
    return Group(*parts, verdict(found))


def _parts(found: Proof, examples: Sequence[Difference]) -> Iterator[RenderableType]:
    accounts = " · ".join(f"{found.titles[side]}: {found.accounts[side]}" for side in Side)
    yield Text(f"Proof of {words.moment(found.read_at)}: both sides read afresh and compared.", "bold")
    yield Text(f"{accounts}\n", "dim")
    if found.halt is not None:
        yield Panel(Text(f"{found.halt.what}\n{found.halt.fix}"), title="Stopped", border_style="red")
        return
    yield _pairs(found)
    yield _causes(found)
    if found.money is not None:
        yield from money(found.money)
    unexplained = [each for each in examples if each.cause is DifferenceCause.UNEXPLAINED]
    if unexplained:
        yield differences(unexplained[:SHOWN])
    yield verdict(found)


def _pairs(found: Proof) -> RenderableType:
    columns = [
        *(f"Records in\n{found.titles[side]}" for side in Side),
        "Linked",
        "Agree on\nevery field",
        "Fields\nequal",
    ]
    drawn = words.table("Do they agree?", "Sync", *columns, "", numbers=columns)
    for each in found.syncs:
        agree = each.agreeing == each.linked
        drawn.add_row(
            each.sync.replace("_", " "),
            *(words.number(each.records.get(side, 0)) for side in Side),
            words.number(each.linked),
            words.number(each.agreeing, "green" if agree else "yellow"),
            words.number(each.fields),
            Text("all agree", "green") if agree else Text("differences below", "yellow"),
        )
    return drawn


def _causes(found: Proof) -> RenderableType:
    """One row for each sync and cause; a column only where there is something to count."""
    titles = {None: "Fields of\npairs"} | {side: f"Only in\n{found.titles[side]}" for side in Side}
    used = [where for where in titles if any(_counted(each, where).total() for each in found.syncs)]
    if not used:
        return Text("Nothing differs.\n", "green")
    columns = [titles[where] for where in used]
    drawn = words.table("What differs, and why", "Sync", "Cause", *columns, "In words", numbers=columns)
    for each in found.syncs:
        name = each.sync.replace("_", " ")
        for cause in DifferenceCause:
            numbers = [_counted(each, where)[cause] for where in used]
            if any(numbers):
                drawn.add_row(
                    name,
                    Text(cause.label, STYLES.get(cause, "dim")),
                    *map(words.number, numbers),
                    cause.sentence,
                )
                name = ""
    return drawn


def _counted(each: SyncProof, where: Side | None) -> Counter[DifferenceCause]:
    """Differences within pairs, or records that only one system has."""
    return each.causes if where is None else each.alone[where]


def differences(found: Sequence[Difference]) -> RenderableType:
    """Some differences in full."""
    drawn = words.table("Differences", "Sync", "HubSpot", "Xero", "Field", "HubSpot says", "Xero says", "Why")
    for each in found:
        drawn.add_row(
            each.sync.replace("_", " "),
            words.short(each.crm_id or "-", 14),
            words.short(each.ledger_id or "-", 14),
            each.field or "the record",
            words.value(each.crm),
            words.value(each.ledger),
            words.sentence(each.why),
        )
    return drawn


def verdict(found: Proof) -> RenderableType:
    """Green or not, in one sentence."""
    linked = sum(each.linked for each in found.syncs)
    agreeing = sum(each.agreeing for each in found.syncs)
    rest = sum(_all(each).total() for each in found.syncs)
    if found.green:
        return Panel(
            Text(
                f"GREEN. {agreeing:,} of {words.count(linked, 'linked pair')} agree on every field. "
                + (f"{words.count(rest, 'difference')}, each explained above. " if rest else "")
                + "Unexplained: 0."
            ),
            border_style="green",
        )
    lost = found.unexplained + (found.money.book.unexplained if found.money else 0)
    return Panel(
        Text(
            f"NOT GREEN. Unexplained: {lost:,}. What is said of each above tells what to mend; where it does not, "
            "it is a defect: please report it."
        ),
        border_style="red",
    )


def _all(each: SyncProof) -> Counter[DifferenceCause]:
    return each.causes + each.alone[Side.CRM] + each.alone[Side.LEDGER]
