"""What people do in a world that is about money, drawn from the seed: documents are drafted on either side, edited, approved, paid, credited, voided.

The world is small: two customers, a product, a few documents. Every value is typed only once.
"""

from collections.abc import Callable

from tests.simulation.books import LINES
from tests.simulation.people import SIDES, value, whole
from tests.simulation.scenario import Act, Config

from crossfoot_sandbox.faults import draw

DOCUMENTS = 3
"""So many there are from the beginning, or soon after."""
CLOSED, DATES = "2026-10-31", ("2026-11-02", "2026-11-02", "2026-11-03", "2026-10-28")
"""Up to when the books are closed, if they are, and the days of documents: some are older."""

Made = Callable[[int, str, float, str], list[Act]]


def script(seed: int, config: Config, acts: int) -> tuple[Act, ...]:
    """The acts of a seed in the order of time."""
    found = [*_customers(seed), *(_product(seed) if config.runs("products") else ())]
    documents: list[tuple[str, str]] = []
    for index in range(DOCUMENTS):
        at = 0.0 if draw(seed, "from the beginning", index) < 0.5 else _when(seed, config, "document", index)
        made = _document(seed, config, index, at)
        found += made
        documents += [(act.record, act.side) for act in made if act.what == "create"]
    for number in range(acts):
        found += _act(seed, config, number, documents)
    if draw(seed, "backup") < 0.12:
        saved = config.until * (0.1 + 0.5 * draw(seed, "backup when"))
        back = saved + (config.until - saved) * (0.3 + 0.5 * draw(seed, "backup back"))
        found += [Act(round(saved, 2), "", "back up"), Act(round(back, 2), "", "put back")]
    return tuple(sorted(found, key=lambda act: act.at))


def _when(seed: int, config: Config, *name: object) -> float:
    return round(10 + draw(seed, "when", *name) * (config.until - 40), 2)


def _customers(seed: int) -> list[Act]:
    found = []
    for index in range(2):
        sides = SIDES if index == 0 or draw(seed, "customer", index) < 0.5 else SIDES[:1]
        found += [Act(0, side, "create", f"person {index}", whole("person", 10 + index)) for side in sides]
    return found


def _product(seed: int) -> list[Act]:
    how = draw(seed, "product")
    sides = SIDES if how < 0.4 else SIDES[:1] if how < 0.7 else SIDES[1:]
    return [Act(0, side, "create", "product 0", whole("product", 210)) for side in sides]


def _document(seed: int, config: Config, index: int, at: float) -> list[Act]:
    """A new invoice on either side, or a deal."""
    kinds = [(kind, side) for kind, side, sync in _KINDS if config.runs(sync)]
    kind, side = kinds[int(draw(seed, "document", index) * len(kinds))]
    alias = f"{kind} {index}"
    customer = f"person {int(draw(seed, 'for whom', index) * 2)}"
    if side == "ledger":
        customer = "person 0"  # the other one Ben may not know
    date = DATES[int(draw(seed, "date", index) * len(DATES))]
    values = {
        "customer": customer,
        "reference": f"PO {index}",
        "date": date,
        "due": f"2026-12-{10 + index:02d}",
    }
    for number in range(1, 2 + int(draw(seed, "lines", index) * 3)):
        values |= line(seed, number, f"{index}.{number}", item=config.runs("products"))
    acts = [Act(at, side, "create", alias, values)]
    later = round(at + 5 + draw(seed, "goes on", index) * 60, 2)
    if kind == "deal" and draw(seed, "wins", index) < 0.8:
        acts.append(Act(later, "crm", "win", alias))
    elif side == "ledger" and draw(seed, "born approved", index) < 0.5:
        values["state"] = "AUTHORISED"
    elif kind == "invoice" and draw(seed, "approved", index) < 0.4:
        acts.append(Act(later, side, "approve", alias))
    return acts


_KINDS = (
    ("invoice", "crm", "invoices"),
    ("invoice", "ledger", "invoices"),
    ("deal", "crm", "deals"),
)


def line(seed: int, number: int, name: object, *, item: bool = False) -> dict[str, str]:
    """A line with an awkward price."""
    at = f"#{number}"
    found = {
        at: f"{at} Article {name}",
        f"{at} quantity": ("1", "2", "3", "1.5", "0.25")[int(draw(seed, "quantity", name) * 5)],
        f"{at} price": f"{int(draw(seed, 'price', name) * 90) + 1}.{int(draw(seed, 'cents', name) * 9999):04d}",
        f"{at} tax": "15" if draw(seed, "tax", name) < 0.8 else "0",
    }
    if draw(seed, "discount", name) < 0.3:
        found[f"{at} discount"] = ("5", "12.5", "33.33")[int(draw(seed, "how much", name) * 3)]
    if item and draw(seed, "item", name) < 0.3:
        found[f"{at} item"] = "product 0"
    return found


def _edit(seed: int, number: int, alias: str) -> dict[str, str]:
    """What somebody changes of a document."""
    typed = 3000 + 2 * number
    which = f"#{1 + int(draw(seed, 'line', number) * LINES)}"
    what = draw(seed, "edited", number)
    if alias.startswith("invoice") and what < 0.2:
        return {"reference": f"PO {typed}"}
    if alias.startswith("invoice") and what < 0.35:
        return {"due": f"2027-{1 + number % 12:02d}-{1 + number % 28:02d}"}
    if what < 0.55:
        return {f"{which} price": f"{typed % 97}.{typed % 9973:04d}"}
    if what < 0.65:
        return {f"{which} quantity": f"{typed % 7 + 2}"}
    if what < 0.75:
        return {which: f"{which} Article {typed}"}
    if what < 0.9:
        return line(seed, LINES, typed)  # a new one, if that one is not there yet
    return {which: ""}


def _act(seed: int, config: Config, number: int, documents: list[tuple[str, str]]) -> list[Act]:
    at = _when(seed, config, number)
    alias, home = documents[int(draw(seed, "whom", number) * len(documents))]
    side = SIDES[int(draw(seed, "where", number) * 2)]
    other = SIDES[1 - SIDES.index(side)]
    what = draw(seed, "what", number)
    later = round(at + draw(seed, "apart", number) * 90, 2)
    payment = f"payment {number}"
    if what < 0.30:
        return [Act(at, side, "edit", alias, _edit(seed, number, alias))]
    if what < 0.40:
        return [
            Act(at, side, "edit", alias, _edit(seed, number, alias)),
            Act(later, other, "edit", alias, _edit(seed, number + 500, alias)),
        ]
    if what < 0.50:
        return [Act(at, home if draw(seed, "by whom", number) < 0.6 else "ledger", "approve", alias)]
    if what < 0.64 and config.runs("payments"):
        amount = {} if draw(seed, "in full", number) < 0.4 else {"amount": f"{number % 7 + 1}.{number % 10}1"}
        paid = [Act(at, side, "create", payment, amount, other=alias)]
        if draw(seed, "taken back", number) < 0.4:
            paid.append(Act(later, "ledger" if draw(seed, "by", number) < 0.7 else "crm", "archive", payment))
        return paid
    if what < 0.69:
        return [Act(at, "ledger", "credit", alias, {"amount": f"{number % 5 + 1}.{number % 10}3"})] + (
            [Act(later, "ledger", "uncredit", alias)] if draw(seed, "taken back", number) < 0.3 else []
        )
    if what < 0.75:
        return [Act(at, "ledger" if draw(seed, "by", number) < 0.7 else "crm", "void", alias)]
    if what < 0.80:
        return [Act(at, side, "archive", alias)]
    if what < 0.86:
        return [Act(at, "crm", "win" if draw(seed, "won", number) < 0.6 else "lose", alias)]
    if what < 0.90:
        return [
            Act(at, "ledger", "lock", values={"until": CLOSED}),
            *([Act(later, "ledger", "unlock")] if draw(seed, "opened", number) < 0.5 else []),
        ]
    if what < 0.93:
        return [Act(at, side, "edit", "person 0", value("person", "city", 3000 + 2 * number))]
    return [Act(at, "", "answer", values={"which": str(number)})]
