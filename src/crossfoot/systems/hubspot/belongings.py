"""What belongs to a document beside its properties: its customer, its lines, the address of its page. Read in batches for many at once."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from crossfoot.model.lines import Lines
from crossfoot.model.records import Observation, Value
from crossfoot.systems.hubspot.associations import LINE_ITEMS, PLURALS, Associations
from crossfoot.systems.hubspot.at_hand import AtHand
from crossfoot.systems.hubspot.line_items import ITEMS, PROPERTIES, lines_of
from crossfoot.systems.hubspot.objects import LINES_PATH, LINK_PATH, ObjectType
from crossfoot.systems.hubspot.reading import Reading


def page_of(account: str, of: ObjectType, record_id: str) -> str:
    """The address of a record's page. `account` is the portal's key, `hubspot:<portal id>`."""
    return of.address.format(account=account.removeprefix("hubspot:")) + record_id


class Belongings:
    """Completes observations of documents."""

    def __init__(self, reading: Reading, associations: Associations, account: Callable[[], str]) -> None:
        self._reading = reading
        self._associations = associations
        self._account = account

    async def complete(
        self,
        of: ObjectType,
        seen: Sequence[Observation],
        wanted: Collection[str],
        at_hand: AtHand | None = None,
    ) -> list[Observation]:
        """The observations with what else was asked for; those that are not live stay as they are."""
        ids = list(dict.fromkeys(each.ref.id for each in seen if each.live))
        more: dict[str, dict[str, Value]] = {each: {} for each in ids}
        if not ids:
            return list(seen)
        for path, kind in (*of.ends.items(), *of.seen_with.items()):
            if path in wanted:
                for each, targets in (await self._associations.read(of.path, ids, PLURALS[kind])).items():
                    more[each][path] = str(targets[0].id) if targets else None
        if of.has_lines and LINES_PATH in wanted:
            for each, lines in (await self.lines(of, ids, at_hand)).items():
                more[each][LINES_PATH] = lines
        if LINK_PATH in wanted and LINK_PATH in of.paths:
            for each in ids:
                more[each][LINK_PATH] = page_of(self._account(), of, each)
        return [
            replace(each, fields={**each.fields, **more[each.ref.id]}) if each.live else each for each in seen
        ]

    async def lines(
        self, of: ObjectType, ids: Collection[str], at_hand: AtHand | None = None
    ) -> dict[str, Lines]:
        """The lines of documents as they are now, without index lag, but for what is at hand already.

        A document is left out while HubSpot does not find one of its line items: that says nothing of whether the line is still there.
        """
        targets = await self._associations.read(of.path, ids, LINE_ITEMS)
        items = {each: [str(target.id) for target in mine] for each, mine in targets.items()}
        found = {
            each: lines
            for each, mine in items.items()
            if at_hand is not None and (lines := at_hand.lines(each, mine)) is not None
        }
        wanted = list(
            dict.fromkeys(item for each, mine in items.items() if each not in found for item in mine)
        )
        records = {each.id: each for each in await self._reading.batch(ITEMS, wanted, PROPERTIES)}
        return {
            each: found[each] if each in found else lines_of([records[item] for item in mine])
            for each, mine in items.items()
            if each in found or all(item in records for item in mine)
        }

    async def documents(self, of: ObjectType, items: Sequence[str]) -> dict[str, list[str]]:
        """For each line item the documents of a type that it belongs to: one or none."""
        found = await self._associations.read(LINE_ITEMS, items, of.path)
        return {item: [str(target.id) for target in targets] for item, targets in found.items()}
