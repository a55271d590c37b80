"""The safeguards of money that the simulation reaches: each has a story in `money_guarded.py` that is told in both forms."""

from tests.simulation.guard import Guard
from tests.simulation.removals import edited, together

from crossfoot.runtime import answers
from crossfoot.sync import in_turn, merge, plan_pair, preflight_documents
from crossfoot.systems.hubspot import associations, belongings, document_writes

TOLD = (
    # ── whose the document is ──
    Guard(
        "the books own what they have approved",
        "an edit of money in the CRM that overwrites the books",
        edited(merge.merge, ("handed = handed_over and pair.handed", "handed = False")),
        ("ORDER",),
    ),
    Guard(
        "a copy that is gone takes nothing out of the books",
        "an approved invoice that is voided, because its copy was deleted",
        edited(plan_pair._decide_gone, ("and not handed", "")),
        ("ORDER",),
        config={"deletion": "archive"},
    ),
    Guard(
        "what was decided before approval is a proposal after it",
        "a difference that nobody is told of, for a decision that cannot be carried out",
        together(
            edited(merge.merge, ("and not (handed and verdict.winner is Side.CRM)", "")),
            edited(
                answers.choose,
                ('if winner is Side.CRM and review.subject.get("why") == PROPOSAL:', "if False:"),
            ),
        ),
        ("AGREE",),
    ),
    # ── lines ──
    Guard(
        "lines are merged one by one",
        "an edit of one line that is lost to an edit of another",
        edited(merge.merge, ("and (both := _joined(pair, last, here, there, found))", "and (both := [])")),
        ("KEEP",),
    ),
    Guard(
        "a line item that is not found says nothing",
        "a line that is taken out of the books, because a replica lagged",
        edited(
            belongings.Belongings.lines,
            (
                "lines_of([records[item] for item in mine])",
                "lines_of([records[item] for item in mine if item in records])",
            ),
            ("if each in found or all(item in records for item in mine)", ""),
        ),
        ("KEEP", "CALM"),
    ),
    Guard(
        "what HubSpot refused is not unknown",
        "a write that is refused, and sent again in every run",
        edited(
            document_writes.DocumentWriting._send_lines,
            ("if not reply.value.errors or any(", "if True or any("),
        ),
        ("AGREE",),
    ),
    Guard(
        "the steps of a document wait for nothing",
        "a step that is sent on a look which has grown old",
        edited(associations.Associations._send, ("payload, at_once=True)", "payload)")),
        ("GAP",),
    ),
    # ── what the books would refuse ──
    Guard(
        "no payment is above what is due",
        "money that was recorded by hand, recorded once more",
        edited(
            preflight_documents._Check.payment,
            ("if document.due is not None and amount > document.due:", "if False:"),
        ),
        ("READY",),
    ),
    Guard(
        "two payments at once are not above what is due",
        "two payments in one call that are more than what is due",
        edited(in_turn.decide_in_turn, ("_pay(operation, owed, around)", "pass")),
        ("READY",),
    ),
    Guard(
        "no payment before its invoice is approved",
        "a payment that the books must refuse",
        edited(preflight_documents._Check.payment, ("if not document.stands:", "if False:")),
        ("ORDER", "READY"),
    ),
    Guard(
        "closed books stay closed",
        "a document of a day whose books are closed",
        edited(preflight_documents._Check.closed, ("if day is not None and day <= last:", "if False:")),
        ("READY",),
    ),
)
