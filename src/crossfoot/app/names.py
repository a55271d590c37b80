"""Records as people call them: by name, e-mail or code, out of what was last seen."""

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlsplit

from crossfoot.app.opening import CAPABILITIES, CARRIES, TITLES
from crossfoot.model.fields import as_text
from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.records import Fields
from crossfoot.settings.rules import Sync
from crossfoot.store import records
from crossfoot.store.database import Tx
from crossfoot.store.history import Line
from crossfoot.systems.hubspot.kinds import OBJECTS

SYSTEMS: Mapping[Side, str] = {Side.CRM: "hubspot", Side.LEDGER: "xero"}
"""How references name a side: `hubspot/contact/512`."""

_SIDES = {name: side for side, name in SYSTEMS.items()} | {side.value: side for side in Side}
_PAGE = 1000


def written(ref: Ref) -> str:
    """A reference as it is shown and can be typed again."""
    return f"{SYSTEMS[ref.side]}/{ref.kind}/{ref.id}"


def name_in(side: Side, kind: Kind, fields: Fields) -> str:
    """What people call a record; empty where nothing tells."""
    carried = CARRIES[side].get(kind, {})

    def told(shared: str) -> str:
        return " ".join(" ".join(as_text(fields.get(path)) for path in carried.get(shared, ())).split())

    person = " ".join(part for part in (told("first_name"), told("last_name")) if part)
    document = told("number") or told("own_number") or told("reference")
    return told("name") or person or told("email") or told("code") or told("domain") or document


async def names(tx: Tx, connection: str, refs: Iterable[Ref]) -> dict[Ref, str]:
    """What people call some records; the id where nothing is known of one."""
    wanted = list(dict.fromkeys(refs))
    stored = await records.get(tx, connection, wanted)
    return {
        ref: (ref in stored and name_in(ref.side, ref.kind, stored[ref].observation.fields)) or ref.id
        for ref in wanted
    }


async def about(tx: Tx, connection: str, syncs: Iterable[Sync], lines: Sequence[Line]) -> list[str]:
    """What people call the records that lines of history are about, in the same order; empty where a line is about none."""
    by_name = {sync.name: sync for sync in syncs}
    refs: list[Ref | None] = []
    for line in lines:
        sync = by_name.get(line.sync)
        if sync is not None and line.crm_id:
            refs.append(Ref(Side.CRM, sync.crm, line.crm_id))
        elif sync is not None and line.ledger_id:
            refs.append(Ref(Side.LEDGER, sync.ledger, line.ledger_id))
        else:
            refs.append(None)
    told = await names(tx, connection, [ref for ref in refs if ref])
    return [told[ref] if ref else "" for ref in refs]


async def find(tx: Tx, connection: str, text: str) -> list[Ref]:
    """The records that a person may mean by a reference, a page's address, an id, an e-mail, a code or a name; the likeliest first."""
    text = text.strip()
    side, kind, record_id = _taken_apart(text)
    if record_id:
        kinds = [
            (each, own)
            for each in Side
            for own in CAPABILITIES[each].kinds
            if side in (None, each) and kind in (None, own)
        ]
        found = await records.get(tx, connection, [Ref(each, own, record_id) for each, own in kinds])
        if found or side is not None:
            return list(found)
    return await _called(tx, connection, text)


def _taken_apart(text: str) -> tuple[Side | None, Kind | None, str]:
    """Side, kind and id as far as they are told; no id where the text is no reference."""
    if "://" in text:
        return _page(text)
    for separator in ("/", ":"):
        first, _, rest = text.partition(separator)
        if first.lower() in _SIDES and rest:
            kind, middle, record_id = rest.partition(separator)
            if middle and kind in Kind._value2member_map_:
                return _SIDES[first.lower()], Kind(kind), record_id
            return _SIDES[first.lower()], None, rest
    return None, None, "" if " " in text or "@" in text else text


def _page(url: str) -> tuple[Side | None, Kind | None, str]:
    """The record that a page of HubSpot or Xero shows."""
    parts = urlsplit(url)
    side = next((side for side, title in TITLES.items() if title.lower() in parts.netloc.lower()), None)
    steps = [step for step in parts.path.split("/") if step]
    types = {of.type_id: kind for kind, of in OBJECTS.items()}
    kind = next((types[step] for step in steps if side is Side.CRM and step in types), None)
    return side, kind, steps[-1] if steps else url


async def _called(tx: Tx, connection: str, text: str) -> list[Ref]:
    """Records with a field that says exactly this; else those whose name has it in it."""
    found = await records.search(tx, connection, text)
    if found:
        return found
    wanted = " ".join(text.split()).casefold()
    for side in Side:
        for kind in CAPABILITIES[side].kinds:
            last = ""
            while page := await records.page(tx, connection, side, kind, last, _PAGE):
                last = page[-1].observation.ref.id
                found += [
                    stored.observation.ref
                    for stored in page
                    if wanted in name_in(side, kind, stored.observation.fields).casefold()
                ]
    return found
