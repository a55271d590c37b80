"""The safeguards that the simulation does not reach: tests are their home, and fail without them."""

from tests.simulation.guard import Guard
from tests.simulation.removals import edited

from crossfoot.runtime import (
    computing,
    confirming,
    cycle,
    halting,
    listen,
    planning,
    tokens,
    twins,
    undo,
)
from crossfoot.store import signals
from crossfoot.sync import (
    billing,
    fetch,
    in_turn,
    merge,
    plan_single,
    preflight,
    preflight_documents,
    pricing,
    push,
    settle,
)
from crossfoot.systems.hubspot import at_hand, document_writes
from crossfoot.systems.hubspot import webhooks as hubspot_webhooks
from crossfoot.systems.hubspot import writing as hubspot_writing
from crossfoot.systems.xero import invoice_writes, payment_writes
from crossfoot.systems.xero import listing as xero_listing
from crossfoot.systems.xero import webhooks as xero_webhooks
from crossfoot.systems.xero import writing as xero_writing

TESTED = (
    Guard(
        "each attempt has its own id",
        "an old error that Xero replays for a new attempt",
        edited(push.to_write, ('f"{operation.id}.{attempt}"', "operation.id")),
        tests=(
            "tests/sync/test_push.py::test_a_write_says_exactly_what_the_operation_says_and_each_attempt_has_its_own_id",
        ),
    ),
    Guard(
        "creations carry an idempotency key",
        "a creation that a proxy delivers twice, done twice",
        edited(xero_writing.deliver, ("key=idempotency_key(writes) if creates else None", "key=None")),
        tests=("tests/systems/xero/test_writing.py::test_only_creates_carry_an_idempotency_key",),
    ),
    Guard(
        "a remembered key is waited out",
        "an answer to another request taken for ours",
        edited(xero_writing.answered, ("if errors.reused_key(response):", "if False:")),
        tests=(
            "tests/systems/xero/test_writing.py::test_another_request_under_a_remembered_key_waits_until_xero_forgets_it",
        ),
    ),
    Guard(
        "HubSpot's answers are matched by element",
        "one record's answer taken for another's",
        edited(
            hubspot_writing.told,
            (
                "found = next((by_name[name] for name in _named(record) if name in by_name), None)",
                "found = group[batch.results.index(record)]",
            ),
        ),
        tests=("tests/systems/hubspot/test_writing.py::test_results_are_matched_by_trace_never_by_position",),
    ),
    Guard(
        "Xero's answers are matched by element",
        "one record's answer taken for another's",
        edited(
            xero_writing.paired,
            ("_agree(post, write, element, strict=False) for write", "True for write"),
        ),
        tests=(
            "tests/systems/xero/test_http.py::test_a_complete_answer_in_another_order_is_matched_by_key_or_by_id",
        ),
    ),
    Guard(
        "a record that HubSpot's answer leaves out is unknown",
        "a missing answer taken for a yes",
        edited(
            hubspot_writing.told,
            ('Unknown("HubSpot\'s answer did not mention this record")', 'Applied(write.id or "?")'),
        ),
        tests=("tests/systems/hubspot/test_writing.py::test_a_record_that_the_answer_leaves_out_is_unknown",),
    ),
    Guard(
        "a record that Xero's answer leaves out is unknown",
        "a missing answer taken for a no",
        edited(xero_writing._verdict, ("return _UNTOLD", "return Refused(errors.problem(()))")),
        tests=(
            "tests/systems/xero/test_http.py::test_answers_out_of_order_or_incomplete_are_matched_by_key",
        ),
    ),
    Guard(
        "a copy that cannot be looked up is not made again",
        "a second copy where a system has neither key nor unique value",
        edited(plan_single.decide_single, ("if single.begun:", "if False:")),
        tests=(
            "tests/sync/test_plan.py::test_a_copy_that_may_have_been_made_is_not_made_again_until_somebody_has_looked",
            "tests/systems/contract/test_third_system.py::test_a_creation_that_cannot_be_looked_up_is_never_repeated_blindly",
        ),
    ),
    Guard(
        "an answer holds for what was shown",
        "a person's decision carried out on values that nobody has shown",
        edited(
            merge.merge,
            (
                """            and pair.same(verdict.crm, here)
            and pair.same(verdict.ledger, there)
""",
                "",
            ),
        ),
        tests=(
            "tests/sync/test_plan.py::test_a_decision_of_a_person_is_carried_out_for_exactly_the_values_that_were_shown",
        ),
    ),
    Guard(
        "room for a write is made before its look",
        "a write that waits for a limit on an old look",
        edited(
            confirming._look_again,
            ("await joined.systems[side].ready(1)", "pass"),
            ("await joined.systems[side].ready(2)", "pass"),
        ),
        tests=(
            "tests/runtime/test_confirming.py::test_room_for_a_write_is_made_before_the_look_that_it_rests_on",
        ),
    ),
    Guard(
        "only what nobody else writes is written without a look",
        "an edit overwritten that came after the plan",
        edited(fetch.ours_alone, ("abilities.ours.issuperset(operation.values)", "True")),
        tests=(
            "tests/sync/test_detect_and_fetch.py::test_what_nobody_else_writes_is_written_without_a_look_at_it",
        ),
    ),
    Guard(
        "a look leaves out nothing that is written",
        "an edit of lines overwritten, for the look before was at the head alone",
        edited(fetch.left_out, ("return abilities.apart - written", "return abilities.apart")),
        tests=(
            "tests/sync/test_detect_and_fetch.py::test_a_look_before_a_write_leaves_out_what_takes_calls_of_its_own_and_is_not_written",
        ),
    ),
    Guard(
        "what shows anything new is looked at wholly",
        "half of a record taken for all of it",
        edited(fetch.as_known, ("and seen.modified == known.modified", "")),
        tests=(
            "tests/sync/test_detect_and_fetch.py::test_a_look_at_a_part_stands_for_the_whole_only_while_it_shows_the_known_version",
        ),
    ),
    Guard(
        "lines are never older than the head that they are shown with",
        "an invoice that is approved at the price that was corrected just before",
        edited(at_hand.AtHand.lines, ("head.modified + INDEX_LAG <= self.began", "True")),
        tests=(
            "tests/systems/hubspot/test_documents.py::test_a_price_that_the_index_does_not_show_yet_is_not_missed_by_an_invoice_that_is_finalised",
        ),
    ),
    Guard(
        "which lines a document has is asked whenever it moved",
        "a line that was taken out just before our own write, kept for ever",
        edited(at_hand.AtHand.lines, (" and {line.crm_id for line in before} == {*items}", "")),
        tests=(
            "tests/systems/hubspot/test_documents.py::test_after_a_write_to_the_head_lines_are_those_of_memory_but_one_taken_out_is_missed",
        ),
    ),
    Guard(
        "a read answers what it asked about",
        "a change forgotten because another record was read",
        edited(listen.look, ("*(ref for holder in batch for ref in held[holder]),", "*refs,")),
        tests=(
            "tests/runtime/test_looking.py::test_a_read_answers_the_signals_of_what_it_asked_about_and_no_others",
        ),
    ),
    Guard(
        "a read answers only earlier signals",
        "a change that comes while a read is under way, forgotten with its answer",
        edited(
            signals.read,
            ("newest = await generation(tx) if upto is None else upto", "newest = await generation(tx)"),
        ),
        tests=(
            "tests/store/test_memory.py::test_a_signal_stays_unread_until_a_read_that_began_after_it",
            "tests/store/test_memory.py::test_a_signal_that_asks_for_a_read_outlives_work_that_did_not_read",
        ),
    ),
    Guard(
        "Xero's listings overlap",
        "a change in the second in which a listing ended, passed over",
        edited(xero_listing._next_since, ("OVERLAP if cursor.page == 1 else SHORT_OVERLAP", "timedelta(0)")),
        tests=(
            "tests/systems/xero/test_listing.py::test_after_a_listing_the_cursor_stands_five_minutes_back_by_xeros_clock",
        ),
    ),
    Guard(
        "another account is never written to",
        "one customer's records written into another's books",
        edited(halting.check_accounts, ("if key and (halt", "if False and (halt")),
        tests=(
            "tests/runtime/test_halting.py::test_another_account_than_the_one_that_the_links_belong_to_is_never_written_to",
        ),
    ),
    Guard(
        "an emptied side halts",
        "a side that shows hardly anything, believed",
        edited(listen._compare, ("if halt is None:", "halt = None\n        if True:")),
        tests=(
            "tests/runtime/test_halting.py::test_a_side_that_shows_far_too_little_halts_until_a_person_says_so",
        ),
    ),
    Guard(
        "a halt stands until a person releases it",
        "a halt that is over with the next run",
        edited(halting.standing_halt, ("if standing is None:", "if True:")),
        tests=(
            "tests/runtime/test_halting.py::test_a_side_that_shows_far_too_little_halts_until_a_person_says_so",
        ),
    ),
    Guard(
        "what was erased is forgotten",
        "a person's values kept after a privacy deletion",
        edited(planning._keep, ("for ref in decision.erase:", "for ref in ():")),
        tests=(
            "tests/runtime/test_erasing.py::test_of_what_a_system_has_erased_nothing_is_kept_and_it_does_not_come_back",
        ),
    ),
    Guard(
        "a new token is stored before it is used",
        "a consent lost in a crash, because the only valid refresh token was in memory",
        edited(
            tokens.RotatingTokens._refreshed,
            (
                "self._known = new, await keep_pair(tx, self._secrets, self._connection, self._system, new)",
                "self._known = new, generation",
            ),
        ),
        tests=(
            "tests/runtime/test_tokens.py::test_a_token_that_another_process_has_replaced_is_not_refreshed_again",
        ),
    ),
    Guard(
        "one refresher at a time",
        "two processes that use up each other's refresh token",
        edited(tokens.RotatingTokens._renewed, ("if fence is not None:", "if True:")),
        tests=("tests/runtime/test_tokens.py::test_while_another_process_refreshes_the_old_token_serves_on",),
    ),
    Guard(
        "a newer token is never overwritten",
        "a refresher that slept, and puts an old pair over a newer one",
        edited(tokens.RotatingTokens._refreshed, ("if current != generation:", "if False:")),
        tests=(
            "tests/runtime/test_tokens.py::test_a_refresher_that_slept_through_its_lease_does_not_overwrite_the_newer_pair",
        ),
    ),
    Guard(
        "undo is refused where a later edit stands",
        "a person's edit taken back with ours",
        edited(undo._inverse, ("if moved:", "if False:")),
        tests=("tests/runtime/test_undo.py::test_what_was_edited_since_is_not_taken_back",),
    ),
    Guard(
        "undo looks once more before it writes",
        "an edit made while somebody looked at the plan, taken back",
        edited(undo._take_back, ("if isinstance(again, str):", "if False:")),
        tests=(
            "tests/runtime/test_undo.py::test_what_is_edited_while_a_person_looks_at_the_plan_is_not_taken_back",
        ),
    ),
    Guard(
        "what was taken back stays so",
        "an undo that the next run undoes",
        edited(settle.undone, ("return replace(link, held={**link.held, **held})", "return link")),
        tests=(
            "tests/runtime/test_undo.py::test_the_last_change_is_taken_back_and_stays_so_until_a_person_says_which_is_right",
        ),
    ),
    Guard(
        "HubSpot's webhooks are verified",
        "a forged signal heard",
        edited(
            hubspot_webhooks.verify,
            (
                "return hmac.compare_digest(signature(secret, method, url, body, timestamp).encode(), given.encode())",
                "return True",
            ),
        ),
        tests=("tests/systems/hubspot/test_webhooks.py",),
    ),
    Guard(
        "Xero's webhooks are verified",
        "a forged signal heard",
        edited(
            xero_webhooks.verify,
            (
                'return hmac.compare_digest(signature(key, body).encode(), given.encode("utf-8", "replace"))',
                "return True",
            ),
        ),
        tests=("tests/systems/xero/test_webhooks.py",),
    ),
    # ── money ──
    Guard(
        "edits of lines are told though their write was not heard of",
        "an edit that loses a conflict in silence, because somebody went on editing another line",
        edited(settle.overruled, ("or (as_lines and arrived(change.after, change.before, told))", "")),
        tests=(
            "tests/sync/test_documents.py::test_a_lost_edit_of_a_line_is_told_though_another_line_was_edited_since",
        ),
    ),
    Guard(
        "a part of a document is not nothing",
        "a document that is there in part, and counts as refused",
        edited(
            document_writes._Doing.fail, ("if self.done and not isinstance(answer, Unknown):", "if False:")
        ),
        tests=(
            "tests/systems/hubspot/test_documents.py::test_what_was_done_in_part_is_unknown_so_that_it_is_looked_at",
        ),
    ),
    Guard(
        "what was not ready is asked about again",
        "a document that waits for what was mended long ago",
        edited(
            cycle.Cycle._ask_again,
            ("await self._try_again(documents, (SubjectState.NOT_READY,))", "pass"),
        ),
        tests=(
            "tests/documents/test_preflight.py::test_a_closed_period_holds_what_is_approved_and_not_what_is_drafted",
        ),
    ),
    Guard(
        "an invoice is looked for before it is made",
        "a second invoice, for Xero keeps nothing of ours unique on it",
        edited(invoice_writes._create, ('made.get(_text(write, "Url").casefold())', "None")),
        tests=("tests/systems/xero/test_invoices.py::test_what_was_made_before_is_not_made_again",),
    ),
    Guard(
        "what a listing told of a copy grows old",
        "a second invoice, by a worker that slept while another one made the first",
        edited(xero_writing.to_seek, ("now > write.new_until", "False")),
        tests=(
            "tests/documents/test_looks.py::test_a_batch_that_waited_too_long_for_its_turn_looks_for_itself",
        ),
    ),
    Guard(
        "a plan that has waited listens before it makes anything",
        "a second invoice beside one that was made since the plan",
        edited(fetch.to_list_again, ("return creates and", "return False and")),
        tests=(
            "tests/sync/test_detect_and_fetch.py::test_a_creation_that_nothing_would_refuse_a_second_time_rests_on_a_listing",
        ),
    ),
    Guard(
        "a payment is looked for before it is recorded",
        "the same money recorded twice, for Xero refuses no second payment",
        edited(
            payment_writes._create, ("made[str(there.fields[payments.KEY_PATH]).casefold()] = there", "pass")
        ),
        tests=("tests/systems/xero/test_payments.py::test_money_is_never_recorded_twice",),
    ),
    Guard(
        "the day turns",
        "an invoice that has long been overdue and is said to be awaiting payment",
        edited(cycle.Cycle._listen, ("await turn_day(self.joined)", "pass")),
        tests=(
            "tests/documents/test_standing.py::test_an_invoice_becomes_overdue_by_itself_and_is_written_once_for_each_step",
        ),
    ),
    Guard(
        "a customer is looked at when its documents move",
        "a customer who paid and is said to owe",
        edited(computing.note_moved, ("await _note(tx, joined, books.customers, None, customers)", "pass")),
        tests=(
            "tests/documents/test_standing.py::test_payments_credits_and_voids_reach_the_customer_in_the_same_run_as_its_invoice",
        ),
    ),
    Guard(
        "whose document it was until now is looked at too",
        "a customer who goes on owing what another one was given",
        edited(computing._named, ("if rule == REFERS + path}", "if False}")),
        tests=(
            "tests/documents/test_standing.py::test_an_invoice_that_moves_to_another_customer_is_owed_by_that_one",
        ),
    ),
    Guard(
        "what the day does is no mass change",
        "a halt on every day on which many invoices become overdue",
        edited(
            planning.plan_sync,
            ("new or computes(sync, op, joined.descriptions[op.side].fields[op.kind])", "new"),
        ),
        tests=(
            "tests/documents/test_standing.py::test_when_the_day_turns_only_those_that_it_concerns_are_written_and_nobody_is_asked",
        ),
    ),
    Guard(
        "a tax is the same percentage on both sides",
        "an invoice that comes to another total than its twin",
        edited(
            preflight_documents._Check.lines,
            ("self._tax_means_another(name, line) if written else None", "None"),
        ),
        tests=("tests/documents/test_preflight.py::test_a_tax_that_is_another_percentage_on_the_other_side",),
    ),
    # ── deals ──
    Guard(
        "each invoice of a deal has a link of its own",
        "the rest taken for the deposit, where only the link tells which is which",
        edited(billing.addressed, ("if sync.billing is None or", "if True or")),
        tests=(
            "tests/documents/test_deal_parts.py::test_a_memory_that_was_lost_knows_every_part_by_its_link",
        ),
    ),
    Guard(
        "nothing more is billed than the deal comes to",
        "a customer who pays the deposit twice, for the deal became smaller",
        edited(billing._Deal.unbillable, ("if approved and self.whole < approved:", "if False:")),
        tests=(
            "tests/documents/test_deal_parts.py::test_less_than_what_is_billed_is_a_question_and_no_credit",
        ),
    ),
    Guard(
        "what is billed already is taken off the rest",
        "a deposit that is billed again with the rest",
        edited(billing._Deal._wanted, ("rest(self.lines, self._taken())", "rest(self.lines, ())")),
        tests=(
            "tests/documents/test_deal_parts.py::test_an_approved_deposit_stays_and_the_rest_follows_the_deal",
        ),
    ),
    Guard(
        "a deposit never comes back to life",
        "a voided deposit, taken off the rest as if it were still to be made",
        edited(billing._Deal._counts_as_planned, ("if other is not None and other.linked:", "if False:")),
        tests=(
            "tests/documents/test_deal_parts.py::test_a_draft_that_was_deleted_in_xero_is_not_made_again_and_the_rest_bills_all",
        ),
    ),
    Guard(
        "a draft that somebody else wrote is not rewritten",
        "lines that a person typed, gone because they said that the invoice is the deal's",
        edited(merge._waits, ("if first and direction is Direction.TO_LEDGER", "if False")),
        tests=(
            "tests/documents/test_deal_twins.py::test_a_draft_that_a_person_wrote_is_not_rewritten_unless_they_say_so",
        ),
    ),
    Guard(
        "an invoice that somebody else made of a deal is asked about",
        "a deal that is billed by hand and by us",
        edited(twins._beside, ("return sync.bills_with(other) if side is Side.CRM else", "return False and")),
        tests=(
            "tests/documents/test_deal_twins.py::test_an_invoice_that_hubspot_drafted_for_the_same_money_is_asked_about_too",
        ),
    ),
    Guard(
        "who waits for what another record has hears when it is free",
        "a company that is made by the next full comparison only, though the name it waited for is free",
        edited(listen.remember, ("await note_waiting(tx, joined, sync, side, gone)", "pass")),
        tests=(
            "tests/runtime/test_waiting.py::test_who_waits_for_a_name_is_made_as_soon_as_the_name_is_free",
            "tests/runtime/test_waiting.py::test_who_finds_a_record_full_of_people_gets_a_place_as_soon_as_one_is_free",
        ),
    ),
    Guard(
        "what waits only for a plan is looked at again",
        "a record that waits for ever for a name that a dropped plan gave away",
        edited(
            in_turn.decide_in_turn,
            ("free = decide(sync, subject, _unplanned(before)).operations", "free = ()"),
        ),
        tests=(
            "tests/sync/test_in_turn.py::test_of_two_new_records_with_one_unique_name_the_second_waits_and_is_looked_at_again",
            "tests/sync/test_in_turn.py::test_who_finds_a_record_full_of_people_that_are_only_planned_is_looked_at_again",
        ),
    ),
    Guard(
        "what is given to a whole invoice is held",
        "books with another amount than the customer saw, for a discount of the whole has no place there",
        edited(preflight_documents.unready, ("or check.whole()", "")),
        tests=(
            "tests/documents/test_preflight.py::test_what_is_given_to_a_whole_invoice_would_not_reach_the_books",
            "tests/documents/test_preflight.py::test_a_draft_that_is_given_a_discount_as_a_whole_is_not_approved_until_it_is_taken_back",
        ),
    ),
    Guard(
        "prices are compared without tax",
        "a price that includes tax in Xero taken for one without, and taxed once more",
        edited(
            billing.facing,
            ("return crm, compared(ledger, crm, _lines(sync, base or {}), around)", "return crm, ledger"),
        ),
        tests=(
            "tests/documents/test_inclusive.py::test_a_price_with_tax_in_xero_is_the_price_without_in_hubspot_and_both_come_to_the_same",
        ),
    ),
    Guard(
        "prices are written with their tax",
        "a price without tax that becomes one with tax in Xero, and is too low",
        edited(preflight.native, ("if priced else written", "if False else written")),
        tests=(
            "tests/documents/test_inclusive.py::test_an_edit_in_hubspot_reaches_xero_with_tax_and_no_other_price_moves",
        ),
    ),
    Guard(
        "a tax within a price is not guessed",
        "a price with an unknown tax in it taken for one without",
        edited(pricing._Books.unpriced, ("if self._rate(line) is None:", "if False:")),
        tests=("tests/documents/test_inclusive.py::test_a_rate_that_nobody_has_told_yet_is_not_guessed",),
    ),
    Guard(
        "a rate that changed moves no price of before",
        "the prices of invoices of years recomputed with the rate of today",
        edited(pricing._Books.unpriced, ("if problem is not None:", "if False:")),
        tests=(
            "tests/documents/test_inclusive.py::test_a_rate_that_changed_since_the_invoice_was_written_moves_no_price",
        ),
    ),
    Guard(
        "a price that means the same with tax stays as it was typed",
        "a price in HubSpot that is corrected by a hair after each edit",
        edited(pricing._without, ("next(told, None) or ", "")),
        tests=(
            "tests/documents/test_inclusive.py::test_a_price_that_somebody_typed_in_hubspot_stays_to_the_last_digit",
        ),
    ),
    Guard(
        "a line without tax gets no price that includes one",
        "a line in Xero with the tax of its account within a price that has none",
        edited(
            pricing._Books.priced, ("rate = None if untold else self._rate(line)", "rate = self._rate(line)")
        ),
        tests=("tests/documents/test_inclusive.py::test_a_line_without_tax_waits_where_prices_include_it",),
    ),
)
