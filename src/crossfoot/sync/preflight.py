"""What the other side would refuse, found before it is called: "not ready: fix X" beats a failed call."""

from collections.abc import Iterable, Iterator, Mapping

from crossfoot.model.fields import FieldType
from crossfoot.model.identity import Side
from crossfoot.model.lines import Lines
from crossfoot.model.problems import Cause, Problem
from crossfoot.model.records import Observation, Value
from crossfoot.settings.fits import fits
from crossfoot.settings.mappings import FieldPair, Inexpressible
from crossfoot.settings.rules import Sync
from crossfoot.sync.pricing import as_priced, compared, unpriced
from crossfoot.sync.refer import named_in_crm
from crossfoot.sync.subject import CLAIM, Surroundings


def native(
    pair: FieldPair, side: Side, value: Value, target: Observation, around: Surroundings
) -> dict[str, Value] | Problem:
    """The native values that carry a shared value to one side."""
    reference = around.references.get(pair.name)
    if reference and side is Side.CRM and isinstance(value, str):
        named = named_in_crm(reference, value, around)
        if named is None:
            (kind,) = reference.ledger.values()
            return Problem(
                Cause.NOT_READY,
                f"The {kind.replace('_', ' ')} that it belongs to in {around.titles[Side.LEDGER]} has no partner in {around.titles[Side.CRM]} yet.",
                "Link or sync that record first; this one follows by itself.",
                pair.crm[0],
            )
        return named
    priced = side is Side.LEDGER and pair.lens.type is FieldType.LINES
    untold = unpriced(target, around) if priced else None
    if untold is not None:
        return untold
    there = compared(target, None, value, around) if priced else target
    known = {path: there.fields.get(path) for path in pair.paths(side)}
    try:
        written = pair.write(side, value, known)
    except Inexpressible as why:
        return Problem(
            Cause.INEXPRESSIBLE,
            f"{around.titles[side]} has no way to say '{value}' for '{pair.name}': {why}",
            "Change the value, or the mapping of this field.",
            pair.paths(side)[0],
        )
    return _in_its_pricing(written, value, target, around) if priced else written


def _in_its_pricing(
    written: dict[str, Value], shared: Value, target: Observation, around: Surroundings
) -> dict[str, Value] | Problem:
    """Lines for a document of the ledger, with the tax in their prices where it has it there."""
    for path, lines in written.items():
        if isinstance(lines, Lines):
            priced = as_priced(lines, shared, target, around)
            if isinstance(priced, Problem):
                return priced
            written[path] = priced
    return written


def incomplete(
    sync: Sync, side: Side, values: Mapping[str, Value], source: Observation, around: Surroundings
) -> Problem | None:
    """What a new record lacks: a required field, the record that it stands in, or room in there. `source` is the one that it is made from."""
    abilities, title = around.abilities[side], around.titles[side]
    parent_path = abilities.parent_path
    if parent_path is not None:
        parent = values.get(parent_path)
        if parent is None:
            return without_parent(sync, side, around)
        if around.crowds.get(str(parent), 0) >= abilities.embedded_max:
            return Problem(
                Cause.INEXPRESSIBLE,
                f"{title} holds at most {abilities.embedded_max} people in one {(abilities.embedded_in or sync.kind(side)).replace('_', ' ')}, and there are that many already.",
                "Remove one there, or leave this one out with a filter.",
                parent_path,
                held=str(parent),
            )
    for path in abilities.required_paths:
        if values.get(path) is None:
            lacking = _nobody(side, path, source, around) or _without_lines(side, path, around)
            if lacking is not None:
                return lacking
            label = around.fields[side][path].label if path in around.fields[side] else path
            return Problem(
                Cause.NOT_READY,
                f"{title} needs a value for '{label}', and this record has none.",
                "Fill in the field that is mapped to it.",
                path,
            )
    return None


def _without_lines(side: Side, path: str, around: Surroundings) -> Problem | None:
    posting = around.abilities[side].posting
    if posting is None or path != posting.lines:
        return None
    return Problem(
        Cause.NOT_READY,
        f"A document in {around.titles[side]} has at least one line, and this one has none.",
        f"Add a line in {around.titles[side.other]}.",
        path,
    )


def _nobody(side: Side, path: str, source: Observation, around: Surroundings) -> Problem | None:
    """The problem of a record that must name another one, where the one that it is made from names none that has a partner."""
    reference = next((each for each in around.references.values() if path in each.on(side)), None)
    if reference is None:
        return None
    title, across = around.titles[side], around.titles[side.other]
    label = around.fields[side][path].label if path in around.fields[side] else path
    kinds = " or ".join(kind.replace("_", " ") for kind in dict.fromkeys(reference.on(side.other).values()))
    named = [
        f"the {kind.replace('_', ' ')} {source.fields[told]}"
        for told, kind in reference.on(side.other).items()
        if source.fields.get(told)
    ]
    if not named:
        return Problem(
            Cause.NOT_READY,
            f"{title} needs a value for '{label}', and this record has no {kinds} in {across}.",
            f"Associate it with a {kinds} there; it follows by itself.",
            path,
        )
    has = "has" if len(named) == 1 else "have"
    return Problem(
        Cause.NOT_READY,
        f"{title} needs a value for '{label}', and {' and '.join(named)} in {across} {has} no partner there yet.",
        "See with 'crossfoot explain' what it waits for: a question, a filter, or a field that is missing. This record follows by itself.",
        path,
    )


def without_parent(sync: Sync, side: Side, around: Surroundings) -> Problem:
    """The problem of a record that must stand inside another one, and none is named that has a partner."""
    kind, holder = (
        (each or sync.kind(side)).replace("_", " ")
        for each in (sync.kind(side), around.abilities[side].embedded_in)
    )
    return Problem(
        Cause.NOT_READY,
        f"A {kind} in {around.titles[side]} stands inside a {holder}, and {around.titles[side.other]} names none that has a partner there.",
        "Name one, or link or sync it first; this record follows by itself.",
        around.abilities[side].parent_path,
    )


def unfit(
    side: Side, values: Mapping[str, Value], own: set[str], sync: Sync, around: Surroundings
) -> Problem | None:
    """What is wrong with values for a side: a field that does not exist, a value that it cannot hold, a unique value that another has.

    `own` are the ids under which the record itself, or the plan to make it, holds its values.
    """
    title = around.titles[side]
    for path, value in values.items():
        info = around.fields[side].get(path)
        if info is None:
            return Problem(Cause.INVALID, f"{title} has no field '{path}'.", "Correct the mapping.", path)
        clause = fits(
            value,
            label=f"'{info.label}'",
            type=info.type,
            max_length=info.max_length,
            options=info.options,
            writable=info.writable,
        )
        bad = [sign for sign in info.forbidden if isinstance(value, str) and sign in value]
        if bad:
            clause = f"'{info.label}' may not contain {' or '.join(bad)}"
        if clause:
            return Problem(
                Cause.INEXPRESSIBLE,
                f"{title} cannot hold this: {clause}.",
                "Change the value, or leave the record out with a filter.",
                path,
            )
    for path in around.abilities[side].unique_paths:
        value = values.get(path)
        if isinstance(value, str):
            others = around.holders.get((side, path, value.casefold()), frozenset()) - own
            if others:
                label = around.fields[side][path].label
                return Problem(
                    Cause.TAKEN,
                    f"{title} allows each '{label}' once, and '{value}' {_holder(sync, side, others, around)}.",
                    "Rename one of them, or say in the review that they are the same.",
                    path,
                    held=value.casefold(),
                )
    return None


def wanted(side: Side, problems: Iterable[Problem]) -> Iterator[tuple[Side, str, str]]:
    """What these problems wait for on a side: path, and what another record holds there."""
    return ((side, each.field, each.held) for each in problems if each.field and each.held is not None)


def _holder(sync: Sync, side: Side, others: frozenset[str], around: Surroundings) -> str:
    """Who holds a unique value: a record that is there, else one that is only planned, by the record across that it is made from."""
    there = sorted(each for each in others if not each.startswith(CLAIM))
    if there:
        return f"belongs to another {sync.kind(side).replace('_', ' ')} there ({', '.join(there)})"
    sources = ", ".join(sorted(each.removeprefix(CLAIM) for each in others))
    source = sync.kind(side.other).replace("_", " ")
    return f"goes to another record that this plan would create or change, for the {source} {sources} in {around.titles[side.other]}"
