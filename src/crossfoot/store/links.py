"""Links: which CRM record and which ledger record are the same thing, and what they last agreed on."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from crossfoot.model.identity import Side
from crossfoot.model.links import Link, LinkState, Verdict
from crossfoot.store import moves
from crossfoot.store.database import Row, Tx
from crossfoot.store.values import decode, encode, micros


async def by_ids(tx: Tx, connection: str, ids: Collection[str]) -> dict[str, Link]:
    """Links by their own ids, ended ones too."""
    return {
        row["id"]: _link(row) for row in await tx.all("links.by_ids", connection=connection, ids=list(ids))
    }


async def by_side_ids(
    tx: Tx, connection: str, sync: str, side: Side, ids: Collection[str]
) -> dict[str, Link]:
    """By the id of the record on `side`: its link that has not ended. There is at most one."""
    rows = await tx.all(f"links.by_{side.value}_ids", connection=connection, sync=sync, ids=list(ids))
    return {row[f"{side.value}_id"]: _link(row) for row in rows}


async def partners(
    tx: Tx, connection: str, sync: str, side: Side, ids: Collection[str], *, dormant: bool = False
) -> dict[str, str]:
    """By the id of the record on `side`: the id of the record across that it is linked with; by a dormant link only if asked."""
    rows = await tx.all(f"links.partners_of_{side.value}", connection=connection, sync=sync, ids=list(ids))
    return {row["id"]: row["across"] for row in rows if dormant or row["state"] != LinkState.DORMANT}


async def ended_by_side_ids(
    tx: Tx, connection: str, sync: str, side: Side, ids: Collection[str]
) -> dict[str, list[Link]]:
    """By the id of the record on `side`: its ended links, oldest first. They keep things from coming back to life."""
    found: dict[str, list[Link]] = {}
    rows = await tx.all(f"links.ended_by_{side.value}_ids", connection=connection, sync=sync, ids=list(ids))
    for row in rows:
        found.setdefault(row[f"{side.value}_id"], []).append(_link(row))
    return found


async def put(tx: Tx, connection: str, links: Iterable[Link], now: datetime) -> None:
    """Remember links as they are now. Raises `Collision` when a record would be in two links that have not ended."""
    # Those that end come first: another one of the batch may take over their record.
    ordered = sorted(links, key=lambda link: link.state is not LinkState.ENDED)
    touched_at = micros(now)
    await tx.many(
        "links.put",
        [
            {
                "id": link.id,
                "connection": connection,
                "sync": link.sync,
                "crm_id": link.crm_id,
                "ledger_id": link.ledger_id,
                "base": encode(link.base),
                "verdicts": encode(link.verdicts),
                "held": encode(link.held),
                "state": link.state.value,
                "reason": link.reason,
                "touched_at": touched_at,
            }
            for link in ordered
        ],
    )
    if ordered:
        await moves.one_more(tx, connection)


async def move(tx: Tx, connection: str, link: str, side: Side, new_id: str, now: datetime) -> None:
    """The record of a link on `side` became part of another one. Raises `Collision` when that one has a link itself."""
    await tx.run(f"links.move_{side.value}", connection=connection, id=link, new_id=new_id, now=micros(now))
    await moves.one_more(tx, connection)


async def page(
    tx: Tx, connection: str, sync: str, after_id: str = "", limit: int = 1000, state: LinkState | None = None
) -> list[Link]:
    """The links of a sync in the order of their ids, beginning after one of them."""
    where = {"connection": connection, "sync": sync, "after_id": after_id, "limit": limit}
    if state is None:
        rows: Sequence[Row] = await tx.all("links.page", **where)
    else:
        rows = await tx.all("links.page_in_state", **where, state=state.value)
    return [_link(row) for row in rows]


async def counts(tx: Tx, connection: str) -> dict[tuple[str, LinkState], int]:
    """How many links of each sync are in which state."""
    rows = await tx.all("links.counts", connection=connection)
    return {(row["sync"], LinkState(row["state"])): row["number"] for row in rows}


async def forget(tx: Tx, connection: str, sync: str) -> int:
    """Forget the links of a sync for good, on request only; how many there were."""
    await moves.one_more(tx, connection)
    return await tx.run("links.forget", connection=connection, sync=sync)


def _link(row: Row) -> Link:
    verdicts = decode(row["verdicts"])
    return Link(
        row["id"],
        row["sync"],
        row["crm_id"],
        row["ledger_id"],
        decode(row["base"]),
        {name: Verdict(Side(told["winner"]), told["crm"], told["ledger"]) for name, told in verdicts.items()},
        decode(row["held"]),
        LinkState(row["state"]),
        row["reason"],
    )
