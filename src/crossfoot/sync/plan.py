"""What to do about one subject of a sync: a linked pair (`plan_pair.py`), or a record without a link (`plan_single.py`).

`decide` looks at everything that is known and answers with operations, each with its reason, or with the reason why there are none. What the
other side would refuse is found here, before it is called: "not ready: fix X" beats a failed call.
"""

from crossfoot.settings.rules import Sync
from crossfoot.sync.plan_pair import decide_pair
from crossfoot.sync.plan_single import decide_single
from crossfoot.sync.subject import Decision, Pair, Subject, Surroundings


def decide(sync: Sync, subject: Subject, around: Surroundings) -> Decision:
    """The one decision. Pure: the same knowledge always gives the same operations."""
    return (
        decide_pair(sync, subject, around)
        if isinstance(subject, Pair)
        else decide_single(sync, subject, around)
    )
