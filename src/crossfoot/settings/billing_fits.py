"""What the invoices of a deal ask of the connected CRM that it does not have: fields, and stages of its pipelines."""

from collections.abc import Iterator, Mapping

from crossfoot.model.identity import Kind, Side
from crossfoot.settings.billing import BillSettings
from crossfoot.settings.checks import (
    Account,
    Place,
    SettingsProblem,
    filter_misfits,
    meant,
    some,
)
from crossfoot.settings.shape import PairSettings, SyncSettings


def bill_misfits(
    bills: tuple[BillSettings, ...],
    sync: SyncSettings,
    accounts: Mapping[Side, Account],
    stage: tuple[str, ...],
) -> Iterator[SettingsProblem]:
    """What is wrong with `documents.deals` and `documents.deal_stages`, given the field that holds the stage of a deal."""
    account = accounts.get(Side.CRM)
    fields = account.fields.get(Kind.DEAL, {}) if account is not None else {}
    known = fields[stage[0]].options if stage and stage[0] in fields else {}
    for at, bill in enumerate(bills):
        here: Place = ("documents", "deals", at)
        yield from _unknown_stages((*here, "stage"), bill.stage, known)
        if bill.when is not None and fields:
            yield from filter_misfits((*here, "when"), Side.CRM, bill.when, fields)
        for word in ("percent_field", "amount_field"):
            path = getattr(bill, word)
            if path and fields and (path not in fields or fields[path].type not in _NUMBERS):
                what = f"The CRM has no number field '{path}' of deals."
                yield SettingsProblem(
                    (*here, word), what, meant(path, fields) or "Name a field that holds a number."
                )
    row: PairSettings | None = (sync.mapping or {}).get("stage")
    for word, wanted in ((row.stages if row is not None else None) or {}).items():
        yield from _unknown_stages(("documents", "deal_stages", word), (wanted,), known)


def _unknown_stages(
    here: Place, stages: tuple[str, ...], known: Mapping[str, str]
) -> Iterator[SettingsProblem]:
    labels = {label: name for name, label in known.items()}
    for each in stages:
        if known and each not in known:
            fix = f"Write '{labels[each]}', its internal name." if each in labels else meant(each, known)
            yield SettingsProblem(here, f"There is no stage '{each}'.", fix or f"There are {some(known)}.")


_NUMBERS = frozenset({"number", "money"})
