"""HubSpot's newer SDK on the flows where much can go half right: batches, associations, properties, merges, returns from the bin."""

import dataclasses
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from tests.witnesses.conftest import Served, newer_sdk

hubspot_sdk = pytest.importorskip("hubspot_sdk", reason="the witnesses are an optional group of dependencies")

PORTAL = 245_004


@pytest.fixture
def portal(sandbox_http: Served) -> Any:
    return sandbox_http.sandbox.hubspot.add_portal(PORTAL)


@pytest.fixture
def client(sandbox_http: Served, portal: Any, version: str) -> Iterator[Any]:
    token = sandbox_http.sandbox.hubspot.static_token(PORTAL)
    with newer_sdk(sandbox_http, token, version) as made:
        yield made


@pytest.fixture
def contacts(client: Any) -> Any:
    return client.crm.objects.contacts


def person(contacts: Any, mail: str, **properties: str) -> Any:
    return contacts.create(associations=[], properties={"email": mail, **properties})


def key(client: Any, objects: str, group: str) -> None:
    """A unique property of our own."""
    client.crm.properties.create(
        objects,
        name="ledger_id",
        label="Ledger id",
        type="string",
        field_type="text",
        group_name=group,
        has_unique_value=True,
    )


def failed(batch: Any) -> list[dict[str, Any]]:
    """The errors of a batch, which the SDK keeps without looking at them."""
    extra = batch.model_extra
    assert extra["numErrors"] == len(extra["errors"])
    return list(extra["errors"])


# ── batches ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_batch_of_creations_is_done_in_part_when_every_input_has_a_trace_id(contacts: Any) -> None:
    taken = person(contacts, "taken@example.test")
    inputs: list[dict[str, Any]] = [
        {"associations": [], "properties": {"email": mail}, "object_write_trace_id": mail}
        for mail in ("new@example.test", "taken@example.test", "no mail")
    ]
    made = contacts.batch.create(inputs=inputs)
    assert [one.object_write_trace_id for one in made.results] == ["new@example.test"]
    told = {error["context"]["objectWriteTraceId"][0]: error for error in failed(made)}
    assert told["taken@example.test"]["category"] == "CONFLICT"
    assert taken.id in told["taken@example.test"]["message"]
    assert told["no mail"]["category"] == "VALIDATION_ERROR"


def test_without_trace_ids_a_batch_of_creations_is_done_whole_or_not_at_all(
    contacts: Any, portal: Any
) -> None:
    person(contacts, "taken@example.test")
    inputs = [
        {"associations": [], "properties": {"email": mail}}
        for mail in ("new@example.test", "taken@example.test")
    ]
    with pytest.raises(hubspot_sdk.ConflictError):
        contacts.batch.create(inputs=inputs)
    assert len(portal.book("contacts")) == 1


def test_a_batch_of_changes_names_the_ids_that_are_missing(contacts: Any) -> None:
    ada = person(contacts, "ada@example.test")
    changed = contacts.batch.update(
        inputs=[{"id": one, "properties": {"city": "Nelson"}} for one in (ada.id, "404", "405")]
    )
    assert [one.id for one in changed.results] == [ada.id]
    (error,) = failed(changed)
    assert (error["category"], sorted(error["context"]["ids"])) == ("OBJECT_NOT_FOUND", ["404", "405"])


def test_a_batch_reads_by_a_property_of_ones_own_and_names_what_is_missing(
    client: Any, contacts: Any
) -> None:
    key(client, "contacts", "contactinformation")
    ada = person(contacts, "ada@example.test", ledger_id="L-1")
    read = contacts.batch.get(
        inputs=[{"id": "L-1"}, {"id": "L-2"}],
        id_property="ledger_id",
        properties=["ledger_id", "email"],
        properties_with_history=["email"],
    )
    (found,) = read.results
    assert (found.id, found.properties["ledger_id"]) == (ada.id, "L-1")
    assert [one.value for one in found.properties_with_history["email"]] == ["ada@example.test"]
    assert failed(read)[0]["context"]["ids"] == ["L-2"]


def test_a_batch_of_upserts_creates_changes_and_refuses_side_by_side(client: Any) -> None:
    products = client.crm.objects.products
    key(client, "products", "productinformation")
    tea = products.create(associations=[], properties={"name": "Tea", "ledger_id": "tea"})
    done = products.batch.upsert(
        inputs=[
            {"id": name, "id_property": "ledger_id", "properties": values, "object_write_trace_id": name}
            for name, values in (
                ("tea", {"price": "3.50"}),
                ("mug", {"name": "Mug", "price": "9.00"}),
                ("cup", {"name": "Cup", "price": "cheap"}),
            )
        ]
    )
    told = {one.object_write_trace_id: (one.new, one.id == tea.id) for one in done.results}
    assert told == {"tea": (False, True), "mug": (True, False)}
    (error,) = failed(done)
    assert error["context"]["objectWriteTraceId"] == ["cup"]


def test_a_batch_may_archive_what_is_gone_already(contacts: Any) -> None:
    ada, ben = (person(contacts, f"{name}@example.test") for name in ("ada", "ben"))
    contacts.delete(ada.id)
    contacts.batch.delete(inputs=[{"id": one} for one in (ada.id, ben.id, "404")])
    archived = contacts.list(archived=True)
    assert sorted(one.id for one in archived) == sorted((ada.id, ben.id))
    assert all(one.archived and one.archived_at for one in contacts.list(archived=True))


# ── the bin, merges, searches ──────────────────────────────────────────────────────────────────────────────────────────


def test_what_a_colleague_restores_is_there_again_with_its_values(contacts: Any, portal: Any) -> None:
    ada = person(contacts, "ada@example.test", city="Nelson")
    contacts.delete(ada.id)
    with pytest.raises(hubspot_sdk.NotFoundError):
        contacts.get(ada.id)
    portal.person_restores("contacts", ada.id)
    read = contacts.get(ada.id, properties=["city"])
    assert (read.archived, read.properties["city"], read.updated_at) == (False, "Nelson", ada.updated_at)


@pytest.mark.parametrize("survives", ["new id", "primary id"])
def test_a_merged_company_answers_to_all_its_ids(
    client: Any, sandbox_http: Served, survives: Literal["new id", "primary id"]
) -> None:
    vendor = sandbox_http.sandbox.hubspot
    vendor.switches = dataclasses.replace(vendor.switches, merge=survives)
    companies = client.crm.objects.companies
    one, two = (companies.create(associations=[], properties={"name": name}) for name in ("Kiwi", "Moa"))
    survivor = companies.merge(primary_object_id=one.id, object_id_to_merge=two.id)
    assert (survivor.id == one.id) is (survives == "primary id")
    for gone in (one.id, two.id):
        assert companies.get(gone, properties=["hs_merged_object_ids"]).id == survivor.id
    read = companies.batch.get(
        inputs=[{"id": one.id}, {"id": two.id}], properties=["name"], properties_with_history=[]
    )
    assert [found.id for found in read.results] == [survivor.id]


def test_a_search_is_paged_to_its_end_and_no_further_than_ten_thousand(client: Any, portal: Any) -> None:
    ids = portal.bulk_load("companies", [{"name": f"C{n:03}", "city": "Nelson"} for n in range(45)])
    nelson = [{"filters": [{"propertyName": "city", "operator": "EQ", "value": "nelson"}]}]
    query: dict[str, Any] = {
        "filter_groups": nelson,
        "properties": ["name"],
        "sorts": [{"propertyName": "name", "direction": "DESCENDING"}],
        "limit": 20,
    }
    search, after, found = client.crm.objects.companies.search, "0", []
    while after:
        page = search(after=after, **query)
        found += [one.id for one in page.results]
        after = page.paging.next.after if page.paging else ""
    assert (page.total, found) == (45, ids[::-1])
    with pytest.raises(hubspot_sdk.BadRequestError):
        search(after="10000", **query)


# ── associations ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_pairs_are_linked_labelled_read_by_page_and_unlinked_in_batches(client: Any, contacts: Any) -> None:
    firm = client.crm.objects.companies.create(associations=[], properties={"name": "Kiwi"})
    people = [person(contacts, f"p{n}@example.test") for n in range(3)]
    links = client.crm.associations
    pairs = [{"from": {"id": one.id}, "to": {"id": firm.id}} for one in people]
    links.batch.create_default("companies", from_object_type="contacts", inputs=pairs)
    payer = client.crm.associations_schema.labels.create_label(
        "companies", from_object_type="contacts", name="payer", label="Pays"
    )
    label = {"association_category": "USER_DEFINED", "association_type_id": payer.results[0].type_id}
    links.batch.create("companies", from_object_type="contacts", inputs=[{**pairs[0], "types": [label]}])
    labels = client.crm.associations_schema.labels.list_labels("companies", from_object_type="contacts")
    assert "Pays" in [one.label for one in labels.results]

    first = links.list("contacts", object_type="companies", object_id=firm.id, limit=2)
    assert len(first.results) == 2
    assert [one.to_object_id for one in first] == [int(one.id) for one in people]

    read = links.batch.get(
        "companies", from_object_type="contacts", inputs=[{"id": one.id} for one in people]
    )
    told = {one.from_.id: {kind.label for kind in one.to[0].association_types} for one in read.results}
    assert "Pays" in told[people[0].id]
    assert "Pays" not in told[people[1].id]

    links.batch.delete_labels(
        "companies", from_object_type="contacts", inputs=[{**pairs[0], "types": [label]}]
    )
    links.batch.delete(
        "companies",
        from_object_type="contacts",
        inputs=[{"from": {"id": people[1].id}, "to": [{"id": firm.id}]}],
    )
    left = links.list("contacts", object_type="companies", object_id=firm.id)
    assert [one.to_object_id for one in left] == [int(people[0].id), int(people[2].id)]


def test_a_batch_of_links_is_done_in_part(client: Any, contacts: Any) -> None:
    firm = client.crm.objects.companies.create(associations=[], properties={"name": "Kiwi"})
    ada = person(contacts, "ada@example.test")
    done = client.crm.associations.batch.create_default(
        "companies",
        from_object_type="contacts",
        inputs=[{"from": {"id": one}, "to": {"id": firm.id}} for one in (ada.id, "404")],
    )
    assert {one.from_.id for one in done.results} == {ada.id, firm.id}, "both directions are told"
    assert done.num_errors == 1
    assert done.errors[0].category == "OBJECT_NOT_FOUND"


def test_one_pair_is_linked_and_a_record_tells_its_links(client: Any, contacts: Any) -> None:
    firm = client.crm.objects.companies.create(associations=[], properties={"name": "Kiwi"})
    ada = person(contacts, "ada@example.test")
    client.crm.associations.create(
        firm.id, from_object_type="contacts", from_object_id=ada.id, to_object_type="companies"
    )
    read = contacts.get(ada.id, associations=["companies"])
    assert {one.id for one in read.associations["companies"].results} == {firm.id}


# ── properties ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_properties_are_made_read_and_archived_in_batches_and_brought_back_by_name(client: Any) -> None:
    properties = client.crm.properties
    properties.groups.create("contacts", name="xero", label="Xero")
    renamed = properties.groups.update("xero", object_type="contacts", label="Ledger", display_order=3)
    assert (renamed.label, renamed.display_order) == ("Ledger", 3)
    assert properties.groups.get("xero", object_type="contacts").label == "Ledger"
    wishes = [
        {"name": name, "label": name, "type": "string", "field_type": "text", "group_name": group}
        for name, group in (("a_one", "xero"), ("a_two", "xero"), ("a_three", "nowhere"))
    ]
    made = properties.batch.create("contacts", inputs=wishes)
    assert sorted(one.name for one in made.results) == ["a_one", "a_two"]
    assert len(failed(made)) == 1
    read = properties.batch.get(
        "contacts",
        archived=False,
        data_sensitivity="non_sensitive",
        inputs=[{"name": "a_one"}, {"name": "no_such"}],
    )
    assert [one.name for one in read.results] == ["a_one"]
    properties.batch.delete("contacts", inputs=[{"name": "a_one"}, {"name": "a_two"}])
    gone = [one.name for one in properties.list("contacts", archived=True).results]
    assert {"a_one", "a_two"} <= set(gone)
    back = properties.create(
        "contacts", name="a_one", label="Other", type="string", field_type="text", group_name="xero"
    )
    assert (back.label, back.archived) == ("a_one", False)


# ── consent ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_code_becomes_tokens_once(client: Any, sandbox_http: Served) -> None:
    vendor = sandbox_http.sandbox.hubspot
    vendor.switches = dataclasses.replace(vendor.switches, token_takes_json=True)
    back = "https://sync.example.test/callback"
    vendor.add_app(74, "app-74", "secret-74", redirect_uris=[back])
    app = {"client_id": "app-74", "client_secret": "secret-74"}
    words = {"grant_type": "authorization_code", "redirect_uri": back, "code": vendor.grant("app-74", PORTAL)}
    tokens = client.auth.oauth.create_token(**words, **app)
    assert (tokens.expires_in, tokens.token_type, tokens.hub_id) == (1800, "bearer", PORTAL)
    again = client.auth.oauth.create_token(
        grant_type="refresh_token", refresh_token=tokens.refresh_token, **app
    )
    assert again.access_token != tokens.access_token
    with pytest.raises(hubspot_sdk.BadRequestError) as refused:
        client.auth.oauth.create_token(**words, **app)
    assert refused.value.body["status"] == "BAD_AUTH_CODE"
