"""Settings and syncs from the command line: shown before they change, checked before they are stored."""

from tests.cli.conftest import Command, person
from tests.sandbox.served import Served

from crossfoot_sandbox import defaults


def test_settings_go_out_and_come_back_with_what_changes_in_sentences(at_work: Command) -> None:
    assert at_work("settings", "export", "mine.yaml").code == 0
    file = at_work.folder / "mine.yaml"
    assert at_work("settings", "diff", "mine.yaml").out.strip() == "Nothing changes."
    text = file.read_text()
    file.write_text("# ours\n" + text.replace("conflicts: newest", "conflicts: ledger", 1))
    assert at_work("settings", "validate", "mine.yaml").code == 0
    different = at_work("settings", "diff", "mine.yaml")
    assert "companies, the conflict rule changes from 'newest' to 'ledger'" in different.out
    declined = at_work("settings", "apply", "mine.yaml", typed="n\n")
    assert declined.code == 1
    assert at_work("settings", "export").out == text
    assert at_work("settings", "apply", "mine.yaml", "--yes").code == 0
    assert at_work("settings", "export").out.startswith("# ours\n")
    assert "Xero wins" in at_work("syncs", "list").out


def test_single_settings_are_changed_in_the_words_of_people(at_work: Command) -> None:
    ended = at_work(
        *("syncs", "edit", "people", "direction=to_xero", "creates=to_xero", "mapping.city.conflicts=hubspot", "--yes")
    )  # fmt: skip
    assert ended.code == 0, ended.err
    people = next(
        each for each in at_work("syncs", "list", "--json").data["syncs"] if each["name"] == "people"
    )
    assert people["direction"] == "to_ledger"
    assert "conflicts: crm" in at_work("settings", "export").out


def test_a_paused_sync_writes_nothing_until_it_is_resumed(sandbox: Served, at_work: Command) -> None:
    assert at_work("syncs", "pause", "people").code == 0
    person(
        sandbox,
        side="hubspot",
        act="create",
        kind="contacts",
        values={"firstname": "Paused", "lastname": "Person", "email": "paused@person.example"},
    )

    def in_xero() -> bool:
        return sandbox.world.organisation.contacts.find("Name", "Paused Person") is not None

    assert at_work("sync").code == 0
    assert not in_xero()
    assert at_work("syncs", "resume", "people").code == 0
    assert at_work("sync").code == 0
    assert in_xero()


def test_a_deleted_sync_keeps_its_links_unless_told_otherwise(at_work: Command) -> None:
    before = {each["sync"]: each["linked"] for each in at_work("status", "--json").data["syncs"]}
    deleted = at_work("syncs", "delete", "products", "--yes")
    assert deleted.code == 0
    assert "stay remembered" in deleted.err
    assert "products" not in at_work("syncs", "list").out
    assert at_work("syncs", "add", "products", "--yes").code == 0
    again = at_work("plan", "--json")
    assert [each for each in again.data["counts"] if each["sync"] == "products"] == []
    after = {each["sync"]: each["linked"] for each in at_work("status", "--json").data["syncs"]}
    assert after == before
    forgotten = at_work("syncs", "delete", "products", "--forget-links", "--yes")
    assert "forgotten for good" in forgotten.err
    assert at_work("syncs", "add", "products", "--yes").code == 0
    planned = at_work("plan", "--json").data["counts"]
    linking = [each for each in planned if each["sync"] == "products"]
    assert {(each["act"], each["number"]) for each in linking} == {("link", before["products"])}


def test_no_secret_is_in_the_settings(at_work: Command) -> None:
    text = at_work("settings", "export").out
    for secret in (defaults.HUBSPOT_TOKEN, defaults.XERO_CUSTOM_CLIENT_SECRET):
        assert secret not in text
