"""What a kind of database must be able to do for us."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec

from crossfoot.store.queries import Query

_encoder = msgspec.json.Encoder()


class Row(Protocol):
    """One row of an answer, read by column name."""

    def __getitem__(self, name: str, /) -> Any: ...


class Driver(Protocol):
    """One connection to a database. Raises `DatabaseTrouble`, `Collision` and, for our own mistakes, the library's errors."""

    async def begin(self, *, write: bool) -> None:
        """Begin a transaction. A writing one is alone from here on, over all processes; a reading one sees one moment."""
        ...

    async def commit(self) -> None: ...

    async def rollback(self) -> None:
        """Forget the transaction. Never raises: it is called when something else went wrong already."""
        ...

    async def fetch(self, query: Query, params: Mapping[str, Any]) -> list[Row]: ...

    async def execute(self, query: Query, params: Mapping[str, Any]) -> int: ...

    async def execute_many(self, query: Query, rows: Sequence[Mapping[str, Any]]) -> None: ...

    async def close(self) -> None: ...


def sent(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Parameters as they travel: a list for `each(...)` is one JSON text."""
    for value in params.values():
        if value.__class__ is list or value.__class__ is tuple:
            return {
                name: _encoder.encode(value).decode() if isinstance(value, list | tuple) else value
                for name, value in params.items()
            }
    return params
