"""What is wrong is said in one message, with what, where and how to mend it; nothing is lost and nothing is half-written."""

import re

import pytest
from tests.cli.conftest import Command
from tests.sandbox.served import Served

from crossfoot_sandbox import defaults

CLOSED = "http://127.0.0.1:9"


def test_wrong_credentials_for_hubspot(
    sandbox: Served, crossfoot: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CROSSFOOT_HUBSPOT_TOKEN", "pat-na1-wrong")
    ended = crossfoot("connect", "--sandbox", sandbox.url, "--xero", "custom", "--yes")
    assert ended.code == 1
    assert "HubSpot does not accept the access token" in ended.err
    assert "pat-na1-wrong" not in ended.err + ended.out
    assert "Nothing is connected yet" in crossfoot("status").err


def test_wrong_credentials_for_xero(
    sandbox: Served, crossfoot: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CROSSFOOT_XERO_CLIENT_SECRET", "wrong")
    ended = crossfoot("connect", "--sandbox", sandbox.url, "--xero", "custom", "--yes")
    assert ended.code == 1
    assert "Xero does not know this client id and secret" in ended.err
    assert "Nothing is connected yet" in crossfoot("status").err


def test_a_token_without_the_needed_scopes(
    sandbox: Served, crossfoot: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = "pat-sandbox-reads-contacts-only"
    sandbox.world.sandbox.hubspot.static_token(
        defaults.PORTAL_ID, ["crm.objects.contacts.read", "crm.schemas.contacts.read"], token=token
    )
    monkeypatch.setenv("CROSSFOOT_HUBSPOT_TOKEN", token)
    ended = crossfoot("connect", "--sandbox", sandbox.url, "--xero", "custom", "--yes")
    assert ended.code == 1
    assert "HubSpot does not let Crossfoot" in ended.err
    assert "Add the scope" in ended.err
    assert "Nothing is connected yet" in crossfoot("status").err


def test_another_portal_than_before(
    sandbox: Served, at_work: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    hubspot = sandbox.world.sandbox.hubspot
    other = 48_000_077
    if other not in hubspot.portals:
        hubspot.add_portal(other, name="Another one", currency="NZD", time_zone="UTC", tier="professional")
        hubspot.static_token(other, defaults.HUBSPOT_SCOPES, token="pat-sandbox-other-portal")
    monkeypatch.setenv("CROSSFOOT_HUBSPOT_TOKEN", "pat-sandbox-other-portal")
    before = [at_work("status", "--json").data, at_work("settings", "export").out]
    ended = at_work("connect", "--sandbox", sandbox.url, "--xero", "custom", "--yes")
    assert ended.code == 1
    assert "belongs to hubspot:48000001" in ended.err
    assert "give the new connection another name" in ended.err
    assert [at_work("status", "--json").data, at_work("settings", "export").out] == before
    monkeypatch.delenv("CROSSFOOT_HUBSPOT_TOKEN")
    assert at_work("plan").code == 0, "the old credentials were not replaced"


def test_a_closed_port_is_said_at_once(crossfoot: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSFOOT_HUBSPOT_TOKEN", "pat-something")
    monkeypatch.setenv("CROSSFOOT_XERO_CLIENT_SECRET", "something")
    ended = crossfoot(
        *("connect", "--hubspot-url", CLOSED, "--xero-url", CLOSED, "--xero-identity-url", CLOSED),
        *("--xero", "custom", "--xero-client-id", "x", "--yes"),
    )
    assert ended.code == 1
    assert f"Nothing answers at {CLOSED}: no connection could be made" in ended.err
    assert "Error" not in ended.err
    assert "Check the address" in ended.err


def test_something_else_than_a_sandbox(sandbox: Served, crossfoot: Command) -> None:
    ended = crossfoot("connect", "--sandbox", f"{sandbox.url}/hubspot", "--yes")
    assert ended.code == 1
    assert "is not a sandbox" in ended.err


def test_a_database_that_is_none(crossfoot: Command) -> None:
    crossfoot.data.mkdir(mode=0o700)
    (crossfoot.data / "crossfoot.db").write_bytes(b"this is not a database, it is a letter to my aunt" * 100)
    before = (crossfoot.data / "crossfoot.db").read_bytes()
    ended = crossfoot("status")
    assert ended.code == 1
    assert "is not a database" in ended.err
    assert (crossfoot.data / "crossfoot.db").read_bytes() == before


def test_a_kind_of_database_that_nobody_knows(crossfoot: Command) -> None:
    crossfoot.data.mkdir(mode=0o700)
    ended = crossfoot("status", "--database", "mysql://localhost/books")
    assert ended.code == 2
    assert "'mysql' is not a kind of database" in ended.err
    ended = crossfoot("status", "--database", "postgresql://[nowhere")
    assert ended.code == 2
    assert "The database's URL cannot be read" in ended.err


def test_a_lost_key_is_said_and_nothing_is_sent(at_work: Command, sandbox: Served) -> None:
    (at_work.data / "key").unlink()
    calls = sandbox.world.sandbox.journal.count
    ended = at_work("plan")
    assert ended.code == 1
    assert "is not in the key ring" in ended.err
    assert sandbox.world.sandbox.journal.count == calls


def test_no_data_folder(crossfoot: Command) -> None:
    ended = crossfoot("plan")
    assert ended.code == 1
    assert "There is no data folder crossfoot-data" in ended.err
    assert not crossfoot.data.exists()


def test_a_connection_that_is_not_there(at_work: Command) -> None:
    ended = at_work("status", "--connection", "nobody")
    assert ended.code == 2
    assert "There is no connection 'nobody'" in ended.err
    assert "main" in ended.err


MISTAKES = {
    "a word that nobody knows": ("conflicts: newest", "conflict: newest", "Did you mean 'conflicts'?"),
    "a field that does not exist": (
        "email: {crm: email, ledger: EmailAddress",
        "email: {crm: emial, ledger: EmailAddress",
        "has no field 'emial'. Did you mean 'email'?",
    ),
    "a field that cannot be written": (
        "email: {crm: email, ledger: EmailAddress",
        "email: {crm: hs_object_id, ledger: EmailAddress",
        "calculates",
    ),
    "two ways through a lens that has no way back": (
        "email: {crm: email, ledger: EmailAddress, lens: email",
        "email: {crm: email, ledger: EmailAddress, lens: upper",
        "works one way only",
    ),
    "an operator that nobody knows": ("operator: is_not", "operator: isnt", "is not possible here"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_settings_file_with_a_mistake_names_its_line(at_work: Command, mistake: str) -> None:
    right, wrong, said = MISTAKES[mistake]
    text = at_work("settings", "export").out
    assert right in text
    file = at_work.folder / "mine.yaml"
    file.write_text(text.replace(right, wrong))
    for command in (("validate",), ("apply", "--yes")):
        ended = at_work("settings", *command, "mine.yaml")
        assert ended.code == 2, ended
        assert said in ended.err.replace("\n", " ")
        assert re.search(r"mine\.yaml:\d+:\d+: syncs\.", ended.err), ended.err
        assert not re.search(r"\b[Tt]he (CRM|ledger)\b", ended.err), "people know HubSpot and Xero"
    assert at_work("settings", "export").out == text


def test_a_file_that_is_no_yaml(at_work: Command) -> None:
    (at_work.folder / "mine.yaml").write_text("syncs: [people\n")
    ended = at_work("settings", "validate", "mine.yaml")
    assert ended.code == 2
    assert "mine.yaml:" in ended.err


def test_a_file_that_is_not_there(at_work: Command) -> None:
    ended = at_work("settings", "apply", "nowhere.yaml", "--yes")
    assert ended.code == 2
    assert "nowhere.yaml cannot be read: no such file or directory" in ended.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("syncs", "edit", "people", "direction=sideways", "--yes"), "'sideways' is not possible here"),
        (("syncs", "edit", "people", "direction", "--yes"), "cannot be read"),
        (("syncs", "edit", "people", "mapping.nose.lens=text", "--yes"), "There is no 'nose'"),
        (("syncs", "edit", "nobody", "conflicts=ask", "--yes"), "There is no sync 'nobody'"),
        (("syncs", "add", "people", "--yes"), "There is a sync 'people' already"),
        (("undo", "--yes"), "Say what to take back"),
        (("undo", "abcdef12", "--yes"), "There is no write abcdef12"),
        (("undo", "--run", "abcdef12", "--yes"), "There is no run abcdef12"),
        (("explain", "nobody@nowhere.example"), "Nothing is known of 'nobody@nowhere.example'"),
        (("review", "accept", "abcdef12"), "There is no open question abcdef12"),
        (("review", "accept", ""), "There is no open question"),
        (("review", "choose", "abcdef12", "neither"), "'winner': 'neither' is not one of 'hubspot', 'xero'"),
        (("log", "--limit", "none"), "See 'crossfoot log --help'."),
        (("nonsense",), "No such command 'nonsense'"),
    ],
)
def test_what_is_asked_for_wrongly_ends_with_2(
    at_work: Command, arguments: tuple[str, ...], said: str
) -> None:
    ended = at_work(*arguments)
    assert ended.code == 2
    assert said in ended.err


def test_a_change_that_is_no_file_is_not_told_by_lines(at_work: Command) -> None:
    ended = at_work("syncs", "edit", "people", "direction=sideways", "--yes")
    assert ended.err.startswith("crossfoot: syncs.people.direction: 'sideways'")


def test_an_error_is_data_too_where_data_was_asked_for(crossfoot: Command) -> None:
    ended = crossfoot("status", "--json")
    assert ended.code == 1
    assert ended.data["error"]["what"] == "There is no data folder crossfoot-data."


def test_a_proof_that_cannot_be_written_to_its_file_leaves_no_half_of_it(at_work: Command) -> None:
    ended = at_work("prove", "--csv", "no/such/folder/proof.csv")
    assert ended.code == 1
    assert "no such file or directory" in ended.err
