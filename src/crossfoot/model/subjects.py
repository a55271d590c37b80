"""How a subject of a sync stands: one enumeration, each member with the sentence that people read."""

from enum import StrEnum


class SubjectState(StrEnum):
    """How a subject stands; what status counts and the proof explains."""

    IN_STEP = "in_step"
    PENDING = "pending"
    EXCLUDED = "excluded"
    ELSEWHERE = "elsewhere"
    DOUBTFUL = "doubtful"
    CONFLICT = "conflict"
    NOT_READY = "not_ready"
    FAILED = "failed"
    ENDED = "ended"

    @property
    def sentence(self) -> str:
        """For people."""
        return {
            SubjectState.IN_STEP: "Both sides agree.",
            SubjectState.PENDING: "A change is on its way.",
            SubjectState.EXCLUDED: "Left out by a filter or a rule.",
            SubjectState.ELSEWHERE: "Another sync takes care of it.",
            SubjectState.DOUBTFUL: "May be the same as another record; a person must say.",
            SubjectState.CONFLICT: "Both sides changed the same field; a person must say.",
            SubjectState.NOT_READY: "Something must be completed before it can be synced.",
            SubjectState.FAILED: "The other system refused it.",
            SubjectState.ENDED: "Its partner was archived, erased or parted from it; it is remembered and left alone.",
        }[self]
