"""From what both sides hold to the cases that the detectors look at: a deal with all its invoices, or an invoice that no deal has."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from crossfoot.model.document_state import DocumentState
from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.lines import Lines
from crossfoot.model.links import LinkState
from crossfoot.model.records import Fields, Observation, Standing
from crossfoot.model.selling import Selling
from crossfoot.proof.detectors import Case, DealSeen, InvoiceSeen
from crossfoot.proof.documents import told_under
from crossfoot.proof.looking import Looked
from crossfoot.proof.money import ZERO
from crossfoot.runtime.computing import laid_over
from crossfoot.runtime.joined import REFERS, Joined
from crossfoot.settings.rules import Sync
from crossfoot.store import keys, links, records
from crossfoot.store.database import Tx
from crossfoot.sync.subject import Pair


async def deals_exist(joined: Joined) -> bool:
    """Whether anybody works with deals. Where nobody does, no invoice can lack one."""
    async with joined.database.read() as tx:
        counts = await records.counts(tx, joined.connection)
    return bool(counts.get((Side.CRM, Kind.DEAL, Standing.LIVE)))


async def cases_of(
    joined: Joined, sync: Sync, page: Sequence[Looked], sums: Mapping[Ref, Fields]
) -> list[Case]:
    """The cases of a page of subjects. A deal comes with the invoices of all syncs that make invoices from deals, and comes once.

    `sums` is what the systems themselves say of documents.
    """
    if sync.crm is not Kind.DEAL:
        counting = joined.abilities(Side.CRM, sync.crm).counting
        sale = counting.sale if counting else None
        sold = {ref for ref, told in sums.items() if sale and told.get(sale)}
        alone = (each for each in page if Side.CRM not in each.sides or each.sides[Side.CRM].ref not in sold)
        return [case for each in alone if (case := _without_deal(sync, each)) is not None]
    billing = [each for each in joined.active if each.crm is Kind.DEAL]
    selling = joined.abilities(Side.CRM, Kind.DEAL).selling
    if sync is not billing[0] or selling is None:
        return []
    seen = [_own(each) for each in page if Side.CRM in each.live]
    renewals = joined.detecting.renewals
    due = {each.ref.id for each in seen if renewals is not None and renewals.holds(each.fields)}
    async with joined.database.read() as tx:
        invoices = await _invoices(tx, joined, billing, [each.ref.id for each in seen])
    lacking = [each for each in seen if not invoices[each.ref.id] and each.fields.get(selling.won) is True]
    by_hand = await _made_by_people(joined, selling, [each.ref.id for each in lacking])
    async with joined.database.read() as tx:
        for deal, made in (await _partners_of(tx, joined, by_hand)).items():
            invoices[deal].append(made)
        others = await _of_customers(tx, joined, sync, [each for each in seen if each.ref.id in due])
    return [
        Case(
            _deal(
                selling,
                each,
                renewal=each.ref.id in due,
                invoices=len(invoices[each.ref.id]),
                bills=len(billing),
            ),
            tuple(invoices[each.ref.id]),
            tuple(others[each.ref.id]),
        )
        for each in seen
    ]


def _own(looked: Looked) -> Observation:
    """A deal as the CRM holds it, not as the invoice that it is compared as."""
    subject = looked.decision.subject
    return subject.crm if isinstance(subject, Pair) else subject.seen


def _without_deal(sync: Sync, looked: Looked) -> Case | None:
    """An invoice of the books as a case of its own; None for what is gone or another sync's."""
    subject, mine = looked.decision.subject, looked.live.get(Side.LEDGER)
    if mine is None or (not isinstance(subject, Pair) and (subject.elsewhere or subject.covered)):
        return None
    return Case(None, (_invoice(sync, mine),))


async def _invoices(
    tx: Tx, joined: Joined, billing: Sequence[Sync], deals: Sequence[str]
) -> dict[str, list[InvoiceSeen]]:
    """The live invoices of deals, by the deal."""
    found: dict[str, list[InvoiceSeen]] = defaultdict(list)
    for sync in billing:
        mine = await links.by_side_ids(tx, joined.connection, sync.name, Side.CRM, deals)
        there = {
            deal: Ref(Side.LEDGER, sync.ledger, link.ledger_id)
            for deal, link in mine.items()
            if link.state is LinkState.ACTIVE
        }
        seen = await _remembered(tx, joined, sync, there.values())
        for deal, ref in there.items():
            if ref in seen and seen[ref].live:
                found[deal].append(_invoice(sync, seen[ref]))
    return found


async def _made_by_people(joined: Joined, selling: Selling, deals: Sequence[str]) -> dict[str, str]:
    """The CRM's own invoices for deals of which no sync made one, by the deal."""
    found: dict[str, str] = {}
    path, size = selling.document, joined.abilities(Side.CRM, Kind.DEAL).read_batch
    for start in range(0, len(deals) if path else 0, size):
        batch = deals[start : start + size]
        for seen in await joined.systems[Side.CRM].read(Kind.DEAL, batch, {Kind.DEAL: {path or ""}}):
            invoice = seen.fields.get(path or "")
            if isinstance(invoice, str):
                found[seen.ref.id] = invoice
    return found


async def _partners_of(tx: Tx, joined: Joined, invoices: Mapping[str, str]) -> dict[str, InvoiceSeen]:
    """What the ledger has for the CRM's invoices of deals, by the deal."""
    found: dict[str, InvoiceSeen] = {}
    for sync in joined.active:
        if sync.crm is Kind.INVOICE and sync.ledger is Kind.INVOICE:
            mine = await links.by_side_ids(
                tx, joined.connection, sync.name, Side.CRM, list(invoices.values())
            )
            refs = {own: Ref(Side.LEDGER, sync.ledger, link.ledger_id) for own, link in mine.items()}
            known = await _remembered(tx, joined, sync, refs.values())
            for deal, invoice in invoices.items():
                there = known.get(refs[invoice]) if invoice in refs else None
                if there is not None and there.live:
                    found[deal] = _invoice(sync, there)
    return found


async def _of_customers(
    tx: Tx, joined: Joined, sync: Sync, deals: Sequence[Observation]
) -> dict[str, list[InvoiceSeen]]:
    """The invoices of the customers of deals, by the deal."""
    found: dict[str, list[InvoiceSeen]] = defaultdict(list)
    customers = joined.references[sync.name].get("customer")
    if customers is None:
        return found
    (path,) = customers.on(Side.LEDGER)
    for deal in deals:
        for name, kind in customers.on(Side.CRM).items():
            customer = deal.fields.get(name)
            if not isinstance(customer, str) or deal.ref.id in found:
                continue
            for contact in await _partners(tx, joined, kind, customer):
                asked = [(REFERS + path, contact)]
                named = await keys.candidates(tx, joined.connection, sync.name, Side.LEDGER, asked)
                refs = [Ref(Side.LEDGER, sync.ledger, each) for ids in named.values() for each in ids]
                seen = await _remembered(tx, joined, sync, refs)
                found[deal.ref.id] += [_invoice(sync, each) for each in seen.values() if each.live]
    return found


async def _remembered(tx: Tx, joined: Joined, sync: Sync, refs: Iterable[Ref]) -> Mapping[Ref, Observation]:
    """Records as they were seen last, with what is computed of them today."""
    stored = await records.get(tx, joined.connection, refs)
    return await laid_over(tx, joined, sync, {ref: each.observation for ref, each in stored.items()})


async def _partners(tx: Tx, joined: Joined, kind: Kind, customer: str) -> list[str]:
    """The ids of a customer's contacts in the ledger."""
    found = []
    for other in joined.active:
        if other.crm is kind and other.ledger is Kind.CONTACT:
            linked = await links.by_side_ids(tx, joined.connection, other.name, Side.CRM, [customer])
            found += [link.ledger_id for link in linked.values() if link.state is LinkState.ACTIVE]
    return found


def _deal(selling: Selling, crm: Observation, *, renewal: bool, invoices: int, bills: int) -> DealSeen:
    fields = crm.fields
    amount = fields.get(selling.amount)
    return DealSeen(
        crm.ref.id,
        str(fields.get(selling.name) or ""),
        str(fields.get(selling.currency) or ""),
        amount if isinstance(amount, Decimal) else _net(fields),
        won=fields.get(selling.won) is True,
        open=fields.get(selling.closed) is not True,
        closed_on=_day(fields, selling.closed_on) if fields.get(selling.closed) is True else None,
        renewal=renewal,
        to_be_billed=0 < invoices < bills,
    )


def _net(fields: Fields) -> Decimal | None:
    """What the deal's own lines come to, as the CRM computed them."""
    own = next((value for value in fields.values() if isinstance(value, Lines)), None)
    if own is None or not len(own):
        return None
    return sum((line.net or ZERO for line in own), ZERO)


def _day(fields: Fields, path: str) -> date | None:
    told = fields.get(path)
    return told.date() if isinstance(told, datetime) else told if isinstance(told, date) else None


def _invoice(sync: Sync, ledger: Observation) -> InvoiceSeen:
    # By itself, also where a deal is told of all its invoices together.
    sync = replace(sync, pairs=tuple(replace(pair, over="") if pair.over else pair for pair in sync.pairs))

    def amount(name: str) -> Decimal:
        told = told_under(sync, Side.LEDGER, ledger, name)
        return told if isinstance(told, Decimal) else ZERO

    def day(name: str) -> date | None:
        told = told_under(sync, Side.LEDGER, ledger, name)
        return told if isinstance(told, date) else None

    standing = told_under(sync, Side.LEDGER, ledger, "standing")
    known = isinstance(standing, str) and standing in DocumentState._value2member_map_
    return InvoiceSeen(
        ledger.ref.id,
        str(told_under(sync, Side.LEDGER, ledger, "number") or ""),
        str(told_under(sync, Side.LEDGER, ledger, "currency") or ""),
        DocumentState(str(standing)) if known else DocumentState.DRAFT,
        amount("net"),
        amount("total"),
        amount("due"),
        amount("credited"),
        day("date"),
        day("due_on"),
        day("paid_on"),
    )
