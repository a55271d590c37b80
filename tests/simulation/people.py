"""Scripted people: who does what, when, on which side. Drawn from the seed act by act, keyed by name; every value is typed only once.

The world starts correlated: records that agreed, then were perturbed on one side or both; the same person typed into both systems; records that only
one side knows.
"""

from tests.simulation.books import FIELDS, SYNCS
from tests.simulation.scenario import Act, Config

from crossfoot_sandbox.faults import draw
from crossfoot_sandbox.invented import names

KINDS = ("person", "company", "product")
START = {"person": 4, "company": 3, "product": 4}
SIDES = ("crm", "ledger")


def value(kind: str, word: str, number: int) -> dict[str, str]:
    """A value for a field that nobody else ever types; a person's name is edited as a whole."""
    if kind == "person":
        given, family = names.person(number * 67 % 6000)
        match word:
            case "first" | "last":
                return {"first": given, "last": family}
            case "email":
                return {"email": f"{names.address_part(given)}.{number}@post.example"}
    match word:
        case "phone":
            return {"phone": f"+649887{1000 + number}"}
        case "city":
            return {"city": f"Town {number}"}
        case "name" if kind == "company":
            return {"name": names.company(number * 41)}
        case "name":
            return {"name": names.good(number * 31)}
        case "code":
            return {"code": f"SKU-{number}"}
        case "description":
            return {"description": f"Article number {number}"}
        case "price":
            return {"price": f"{number}.2{number % 9 + 1}"}
    raise ValueError(f"{kind} has no {word}")


def whole(kind: str, number: int) -> dict[str, str]:
    """All fields of a new record."""
    found: dict[str, str] = {}
    for word in FIELDS[kind]:
        found |= value(kind, word, number)
    return found


def script(seed: int, config: Config, acts: int) -> tuple[Act, ...]:
    """The acts of a seed in the order of time."""
    kinds = [
        kind
        for kind in KINDS
        if (kind != "company" or config.invoice != "people") and config.only in ("", SYNCS[kind])
    ]
    found = [act for kind in kinds for index in range(START[kind]) for act in _beginning(seed, kind, index)]
    aliases = [(kind, f"{kind} {index}") for kind in kinds for index in range(START[kind])]
    for number in range(acts):
        made, new = _act(seed, config, number, aliases)
        found += made
        aliases += new
    if draw(seed, "bulk") < 0.08:
        found += _bulk(seed, config, kinds)
    if draw(seed, "backup") < 0.12:
        saved = config.until * (0.1 + 0.5 * draw(seed, "backup when"))
        back = saved + (config.until - saved) * (0.3 + 0.5 * draw(seed, "backup back"))
        found += [Act(round(saved, 2), "", "back up"), Act(round(back, 2), "", "put back")]
    return tuple(sorted(found, key=lambda act: act.at))


def _beginning(seed: int, kind: str, index: int) -> list[Act]:
    alias = f"{kind} {index}"
    number = 10 + 100 * KINDS.index(kind) + index
    fields = whole(kind, number)
    how = draw(seed, "begin", alias)
    if how < 0.18:
        return [Act(0, "crm", "create", alias, fields)]
    if how < 0.36:
        return [Act(0, "ledger", "create", alias, fields)]
    both = {side: dict(fields) for side in SIDES}
    same = {"person": "email", "company": "name", "product": "code"}[kind]
    if how < 0.7:
        for side in SIDES:
            if draw(seed, "perturb", alias, side) < 0.5:
                word = _pick(
                    seed, "perturbed", alias, side, options=[each for each in FIELDS[kind] if each != same]
                )
                if draw(seed, "gap", alias, side) < 0.3 and word not in ("first", "last", "name"):
                    both[side][word] = ""
                else:
                    both[side] |= value(kind, word, number + (1000 if side == "crm" else 2000))
    if draw(seed, "spelled", alias) < 0.4:
        _spell_differently(both)
    found = [Act(0, side, "create", alias, both[side]) for side in SIDES]
    if kind == "person" and draw(seed, "namesake", alias) < 0.12:
        # Somebody else with nearly the same name, whom only the ledger knows: a person must say that they are not the same.
        other = {**whole(kind, number + 400), "first": fields["first"], "last": f"{fields['last']}s"}
        found.append(Act(0, "ledger", "create", f"person s{index}", other))
        both_kept = [act for act in found if act.side == "crm" or act.record != alias]
        return both_kept if draw(seed, "stranger", alias) < 0.5 else found
    return found


def _spell_differently(both: dict[str, dict[str, str]]) -> None:
    """The same values as two people write them."""
    crm, ledger = both["crm"], both["ledger"]
    if crm.get("phone") and ledger.get("phone") == crm["phone"]:
        crm["phone"] = f"(0{crm['phone'][3]}) {crm['phone'][4:7]} {crm['phone'][7:]}"
    if ledger.get("email"):
        ledger["email"] = ledger["email"].upper()
    if crm.get("city"):
        crm["city"] = f"{crm['city']} "


def _pick(*name: object, options: list[str]) -> str:
    return options[int(draw(*name) * len(options))]


def _act(
    seed: int, config: Config, number: int, aliases: list[tuple[str, str]]
) -> tuple[list[Act], list[tuple[str, str]]]:
    at = round(20 + draw(seed, "when", number) * (config.until - 50), 2)
    kind, alias = aliases[int(draw(seed, "whom", number) * len(aliases))]
    side = SIDES[int(draw(seed, "where", number) * 2)]
    other = SIDES[1 - SIDES.index(side)]
    typed = 3000 + 2 * number
    word = _pick(seed, "field", number, options=list(FIELDS[kind]))
    what = draw(seed, "what", number)
    if what < 0.50:
        return [Act(at, side, "edit", alias, value(kind, word, typed))], []
    if what < 0.62:
        later = round(at + draw(seed, "apart", number) * 90, 2)
        return [
            Act(at, side, "edit", alias, value(kind, word, typed)),
            Act(later, other, "edit", alias, value(kind, word, typed + 1)),
        ], []
    if what < 0.67 and word in ("phone", "city", "description"):
        return [Act(at, side, "edit", alias, {word: ""})], []
    if what < 0.76:
        return [Act(at, side, "create", f"{kind} n{number}", whole(kind, typed))], [
            (kind, f"{kind} n{number}")
        ]
    if what < 0.80:
        later = round(at + draw(seed, "apart", number) * 120, 2)
        fields = whole(kind, typed)
        return [
            Act(at, side, "create", f"{kind} n{number}", fields),
            Act(later, other, "create", f"{kind} n{number}", fields),
        ], [(kind, f"{kind} n{number}")]
    if what < 0.84:
        return [Act(at, side, "archive", alias)], []
    if what < 0.85:
        return [Act(at, side, "erase", alias)], []
    if what < 0.87:
        later = round(at + 30 + draw(seed, "apart", number) * 300, 2)
        return [Act(at, side, "archive", alias), Act(later, side, "restore", alias)], []
    if what < 0.90:
        rest = [name for each, name in aliases if each == kind and name != alias]
        return [Act(at, side, "merge", alias, other=_pick(seed, "merged", number, options=rest))], []
    if what < 0.92 and kind != "product":
        later = round(at + 30 + draw(seed, "apart", number) * 300, 2)
        return [
            Act(at, "ledger", "edit", alias, {"supplier": "yes"}),
            Act(later, "ledger", "edit", alias, {"supplier": ""}),
        ], []
    if what < 0.97:
        return [Act(at, "", "answer", values={"which": str(number)})], []
    return [Act(at, side, "edit", alias, value(kind, word, typed))], []


def _bulk(seed: int, config: Config, kinds: list[str]) -> list[Act]:
    """Somebody imports a list: many records of a kind change in the same minute."""
    kind = kinds[int(draw(seed, "bulk kind") * len(kinds))]
    side = SIDES[int(draw(seed, "bulk side") * 2)]
    word = {"person": "city", "company": "city", "product": "description"}[kind]
    at = round(config.until * (0.3 + 0.4 * draw(seed, "bulk when")), 2)
    found = []
    for index in range(12):
        alias = f"{kind} b{index}"
        found.append(Act(0, side, "create", alias, whole(kind, 700 + index)))
        found.append(Act(at + index * 0.01, side, "edit", alias, value(kind, word, 800 + index)))
    return found
