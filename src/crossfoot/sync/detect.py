"""Which subjects of a sync deserve a look."""

from collections.abc import Iterable, Sequence

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.settings.rules import Sync, SyncState


def kinds_watched(syncs: Iterable[Sync]) -> set[tuple[Side, Kind]]:
    """Every kind on every side that an active sync covers."""
    return {(side, sync.kind(side)) for sync in syncs if sync.state is SyncState.ACTIVE for side in Side}


def concerned(syncs: Iterable[Sync], refs: Sequence[Ref]) -> dict[str, list[Ref]]:
    """Per active sync, the changed records that it covers."""
    return {
        sync.name: found
        for sync in syncs
        if sync.state is SyncState.ACTIVE
        and (found := [ref for ref in refs if sync.kind(ref.side) is ref.kind])
    }
