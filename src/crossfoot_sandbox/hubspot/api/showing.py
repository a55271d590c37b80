"""A record as HubSpot's answers show it (HubSpot fact 3.2)."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from crossfoot_sandbox.faults import draw
from crossfoot_sandbox.hubspot.books.account import Account
from crossfoot_sandbox.hubspot.books.book import HubRecord
from crossfoot_sandbox.hubspot.books.kinds import BY_NAME, ObjectKind
from crossfoot_sandbox.hubspot.books.link_types import DEFINED, ENDS, PLAIN, Ends, LinkType
from crossfoot_sandbox.hubspot.times import iso, milliseconds


def properties(
    account: Account, kind: ObjectKind, values: Mapping[str, str], asked: Iterable[str]
) -> dict[str, str | None]:
    """The asked properties, or the default set; unknown names are dropped, empty ones null or left out (A14)."""
    known = account.definitions[kind.plural].live
    names = dict.fromkeys((*kind.system, *asked))
    if len(names) == len(kind.system):
        names = dict.fromkeys(kind.defaults)
    if account.around.switches.empty_as_null:
        return {name: values.get(name) for name in names if name in known}
    return {name: values[name] for name in names if name in known and name in values}


def frame(
    account: Account, kind: ObjectKind, values: Mapping[str, str], shown: Mapping[str, str | None]
) -> dict[str, Any]:
    """The outer part of a record around its properties."""
    record_id = values["hs_object_id"]
    return {
        "id": record_id,
        "properties": shown,
        "createdAt": values[kind.created],
        "updatedAt": values[kind.modified],
        "archived": False,
        "url": f"https://app.hubspot.com/contacts/{account.id}/record/{kind.type_id}/{record_id}",
    }


def record(account: Account, kind: ObjectKind, found: HubRecord, asked: Iterable[str] = ()) -> dict[str, Any]:
    """A record as reads show it."""
    shown = frame(account, kind, found.values, properties(account, kind, found.values, asked))
    if found.archived is not None:
        shown["archived"] = True
        shown["archivedAt"] = iso(found.archived)
    return shown


def written(account: Account, kind: ObjectKind, found: HubRecord, names: Collection[str]) -> dict[str, Any]:
    """A record as writes show it: what was sent and what HubSpot keeps itself."""
    shown: dict[str, str | None] = {name: found.values.get(name) for name in (*names, *kind.system)}
    return frame(
        account, kind, found.values, {name: value for name, value in shown.items() if value is not None}
    )


def history(found: HubRecord, names: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """`propertiesWithHistory`: every value each property had, newest first."""
    told: dict[str, list[dict[str, Any]]] = {}
    for name in names:
        told[name] = [
            {
                "value": version.values[name] or "",
                "timestamp": iso(milliseconds(version.at)),
                "sourceType": source.change_source,
                "sourceId": source.source_id,
            }
            for version, source in zip(reversed(found.versions), reversed(found.sources), strict=True)
            if name in version.values
        ]
    return told


def associations(
    account: Account, kind: ObjectKind, found: HubRecord, wanted: Iterable[str]
) -> dict[str, Any]:
    """The `associations` of a single read or a list, by the plural name of the other type."""
    told: dict[str, Any] = {}
    for name in wanted:
        other = BY_NAME.get(name)
        ends = (kind.plural, other.plural if other else "")
        if other is None or ends not in ENDS:
            continue
        results = [
            {"id": other_id, "type": type_name(account, ends, type_)}
            for other_id, types in account.links.of(ends, found.id)
            for type_ in sorted(types)
        ]
        if results:
            told[other.plural] = {"results": results}
    return told


def type_name(account: Account, ends: Ends, type_: LinkType) -> str:
    """The name of an association type, such as `invoice_to_line_item`."""
    base = f"{BY_NAME[ends[0]].singular}_to_{BY_NAME[ends[1]].singular}"
    plain_beside_others = type_ == PLAIN[ends] and (len(DEFINED[ends]) > 1 or ends[0] == ends[1])
    return account.links.labels[ends][type_].name or f"{base}{'_unlabeled' if plain_beside_others else ''}"


def shuffled(account: Account, results: list[dict[str, Any]], now: int) -> list[dict[str, Any]]:
    """Batch results in an order that is not the inputs' (A9)."""
    if not account.around.switches.shuffled:
        return results
    return sorted(
        results, key=lambda result: draw("results", account.around.switches.seed, result.get("id"), now)
    )
