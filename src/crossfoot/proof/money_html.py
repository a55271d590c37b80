"""The money proof as one page that can be printed, sent and kept: a single file, without script and without any address of another.

The page is made in pieces, one after the other, so that it can be written as it is made. Everything that a person typed is escaped.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from html import escape
from itertools import groupby

from crossfoot.model.document_state import Phase
from crossfoot.model.identity import Kind, Side
from crossfoot.proof.causes import DifferenceCause
from crossfoot.proof.detectors import Detector, Finding
from crossfoot.proof.findings import Age
from crossfoot.proof.money import Measure, MoneyDifference
from crossfoot.proof.money_book import Bridge, Row
from crossfoot.proof.money_chart import cause_bars, phase_bars
from crossfoot.proof.money_report import MoneyProof
from crossfoot.proof.money_style import STYLE

LEGEND = "".join(
    [
        "<p class=legend>",
        *(f'<i class="phase-{phase}"></i>{phase} ' for phase in Phase if phase is not Phase.VOID),
        "</p>",
    ]
)


def page(proof: MoneyProof) -> Iterator[str]:
    """The whole page, piece by piece."""
    title = f"Money proof of {proof.accounts[Side.CRM]} and {proof.accounts[Side.LEDGER]}"
    yield (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>"
    )
    yield from _head(proof, title)
    if not proof.halt:
        yield from _money(proof)
        yield from _causes(proof)
        yield from _findings(proof)
    yield "</main></body></html>\n"


def _head(proof: MoneyProof, title: str) -> Iterator[str]:
    yield f"<h1>{escape(title)}</h1>"
    accounts = " · ".join(f"{proof.titles[side]}: {proof.accounts[side]}" for side in Side)
    yield f"<p class=quiet>Both read afresh {proof.read_at:%Y-%m-%d %H:%M} UTC. {escape(accounts)}</p>"
    color = "good" if proof.green else "bad"
    yield f'<p class="verdict {color}">{escape(proof.verdict)}</p>'
    scope = proof.scope
    *some, last = map(_plural, scope.kinds or ("document",))
    kinds = f"{', '.join(some)} and {last}" if some else last
    since = f"dated {scope.since.isoformat()} or later" if scope.since else "of all dates"
    yield f"<h2>What was compared</h2><p>All {escape(kinds)} {since}, in both systems.</p>"
    if scope.left_out:
        yield "<p>Left out:</p>" + _list(scope.left_out)


def _money(proof: MoneyProof) -> Iterator[str]:
    bridges = list(proof.book.bridges())
    for (currency, kind), group in groupby(proof.book.rows(), key=lambda row: (row.currency, row.kind)):
        rows = list(group)
        yield f"<h2>{escape(currency)}: {escape(_plural(kind))}</h2>"
        yield phase_bars(rows, currency, proof.titles)
        yield LEGEND
        yield _by_phase(proof, rows)
        yield _cross_foot(proof, [each for each in bridges if (each.currency, each.kind) == (currency, kind)])


def _by_phase(proof: MoneyProof, rows: Sequence[Row]) -> str:
    sides = (Side.LEDGER, Side.CRM)
    head = [
        "Status",
        *(f"{what} in {proof.titles[side]}" for what in ("Number", "Total") for side in sides),
        "",
    ]
    body = []
    for row in rows:
        told = [row.sides[side] for side in sides]
        numbers = [f"{sums.count:,}" for sums in told]
        amounts = [_amount(sums.amounts.get(Measure.TOTAL)) for sums in told]
        body.append([row.phase, *numbers, *amounts, "agrees" if row.agrees else "differs"])
    return _table("By status", head, body, numbers=range(1, 5))


def _cross_foot(proof: MoneyProof, bridges: Sequence[Bridge]) -> str:
    """One line for each measure: from the ledger's total over the causes to the CRM's, which must be reached."""
    causes = [
        cause
        for cause in DifferenceCause
        if any(part.cause is cause for each in bridges for part in each.parts)
    ]
    head = ["", proof.titles[Side.LEDGER], *(_name(cause) for cause in causes), proof.titles[Side.CRM], ""]
    body = []
    for each in bridges:
        parts = {part.cause: part.amount for part in each.parts}
        moved = [_signed(parts.get(cause)) for cause in causes]
        found = "UNEXPLAINED" if each.unexplained else "adds up"
        body.append([each.measure, _amount(each.ledger), *moved, _amount(each.crm), found])
    return _table("From total to total", head, body, numbers=range(1, len(head) - 1))


def _causes(proof: MoneyProof) -> Iterator[str]:
    yield "<h2>What differs, and why</h2>"
    causes = [cause for cause in DifferenceCause if proof.book.causes[cause]]
    if not causes:
        yield "<p>Nothing differs.</p>"
        return
    yield cause_bars(proof.book.causes)
    for cause in causes:
        count = proof.book.causes[cause]
        yield f"<h3>{escape(_name(cause))}: {count:,} document{'' if count == 1 else 's'}</h3>"
        yield f"<p>{escape(cause.sentence)}</p>"
        yield _differences(proof, proof.book.examples(cause))


def _differences(proof: MoneyProof, found: Sequence[MoneyDifference]) -> str:
    head = ["Document", "", proof.titles[Side.LEDGER], proof.titles[Side.CRM], "Difference", "Why"]
    body = [
        [
            each.label or each.ledger_id or each.crm_id or "",
            each.measure or "status",
            _amount(each.ledger),
            _amount(each.crm),
            f"{_signed(each.amount)} {each.currency}" if each.amount else "",
            each.why,
        ]
        for each in found
    ]
    return _table("The largest", head, body, numbers=range(2, 5))


def _findings(proof: MoneyProof) -> Iterator[str]:
    findings = proof.findings
    yield "<h2>What to look at</h2>"
    if not findings.count:
        yield "<p>Nothing: deals and invoices tell the same story.</p>"
    ages = [age for age in Age if any(tally.ages[age] for _, _, tally in findings.tallies())]
    head = ["", "Number", "Amount", *ages, "Muted"]
    body = [
        [
            detector.sentence,
            f"{tally.count:,}",
            f"{_amount(tally.amount)} {currency}",
            *(f"{tally.ages[age]:,}" if tally.ages[age] else "" for age in ages),
            f"{tally.muted:,}" if tally.muted else "",
        ]
        for detector, currency, tally in findings.tallies()
    ]
    if body:
        yield _table("By age", head, body, numbers=range(1, len(head)))
    for detector in Detector:
        examples = findings.examples(detector)
        if examples:
            yield f"<h3>{escape(detector.sentence)}</h3><p>{escape(detector.fix)}</p>"
            yield _list(_told(each, proof) for each in examples)


def _told(finding: Finding, proof: MoneyProof) -> str:
    days = finding.age(proof.findings.today)
    since = "" if days is None else f" Since {days:,} day{'' if days == 1 else 's'}."
    return f"{finding.why}{since}"


def _table(caption: str, head: Sequence[str], body: Sequence[Sequence[str]], numbers: Iterable[int]) -> str:
    numeric = set(numbers)

    def cells(tag: str, row: Sequence[str]) -> str:
        return "".join(
            f"<{tag}{' class=number' if at in numeric else ''}>{escape(cell)}</{tag}>"
            for at, cell in enumerate(row)
        )

    rows = "".join(f"<tr>{cells('td', row)}</tr>" for row in body)
    return (
        f"<div class=scroll><table><caption>{escape(caption)}</caption>"
        f"<thead><tr>{cells('th', head)}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _list(sentences: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(each)}</li>" for each in sentences) + "</ul>"


def _amount(value: object) -> str:
    """An amount with its thousands apart; a dash where a side tells none."""
    if value is None:
        return "\N{EN DASH}"
    return f"{value:,f}" if isinstance(value, Decimal) else str(value)


def _signed(amount: Decimal | None) -> str:
    return "" if not amount else f"{amount:+,f}".replace("-", "\N{MINUS SIGN}")


def _name(cause: DifferenceCause) -> str:
    return cause.replace("_", " ").capitalize()


def _plural(kind: Kind | str) -> str:
    return f"{kind.replace('_', ' ')}s"
