"""One fixture for every subject, and one for those that can do what a promise is about: a test that is asked runs, and can fail."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.systems.contract.subjects import SUBJECTS, Subject


def _fixture(name: str, wanted: Callable[[Subject], bool]) -> Any:
    names = [name for name, make in SUBJECTS.items() if wanted(make())]

    @pytest.fixture(params=names, name=name)
    async def connected(request: pytest.FixtureRequest) -> Subject:
        made = SUBJECTS[request.param]()
        await made.open()
        return made

    return connected


subject = _fixture("subject", lambda _: True)
changing = _fixture("changing", lambda subject: subject.can.update_batch > 0)
changing_and_archiving = _fixture(
    "changing_and_archiving", lambda subject: subject.can.update_batch > 0 < subject.can.archive_batch
)
unchanging = _fixture("unchanging", lambda subject: subject.can.update_batch == 0)
keyed = _fixture("keyed", lambda subject: subject.can.key_path is not None)
unique = _fixture("unique", lambda subject: bool(subject.unique))
priced = _fixture("priced", lambda subject: bool(subject.price))
archiving = _fixture("archiving", lambda subject: subject.can.archive_batch > 0)
unarchiving = _fixture("unarchiving", lambda subject: subject.can.archive_batch == 0)
merging = _fixture("merging", lambda subject: subject.merges)
lined = _fixture("lined", lambda subject: bool(subject.lines))
