"""The match index: by which keys the records of a sync are found again from across."""

from collections.abc import Iterable, Mapping
from hashlib import blake2b

from crossfoot.model.identity import Side
from crossfoot.store import moves
from crossfoot.store.database import Tx

_LONGEST = 200  # an index entry of PostgreSQL has room for 2,700 bytes


async def replace(
    tx: Tx, connection: str, sync: str, side: Side, keys: Mapping[str, Iterable[tuple[str, str]]]
) -> set[tuple[str, str, str]]:
    """From now on these records are found by exactly these (rule, key) pairs. Returns (id, rule, key) by which they are not found any more."""
    if not keys:
        return set()
    wanted = {(record_id, rule, _fit(key)) for record_id, pairs in keys.items() for rule, key in pairs}
    where = {"connection": connection, "sync": sync, "side": side.value}
    rows = await tx.all("keys.of_records", **where, ids=list(keys))
    had = {(row["id"], row["rule"], row["key"]) for row in rows}
    for query, entries in (("keys.remove", had - wanted), ("keys.add", wanted - had)):
        await tx.many(
            query,
            [
                {**where, "id": record_id, "rule": rule, "key": key}
                for record_id, rule, key in sorted(entries)
            ],
        )
    return had - wanted


async def of_records(
    tx: Tx, connection: str, sync: str, side: Side, ids: Iterable[str]
) -> dict[str, list[tuple[str, str]]]:
    """By record: the (rule, key) pairs that it is found by, as they are kept. A record that is found by none is absent."""
    found: dict[str, list[tuple[str, str]]] = {}
    rows = await tx.all("keys.of_records", connection=connection, sync=sync, side=side.value, ids=list(ids))
    for row in rows:
        found.setdefault(row["id"], []).append((row["rule"], row["key"]))
    return found


async def candidates(
    tx: Tx, connection: str, sync: str, side: Side, keys: Iterable[tuple[str, str]], limit: int = 1000
) -> dict[tuple[str, str], list[str]]:
    """The ids that are found by each (rule, key), at most `limit` each, in the order of the ids; a key that finds nothing is absent."""
    asked: dict[str, dict[str, str]] = {}
    for rule, key in keys:
        asked.setdefault(rule, {})[_fit(key)] = key
    found: dict[tuple[str, str], list[str]] = {}
    for rule, originals in asked.items():
        rows = await tx.all(
            "keys.candidates",
            connection=connection,
            sync=sync,
            side=side.value,
            rule=rule,
            keys=list(originals),
            limit=limit,
        )
        for row in rows:
            found.setdefault((rule, originals[row["key"]]), []).append(row["id"])
    return found


async def drop_claims(tx: Tx, connection: str) -> None:
    """Let go of the unique values that planned records held: their plan is no more."""
    await tx.run("keys.drop_claims", connection=connection)


async def forget(tx: Tx, connection: str, sync: str) -> None:
    """Drop the index of a sync, to build it anew under other rules."""
    await tx.run("keys.forget", connection=connection, sync=sync)
    await moves.one_more(tx, connection)


def _fit(key: str) -> str:
    """The key as it is kept: without NUL, which PostgreSQL cannot keep; a very long one as its hash."""
    if "\0" in key:
        key = key.replace("\0", "")
    return key if len(key) <= _LONGEST else f"#{blake2b(key.encode(), digest_size=20).hexdigest()}"
