"""`crossfoot connect`: everything is checked before anything is stored, and no secret is ever shown."""

import re
import threading
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import httpx2
import pytest
from tests.cli.conftest import Command
from tests.sandbox.served import Served

from crossfoot_sandbox import defaults

SECRETS = (defaults.HUBSPOT_TOKEN, defaults.XERO_CUSTOM_CLIENT_SECRET, defaults.XERO_CLIENT_SECRET)


def test_it_names_both_accounts_and_the_syncs_and_keeps_no_secret_readable(
    sandbox: Served, crossfoot: Command
) -> None:
    ended = crossfoot("connect", "--sandbox", sandbox.url, "--xero", "custom", "--yes")
    assert ended.code == 0, ended.err
    assert "Kauri & Fern Limited" in ended.out
    assert "company people" in ended.out
    stored = b"".join(each.read_bytes() for each in crossfoot.data.iterdir() if each.is_file())
    for secret in SECRETS:
        assert secret not in ended.out + ended.err
        assert secret.encode() not in stored
    assert (crossfoot.data / "key").stat().st_mode & 0o077 == 0


def test_whoever_does_not_agree_to_our_fields_in_hubspot_is_not_connected(
    sandbox: Served, crossfoot: Command
) -> None:
    ended = crossfoot("connect", "--sandbox", sandbox.url, "--xero", "custom", typed="n\n")
    assert ended.code == 1
    assert "Crossfoot key" in ended.err
    assert "nothing was written" in ended.err
    assert crossfoot("status").err.startswith("crossfoot: Nothing is connected yet")


def test_connecting_again_takes_new_credentials_and_keeps_the_settings(
    sandbox: Served, at_work: Command
) -> None:
    assert at_work("syncs", "edit", "people", "conflicts=ask", "--yes").code == 0
    ended = at_work("connect", "--sandbox", sandbox.url, "--xero", "custom", "--yes", "--json")
    assert ended.code == 0
    assert ended.data["new"] is False
    assert "you are asked" in at_work("syncs", "list").out


def test_both_systems_are_connected_by_consent_in_a_browser(
    sandbox: Served, crossfoot: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: list[str] = []
    problems: list[str] = []

    def browse(url: str) -> bool:
        pages.append(url)

        def visit() -> None:
            with httpx2.Client(follow_redirects=False, timeout=10, trust_env=False) as http:
                answer = http.get(f"{url}&consent=yes")
                back = answer.headers.get("location", "")
                if not back.startswith("http://localhost:18653/callback"):
                    problems.append(f"{answer.status_code} {answer.text[:200]}")
                    return
                http.get(re.sub(r"state=[^&]*", "state=forged", back))
                http.get(back)

        threading.Thread(target=visit).start()
        return True

    monkeypatch.setattr("webbrowser.open", browse)
    ended = crossfoot(
        "connect",
        "office",
        "--sandbox",
        sandbox.url,
        "--hubspot",
        "app",
        "--port",
        "18653",
        "--yes",
        "--json",
    )
    assert not problems
    assert ended.code == 0, ended.err
    assert len(pages) == 2
    assert ended.data["accounts"]["xero"]["name"] == defaults.ORGANISATION_NAME
    assert crossfoot("plan", "--json").code == 0


def test_a_declined_consent_connects_nothing(
    sandbox: Served, crossfoot: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def browse(url: str) -> bool:
        def visit() -> None:
            with httpx2.Client(follow_redirects=True, timeout=10, trust_env=False) as http:
                http.get(f"{url}&consent=no")

        threading.Thread(target=visit).start()
        return True

    monkeypatch.setattr("webbrowser.open", browse)
    ended = crossfoot("connect", "--sandbox", sandbox.url, "--port", "18653", "--yes")
    assert ended.code == 1
    assert "Xero did not get the consent" in ended.err
    assert "Nothing is connected yet" in crossfoot("status").err


def test_a_token_may_come_from_a_file_or_from_the_environment(
    sandbox: Served, crossfoot: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = sandbox.http.get("/sandbox/world").json()
    (crossfoot.folder / "token").write_text(defaults.HUBSPOT_TOKEN + "\n")
    monkeypatch.setenv("CROSSFOOT_XERO_CLIENT_SECRET", defaults.XERO_CUSTOM_CLIENT_SECRET)
    ended = crossfoot(
        *("connect", "--hubspot-url", card["hubspot"]["api_url"], "--hubspot-token-file", "token"),
        *("--xero", "custom", "--xero-client-id", defaults.XERO_CUSTOM_CLIENT_ID),
        *("--xero-url", card["xero"]["api_url"], "--xero-identity-url", card["xero"]["identity_url"]),
        "--yes",
    )
    assert ended.code == 0, ended.err


def test_what_an_administrator_should_do_about_invoices_is_said_at_once_and_in_the_status(
    sandbox: Served, crossfoot: Command
) -> None:
    portal = sandbox.world.portal
    gst = next(each for each in portal.commerce.tax_rates.values() if each.name == "15% GST on Income")
    ended = crossfoot("connect", "--sandbox", sandbox.url, "--xero", "custom", "--invoices", "--yes")
    assert ended.code == 0, ended.err
    assert "tax library lacks" not in ended.out
    added = crossfoot("syncs", "add", "payments", "--create-fields", "--yes")
    assert added.code == 0, added.err
    assert "HubSpot makes payment records only in portals with HubSpot payments or Stripe" in added.err
    assert "creates: to_ledger" in crossfoot("settings", "export").out
    portal.commerce.tax_rates[gst.id] = replace(gst, rate=Decimal(17))
    try:
        assert crossfoot("plan").code == 0
    finally:
        portal.commerce.tax_rates[gst.id] = gst
    status = crossfoot("status").out
    assert "'15% GST on Income' is 17 % in HubSpot, and '15% GST on Income' 15 % in Xero" in status
    assert "payment records" in status
