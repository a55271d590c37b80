"""A mapping may name a HubSpot property that does not exist yet: it is said, and made on request. Xero has no such thing, and that is said too."""

from typing import Any

from tests.cli.conftest import Command, person
from tests.sandbox.served import Served

from crossfoot_sandbox import defaults


def definition(sandbox: Served, kind: str, name: str) -> dict[str, Any] | None:
    answer = sandbox.http.get(
        f"/hubspot/crm/v3/properties/{kind}/{name}",
        headers={"authorization": f"Bearer {defaults.HUBSPOT_TOKEN}"},
    )
    return answer.json() if answer.status_code == 200 else None


def with_row(at_work: Command, row: str) -> str:
    """A file like the settings of now, with one more row in the mapping of the companies."""
    text = at_work("settings", "export").out
    assert text.count("    mapping:\n") == 4
    (at_work.folder / "mine.yaml").write_text(
        text.replace("    mapping:\n", f"    mapping:\n      {row}\n", 1)
    )
    return text


def test_a_property_that_does_not_exist_is_made_after_asking_and_then_carries_values(
    sandbox: Served, at_work: Command
) -> None:
    with_row(at_work, "account: {crm: ledger_account, ledger: AccountNumber, lens: code}")
    said = at_work("settings", "validate", "mine.yaml")
    assert said.code == 0
    assert "HubSpot does not have the property 'ledger_account' yet" in said.out
    assert at_work("settings", "validate", "mine.yaml", "--json").data["new_fields"][0]["system"] == "hubspot"
    declined = at_work("settings", "apply", "mine.yaml", typed="n\n")
    assert declined.code == 1
    assert definition(sandbox, "companies", "ledger_account") is None
    accepted = at_work("settings", "apply", "mine.yaml", typed="y\n")
    assert accepted.code == 0, accepted
    made = definition(sandbox, "companies", "ledger_account")
    assert made is not None
    assert (made["type"], made["groupName"], made["label"]) == ("string", "crossfoot", "Ledger account")
    assert at_work("settings", "validate", "mine.yaml", "--json").data["new_fields"] == []
    linked = next(
        each["operation"]
        for run in at_work("log", "--json").data["runs"]
        for each in at_work("log", "--run", run["id"][-8:], "--limit", "1000", "--json").data["operations"]
        if (each["operation"]["sync"], each["operation"]["act"]) == ("companies", "link")
    )
    person(
        sandbox, side="xero", act="edit", kind="Contacts", id=linked["xero_id"], values={"AccountNumber": "A-77"}
    )  # fmt: skip
    assert at_work("sync", "--release").code == 0
    company = sandbox.world.portal.book("companies")[linked["hubspot_id"]]
    assert company.values["ledger_account"] == "A-77"


def test_nothing_is_made_without_a_word_and_the_message_says_how(sandbox: Served, at_work: Command) -> None:
    text = with_row(at_work, "tier: {crm: ledger_tier, ledger: AccountNumber}")
    refused = at_work("settings", "apply", "mine.yaml", "--yes")
    assert refused.code == 2
    assert "HubSpot does not have 'ledger_tier' (text, for companies) yet" in refused.err
    assert "--create-fields" in refused.err
    assert definition(sandbox, "companies", "ledger_tier") is None
    assert at_work("settings", "export").out == text


def test_the_type_comes_from_the_lens_and_options_from_the_listed_values(
    sandbox: Served, at_work: Command
) -> None:
    text = at_work("settings", "export").out
    head, products = text.split("\n  products:\n")
    rows = (
        "      sold: {crm: ledger_sold, ledger: IsSold, lens: boolean, direction: to_crm}\n"
        "      worth: {crm: ledger_cost, ledger: PurchaseDetails.UnitPrice, lens: money, digits: 4}\n"
        "      tax_code: {crm: ledger_tax, ledger: SalesDetails.TaxType, lens: option}\n"
        "      account_word: {crm: ledger_word, ledger: SalesDetails.AccountCode, lens: values, "
        "values: {Sales: '200', Other: '260'}}\n"
    )
    products = products.replace("    mapping:\n", f"    mapping:\n{rows}", 1)
    (at_work.folder / "mine.yaml").write_text(f"{head}\n  products:\n{products}")
    applied = at_work("settings", "apply", "mine.yaml", "--yes", "--create-fields")
    assert applied.code == 0, applied
    found = {
        name: definition(sandbox, "products", name)
        for name in ("ledger_sold", "ledger_cost", "ledger_tax", "ledger_word")
    }
    types = {name: each and (each["type"], each["fieldType"]) for name, each in found.items()}
    assert types == {
        "ledger_sold": ("bool", "booleancheckbox"),
        "ledger_cost": ("number", "number"),
        "ledger_tax": ("string", "text"),
        "ledger_word": ("enumeration", "select"),
    }
    word = found["ledger_word"]
    assert word is not None
    assert [each["value"] for each in word["options"]] == ["Sales", "Other"]


def test_a_slip_of_the_pen_is_a_mistake_unless_a_new_property_is_surely_wanted(
    sandbox: Served, at_work: Command
) -> None:
    with_row(at_work, "town: {crm: citty, ledger: Addresses.STREET.City}")
    for command in (("validate", "mine.yaml"), ("apply", "mine.yaml")):
        mistaken = at_work("settings", *command, typed="y\n")
        assert mistaken.code == 2
        assert "Did you mean 'city'?" in mistaken.err
    assert definition(sandbox, "companies", "citty") is None
    assert at_work("settings", "apply", "mine.yaml", "--create-fields", "--yes").code == 0
    assert definition(sandbox, "companies", "citty") is not None


def test_xero_cannot_be_given_fields_and_nothing_is_made_in_hubspot_then(
    sandbox: Served, at_work: Command
) -> None:
    with_row(at_work, "colour: {crm: ledger_colour, ledger: FavouriteColour}")
    ended = at_work("settings", "apply", "mine.yaml", "--create-fields", "--yes")
    assert ended.code == 2
    assert "has no field 'FavouriteColour', and it cannot be given fields of one's own" in ended.err
    assert definition(sandbox, "companies", "ledger_colour") is None


def test_a_single_sync_is_edited_with_a_new_property_too(sandbox: Served, at_work: Command) -> None:
    refused = at_work("syncs", "edit", "companies", "mapping.phone.crm=ledger_phone", "--yes")
    assert refused.code == 2
    assert "--create-fields" in refused.err
    edited = at_work(
        "syncs", "edit", "companies", "mapping.phone.crm=ledger_phone", "--yes", "--create-fields", "--json"
    )
    assert edited.code == 0, edited
    assert [each["info"]["path"] for each in edited.data["new_fields"]] == ["ledger_phone"]
    assert definition(sandbox, "companies", "ledger_phone") is not None
