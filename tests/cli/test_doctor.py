"""`crossfoot doctor`: somebody tidied up in HubSpot's settings, and the sync says so instead of failing record by record."""

from typing import Any

from tests.cli.conftest import Command
from tests.sandbox.served import Served

from crossfoot_sandbox import defaults


def settings(sandbox: Served, method: str, path: str, body: Any = None) -> Any:
    """What an administrator does to properties of companies."""
    answer = sandbox.http.request(
        method,
        f"/hubspot/crm/properties/2026-09/companies{path}",
        headers={"authorization": f"Bearer {defaults.HUBSPOT_TOKEN}"},
        json=body,
    )
    assert answer.status_code < 300, answer.text
    return answer.json() if answer.content else None


def test_a_healthy_connection_is_healthy_and_nothing_is_written(sandbox: Served, at_work: Command) -> None:
    before = len(sandbox.world.sandbox.journal.calls("hubspot"))
    found = at_work("doctor")
    assert found.code == 0, found
    assert "All is well." in found.out
    assert {each.method for each in sandbox.world.sandbox.journal.calls("hubspot")[before:]} == {"GET"}
    told = at_work("doctor", "--json").data
    assert told["healthy"] is True
    assert [each["kind"] for each in told["records"]] == ["contact", "company", "product"]
    assert all("crossfoot_key" in each["properties"] for each in told["records"])


def test_an_archived_property_stops_the_sync_with_a_word_and_the_doctor_brings_it_back(
    sandbox: Served, at_work: Command
) -> None:
    settings(sandbox, "DELETE", "/crossfoot_key")
    for command in ("sync", "plan", "prove"):
        stopped = at_work(command)
        assert stopped.code == 1, stopped
        assert "'Crossfoot key' of the company (crossfoot_key)" in stopped.err
        assert "crossfoot doctor --repair" in stopped.err

    found = at_work("doctor", "--json")
    assert found.code == 1
    [wrong] = [one for each in found.data["records"] for one in each["wrong"]]
    assert (wrong["name"], wrong["wrong"], wrong["repairable"]) == ("crossfoot_key", "archived", True)
    said = at_work("doctor")
    assert said.code == 1
    assert "It is archived." in said.out
    assert "crossfoot doctor --repair" in said.err

    declined = at_work("doctor", "--repair", typed="n\n")
    assert (declined.code, "Nothing was changed." in declined.err) == (1, True)
    repaired = at_work("doctor", "--repair", "--yes")
    assert repaired.code == 0, repaired
    assert "Repaired: 1 property." in repaired.out
    assert at_work("doctor").code == 0
    assert at_work("sync", "--release").code == 0


def test_another_name_does_no_harm_and_goes_only_when_one_tidies_up(
    sandbox: Served, at_work: Command
) -> None:
    settings(sandbox, "PATCH", "/crossfoot_key", {"label": "Schluessel"})
    found = at_work("doctor")
    assert found.code == 0
    assert "does no harm" in found.out
    assert at_work("doctor", "--repair", "--json", "--yes").data["repaired"] == 0
    assert at_work("doctor", "--tidy").code == 2
    tidied = at_work("doctor", "--repair", "--tidy", "--yes", "--json")
    assert (tidied.code, tidied.data["repaired"]) == (0, 1)
    assert settings(sandbox, "GET", "/crossfoot_key")["label"] == "Crossfoot key"
