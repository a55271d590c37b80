"""Pipelines and their stages: where a deal stands, and what closes it (HubSpot fact 7.5, pipelines guide)."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from crossfoot_sandbox.hubspot.times import iso

DEFAULT = "default"
_DEFAULT_STAGES = (
    ("appointmentscheduled", "Appointment Scheduled", "0.2"),
    ("qualifiedtobuy", "Qualified To Buy", "0.4"),
    ("presentationscheduled", "Presentation Scheduled", "0.6"),
    ("decisionmakerboughtin", "Decision Maker Bought-In", "0.8"),
    ("contractsent", "Contract Sent", "0.9"),
    ("closedwon", "Closed Won", "1.0"),
    ("closedlost", "Closed Lost", "0.0"),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a pipeline. A probability of 1 means won, of 0 lost; both are closed."""

    id: str
    label: str
    order: int
    probability: str  # as it was sent: "0.2", "1.0"
    created: int = 0
    updated: int = 0

    @property
    def won(self) -> bool:
        """Whether deals here are won."""
        return Decimal(self.probability) == 1

    @property
    def lost(self) -> bool:
        """Whether deals here are lost."""
        return Decimal(self.probability) == 0

    def json(self) -> dict[str, Any]:
        """As the pipelines API shows it; metadata values are texts."""
        return {
            "label": self.label,
            "displayOrder": self.order,
            "metadata": {
                "isClosed": "true" if self.won or self.lost else "false",
                "probability": self.probability,
            },
            "id": self.id,
            "createdAt": iso(self.created),
            "updatedAt": iso(self.updated),
            "archived": False,
            "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
        }


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One way through the stages."""

    id: str
    label: str
    order: int
    stages: tuple[Stage, ...]
    created: int = 0
    updated: int = 0
    archived: int | None = None

    def ordered(self) -> list[Stage]:
        """The stages as people see them."""
        return sorted(self.stages, key=lambda stage: (stage.order, stage.label))

    def stage(self, stage_id: str) -> Stage | None:
        """One of its stages."""
        return next((stage for stage in self.stages if stage.id == stage_id), None)

    def json(self) -> dict[str, Any]:
        """As the pipelines API shows it."""
        shown: dict[str, Any] = {
            "label": self.label,
            "displayOrder": self.order,
            "id": self.id,
            "createdAt": iso(self.created),
            "updatedAt": iso(self.updated),
            "archived": self.archived is not None,
            "stages": [stage.json() for stage in self.ordered()],
        }
        if self.archived is not None:
            shown["archivedAt"] = iso(self.archived)
        return shown


def default_pipeline() -> Pipeline:
    """The one every account begins with; its dates are those of 1970."""
    stages = tuple(
        Stage(stage_id, label, order, probability)
        for order, (stage_id, label, probability) in enumerate(_DEFAULT_STAGES)
    )
    return Pipeline(DEFAULT, "Sales Pipeline", 0, stages)


@dataclass(slots=True)
class Pipelines:
    """The deal pipelines of one portal."""

    all: dict[str, Pipeline] = field(default_factory=lambda: {DEFAULT: default_pipeline()})
    _last_id: int = 970_600_000

    def live(self) -> list[Pipeline]:
        """Those in use, as people see them."""
        kept = (one for one in self.all.values() if one.archived is None)
        return sorted(kept, key=lambda one: (one.order, one.label))

    def stages(self) -> Iterator[Stage]:
        """The stages of all pipelines in use."""
        for pipeline in self.live():
            yield from pipeline.ordered()

    def stage(self, stage_id: str | None) -> Stage | None:
        """A stage by its id, which is unique in the portal."""
        return next((stage for stage in self.stages() if stage.id == stage_id), None)

    def next_id(self) -> str:
        """An id for a pipeline or stage that came without one."""
        self._last_id += 1
        return str(self._last_id)

    def put(self, pipeline: Pipeline, now: int) -> Pipeline:
        """Enter a new or changed pipeline."""
        kept = replace(pipeline, updated=now)
        self.all[kept.id] = kept
        return kept
