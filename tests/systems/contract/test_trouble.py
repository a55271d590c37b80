"""What stops a whole connection, asked of every system: it is told as `Trouble`, before anything was done, in words without secrets."""

from collections.abc import Awaitable, Callable

import pytest
from tests.systems.contract.subjects import Subject

from crossfoot.model.problems import Cause
from crossfoot.systems.port import Trouble

CAUSES = {"consent": Cause.CONSENT, "scope": Cause.FORBIDDEN, "vendor": Cause.UNAVAILABLE}


async def told(subject: Subject, doing: str) -> Trouble:
    """The trouble that one of the verbs meets."""
    verbs: dict[str, Callable[[], Awaitable[object]]] = {
        "read": lambda: subject.see(subject.nobody),
        "list": subject.pages,
        "find": lambda: subject.find(subject.find_path, "anything"),
        "write": lambda: subject.write(subject.new(1)),
        "describe": subject.system.describe,
    }
    with pytest.raises(Trouble) as caught:
        await verbs[doing]()
    return caught.value


@pytest.mark.parametrize(
    ("lost", "doing"),
    [
        (lost, doing)
        for lost in CAUSES
        for doing in ("read", "list", "find", "write")
        # A vendor that is down leaves a write unknown, which is for `write` to say.
        if (lost, doing) != ("vendor", "write")
    ],
)
async def test_trouble_of_the_whole_connection_names_its_cause_and_what_to_do(
    subject: Subject, lost: str, doing: str
) -> None:
    subject.loses(lost)
    trouble = await told(subject, doing)
    assert trouble.problem.cause is CAUSES[lost]
    assert trouble.problem.what.endswith(".")
    assert trouble.problem.fix.endswith(".")
    assert subject.secret not in f"{trouble}{trouble.problem.said}{trouble.args}"
    assert subject.living() == 0


@pytest.mark.parametrize(("lost", "waits"), [("consent", False), ("scope", False), ("vendor", True)])
async def test_trouble_says_when_trying_again_makes_sense_or_that_a_person_must_act(
    subject: Subject, lost: str, waits: bool
) -> None:
    subject.loses(lost)
    trouble = await told(subject, "read")
    assert (trouble.retry_after is not None) is waits


async def test_another_account_than_before_is_noticed_before_anything_is_written(subject: Subject) -> None:
    """By its identity, which the run compares; or at once, where a connection is made for one organisation."""
    here = (await subject.system.describe()).identity.key
    subject.system = subject.elsewhere()
    if subject.system.name == "xero":
        trouble = await told(subject, "describe")
        assert trouble.problem.cause is Cause.WRONG_ACCOUNT
        assert trouble.problem.fix
    else:
        assert (await subject.system.describe()).identity.key != here
