"""Deals: the stage decides whether one is won, and the amount is worth something at home (HubSpot fact 7.5)."""

from decimal import Decimal

from crossfoot_sandbox.hubspot.behaviours.amounts import sums_of
from crossfoot_sandbox.hubspot.behaviours.behaviour import Behaviour, Changes, Write
from crossfoot_sandbox.hubspot.behaviours.sums import number, text
from crossfoot_sandbox.hubspot.books import stages
from crossfoot_sandbox.hubspot.books.account import Account
from crossfoot_sandbox.hubspot.books.book import HubRecord
from crossfoot_sandbox.hubspot.books.currencies import rounded
from crossfoot_sandbox.hubspot.books.link_types import DEAL_TO_COMPANY
from crossfoot_sandbox.hubspot.times import iso


class Deals(Behaviour):
    """Pipelines, stages, closing, currencies."""

    def admit(self, write: Write) -> None:
        """A stage must be one of the deal's pipeline; a deal that closes gets its close date."""
        account = write.account
        if write.creating:
            if account.around.switches.deal_pipeline_defaults:
                write.default("pipeline", stages.DEFAULT)
            write.default("deal_currency_code", account.currencies.home)
        pipeline = account.pipelines.all.get(write.after("pipeline") or "")
        stage_id = write.after("dealstage")
        moves = "dealstage" in write.changes or "pipeline" in write.changes
        if pipeline is None or stage_id is None or not moves:
            return
        stage = pipeline.stage(stage_id)
        if stage is None:
            write.refuse(
                "INVALID_OPTION", "dealstage", f"Stage {stage_id} does not belong to pipeline {pipeline.id}"
            )
            return
        closes = (stage.won or stage.lost) and write.before.get("dealstage") != stage.id
        if closes and "closedate" not in write.changes and account.around.switches.closing_sets_closedate:
            write.changes["closedate"] = iso(account.now())

    def derived(self, account: Account, record: HubRecord) -> Changes:
        """Closed or not, won or not, and the amounts at home."""
        values = record.values
        stage = account.pipelines.stage(values.get("dealstage"))
        won, lost = (stage.won, stage.lost) if stage else (False, False)
        home = account.currencies.home
        rate = account.currencies.worth(values.get("deal_currency_code", home), account.now())
        by_lines = self._of_lines(account, record)
        amount = number(values, "amount") if by_lines is None else by_lines
        probability = Decimal(stage.probability) if stage else None

        def at_home(value: Decimal | None) -> str | None:
            if value is None or rate is None:
                return None
            return text(rounded(value * rate, home), home, short=account.around.switches.short_sums)

        closed = amount if won else Decimal(0)
        projected = None if amount is None or probability is None else amount * probability
        return {
            "amount": values.get("amount") if by_lines is None else f"{by_lines:f}",
            "hs_is_closed": _flag(won or lost),
            "hs_is_closed_won": _flag(won),
            "hs_is_closed_lost": _flag(lost),
            "hs_deal_stage_probability": stage.probability if stage else None,
            "hs_exchange_rate": None if rate is None else f"{rate.normalize():f}",
            "amount_in_home_currency": at_home(amount),
            "hs_closed_amount": None if closed is None else f"{closed:f}",
            "hs_closed_amount_in_home_currency": at_home(closed),
            "hs_projected_amount": None if projected is None else f"{projected.normalize():f}",
            "hs_primary_associated_company": account.links.primary(record.id, DEAL_TO_COMPANY),
        }

    def _of_lines(self, account: Account, record: HubRecord) -> Decimal | None:
        """What its line items come to, where they set a deal's amount; None otherwise."""
        if not account.around.switches.lines_set_deal_amount:
            return None
        lines = account.links.of(("deals", "line_items"), record.id)
        found = [sums_of(account, account.books["line_items"][line_id]) for line_id, _ in lines]
        nets = [sums.net for sums in found if sums is not None]
        return sum(nets, Decimal(0)) if nets else None


def _flag(value: bool) -> str:
    return "true" if value else "false"
