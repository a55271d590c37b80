"""Xero's official `xero-python` drives the stand-in over HTTP and parses what it says; every call passes the court."""

import gc
import warnings
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.witnesses.conftest import Served

from crossfoot_sandbox.faults import Kind, Placed
from crossfoot_sandbox.xero.pages.office import Office

pytest.importorskip("xero_python", reason="the witnesses are an optional group of dependencies")

import xero_python.accounting as models
from xero_python.accounting import AccountingApi
from xero_python.api_client import ApiClient
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token, TokenApi
from xero_python.exceptions import AccountingBadRequestException, NotFoundException, RateLimitException
from xero_python.exceptions.http_status_exceptions import HTTPStatusException
from xero_python.identity import IdentityApi

SCOPES = ["accounting.contacts", "accounting.settings", "offline_access"]


def _client(client_id: str) -> Any:
    configuration = (
        Configuration()
    )  # a copy of one that the SDK keeps for ever, hence the token is set afterwards
    configuration.oauth2_token = OAuth2Token(client_id, "secret")
    return ApiClient(configuration)


class Driver:
    """The SDK, connected to one organisation of the stand-in."""

    scopes = SCOPES

    def __init__(self, served: Served) -> None:
        self.served = served
        self.xero = served.sandbox.xero
        self.organisation: Office = self.xero.add_organisation("Demo Company (NZ)")
        self.tenant = self.organisation.tenant_id
        self.xero.add_app("app", "secret", self.scopes, name="Witness")
        pair = self.xero.grant("app", [self.organisation])
        self.token: dict[str, Any] = {**pair.payload(), "scope": self.scopes, "expires_at": None}
        self.client = _client("app")
        self.client.oauth2_token_getter(lambda: self.token)
        self.client.oauth2_token_saver(self.save)
        self.api = AccountingApi(self.client, base_url=f"{served.url}/xero/api.xro/2.0")
        self.identity = IdentityApi(self.client, base_url=f"{served.url}/xero")

    def save(self, token: dict[str, Any]) -> None:
        self.token = token

    def contacts(self, *values: dict[str, Any], **options: Any) -> Any:
        sent = models.Contacts(contacts=[models.Contact(**value) for value in values])
        return self.api.create_contacts(self.tenant, sent, **options)

    def items(self, *values: dict[str, Any]) -> Any:
        return models.Items(items=[models.Item(**value) for value in values])


@pytest.fixture
def driver(sandbox_http: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Driver]:
    base = f"{sandbox_http.url}/xero-identity/connect"
    for name in ("client_credentials_token_url", "refresh_token_url"):
        monkeypatch.setattr(TokenApi, name, f"{base}/token")
    monkeypatch.setattr(TokenApi, "revoke_token_url", f"{base}/revocation")
    driver = Driver(sandbox_http)
    yield driver
    driver.client.rest_client.pool_manager.clear()


def test_a_refresh_makes_a_new_pair_that_works(driver: Driver) -> None:
    before = dict(driver.token)
    after = driver.client.refresh_oauth2_token()
    assert after["refresh_token"] != before["refresh_token"]
    assert driver.api.get_organisations(driver.tenant).organisations[0].name == "Demo Company (NZ)"


def test_an_expired_token_is_refused_until_it_is_refreshed(driver: Driver) -> None:
    driver.served.sandbox.clock.advance(1_801)
    with pytest.raises(HTTPStatusException) as refused:
        driver.api.get_organisations(driver.tenant)
    assert refused.value.status == 401
    driver.client.refresh_oauth2_token()
    assert driver.api.get_organisations(driver.tenant).organisations


def test_revocation_and_disconnection(driver: Driver) -> None:
    rows = driver.identity.get_connections()
    assert (rows[0].tenant_id, rows[0].tenant_name) == (driver.tenant, "Demo Company (NZ)")
    assert isinstance(rows[0].created_date_utc, datetime)
    driver.identity.delete_connection(rows[0].id)
    with pytest.raises(HTTPStatusException) as refused:
        driver.api.get_organisations(driver.tenant)
    assert refused.value.status == 403
    driver.xero.grant("app", [driver.organisation])
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", ResourceWarning
        )  # the SDK never reads this answer and so leaks its socket
        driver.client.revoke_oauth2_token()
        gc.collect()
    assert driver.xero.identity.connections == {}


def test_a_custom_connection(driver: Driver) -> None:
    driver.xero.custom_connection("robot", "secret", driver.organisation, SCOPES)
    client = _client("robot")
    client.oauth2_token_getter(lambda: driver.token)
    client.oauth2_token_saver(driver.save)
    client.get_client_credentials_token()
    api = AccountingApi(client, base_url=driver.api.base_url)
    assert api.get_organisations("").organisations[0].base_currency.value == "NZD"
    client.rest_client.pool_manager.clear()


def test_settings_are_read_as_typed_models(driver: Driver) -> None:
    api, tenant = driver.api, driver.tenant
    organisation = api.get_organisations(tenant).organisations[0]
    assert (organisation.country_code.value, organisation.timezone.value) == ("NZ", "NEWZEALANDSTANDARDTIME")
    sales = api.get_accounts(tenant, where='Code=="200"').accounts[0]
    assert (sales.name, sales.type.value, sales.tax_type) == ("Sales", "REVENUE", "OUTPUT2")
    assert {rate.tax_type for rate in api.get_tax_rates(tenant).tax_rates} >= {"OUTPUT2", "INPUT2", "NONE"}
    assert "NZD" in {currency.code.value for currency in api.get_currencies(tenant).currencies}
    assert api.get_branding_themes(tenant).branding_themes[0].name == "Standard"
    assert api.get_organisation_actions(tenant).actions[0].status == "ALLOWED"
    category = api.get_tracking_categories(tenant).tracking_categories[0]
    assert {option.name for option in category.options} == {"Eastside", "North", "South", "West Coast"}


@pytest.mark.parametrize("country", ["AU", "UK", "US"])
def test_every_country_reads_as_typed_models(driver: Driver, country: str) -> None:
    organisation = driver.xero.add_organisation(country, country)
    driver.xero.grant("app", [organisation])
    tenant = organisation.tenant_id
    assert driver.api.get_organisations(tenant).organisations[0].version == country
    assert len(driver.api.get_tax_rates(tenant).tax_rates) >= 4
    assert len(driver.api.get_accounts(tenant).accounts) > 40


def test_settings_are_written(driver: Driver) -> None:
    api, tenant = driver.api, driver.tenant
    account = models.Account(code="205", name="Web sales", type=models.AccountType.SALES, tax_type="OUTPUT2")
    made = api.create_account(tenant, account).accounts[0]
    assert api.delete_account(tenant, made.account_id).accounts[0].status == "DELETED"
    api.create_currency(tenant, models.Currency(code=models.CurrencyCode.JPY))
    component = models.TaxComponent(name="City", rate=Decimal("2.5"))
    rate = models.TaxRate(name="City", tax_components=[component])
    assert api.create_tax_rates(tenant, models.TaxRates([rate])).tax_rates[0].tax_type == "TAX001"
    category = api.create_tracking_category(tenant, models.TrackingCategory(name="Team")).tracking_categories[
        0
    ]
    option = models.TrackingOption(name="Blue")
    made_option = api.create_tracking_options(tenant, category.tracking_category_id, option).options[0]
    assert made_option.name == "Blue"
    archived = models.TrackingCategory(name="Team", status="ARCHIVED")
    api.update_tracking_category(tenant, category.tracking_category_id, archived)
    assert len(api.get_tracking_categories(tenant).tracking_categories) == 1


def test_contact_groups(driver: Driver) -> None:
    api, tenant = driver.api, driver.tenant
    ada = driver.contacts({"name": "Ada"}).contacts[0].contact_id
    groups = models.ContactGroups([models.ContactGroup(name="Press")])
    group = api.create_contact_group(tenant, groups).contact_groups[0].contact_group_id
    api.create_contact_group_contacts(
        tenant, group, models.Contacts(contacts=[models.Contact(contact_id=ada)])
    )
    assert [contact.name for contact in api.get_contact_group(tenant, group).contact_groups[0].contacts] == [
        "Ada"
    ]
    assert api.get_contact(tenant, ada).contacts[0].contact_groups[0].name == "Press"
    api.delete_contact_group_contact(tenant, group, ada)
    api.update_contact_group(tenant, group, models.ContactGroups([models.ContactGroup(status="DELETED")]))
    assert api.get_contact_groups(tenant).contact_groups == []


def test_contacts_are_created_updated_and_archived(driver: Driver) -> None:
    phone = models.Phone(
        phone_type="MOBILE", phone_number="555", phone_area_code="21", phone_country_code="64"
    )
    address = models.Address(
        address_type="STREET", address_line1="1 Queen St", city="Auckland", country="New Zealand"
    )
    person = models.ContactPerson(
        first_name="Cleo", email_address="cleo@acme.example", include_in_emails=True
    )
    made = driver.contacts(
        {
            "name": "Acme",
            "contact_number": "hub-1",
            "email_address": "hi@acme.example",
            "phones": [phone],
            "addresses": [address],
            "contact_persons": [person],
        }
    ).contacts[0]
    assert made.updated_date_utc == driver.served.sandbox.clock.now()
    read = driver.api.get_contact(driver.tenant, made.contact_id).contacts[0]
    phones = {entry.phone_type: entry.phone_number for entry in read.phones}
    assert phones == {"DEFAULT": None, "DDI": None, "FAX": None, "MOBILE": "555"}
    assert read.contact_persons[0].email_address == "cleo@acme.example"
    by_number = driver.api.get_contact_by_contact_number(driver.tenant, "hub-1").contacts[0]
    assert by_number.contact_id == made.contact_id
    changed = models.Contacts(contacts=[models.Contact(first_name="Bea")])
    updated = driver.api.update_contact(driver.tenant, made.contact_id, changed).contacts[0]
    assert (updated.first_name, updated.email_address) == ("Bea", "hi@acme.example")
    archive = models.Contacts(
        contacts=[models.Contact(contact_id=made.contact_id, contact_status="ARCHIVED")]
    )
    assert (
        driver.api.update_or_create_contacts(driver.tenant, archive).contacts[0].contact_status == "ARCHIVED"
    )
    assert driver.api.get_contacts(driver.tenant).contacts == []
    with pytest.raises(AccountingBadRequestException) as refused:
        driver.api.update_or_create_contacts(driver.tenant, archive)
    assert refused.value.reason.startswith("The specified contact details matched an archived contact.")


def test_contacts_are_listed_by_page_filter_and_date(driver: Driver) -> None:
    clock = driver.served.sandbox.clock
    driver.organisation.bulk_load("Contacts", [{"Name": f"N{n:03}"} for n in range(120)])
    clock.advance(60)
    since = clock.now()
    driver.contacts({"name": "Ada", "email_address": "ada@a.example"}, {"name": "Bea"})
    page = driver.api.get_contacts(driver.tenant, page=2, page_size=50, order="Name ASC")
    assert (page.pagination.item_count, page.pagination.page_count) == (122, 3)
    assert page.contacts[0].name == "N048"
    found = driver.api.get_contacts(
        driver.tenant, where='EmailAddress=="ADA@a.example"', include_archived=True
    )
    assert [contact.name for contact in found.contacts] == ["Ada"]
    fresh = driver.api.get_contacts(driver.tenant, if_modified_since=since, page=1, summary_only=True)
    assert [contact.name for contact in fresh.contacts] == ["Ada", "Bea"]
    ids = [contact.contact_id for contact in fresh.contacts]
    assert len(driver.api.get_contacts(driver.tenant, i_ds=ids).contacts) == 2
    assert len(driver.api.get_contacts(driver.tenant, search_term="n11").contacts) == 10


def test_refused_elements_are_told_apart_from_good_ones(driver: Driver) -> None:
    driver.contacts({"name": "Ada"})
    with pytest.raises(AccountingBadRequestException) as refused:
        driver.contacts({"name": "ada"})
    assert refused.value.reason == (
        "The contact name ada is already assigned to another contact. "
        "The contact name must be unique across all active contacts."
    )
    mixed = driver.contacts({"name": "Ada"}, {"name": "Bea"}, summarize_errors=False).contacts
    assert [(row.status_attribute_string, row.has_validation_errors) for row in mixed] == [
        ("ERROR", True),
        ("OK", False),
    ]


def test_contact_history(driver: Driver) -> None:
    contact_id = driver.contacts({"name": "Ada"}).contacts[0].contact_id
    note = models.HistoryRecords([models.HistoryRecord(details="Linked")])
    driver.api.create_contact_history(driver.tenant, contact_id, note)
    records = driver.api.get_contact_history(driver.tenant, contact_id).history_records
    assert {record.changes for record in records} == {"Note", "Created"}


def test_items_are_created_updated_and_deleted(driver: Driver) -> None:
    api, tenant = driver.api, driver.tenant
    price = models.Purchase(unit_price=Decimal("1.2345"), account_code="200")
    made = api.create_items(tenant, driver.items({"code": "BOLT", "sales_details": price}), unitdp=4).items[0]
    assert (made.sales_details.unit_price, made.sales_details.tax_type) == (Decimal("1.2345"), "OUTPUT2")
    assert api.get_items(tenant).items[0].sales_details.unit_price == Decimal("1.23")
    renamed = api.update_or_create_items(tenant, driver.items({"code": "BOLT", "name": "Bolt M4"})).items[0]
    assert (renamed.item_id, renamed.name) == (made.item_id, "Bolt M4")
    moved = api.update_item(tenant, made.item_id, driver.items({"code": "BOLT-4"}), unitdp=4).items[0]
    assert (moved.code, moved.sales_details.unit_price) == ("BOLT-4", Decimal("1.2345"))
    with pytest.raises(AccountingBadRequestException, match="already exists"):
        api.create_items(tenant, driver.items({"code": "BOLT-4"}))
    api.delete_item(tenant, made.item_id)
    assert api.get_items(tenant).items == []


def test_what_is_missing_and_what_is_too_much(driver: Driver) -> None:
    with pytest.raises(NotFoundException):
        driver.api.get_contact(driver.tenant, "00000000-0000-4000-8000-000000000000")
    driver.xero.in_flight[driver.tenant] = 6
    with pytest.raises(RateLimitException) as refused:
        driver.api.get_organisations(driver.tenant)
    assert refused.value.rate_limit == "concurrent"


def test_the_sdk_repeats_a_create_whose_answer_was_lost(driver: Driver) -> None:
    driver.served.sandbox.faults.placed.append(Placed(Kind.REPLY_LOST, "xero", "PUT /Contacts"))
    with pytest.raises(AccountingBadRequestException, match="already assigned"):
        driver.contacts({"name": "Ada"})
    driver.served.sandbox.faults.placed.append(Placed(Kind.REPLY_LOST, "xero", "PUT /Contacts"))
    made = driver.contacts({"name": "Bea"}, idempotency_key="one try").contacts[0]
    assert [record.values["Name"] for record in driver.organisation.book("Contacts").values()] == [
        "Ada",
        "Bea",
    ]
    assert made.contact_id in driver.organisation.book("Contacts")


def test_a_key_makes_a_write_happen_once_and_another_request_under_it_is_refused(driver: Driver) -> None:
    once = driver.contacts({"name": "Ada"}, idempotency_key="k-1").contacts[0]
    again = driver.contacts({"name": "Ada"}, idempotency_key="k-1").contacts[0]
    assert again.contact_id == once.contact_id
    with pytest.raises(AccountingBadRequestException, match="k-1 is used with a different request"):
        driver.contacts({"name": "Bea"}, idempotency_key="k-1")
    with pytest.raises(AccountingBadRequestException, match="already assigned"):
        driver.contacts({"name": "Ada"}, idempotency_key="k-2")
    driver.served.sandbox.clock.advance(361)
    assert driver.contacts({"name": "Bea"}, idempotency_key="k-1").contacts[0].name == "Bea"


def test_a_batch_of_items_goes_half_right_and_tells_so_only_when_asked(driver: Driver) -> None:
    api, tenant = driver.api, driver.tenant
    mixed = driver.items({"code": "A"}, {"code": "B", "sales_details": models.Purchase(account_code="999")})
    with pytest.raises(AccountingBadRequestException, match="'999' is not a valid code"):
        api.create_items(tenant, mixed)
    (made,) = api.get_items(tenant).items
    api.delete_item(tenant, made.item_id)
    done = api.create_items(tenant, mixed, summarize_errors=False).items
    assert [(one.code, one.status_attribute_string) for one in done] == [("A", "OK"), ("B", "ERROR")]
    assert [one.code for one in api.get_items(tenant).items] == ["A"]


def test_what_changed_since_is_listed_to_the_second(driver: Driver) -> None:
    api, tenant, clock = driver.api, driver.tenant, driver.served.sandbox.clock
    api.create_items(tenant, driver.items({"code": "OLD"}))
    clock.advance(60)
    since = clock.now()
    api.create_items(tenant, driver.items({"code": "NEW"}))
    account = models.Account(code="205", name="Web", type=models.AccountType.SALES, tax_type="OUTPUT2")
    api.create_account(tenant, account)
    assert [one.code for one in api.get_items(tenant, if_modified_since=since).items] == ["NEW"]
    assert [one.code for one in api.get_accounts(tenant, if_modified_since=since).accounts] == ["205"]
    assert driver.api.get_contacts(tenant, if_modified_since=since).contacts == []


def test_two_organisations_are_told_apart_by_their_consents(driver: Driver) -> None:
    second = driver.xero.add_organisation("Second", "AU")
    driver.xero.grant("app", [second])
    rows = {row.tenant_id: row for row in driver.identity.get_connections()}
    assert set(rows) == {driver.tenant, second.tenant_id}
    event = rows[second.tenant_id].auth_event_id
    (only,) = driver.identity.get_connections(auth_event_id=event)
    assert only.tenant_name == "Second"
    assert driver.api.get_organisations(second.tenant_id).organisations[0].base_currency.value == "AUD"


def test_tracking_is_renamed_and_its_options_are_archived(driver: Driver) -> None:
    api, tenant = driver.api, driver.tenant
    category = api.get_tracking_categories(tenant).tracking_categories[0]
    identity = category.tracking_category_id
    api.update_tracking_category(tenant, identity, models.TrackingCategory(name="Area"))
    option = next(one for one in category.options if one.name == "North")
    renamed = models.TrackingOption(name="Far North", status="ARCHIVED")
    api.update_tracking_options(tenant, identity, option.tracking_option_id, renamed)
    read = api.get_tracking_category(tenant, identity).tracking_categories[0]
    assert read.name == "Area"
    assert {one.name: one.status for one in read.options}["Far North"] == "ARCHIVED"
