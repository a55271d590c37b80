"""CPU per record: what a first sync costs us, against the floor below which nobody can go who keeps the same records.

Ours is the process's CPU time of a first sync over the sandbox, less the CPU that the sandbox spent in the same process. The floor is that of
decoding the very same answers with msgspec into the connectors' structs and of upserting the very same rows into the same SQLite table, one
transaction an answer. A record is one contact on one side: two for each person known to both.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

import msgspec
from benchmarks.books import Here, Size
from benchmarks.ground import Called, Ground, ground
from benchmarks.shown import Options, Table, options, show

from crossfoot.store.driver import Row
from crossfoot.store.queries import queries
from crossfoot.systems.hubspot.records import Batch
from crossfoot.systems.xero.answers import Contacts

FLOOR_TIMES = 7
"""The floor takes half a second and is easily disturbed: it is measured so often, and its median counts."""

_hubspot = msgspec.json.Decoder(Batch)
_xero = msgspec.json.Decoder(Contacts)


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU of one first sync, in microseconds per record."""

    contacts: int
    records: int
    ours: float
    floor: float
    sandbox: float

    @property
    def ratio(self) -> float:
        """Ours to the floor."""
        return self.ours / self.floor


async def measured(size: Size) -> Cost:
    """One first sync, and then the floor with its answers."""
    async with ground(Here(size, limits=False), keep_bodies=True) as at:
        began = time.process_time()
        await at.first_sync()
        whole = time.process_time() - began
        answers = [_decoding(call) for call in at.wire.calls if call.body and _tells_contacts(call)]
        rows = await _rows(at)
        least = median(floor(answers, rows) for _ in range(FLOOR_TIMES))
        records = 2 * size.contacts
        spent = at.wire.sandbox_seconds
        return Cost(
            size.contacts,
            records,
            *(seconds / records * 1e6 for seconds in (whole - spent, least, spent)),
        )


def floor(
    answers: list[tuple[Callable[[bytes], list[str]], bytes]], rows: dict[str, dict[str, Any]]
) -> float:
    """Seconds of CPU to decode the answers and to keep their rows."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute(
        "create table records (connection text, side text, kind text, id text, standing text, fields text, modified bigint, since text, "
        "survivor text, parent text, seen_at bigint, primary key (connection, side, kind, id))"
    )
    put = queries()["records.put"].sqlite
    began = time.process_time()
    for decode, body in answers:
        ids = decode(body)
        connection.execute("begin immediate")
        connection.executemany(put, [rows[record_id] for record_id in ids if record_id in rows])
        connection.execute("commit")
    spent = time.process_time() - began
    connection.close()
    return spent


def _tells_contacts(call: Called) -> bool:
    return call.status < 300 and "contacts" in call.what


def _decoding(call: Called) -> tuple[Callable[[bytes], list[str]], bytes]:
    return (_ids_of_xero if call.system == "xero" else _ids_of_hubspot), call.body


def _ids_of_hubspot(body: bytes) -> list[str]:
    return [record.id for record in _hubspot.decode(body).results]


def _ids_of_xero(body: bytes) -> list[str]:
    return [contact.contact_id for contact in _xero.decode(body).contacts]


async def _rows(at: Ground) -> dict[str, dict[str, Any]]:
    async with at.database.read() as tx:
        found: list[Row] = []
        for side, kind in (("crm", "contact"), ("ledger", "contact")):
            page = {"connection": "bench", "side": side, "kind": kind, "after_id": "", "limit": 1_000_000}
            found += [
                {**dict(row), "connection": "bench", "side": side, "kind": kind}  # type: ignore[call-overload]
                for row in await tx.all("records.page", **page)
            ]
    return {row["id"]: row for row in found}  # type: ignore[misc]


def report(costs: list[Cost]) -> Iterator[Table]:
    """The table: medians over all runs."""
    by = {
        name: median(getattr(cost, name) for cost in costs) for name in ("ours", "floor", "ratio", "sandbox")
    }
    yield Table(
        f"CPU of a first sync, {costs[0].contacts:,} contacts a side, median of {len(costs)}",
        ("", "µs per record"),
        [
            ("Crossfoot", f"{by['ours']:.0f}"),
            ("floor: decode the same bytes, upsert the same rows", f"{by['floor']:.1f}"),
            ("the sandbox, not counted", f"{by['sandbox']:.1f}"),
            ("Crossfoot to floor", f"{by['ratio']:.1f} times"),
        ],
    )


def main() -> None:
    """Run from the command line."""
    asked: Options = options(__doc__, contacts=10_000, runs=3)
    costs = [asyncio.run(measured(Size.of(asked.contacts))) for _ in range(asked.runs)]
    data = {
        "runs": [asdict(cost) | {"ratio": cost.ratio} for cost in costs],
        "ratio": median(cost.ratio for cost in costs),
    }
    show(asked, data, report(costs))


if __name__ == "__main__":
    main()
