"""What a user does from day to day: plan, apply, sync, status, prove, explain, review, undo, log."""

import csv
import re
import shutil
from typing import Any

from tests.cli.conftest import Command, FirstSync, person
from tests.sandbox.served import Served


def test_a_first_sync_shows_the_plan_asks_and_does_what_it_showed(first_sync: FirstSync) -> None:
    for told in ("What would be done", "Nothing has been written yet", "Doubtful matches", "and why"):
        assert told in first_sync.plan.out
    assert first_sync.plan.code == 0
    assert "Do it with 'crossfoot apply'" in first_sync.plan.err
    assert first_sync.declined.code == 1
    assert "Nothing was done" in first_sync.declined.err
    assert first_sync.written_before == 0
    assert "created in HubSpot" in first_sync.applied.out
    assert "created in Xero" in first_sync.applied.out


def test_a_plan_as_data_tells_every_step_and_after_it_is_done_there_is_none(at_work: Command) -> None:
    assert at_work("sync").code == 0
    ended = at_work("plan", "--json")
    assert ended.code == 0
    assert ended.data["counts"] == []
    assert ended.data["calls"] == {"hubspot": 0, "xero": 0}
    again = at_work("apply", "--json", "--yes")
    assert again.code == 0
    assert again.data["run"] is None


def linked(at_work: Command, wanted: str, number: int) -> list[Any]:
    """Differences are no use here: pairs, out of the log of the first sync."""
    runs = at_work("log", "--json", "--limit", "50").data["runs"]
    first = next(run for run in runs if run["trigger"] == "plan applied")
    done = at_work("log", "--run", first["id"][-8:], "--json", "--limit", "1000").data["operations"]
    found = [
        each["operation"]
        for each in done
        if each["operation"]["sync"] == wanted
        and each["operation"]["act"] == "create"
        and each["operation"]["system"] == "xero"
        and each["state"] == "applied"
    ]
    assert len(found) >= number, [each["operation"]["sync"] for each in done]
    return found[:number]


def test_an_edit_in_hubspot_is_carried_over_explained_logged_and_undone(
    sandbox: Served, at_work: Command
) -> None:
    assert at_work("sync").code == 0
    made = linked(at_work, "people", 1)[0]
    person(
        sandbox, side="hubspot", act="edit", kind="contacts", id=made["hubspot_id"], values={"city": "Timaru"}
    )
    synced = at_work("sync", "--json")
    assert synced.code == 0
    assert synced.data["tally"]["applied"] == 1
    ref = f"hubspot/contact/{made['hubspot_id']}"
    why = at_work("explain", ref, "--json").data
    people = next(each for each in why["syncs"] if each["sync"] == "people")
    city = next(each for each in people["fields"] if each["field"] == "city")
    assert (city["base"], city["hubspot"], city["xero"]) == ("Timaru", "Timaru", "Timaru")
    drawn = at_work("explain", ref)
    assert "Timaru" in drawn.out
    assert "What was written" in drawn.out
    log = at_work("log", "--record", ref)
    assert "Timaru" in log.out
    undone = at_work("undo", "--record", ref, "--yes", "--json")
    assert undone.code == 0, undone
    assert undone.data["done"]["applied"] == 1
    assert at_work("sync").code == 0
    question = next(
        each
        for each in at_work("review", "list", "--json").data["questions"]
        if each["kind"] == "held" and each["records"][0]["ref"] == ref
    )
    assert (question["field"], question["hubspot"]) == ("city", "Timaru"), "what was taken back stays so"
    assert question["xero"] != "Timaru"


def test_a_sync_says_how_many_questions_wait(at_work: Command) -> None:
    ended = at_work("sync")
    asked = len(at_work("review", "list", "--json").data["questions"])
    assert asked > 1
    assert f"{asked} questions for you: 'crossfoot review list'." in ended.err


def test_the_log_says_of_whom_it_speaks_and_that_there_is_more(at_work: Command) -> None:
    ended = at_work("log", "--json", "--limit", "50").data
    told = [each for each in ended["history"] if each["event"] == "conflict"]
    assert told, "the first sync replaces some values that differed"
    names = {
        at_work("explain", f"hubspot:{each['hubspot_id']}").out.partition(", in")[0] for each in told[:2]
    }
    drawn = at_work("log", "--limit", "50").out
    assert all(name in drawn for name in names), names
    first = next(run for run in ended["runs"] if run["trigger"] == "plan applied")
    cut = at_work("log", "--run", first["id"][-8:], "--limit", "3").out
    every = at_work("log", "--run", first["id"][-8:], "--json", "--limit", "10000").data["operations"]
    assert f"and {len(every) - 3:,} more; --limit shows more" in cut


def test_what_is_declined_is_data_too_where_data_was_asked_for(at_work: Command) -> None:
    made = linked(at_work, "people", 3)[2]
    undone = at_work("undo", "--record", f"hubspot/contact/{made['hubspot_id']}", "--json", typed="n\n")
    assert (undone.code, undone.data["done"]) == (1, None)
    assert undone.data["planned"]
    edited = at_work("syncs", "edit", "people", "conflicts=hubspot", "--json", typed="n\n")
    assert (edited.code, edited.data["applied"], len(edited.data["changes"])) == (1, False, 1)
    asked = at_work("sync", "--nonsense", "--json")
    assert (asked.code, asked.data["error"]["fix"]) == (2, "See 'crossfoot sync --help'.")


def test_undo_shows_first_and_does_nothing_without_a_yes(sandbox: Served, at_work: Command) -> None:
    made = linked(at_work, "people", 2)[1]
    person(
        sandbox, side="hubspot", act="edit", kind="contacts", id=made["hubspot_id"], values={"city": "Gore"}
    )
    assert at_work("sync").code == 0
    ref = f"hubspot:contact:{made['hubspot_id']}"
    ended = at_work("undo", "--record", ref, typed="n\n")
    assert ended.code == 1
    assert "This would be taken back" in ended.out
    assert "Gore" in ended.out
    assert "Nothing was taken back" in ended.err
    person(
        sandbox, side="xero", act="edit", kind="Contacts", id=made_in_xero(at_work, ref), values={
            "Addresses": [{"AddressType": "POBOX", "City": "Bluff"}]
        },
    )  # fmt: skip
    refused = at_work("undo", "--record", ref, "--yes")
    assert refused.code == 1
    assert "It was edited since in Xero" in " ".join(refused.out.split())


def made_in_xero(at_work: Command, ref: str) -> str:
    for each in at_work("explain", ref, "--json").data["syncs"]:
        for record in each["records"]:
            if record["record"].startswith("xero/contact/"):
                return str(record["record"].rpartition("/")[2])
    raise AssertionError(ref)


def test_a_record_is_found_by_page_address_email_and_name(at_work: Command) -> None:
    own = next(
        each
        for made in linked(at_work, "people", 6)
        for sync in at_work("explain", f"hubspot:contact:{made['hubspot_id']}", "--json").data["syncs"]
        for each in sync["records"]
        if each["record"].startswith("hubspot/contact/") and each["fields"].get("email")
    )
    for text in (own["url"], own["fields"]["email"], own["name"], own["record"].replace("hubspot", "crm")):
        found = at_work("explain", text, "--json")
        assert found.code == 0, (text, found.err)
        assert found.data["record"] in (
            own["record"],
            f"xero/contact/{made_in_xero(at_work, own['record'])}",
        )


def test_whoever_may_mean_several_records_is_asked_which(at_work: Command) -> None:
    several = at_work("explain", ".example", typed="1\n")
    assert "may mean" in several.err
    assert several.code == 0
    nobody = at_work("explain", ".example")
    assert nobody.code == 2
    assert "Say which one" in nobody.err


def test_doubtful_matches_are_accepted_or_kept_apart(at_work: Command) -> None:
    listed = at_work("review", "list")
    assert "Doubtful matches" in listed.out
    questions = at_work("review", "list", "--json").data["questions"]
    similar = [each for each in questions if each["kind"] == "doubtful" and len(each["twins"]) == 1]
    apart = at_work("review", "keep-apart", similar[0]["id"][-8:])
    assert apart.code == 0
    assert "kept apart" in apart.out
    left = {each["id"] for each in at_work("review", "list", "--json").data["questions"]}
    assert similar[0]["id"] not in left
    accepted = None
    for question in similar[1:]:
        if question["id"] in left:
            accepted = at_work("review", "accept", question["id"][-8:])
            break
    assert accepted is not None
    assert accepted.code == 0, accepted.err
    assert "the same from now on" in accepted.out


def test_a_conflict_that_asks_is_decided_and_carried_over(sandbox: Served, at_work: Command) -> None:
    made = linked(at_work, "people", 4)[3]
    assert at_work("syncs", "edit", "people", "conflicts=ask", "--yes").code == 0
    assert at_work("sync").code == 0
    ref = f"hubspot/contact/{made['hubspot_id']}"
    across = made_in_xero(at_work, ref)
    person(
        sandbox, side="hubspot", act="edit", kind="contacts", id=made["hubspot_id"], values={"city": "Ada's"}
    )
    person(sandbox, side="xero", act="edit", kind="Contacts", id=across, values={
        "Addresses": [{"AddressType": "POBOX", "City": "Ben's"}]
    })  # fmt: skip
    assert at_work("sync").code == 0
    asked = at_work("review", "list")
    assert "Conflicts: which value stays?" in asked.out
    question = next(
        each
        for each in at_work("review", "list", "--json").data["questions"]
        if each["kind"] == "conflict" and each["records"][0]["ref"] == ref
    )
    assert (question["hubspot"], question["xero"]) == ("Ada's", "Ben's")
    proven = at_work("prove", "--json")
    assert proven.code == 0, "a conflict that waits for a person is explained"
    assert at_work("review", "choose", question["id"][-8:], "xero").code == 0
    assert at_work("sync").code == 0
    assert sandbox.world.portal.book("contacts")[made["hubspot_id"]].values["city"] == "Ben's"


def test_status_counts_what_agrees_and_what_waits(at_work: Command, sandbox: Served) -> None:
    calls = sandbox.world.sandbox.journal.count
    drawn = at_work("status")
    assert "questions for you" in drawn.out
    assert "Last run" in drawn.out
    told = at_work("status", "--json").data
    assert {each["sync"] for each in told["syncs"]} == {"companies", "company_people", "people", "products"}
    assert all(each["linked"] > 0 for each in told["syncs"])
    assert sandbox.world.sandbox.journal.count == calls, "status calls nobody"


def test_the_proof_writes_every_difference_to_a_csv_file(at_work: Command) -> None:
    ended = at_work("prove", "--csv", "proof.csv", "--json")
    assert ended.code == 0
    assert ended.data["green"] is True
    assert ended.data["unexplained"] == 0
    with (at_work.folder / "proof.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == len(ended.data["differences"]) + ended.data["differences_left_out"]
    assert {line["cause"] for line in lines} <= {
        *("excluded", "doubtful", "not_ready", "failed", "ended", "held", "pending", "one_way")
    }
    assert not (at_work.folder / "proof.csv.part").exists()


def test_a_record_of_another_sync_is_nobodys_difference_but_one_that_no_sync_takes_is_shown(
    at_work: Command,
) -> None:
    def excluded(proof: Any, why: str) -> list[Any]:
        return [each for each in proof["differences"] if each["cause"] == "excluded" and why in each["why"]]

    proof = at_work("prove", "--json").data
    for sync in proof["syncs"]:
        for system in ("hubspot", "xero"):
            alone = sum(sync["alone"][system].values())
            assert sync["records"][system] == sync["linked"] + alone, "what is not linked is alone, and shown"
    assert sum(sync["elsewhere"]["xero"] for sync in proof["syncs"]) > 0
    assert excluded(proof, "no sync takes such records") == []
    assert at_work("syncs", "delete", "people", "--yes").code == 0
    without = at_work("prove", "--json").data
    assert without["green"] is True
    nobodys = excluded(without, "no sync takes such records")
    assert {each["sync"] for each in nobodys} == {"companies", "company_people"}
    assert {sync["elsewhere"]["xero"] for sync in without["syncs"]} == {0}


def test_two_data_folders_know_nothing_of_each_other(at_work: Command) -> None:
    shutil.copytree(at_work.data, at_work.folder / "other")
    assert at_work("syncs", "pause", "people", "--data", "other").code == 0
    assert "paused" in at_work("syncs", "list", "--data", "other").out
    assert "paused" not in at_work("syncs", "list").out


def test_too_much_at_once_stops_and_says_why_until_a_person_lets_it_through(
    sandbox: Served, at_work: Command
) -> None:
    assert at_work("sync").code == 0
    text = at_work("settings", "export").out
    cautious = re.sub(r"halts:\n.*", "halts: {share: 0.001, floor: 0}\n", text, flags=re.DOTALL)
    (at_work.folder / "cautious.yaml").write_text(cautious)
    assert at_work("settings", "apply", "cautious.yaml", "--yes").code == 0
    made = linked(at_work, "people", 5)[4]
    person(
        sandbox, side="hubspot", act="edit", kind="contacts", id=made["hubspot_id"], values={"city": "Ross"}
    )
    stopped = at_work("sync")
    assert stopped.code == 1
    assert "would update 1 contacts in Xero at once" in " ".join(stopped.out.split())
    assert "Stopped since" in at_work("status").out
    assert at_work("sync", "--json").data["halt"]["cause"] == "mass_change"
    assert at_work("sync", "--release").code == 0
    assert "Stopped since" not in at_work("status").out
    contact = sandbox.world.organisation.book("Contacts")[
        made_in_xero(at_work, f"hubspot:contact:{made['hubspot_id']}")
    ]
    assert "Ross" in str(contact.values["Addresses"])
