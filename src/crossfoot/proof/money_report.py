"""The money proof as one thing: its scope, the books of both sides, what the detectors found, and the verdict."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from crossfoot.model.identity import Kind, Side
from crossfoot.proof.causes import DifferenceCause
from crossfoot.proof.detectors import Detector
from crossfoot.proof.findings import FindingBook
from crossfoot.proof.money_book import MoneyBook


@dataclass(frozen=True, slots=True)
class Scope:
    """What the proof is about; whatever is outside was not looked at."""

    kinds: tuple[Kind, ...]
    since: date | None = None
    """The first day of the documents' dates; None: from the beginning."""
    left_out: tuple[str, ...] = ()
    """Filters and settings that leave documents out, each in a sentence for people."""


@dataclass(frozen=True, slots=True)
class MoneyProof:
    """The report that the money of both sides agrees."""

    connection: str
    read_at: datetime
    titles: Mapping[Side, str]
    """The systems, as people call them."""
    accounts: Mapping[Side, str]
    """The portal and the organisation."""
    scope: Scope
    book: MoneyBook
    findings: FindingBook
    halt: str = ""
    """Why the proof could not be made, in a sentence."""

    @property
    def green(self) -> bool:
        """Whether everything was read and every cent of every difference is explained. Findings of the detectors do not make it red."""
        return not self.halt and self.book.green

    @property
    def exit_code(self) -> int:
        """For scripts: 0 for green, 1 for anything else."""
        return 0 if self.green else 1

    @property
    def compared(self) -> tuple[str, ...]:
        """What was compared, in sentences."""
        *some, last = (f"{each.replace('_', ' ')}s" for each in self.scope.kinds or ("document",))
        kinds = f"{', '.join(some)} and {last}" if some else last
        since = f"dated {self.scope.since.isoformat()} or later" if self.scope.since else "of all dates"
        crm, ledger = self.titles[Side.CRM], self.titles[Side.LEDGER]
        told = [f"All {kinds} {since}, in both systems."]
        if Kind.INVOICE in self.scope.kinds:
            told.append(f"Of an invoice, what {crm} itself computes is compared with what {ledger} says.")
        if Kind.DEAL in self.scope.kinds:
            told.append(f"Of a deal, whose tax {crm} does not compute, what is shown on it is compared.")
        copies = self.book.copies
        if copies.total():
            told.append(
                f"On {copies[True]:,} of {copies.total():,} documents that both have, {crm} shows {ledger}'s amounts "
                "to the cent, in fields that are kept for that."
            )
        return (told[0], " ".join(told[1:])) if told[1:] else (told[0],)

    @property
    def verdict(self) -> str:
        """One sentence."""
        book = self.book
        if self.halt:
            return f"NOT PROVED. {self.halt}"
        if not book.green:
            return f"NOT GREEN. {book.unexplained:,} unexplained: see what is said of each."
        differing = book.documents - book.agreeing
        rest = f" {differing:,} differ, each explained." if differing else ""
        return f"GREEN. {book.agreeing:,} of {book.documents:,} documents agree to the cent.{rest} Unexplained: 0."


def as_data(proof: MoneyProof) -> dict[str, Any]:
    """The proof as data for JSON: whoever reads it needs no other part of it to check the sums again."""
    book, findings = proof.book, proof.findings
    return {
        "green": proof.green,
        "verdict": proof.verdict,
        "unexplained": book.unexplained,
        "connection": proof.connection,
        "read_at": proof.read_at,
        "accounts": proof.accounts,
        "scope": proof.scope,
        "compared": proof.compared,
        "documents": book.documents,
        "agreeing": book.agreeing,
        "copied": {"exactly": book.copies[True], "of": book.copies.total()},
        "causes": book.present,
        "sums": [
            {
                "currency": row.currency,
                "kind": row.kind,
                "phase": row.phase,
                "agrees": row.agrees,
                "sides": {side: {"count": sums.count, **sums.amounts} for side, sums in row.sides.items()},
            }
            for row in book.rows()
        ],
        "bridges": [
            {
                "currency": bridge.currency,
                "kind": bridge.kind,
                "measure": bridge.measure,
                "ledger": bridge.ledger,
                "parts": bridge.parts,
                "crm": bridge.crm,
                "leftover": bridge.leftover,
            }
            for bridge in book.bridges()
        ],
        "examples": [each for cause in DifferenceCause for each in book.examples(cause)],
        "findings": [
            {
                "detector": detector,
                "currency": currency,
                "count": tally.count,
                "amount": tally.amount,
                "ages": dict(tally.ages),
                "muted": tally.muted,
            }
            for detector, currency, tally in findings.tallies()
        ],
        "finding_examples": [each for detector in Detector for each in findings.examples(detector)],
    }
