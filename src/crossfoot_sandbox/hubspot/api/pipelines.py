"""The pipelines API, for deals (HubSpot fact 7.5, pipelines guide)."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from crossfoot_sandbox.hubspot.api.call import Call
from crossfoot_sandbox.hubspot.books.kinds import DEALS
from crossfoot_sandbox.hubspot.books.stages import Pipeline, Stage
from crossfoot_sandbox.hubspot.errors import Problem, invalid
from crossfoot_sandbox.hubspot.sent import listed, whole_number
from crossfoot_sandbox.wire import Response

MOST_STAGES = 100


def list_(call: Call) -> Response:
    """All pipelines in use."""
    _may_read(call)
    return Response.json(200, {"results": [one.json() for one in call.account.pipelines.live()]})


def create(call: Call) -> Response:
    """A new pipeline with its stages. Free accounts keep the one they have."""
    _may_write(call)
    if call.account.tier == "free":
        raise Problem(403, "Your account cannot have more deal pipelines.", "FORBIDDEN")
    fields = call.fields()
    known = call.account.pipelines
    label = _label(fields)
    if any(one.label == label for one in known.live()):
        raise Problem(409, f"A pipeline with the label '{label}' already exists.", "CONFLICT")
    stages = _stages(call, fields.get("stages"), ())
    made = Pipeline(known.next_id(), label, _order(fields), stages, call.now)
    return Response.json(201, known.put(made, call.now).json())


def read(call: Call) -> Response:
    """One pipeline, an archived one too."""
    _may_read(call)
    return Response.json(200, _found(call, archived=True).json())


def replace_all(call: Call) -> Response:
    """Another label, place and list of stages; stages that are named by their id stay."""
    _may_write(call)
    found, fields = _found(call), call.fields()
    stages = _stages(call, fields.get("stages"), found.stages)
    kept = {stage.id for stage in stages}
    for stage in found.stages:
        if stage.id not in kept:
            _unused(call, stage_id=stage.id)
    changed = replace(found, label=_label(fields), order=_order(fields), stages=stages)
    return Response.json(200, call.account.pipelines.put(changed, call.now).json())


def edit(call: Call) -> Response:
    """Another label or place. `archived: false` brings an archived one back; sent otherwise it is a 400."""
    _may_write(call)
    fields = call.fields()
    found = _found(call, archived=True)
    if "archived" in fields and (fields["archived"] is not False or found.archived is None):
        raise invalid("archived can only be sent as false, to restore an archived pipeline")
    if found.archived is not None and "archived" not in fields:
        raise _unknown(call)
    changed = replace(
        found,
        label=str(fields.get("label", found.label)),
        order=whole_number(fields.get("displayOrder"), "displayOrder", found.order),
        archived=None,
    )
    return Response.json(200, call.account.pipelines.put(changed, call.now).json())


def archive(call: Call) -> Response:
    """Take a pipeline out of use. 2026-09 refuses one with deals unless told not to look; one must remain."""
    _may_write(call)
    found, known = _found(call), call.account.pipelines
    if len(known.live()) == 1:
        raise invalid("The last pipeline of an account cannot be deleted")
    for stage in found.stages:
        _unused(call, stage_id=stage.id)
    known.put(replace(found, archived=call.now), call.now)
    return Response(204)


def stages(call: Call) -> Response:
    """The stages of one pipeline."""
    _may_read(call)
    return Response.json(200, {"results": [stage.json() for stage in _found(call).ordered()]})


def create_stage(call: Call) -> Response:
    """A further stage."""
    _may_write(call)
    found = _found(call)
    made = _stage(call, call.fields(), found.stages)
    call.account.pipelines.put(replace(found, stages=(*found.stages, made)), call.now)
    return Response.json(201, made.json())


def read_stage(call: Call) -> Response:
    """One stage."""
    _may_read(call)
    return Response.json(200, _found_stage(call, _found(call)).json())


def edit_stage(call: Call) -> Response:
    """Another label, place or probability."""
    _may_write(call)
    found = _found(call)
    stage, fields = _found_stage(call, found), call.fields()
    others = tuple(one for one in found.stages if one is not stage)
    merged = {"label": stage.label, "displayOrder": stage.order, **fields}
    told = fields.get("metadata") or {}
    # Anything else than an object is refused where stages are checked.
    merged["metadata"] = {"probability": stage.probability, **told} if isinstance(told, dict) else told
    changed = replace(_stage(call, merged, others, stage.id), created=stage.created)
    call.account.pipelines.put(replace(found, stages=(*others, changed)), call.now)
    return Response.json(200, changed.json())


def archive_stage(call: Call) -> Response:
    """Take a stage away, as `archive` does a pipeline."""
    _may_write(call)
    found = _found(call)
    stage = _found_stage(call, found)
    if len(found.stages) == 1:
        raise invalid("The last stage of a pipeline cannot be deleted")
    _unused(call, stage_id=stage.id)
    kept = tuple(one for one in found.stages if one is not stage)
    call.account.pipelines.put(replace(found, stages=kept), call.now)
    return Response(204)


def _may_read(call: Call) -> None:
    _deals(call)
    call.may_see_schema(DEALS)


def _may_write(call: Call) -> None:
    _deals(call)
    call.needs("crm.schemas.deals.write", "crm.objects.deals.write")


def _deals(call: Call) -> None:
    if call.kind() is not DEALS:
        raise invalid(f"Object type {call.kind().type_id} has no pipelines")


def _found(call: Call, *, archived: bool = False) -> Pipeline:
    found = call.account.pipelines.all.get(call.params["id"])
    if found is None or (found.archived is not None and not archived):
        raise _unknown(call)
    return found


def _found_stage(call: Call, pipeline: Pipeline) -> Stage:
    found = pipeline.stage(call.params["stage"])
    if found is None:
        raise Problem(404, f"There is no stage {call.params['stage']}", "OBJECT_NOT_FOUND")
    return found


def _unknown(call: Call) -> Problem:
    return Problem(404, f"There is no pipeline {call.params['id']}", "OBJECT_NOT_FOUND")


def _label(fields: Mapping[str, Any]) -> str:
    label = fields.get("label")
    if not label:
        raise invalid("Invalid input JSON: Some required fields were not set: [label]")
    return str(label)


def _order(fields: Mapping[str, Any]) -> int:
    if fields.get("displayOrder") is None:
        raise invalid("Invalid input JSON: Some required fields were not set: [displayOrder]")
    return whole_number(fields["displayOrder"], "displayOrder", 0)


def _stages(call: Call, sent: Any, known: tuple[Stage, ...]) -> tuple[Stage, ...]:
    entries = listed(sent, "stages")
    if not 0 < len(entries) <= MOST_STAGES:
        raise invalid(f"A pipeline has 1 to {MOST_STAGES} stages")
    by_id = {stage.id: stage for stage in known}
    made: list[Stage] = []
    for entry in entries:
        if not isinstance(entry, Mapping):
            raise invalid("Invalid input JSON: a stage must be an object")
        old = by_id.get(str(entry.get("stageId") or entry.get("id") or ""))
        stage = _stage(call, entry, tuple(made), old.id if old else "")
        made.append(replace(stage, created=old.created) if old else stage)
    return tuple(made)


def _stage(call: Call, fields: Mapping[str, Any], others: tuple[Stage, ...], stage_id: str = "") -> Stage:
    label = _label(fields)
    if any(one.label == label for one in others):
        raise invalid(f"The stage label '{label}' is used twice in this pipeline")
    metadata = fields.get("metadata")
    sent = metadata.get("probability") if isinstance(metadata, Mapping) else None
    try:
        probability = Decimal(str(sent))
    except InvalidOperation:
        raise invalid("Deal stages need metadata.probability, a number from 0.0 to 1.0") from None
    if not probability.is_finite() or not 0 <= probability <= 1:
        raise invalid(f"metadata.probability must be from 0.0 to 1.0, not {sent}")
    given = stage_id or call.account.pipelines.next_id()
    return Stage(given, label, _order(fields), str(sent), call.now, call.now)


def _unused(call: Call, *, stage_id: str) -> None:
    """400 when deals stand there and the call looks for them: by default on 2026-09, on request before."""
    asked = call.request.one("validateDealStageUsagesBeforeDelete")
    looks = call.version == "2026-09" if asked is None else asked.lower() == "true"
    book = call.account.book(DEALS.plural)
    if looks and any(record.alive and record.values.get("dealstage") == stage_id for record in book.values()):
        raise invalid(f"Stage {stage_id} is used by deals and cannot be deleted")
