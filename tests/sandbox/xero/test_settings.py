from datetime import date
from decimal import Decimal

import pytest
from tests.sandbox.xero.conftest import World, messages, names


@pytest.mark.parametrize(
    ("country", "base", "version", "sales", "rate"),
    [
        ("NZ", "NZD", "NZ", "OUTPUT2", "15.0"),
        ("AU", "AUD", "AU", "OUTPUT", "10.0"),
        ("UK", "GBP", "UK", "OUTPUT2", "20.0"),
        ("US", "USD", "US", "OUTPUT", "8.25"),
    ],
)
def test_each_country_has_its_taxes_and_accounts(
    world: World, country: str, base: str, version: str, sales: str, rate: str
) -> None:
    world.organisation = world.xero.add_organisation(country, country)
    world.pair = world.xero.grant("app", [world.organisation])
    organisation = world.get("/Organisation").payload()["Organisations"][0]
    assert (organisation["BaseCurrency"], organisation["Version"]) == (base, version)
    rates = {row["TaxType"]: row for row in world.rows("TaxRates")}
    assert rates[sales]["EffectiveRate"] == Decimal(rate)
    accounts = world.rows("Accounts")
    assert {row["TaxType"] for row in accounts} <= set(rates)
    assert next(row for row in accounts if row["Code"] == "200")["TaxType"] == sales
    assert next(row for row in accounts if row.get("SystemAccount") == "ROUNDING")["Status"] == "ACTIVE"
    assert world.rows("Currencies")[0]["Code"] == base


def test_an_unknown_country_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="no chart of accounts for DE"):
        world.xero.add_organisation("GmbH", "DE")


def test_deleted_tax_rates_are_listed(world: World) -> None:
    deleted = [row["TaxType"] for row in world.rows("TaxRates") if row["Status"] == "DELETED"]
    assert deleted == ["INPUT", "OUTPUT"]
    sold = world.rows(
        "TaxRates", query={"where": 'Status=="ACTIVE" AND CanApplyToRevenue==true', "order": "Name DESC"}
    )
    assert names(sold) == ["Zero Rated", "No GST", "15% GST on Income"]
    assert world.get("/TaxRates/OUTPUT2").payload()["TaxRates"][0]["DisplayTaxRate"] == Decimal("15.0")
    assert world.get("/TaxRates/OUTPUT9").status == 404


def test_own_tax_rates_are_numbered_and_system_ones_are_fixed(world: World) -> None:
    rate = {"Name": "City", "TaxComponents": [{"Name": "City", "Rate": 2.5}]}
    made = world.put("/TaxRates", {"TaxRates": [rate]}).payload()["TaxRates"][0]
    assert (made["TaxType"], made["EffectiveRate"]) == ("TAX001", Decimal("2.5"))
    gone = world.post("/TaxRates", {"TaxRates": [{"Name": "City", "TaxType": "TAX001", "Status": "DELETED"}]})
    assert gone.payload()["TaxRates"][0]["Status"] == "DELETED"
    assert gone.payload()["TaxRates"][0]["EffectiveRate"] == Decimal("2.5")
    assert world.put("/TaxRates", {"TaxRates": [rate]}).status == 400
    assert (
        world.post("/TaxRates", {"TaxRates": [{"Name": "15% GST on Income", "Status": "DELETED"}]}).status
        == 400
    )
    assert world.put("/TaxRates", {"TaxRates": [rate, rate]}).status == 400


def test_accounts_are_made_changed_and_deleted_one_by_one(world: World) -> None:
    account = {"Code": "205", "Name": "Online sales", "Type": "SALES", "TaxType": "OUTPUT2"}
    made = world.put("/Accounts", account).payload()["Accounts"][0]
    assert (made["Class"], made["Status"]) == ("REVENUE", "ACTIVE")
    assert messages(world.put("/Accounts", {**account, "Code": "206"})) == ["Please enter a unique Name."]
    assert messages(world.put("/Accounts", {**account, "Name": "Other"})) == ["Please enter a unique Code."]
    assert world.put("/Accounts", {"Name": "No code", "Type": "SALES"}).status == 400
    bank = {"Code": "092", "Name": "Yen", "Type": "BANK", "CurrencyCode": "JPY", "BankAccountNumber": "1"}
    assert messages(world.put("/Accounts", bank)) == [
        "The current organisation is not subscribed to currency 'JPY'."
    ]
    path = f"/Accounts/{made['AccountID']}"
    changed = world.post(path, {"Accounts": [{"Code": "205", "Name": "Web sales"}]}).payload()["Accounts"][0]
    assert (changed["Name"], changed["Type"]) == ("Web sales", "SALES")
    assert world.get(path).payload()["Accounts"][0]["Name"] == "Web sales"
    assert world.call("DELETE", path).payload()["Accounts"][0]["Status"] == "DELETED"
    assert world.get(path).status == 404
    assert all(row["Code"] != "205" for row in world.rows("Accounts"))


def test_system_accounts_stay(world: World) -> None:
    debtors = world.rows("Accounts", query={"where": 'SystemAccount=="DEBTORS"'})[0]
    assert world.call("DELETE", f"/Accounts/{debtors['AccountID']}").status == 400
    assert (
        world.post(f"/Accounts/{debtors['AccountID']}", {"Accounts": [{"Status": "ARCHIVED"}]}).status == 400
    )


def test_currencies_are_subscribed_to(world: World) -> None:
    assert (
        world.put("/Currencies", {"Code": "JPY"}).payload()["Currencies"][0]["Description"] == "Japanese Yen"
    )
    assert "JPY" in [row["Code"] for row in world.rows("Currencies")]
    assert world.raw("PUT", "/Currencies", b'{"Code": "YEN!"}').status == 400
    assert world.contact(Name="Ada", DefaultCurrency="JPY")["DefaultCurrency"] == "JPY"


def test_one_currency_means_no_multicurrency(world: World) -> None:
    def allowed() -> str:
        rows = world.get("/Organisation/Actions").payload()["Actions"]
        return next(str(row["Status"]) for row in rows if row["Name"] == "UseMulticurrency")

    assert allowed() == "ALLOWED"
    world.organisation.change_organisation(currencies=())
    assert allowed() == "NOT-ALLOWED"
    assert world.get("/Organisation/Nothing").status == 404


def test_lock_dates_are_shown(world: World) -> None:
    world.organisation.change_organisation(PeriodLockDate=date(2026, 3, 31), TaxNumber="123")
    row = world.get("/Organisation").payload()["Organisations"][0]
    assert (row["PeriodLockDate"], row["TaxNumber"]) == ("/Date(1774915200000+0000)/", "123")
    world.organisation.change_organisation(PeriodLockDate=None)
    assert "PeriodLockDate" not in world.get("/Organisation").payload()["Organisations"][0]


def test_branding_themes_are_read_only(world: World) -> None:
    themes = world.rows("BrandingThemes")
    assert names(themes) == ["Standard", "Special Projects"]
    assert names(
        world.get(f"/BrandingThemes/{themes[1]['BrandingThemeID']}").payload()["BrandingThemes"]
    ) == ["Special Projects"]
    assert world.get("/BrandingThemes/00000000-0000-4000-8000-000000000000").status == 404


def test_tracking_categories_and_options(world: World) -> None:
    region = world.rows("TrackingCategories")[0]
    assert names(region["Options"]) == ["Eastside", "North", "South", "West Coast"]
    made = world.put("/TrackingCategories", {"Name": "Team"}).payload()["TrackingCategories"][0]
    path = f"/TrackingCategories/{made['TrackingCategoryID']}"
    assert world.put("/TrackingCategories", {"Name": "Third"}).status == 400
    option = world.put(f"{path}/Options", {"Name": "Blue"}).payload()["Options"][0]
    assert world.put(f"{path}/Options", {"Name": "blue"}).status == 400
    option_path = f"{path}/Options/{option['TrackingOptionID']}"
    assert world.post(option_path, {"Name": "Red"}).payload()["Options"][0]["Name"] == "Red"
    assert world.call("DELETE", option_path).status == 200
    assert world.get(path).payload()["TrackingCategories"][0]["Options"] == []
    world.post(path, {"Name": "Team", "Status": "ARCHIVED"})
    assert names(world.rows("TrackingCategories")) == ["Region"]
    assert names(world.rows("TrackingCategories", query={"includeArchived": "true"})) == ["Region", "Team"]
    assert world.call("DELETE", path).status == 200
    assert world.get(path).status == 404


def test_contact_groups_show_members_by_id_only(world: World) -> None:
    ada, bea = (world.contact(Name=name)["ContactID"] for name in ("Ada", "Bea"))
    group = world.put("/ContactGroups", {"ContactGroups": [{"Name": "Press"}]}).payload()["ContactGroups"][0]
    path = f"/ContactGroups/{group['ContactGroupID']}"
    assert world.put("/ContactGroups", {"ContactGroups": [{"Name": "press"}]}).status == 400
    added = world.put(f"{path}/Contacts", {"Contacts": [{"ContactID": ada}, {"ContactID": bea}]})
    assert [row["ContactID"] for row in added.payload()["Contacts"]] == [ada, bea]
    assert world.rows("ContactGroups")[0]["Contacts"] == []
    assert sorted(names(world.get(path).payload()["ContactGroups"][0]["Contacts"])) == ["Ada", "Bea"]
    assert names(world.get(f"/Contacts/{ada}").payload()["Contacts"][0]["ContactGroups"]) == ["Press"]
    assert world.call("DELETE", f"{path}/Contacts/{ada}").status == 204
    assert world.call("DELETE", f"{path}/Contacts/{ada}").status == 400
    assert world.call("DELETE", f"{path}/Contacts").status == 204
    assert world.get(path).payload()["ContactGroups"][0]["Contacts"] == []
    unknown = {"Contacts": [{"ContactID": "00000000-0000-4000-8000-000000000000"}]}
    assert world.put(f"{path}/Contacts", unknown).status == 400
    renamed = world.post(path, {"ContactGroups": [{"Name": "Media"}]}).payload()["ContactGroups"][0]
    assert renamed["Name"] == "Media"
    world.post(path, {"ContactGroups": [{"Status": "DELETED"}]})
    assert world.rows("ContactGroups") == []
    assert world.get(path).status == 404


def test_a_hundred_groups_are_enough(world: World) -> None:
    world.switch(limits=False)
    for number in range(100):
        assert world.put("/ContactGroups", {"ContactGroups": [{"Name": f"G{number}"}]}).status == 200
    answer = world.put("/ContactGroups", {"ContactGroups": [{"Name": "one more"}]})
    assert messages(answer) == ["You've reached the limit of 100 contact groups."]


def test_merging_moves_group_membership(world: World) -> None:
    winner, loser = (world.contact(Name=name)["ContactID"] for name in ("Ada", "Bea"))
    group = world.put("/ContactGroups", {"ContactGroups": [{"Name": "Press"}]}).payload()["ContactGroups"][0]
    world.put(f"/ContactGroups/{group['ContactGroupID']}/Contacts", {"Contacts": [{"ContactID": loser}]})
    world.organisation.person_merges(winner, loser)
    assert world.organisation.members[group["ContactGroupID"]] == {winner}


def test_unknown_groupings_are_not_found_and_names_are_needed(world: World) -> None:
    unknown = "00000000-0000-4000-8000-000000000000"
    assert world.get(f"/ContactGroups/{unknown}").status == 404
    assert world.get(f"/TrackingCategories/{unknown}").status == 404
    category = world.rows("TrackingCategories")[0]["TrackingCategoryID"]
    assert world.post(f"/TrackingCategories/{category}/Options/{unknown}", {"Name": "x"}).status == 404
    assert world.raw("GET", f"/TrackingCategories/{category}/Colours").status == 404
    assert world.put("/TrackingCategories", {"Name": "x" * 101}).status == 400
    assert world.put("/ContactGroups", {"ContactGroups": [{"Name": " "}]}).status == 400


def test_tax_rates_need_a_name_and_components(world: World) -> None:
    assert world.put("/TaxRates", {"TaxRates": [{"Name": "City"}]}).status == 400
    assert world.raw("DELETE", "/TaxRates").status == 405
    assert world.raw("GET", "/Currencies/NZD").status == 404
