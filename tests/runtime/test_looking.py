"""Looks: what a read answers, and from when it ages."""

from collections.abc import Collection, Mapping, Sequence
from itertools import count

import pytest
from tests.runtime.clocks import OwnClock
from tests.systems.contract.odd_system import BATCH, Books, OddSystem

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.problems import Cause, Problem
from crossfoot.model.records import Observation
from crossfoot.runtime.joined import Joined
from crossfoot.runtime.listen import look
from crossfoot.settings.rules import Halts
from crossfoot.store import signals
from crossfoot.store.database import open_database
from crossfoot.systems.port import Trouble


class SlowOdd(OddSystem):
    """Takes two seconds for the first answer, and gives no second one."""

    def __init__(self, books: Books, clock: OwnClock) -> None:
        super().__init__(books, clock)
        self._time = clock
        self._reads = count(1)

    async def read(
        self, kind: Kind, ids: Sequence[str], paths: Mapping[Kind, Collection[str]], *, times: bool = False
    ) -> list[Observation]:
        if next(self._reads) > 1:
            raise Trouble(Problem(Cause.UNAVAILABLE, "Odd is asleep.", "Wait."))
        self._time.advance(2)
        return await super().read(kind, ids, paths, times=times)


async def joined_with(books: Books, clock: OwnClock) -> Joined:
    numbers = count(1)
    odd = SlowOdd(books, clock)
    database = await open_database("sqlite://", durable=False)
    return Joined("c", (), Halts(), {Side.LEDGER: odd}, {}, database, clock, lambda: f"l{next(numbers)}")


async def test_a_read_answers_the_signals_of_what_it_asked_about_and_no_others() -> None:
    clock = OwnClock()
    books = Books(clock)
    joined = await joined_with(books, clock)
    refs = [
        Ref(Side.LEDGER, Kind.ITEM, books.makes(Kind.ITEM, {"Label": f"Tea {n}"})) for n in range(BATCH + 1)
    ]
    async with joined.database.write() as tx:
        await signals.note(tx, "c", "products", refs, unread=True, now=clock.now())
    with pytest.raises(Trouble):
        await look(joined, refs)
    async with joined.database.read() as tx:
        still = {each.ref for each in await signals.page(tx, "c", "products", None, 100) if each.unread}
    assert still == {refs[-1]}, "the second read failed, so its record has not been looked at"
    await joined.database.close()


@pytest.mark.parametrize("slow", [True, False])
async def test_a_look_tells_from_when_it_ages(*, slow: bool) -> None:
    clock = OwnClock()
    books = Books(clock)
    joined = await joined_with(books, clock)
    tea = Ref(Side.LEDGER, Kind.ITEM, books.makes(Kind.ITEM, {"Label": "Tea"}))
    asked_at = clock.now()
    ages = await look(joined, [tea], slow=slow)
    assert clock.now() > asked_at
    assert ages == {tea: clock.now() if slow else asked_at}
    await joined.database.close()
