"""HubSpot's new `hubspot-sdk` drives the stand-in over HTTP, on 2026-03 and 2026-09 paths, and parses what it says."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from tests.witnesses.conftest import Served, newer_sdk

hubspot_sdk = pytest.importorskip("hubspot_sdk", reason="the witnesses are an optional group of dependencies")

PORTAL = 245_002


@pytest.fixture
def client(sandbox_http: Served, version: str) -> Iterator[Any]:
    vendor = sandbox_http.sandbox.hubspot
    vendor.add_portal(PORTAL, currency="NZD", time_zone="Pacific/Auckland")
    vendor.add_app(72, "app-72", "secret-72", redirect_uris=["https://sync.example.test/callback"])
    with newer_sdk(sandbox_http, vendor.static_token(PORTAL), version) as made:
        yield made


@pytest.fixture
def objects(client: Any) -> Any:
    return client.crm.objects


def test_the_account_tells_its_id_and_currency(client: Any) -> None:
    account = client.account.get()
    assert (account.portal_id, account.company_currency, account.utc_offset) == (PORTAL, "NZD", "+13:00")


def test_the_alpha_sends_json_to_the_token_endpoint_which_takes_forms(client: Any) -> None:
    with pytest.raises(hubspot_sdk.APIStatusError) as refused:
        client.auth.oauth.create_token(grant_type="refresh_token", client_id="app-72")
    assert refused.value.status_code == 415


def test_tokens_are_refreshed_introspected_and_revoked(client: Any, sandbox_http: Served) -> None:
    vendor = sandbox_http.sandbox.hubspot
    vendor.switches = dataclasses.replace(vendor.switches, token_takes_json=True)
    app = {"client_id": "app-72", "client_secret": "secret-72"}
    _, refresh = vendor.connect("app-72", PORTAL)
    tokens = client.auth.oauth.create_token(grant_type="refresh_token", refresh_token=refresh, **app)
    assert tokens.hub_id == PORTAL
    about = client.auth.oauth.introspect_token(
        token=tokens.access_token, token_type_hint="access_token", **app
    )
    assert (about.active, about.expires_in) == (True, 1800)
    client.auth.oauth.revoke_token(token=refresh, token_type_hint="refresh_token", **app)
    with pytest.raises(hubspot_sdk.BadRequestError, match="missing or invalid refresh token") as refused:
        client.auth.oauth.create_token(grant_type="refresh_token", refresh_token=refresh, **app)
    assert refused.value.body["status"] == "BAD_REFRESH_TOKEN"


def test_a_contact_is_made_read_changed_archived_and_then_not_found(objects: Any) -> None:
    made = objects.contacts.create(
        associations=[], properties={"email": "Ada@example.test", "firstname": "Ada"}
    )
    assert objects.contacts.get("ada@example.test", id_property="email").id == made.id
    changed = objects.contacts.update(made.id, properties={"firstname": ""})
    assert changed.updated_at is not None
    read = objects.contacts.get(made.id, properties=["firstname"], properties_with_history=["firstname"])
    assert read.properties["firstname"] is None
    assert [entry.value for entry in read.properties_with_history["firstname"]] == ["", "Ada"]
    objects.contacts.delete(made.id)
    with pytest.raises(hubspot_sdk.NotFoundError) as gone:
        objects.contacts.get(made.id)
    assert gone.value.body["category"] == "OBJECT_NOT_FOUND"


def test_the_pages_of_a_list_end(objects: Any, sandbox_http: Served) -> None:
    ids = sandbox_http.sandbox.hubspot.portals[PORTAL].bulk_load(
        "companies", [{"name": f"C{n}"} for n in range(230)]
    )
    assert [company.id for company in objects.companies.list(limit=100)] == ids


def test_search_pages_by_offset_and_counts_everything(objects: Any, sandbox_http: Served) -> None:
    portal = sandbox_http.sandbox.hubspot.portals[PORTAL]
    ids = portal.bulk_load("products", [{"name": f"P{n:03d}", "hs_sku": f"S{n:03d}"} for n in range(30)])
    query: dict[str, Any] = {"filter_groups": [], "properties": ["name"], "sorts": ["-name"], "limit": 20}
    first = objects.products.search(after="0", **query)
    second = objects.products.search(after=first.paging.next.after, **query)
    assert first.total == 30
    assert [found.id for found in (*first.results, *second.results)] == ids[::-1]
    assert second.paging is None


def test_batches_create_read_change_upsert_and_archive(client: Any, objects: Any) -> None:
    client.crm.properties.create(
        "products",
        name="ledger_id",
        label="Ledger id",
        type="string",
        field_type="text",
        group_name="productinformation",
        has_unique_value=True,
    )
    made = objects.products.batch.upsert(
        inputs=[
            {"id": key, "id_property": "ledger_id", "properties": {"name": key}, "object_write_trace_id": key}
            for key in ("x-1", "x-2")
        ]
    )
    assert all(result.new for result in made.results)
    ids = {result.properties["ledger_id"]: result.id for result in made.results}
    again = objects.products.batch.upsert(
        inputs=[{"id": "x-1", "id_property": "ledger_id", "properties": {"name": "Tea"}}]
    )
    assert (again.results[0].new, again.results[0].id) == (False, ids["x-1"])
    objects.products.batch.update(inputs=[{"id": ids["x-2"], "properties": {"price": "3.50"}}])
    created = objects.products.batch.create(inputs=[{"properties": {"name": "Third"}, "associations": []}])
    read = objects.products.batch.get(
        inputs=[{"id": ids["x-2"]}, {"id": "404"}], properties=["price"], properties_with_history=[]
    )
    assert [found.properties["price"] for found in read.results] == ["3.50"]
    assert read.model_extra["numErrors"] == 1
    objects.products.batch.delete(inputs=[{"id": created.results[0].id}])
    with pytest.raises(hubspot_sdk.NotFoundError):
        objects.products.get(created.results[0].id)


def test_merged_contacts_answer_with_the_survivor(objects: Any) -> None:
    one = objects.contacts.create(associations=[], properties={"email": "one@example.test", "phone": "1"})
    two = objects.contacts.create(associations=[], properties={"email": "two@example.test", "city": "Nelson"})
    survivor = objects.contacts.merge(primary_object_id=one.id, object_id_to_merge=two.id)
    read = objects.contacts.get(two.id, properties=["email", "city", "phone", "hs_additional_emails"])
    assert read.id == survivor.id
    assert [read.properties[name] for name in ("email", "city", "phone", "hs_additional_emails")] == [
        "one@example.test",
        "Nelson",
        "1",
        "two@example.test",
    ]


def test_a_conflict_is_a_409_that_names_the_other_contact(objects: Any) -> None:
    made = objects.contacts.create(associations=[], properties={"email": "twin@example.test"})
    with pytest.raises(hubspot_sdk.ConflictError) as refused:
        objects.contacts.create(associations=[], properties={"email": "twin@example.test"})
    assert made.id in refused.value.body["message"]


def test_the_sixth_search_of_a_second_is_a_429_without_rate_headers(objects: Any) -> None:
    query: dict[str, Any] = {"filter_groups": [], "properties": [], "sorts": [], "limit": 1, "after": "0"}
    for _ in range(5):
        objects.contacts.search(**query)
    with pytest.raises(hubspot_sdk.RateLimitError) as refused:
        objects.contacts.search(**query)
    assert refused.value.body["message"] == "You have reached your secondly limit."
    assert not [name for name in refused.value.response.headers if "ratelimit" in name.lower()]


def test_groups_and_owners_are_listed(client: Any) -> None:
    client.crm.properties.groups.create("companies", name="xero", label="Xero")
    assert "xero" in [group.name for group in client.crm.properties.groups.list("companies").results]
    assert [owner.email for owner in client.crm.owners.list()] == ["ada@example.test", "ben@example.test"]


def test_labels_can_be_defined_and_put_on_a_pair(client: Any, objects: Any) -> None:
    person = objects.contacts.create(associations=[], properties={"email": "billing@example.test"})
    firm = objects.companies.create(
        properties={"name": "Kiwi Ltd"},
        associations=[
            {
                "to": {"id": person.id},
                "types": [{"association_category": "HUBSPOT_DEFINED", "association_type_id": 280}],
            }
        ],
    )
    labels = client.crm.associations_schema.labels.create_label(
        "companies", from_object_type="contacts", name="billing", label="Billing contact"
    )
    between = client.crm.associations.update_labels(
        firm.id,
        object_type="contacts",
        object_id=person.id,
        to_object_type="companies",
        body=[{"association_category": "USER_DEFINED", "association_type_id": labels.results[0].type_id}],
    )
    assert between.labels == ["Billing contact"]
    (linked,) = client.crm.associations.list("companies", object_type="contacts", object_id=person.id)
    assert {type_.label for type_ in linked.association_types} == {None, "Billing contact"}
    client.crm.associations.delete(
        firm.id, object_type="contacts", object_id=person.id, to_object_type="companies"
    )
    assert not list(client.crm.associations.list("companies", object_type="contacts", object_id=person.id))


def test_a_lost_reply_leaves_the_client_with_nothing_but_the_work_done(
    objects: Any, sandbox_http: Served
) -> None:
    from crossfoot_sandbox.faults import Kind, Placed

    sandbox_http.sandbox.faults.placed.append(
        Placed(Kind.REPLY_LOST, operation="POST /crm/objects/contacts", subject="lost@example.test")
    )
    with pytest.raises(hubspot_sdk.APIConnectionError):
        objects.contacts.create(associations=[], properties={"email": "lost@example.test"})
    with pytest.raises(hubspot_sdk.ConflictError):
        objects.contacts.create(associations=[], properties={"email": "lost@example.test"})
