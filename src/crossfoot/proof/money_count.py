"""The money of documents, counted a page at a time: what each system itself says is read, compared and entered into the books.

A difference that nothing explains may only be young: a system that adds up later has not done so yet, or a page was read while somebody wrote.
Such documents are looked at once more before they count.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.records import Fields
from crossfoot.model.taxes import Tax, TaxPart
from crossfoot.proof.cases import cases_of, deals_exist
from crossfoot.proof.detectors import Finding, detect
from crossfoot.proof.documents import Books, compared
from crossfoot.proof.looking import Looked, looked
from crossfoot.proof.money import Compared, MoneyDifference
from crossfoot.proof.money_report import MoneyProof
from crossfoot.proof.own_sums import own_sums, payments_of, told_before
from crossfoot.runtime.gather import refs_in
from crossfoot.runtime.joined import Joined
from crossfoot.runtime.listen import look
from crossfoot.settings.rules import Sync

WAIT = 5.0
"""Seconds until the second look. That HubSpot's sums follow a write after a while is known (fact B1), after how long is not."""

AT_ONCE = 1000
"""So many records are looked at again together; more than that are never held."""

TellMoney = Callable[[MoneyDifference | Finding], None]
"""Is told every difference and every finding, one by one."""


@dataclass
class _Young:
    """Documents of a sync that are to be looked at again, with when they were changed by the first look."""

    sync: Sync
    modified: dict[Ref, datetime | None] = field(default_factory=dict)

    def put_off(self, looked: Looked) -> None:
        self.modified |= {each.ref: each.modified for each in looked.sides.values()}

    def changed(self, page: Sequence[Looked]) -> frozenset[Ref]:
        """Those that somebody has changed since."""
        now = (each for looked in page for each in looked.sides.values())
        return frozenset(each.ref for each in now if each.modified != self.modified.get(each.ref))


class MoneyCount:
    """Counts documents as they come. `finish` counts those that were put off."""

    def __init__(self, joined: Joined, proof: MoneyProof, tell: TellMoney) -> None:
        self._joined = joined
        self._proof = proof
        self._tell = tell
        self._taxes = {
            side: {each.id: Tax(each.id, (TaxPart(each.name, each.percent),)) for each in told.taxes}
            for side, told in joined.descriptions.items()
        }
        self._deals: bool | None = None
        """Whether there are any deals; None until somebody asked."""
        self._young: dict[str, _Young] = {}
        """By sync, the documents that are to be looked at again."""

    async def add(self, sync: Sync, page: Sequence[Looked]) -> None:
        """Documents of a sync, with what was decided about them just now."""
        sums = await own_sums(self._joined, sync, _refs(page))
        await self._detect(sync, page, sums)
        for each, document in await self._compared(sync, page, sums):
            if document.young:
                self._young.setdefault(sync.name, _Young(sync)).put_off(each)
            else:
                self._enter(document)
        if sum(len(each.modified) for each in self._young.values()) >= AT_ONCE:
            await self.finish()

    async def finish(self) -> None:
        """Look once more at what was put off, and count it as it is then."""
        young, self._young = self._young, {}
        if not young:
            return
        await self._joined.clock.sleep(WAIT)
        for each in young.values():
            refs = list(each.modified)
            await look(self._joined, refs)
            page = list(await looked(self._joined, each.sync, refs))
            sums = await own_sums(self._joined, each.sync, refs)
            for _, document in await self._compared(each.sync, page, sums, each.changed(page)):
                self._enter(document)

    def _enter(self, document: Compared) -> None:
        self._proof.book.add(document)
        for each in document.differences:
            self._tell(each)

    async def _compared(
        self,
        sync: Sync,
        page: Sequence[Looked],
        sums: Mapping[Ref, Fields],
        changed: frozenset[Ref] = frozenset(),
    ) -> list[tuple[Looked, Compared]]:
        joined = self._joined
        pairs = {
            each.sides[Side.CRM].ref.id: each.sides[Side.LEDGER].ref.id
            for each in page
            if each.paired and sync.crm is Kind.INVOICE
        }
        books = Books(
            joined.titles,
            {side: joined.abilities(side, sync.kind(side)).counting for side in Side},
            self._taxes,
            joined.clock.now(),
            sums,
            await payments_of(joined, pairs),
            joined.descriptions[Side.CRM].makes.get(Kind.PAYMENT) is not False,
            await told_before(joined, sync, _refs(page)),
            changed,
        )
        found = ((each, compared(books, sync, each)) for each in page)
        return [(each, document) for each, document in found if document is not None]

    async def _detect(self, sync: Sync, page: Sequence[Looked], sums: Mapping[Ref, Fields]) -> None:
        if self._deals is None:
            self._deals = await deals_exist(self._joined)
        if self._deals:
            cases = await cases_of(self._joined, sync, page, sums)
            for finding in detect(cases, self._joined.detecting, self._proof.findings.today):
                if self._proof.findings.add(finding):
                    self._tell(finding)


def _refs(page: Sequence[Looked]) -> list[Ref]:
    return [ref for each in page for ref in refs_in(each.decision.subject)]
