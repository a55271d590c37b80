"""A run as a bookkeeper reads it: the CRM on the left, the ledger on the right, Crossfoot in the middle."""

from collections.abc import Sequence

from tests.simulation.play import Verdict
from tests.simulation.words import Line

_SIDE = 50
_MIDDLE = 46


def told(verdict: Verdict, *, most: int = 200) -> str:
    """The lines of a run in three columns."""
    head = f"{'second':>8}  {'HubSpot':<{_SIDE}}{'Crossfoot':<{_MIDDLE}}{'Xero':<{_SIDE}}"
    lines: Sequence[Line] = verdict.lines[-most:]
    return "\n".join([head, "-" * len(head), *(_row(line) for line in lines)])


def _row(line: Line) -> str:
    left, middle, right = "", "", ""
    match line.column:
        case "crm":
            left = line.text
        case "ledger":
            right = line.text
        case _:
            middle = line.text
    return f"{line.at:8.1f}  {_cut(left, _SIDE)}{_cut(middle, _MIDDLE)}{_cut(right, _SIDE)}".rstrip()


def _cut(text: str, width: int) -> str:
    return (text if len(text) < width else text[: width - 2] + "…").ljust(width)


SENTENCES = {
    "AGREE": "Every linked pair agrees on every mapped field, and every record that takes part has exactly one partner.",
    "KEEP": "No person's edit is lost in silence.",
    "GAP": "Every write rests on a look at the record that is at most a second old.",
    "ONCE": "Nothing is created twice.",
    "DEAD": "What a person archived does not come back, nor gets a new twin.",
    "SPARE": "Nothing is archived unless a person archived its partner and the rule says so.",
    "CALM": "In peace nothing is written, and nothing flaps.",
    "AGAIN": "Repeating every signal changes nothing.",
    "BASE": "The memory never claims an agreement that was not observed.",
    "ONE2ONE": "A record is in at most one link.",
    "SAME": "Only records of one thing are linked.",
    "HEARD": "No change is passed over.",
    "DURABLE": "Whatever dies, nothing is left for a human to repair.",
    "STOP": "Too much at once halts and calls a person.",
    "POLITE": "No vendor's limit is exceeded.",
    "CENT": "Of every document both sides say the same to the cent.",
    "ORDER": "A document comes after its customer and items, a payment after the approval of its invoice, and what the books have approved is never overwritten.",
    "READY": "What the books would refuse is said before they are called.",
    "FAIR": "One bad record does not hold up another.",
    "DRY": "A preview writes nothing, and shows what a real run then does.",
    "SPEC": "What is asked of a vendor, and what its stand-in answers, is what the vendor itself describes.",
}
"""What each invariant promises, in one sentence."""
