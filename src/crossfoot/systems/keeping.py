"""The contract of systems in which we keep fields of our own: to look whether they are as they must be, and to put them right."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from crossfoot.model.ailments import Ailment
from crossfoot.model.identity import Kind
from crossfoot.systems.port import FieldInfo


@runtime_checkable
class KeepsFields(Protocol):
    """A system with fields of ours."""

    async def examine_fields(self, kind: Kind, wanted: Sequence[FieldInfo]) -> list[Ailment]:
        """Everything that is wrong with these fields of a kind; nothing is changed. Raises `Trouble`."""
        ...

    async def mend_fields(
        self, kind: Kind, wanted: Sequence[FieldInfo], *, tidy: bool = False
    ) -> list[Ailment]:
        """Make and repair these fields, and return what is still wrong. `tidy`: names and groups too. Raises `Trouble`."""
        ...
