"""HubSpot's official `hubspot-api-client` (v3 and v4 paths, OAuth v1) drives the stand-in over HTTP and parses what it says."""

import dataclasses
from typing import Any

import pytest
from tests.witnesses.conftest import Served

hubspot = pytest.importorskip("hubspot", reason="the witnesses are an optional group of dependencies")

PORTAL = 245_001


@pytest.fixture
def client(sandbox_http: Served) -> Any:
    portals = sandbox_http.sandbox.hubspot
    portals.add_portal(PORTAL)
    portals.add_app(71, "app-71", "secret-71", redirect_uris=["https://sync.example.test/callback"])
    return hubspot.HubSpot(access_token=portals.static_token(PORTAL), host=f"{sandbox_http.url}/hubspot")


@pytest.fixture
def contacts(client: Any) -> Any:
    return client.crm.contacts


def _create(api: Any, module: Any, **properties: str) -> Any:
    return api.basic_api.create(
        simple_public_object_input_for_create=module.SimplePublicObjectInputForCreate(
            properties=properties, associations=[]
        )
    )


def test_a_code_becomes_tokens_and_a_refresh_makes_the_next_access_token(
    client: Any, sandbox_http: Served
) -> None:
    code = sandbox_http.sandbox.hubspot.grant("app-71", PORTAL)
    both = client.oauth.tokens_api.create(
        grant_type="authorization_code",
        code=code,
        client_id="app-71",
        client_secret="secret-71",
        redirect_uri="https://sync.example.test/callback",
    )
    assert both.expires_in == 1800
    again = client.oauth.tokens_api.create(
        grant_type="refresh_token",
        refresh_token=both.refresh_token,
        client_id="app-71",
        client_secret="secret-71",
    )
    assert again.access_token != both.access_token
    assert client.oauth.access_tokens_api.get(again.access_token).hub_id == PORTAL
    assert client.oauth.refresh_tokens_api.get(again.refresh_token).client_id == "app-71"


def test_an_expired_token_is_refused_as_the_sdk_expects(client: Any, sandbox_http: Served) -> None:
    access, _ = sandbox_http.sandbox.hubspot.connect("app-71", PORTAL)
    mine = hubspot.HubSpot(access_token=access, host=f"{sandbox_http.url}/hubspot")
    mine.crm.contacts.basic_api.get_page()
    sandbox_http.sandbox.clock.advance(1801)
    with pytest.raises(hubspot.crm.contacts.ApiException, match="EXPIRED_AUTHENTICATION") as refused:
        mine.crm.contacts.basic_api.get_page()
    assert refused.value.status == 401


def test_a_contact_is_made_read_changed_archived_and_then_not_found(contacts: Any) -> None:
    from hubspot.crm import contacts as module

    made = _create(contacts, module, email="Ada@Example.test", firstname="Ada")
    assert made.properties["email"] == "ada@example.test"
    read = contacts.basic_api.get_by_id(made.id, properties=["email", "phone"])
    assert read.properties["phone"] is None
    by_mail = contacts.basic_api.get_by_id("ADA@example.test", id_property="email")
    assert by_mail.id == made.id
    changed = contacts.basic_api.update(
        made.id, simple_public_object_input=module.SimplePublicObjectInput(properties={"phone": "1"})
    )
    assert changed.properties["phone"] == "1"
    contacts.basic_api.archive(made.id)
    with pytest.raises(module.ApiException) as gone:
        contacts.basic_api.get_by_id(made.id)
    assert gone.value.status == 404
    assert contacts.basic_api.get_by_id(made.id, archived=True).archived


def test_pages_of_contacts_follow_the_cursor_to_the_end(contacts: Any, sandbox_http: Served) -> None:
    portal = sandbox_http.sandbox.hubspot.portals[PORTAL]
    ids = portal.bulk_load("contacts", [{"email": f"p{n}@example.test"} for n in range(250)])
    assert [contact.id for contact in contacts.get_all()] == ids


def test_search_finds_a_contact_after_its_lag(contacts: Any, sandbox_http: Served) -> None:
    from hubspot.crm import contacts as module

    made = _create(contacts, module, email="late@example.test")
    request = module.PublicObjectSearchRequest(
        filter_groups=[
            {"filters": [{"propertyName": "email", "operator": "EQ", "value": "LATE@example.test"}]}
        ],
        properties=["email"],
        limit=10,
    )
    assert contacts.search_api.do_search(public_object_search_request=request).total == 0
    sandbox_http.sandbox.clock.advance(31)
    found = contacts.search_api.do_search(public_object_search_request=request)
    assert [result.id for result in found.results] == [made.id]


def test_batches_create_read_change_upsert_and_archive(contacts: Any) -> None:
    from hubspot.crm import contacts as module

    made = contacts.batch_api.create(
        batch_input_simple_public_object_batch_input_for_create=module.BatchInputSimplePublicObjectBatchInputForCreate(
            inputs=[
                {
                    "properties": {"email": f"b{n}@example.test"},
                    "associations": [],
                    "objectWriteTraceId": str(n),
                }
                for n in range(3)
            ]
        )
    )
    ids = {result.object_write_trace_id: result.id for result in made.results}
    assert sorted(ids) == ["0", "1", "2"]
    partly = contacts.batch_api.read(
        batch_read_input_simple_public_object_id=module.BatchReadInputSimplePublicObjectId(
            inputs=[{"id": ids["0"]}, {"id": "999"}], properties=["email"], properties_with_history=[]
        )
    )
    assert partly.num_errors == 1
    assert partly.errors[0].context == {"ids": ["999"]}
    changed = contacts.batch_api.update(
        batch_input_simple_public_object_batch_input=module.BatchInputSimplePublicObjectBatchInput(
            inputs=[{"id": ids["1"], "properties": {"firstname": "One"}}]
        )
    )
    assert changed.results[0].properties["firstname"] == "One"
    both = contacts.batch_api.upsert(
        batch_input_simple_public_object_batch_input_upsert=module.BatchInputSimplePublicObjectBatchInputUpsert(
            inputs=[
                {"id": mail, "idProperty": "email", "properties": {"email": mail, "firstname": "U"}}
                for mail in ("b2@example.test", "new@example.test")
            ]
        )
    )
    assert {result.properties["email"]: result.new for result in both.results} == {
        "b2@example.test": False,
        "new@example.test": True,
    }
    contacts.batch_api.archive(
        batch_input_simple_public_object_id=module.BatchInputSimplePublicObjectId(inputs=[{"id": ids["2"]}])
    )
    with pytest.raises(module.ApiException, match="OBJECT_NOT_FOUND"):
        contacts.basic_api.get_by_id(ids["2"])


def test_two_contacts_merge_into_a_third_that_answers_to_both_ids(contacts: Any) -> None:
    from hubspot.crm import contacts as module

    one, two = (_create(contacts, module, email=f"m{n}@example.test") for n in (1, 2))
    survivor = contacts.basic_api.merge(
        public_merge_input=module.PublicMergeInput(primary_object_id=one.id, object_id_to_merge=two.id)
    )
    assert survivor.id not in (one.id, two.id)
    assert contacts.basic_api.get_by_id(two.id).id == survivor.id
    assert survivor.properties["hs_merged_object_ids"] == f"{one.id};{two.id}"


def test_a_taken_email_is_a_409_with_the_id_in_its_text(contacts: Any) -> None:
    from hubspot.crm import contacts as module

    made = _create(contacts, module, email="twin@example.test")
    with pytest.raises(module.ApiException) as refused:
        _create(contacts, module, email="TWIN@example.test")
    assert refused.value.status == 409
    assert f"Existing ID: {made.id}" in refused.value.body


def test_the_tenth_of_a_second_too_many_is_a_429_with_headers(contacts: Any, sandbox_http: Served) -> None:
    from hubspot.crm import contacts as module

    sandbox_http.sandbox.hubspot.portals[PORTAL].tier = "free"
    api = contacts.basic_api
    for _ in range(100):
        api.get_page(limit=1)
    with pytest.raises(module.ApiException) as refused:
        api.get_page(limit=1)
    assert refused.value.status == 429
    assert "TEN_SECONDLY_ROLLING" in refused.value.body
    assert refused.value.headers["X-HubSpot-RateLimit-Max"] == "100"
    sandbox_http.sandbox.clock.advance(10)
    api.get_page(limit=1)


def test_the_sdks_own_merge_of_companies_and_their_properties_work(client: Any) -> None:
    from hubspot.crm import companies as module

    one = _create(client.crm.companies, module, name="Kiwi Ltd", domain="kiwi.example.test")
    two = _create(client.crm.companies, module, name="Kiwi Limited", domain="kiwi.example.test")
    merged = client.crm.companies.basic_api.merge(
        public_merge_input=module.PublicMergeInput(primary_object_id=one.id, object_id_to_merge=two.id)
    )
    assert merged.properties["name"] == "Kiwi Ltd"


def test_products_keep_the_price_as_it_was_sent(client: Any) -> None:
    from hubspot.crm import products as module

    made = _create(client.crm.products, module, name="Tea", price="12.3400", hs_sku="TEA")
    assert (
        client.crm.products.basic_api.get_by_id(made.id, properties=["price"]).properties["price"]
        == "12.3400"
    )


def test_properties_and_groups_are_made_listed_changed_and_archived(client: Any) -> None:
    from hubspot.crm import properties as module

    groups, core = client.crm.properties.groups_api, client.crm.properties.core_api
    groups.create(
        "contacts",
        property_group_create=module.PropertyGroupCreate(name="xero", label="Xero", display_order=1),
    )
    wish = module.PropertyCreate(
        name="xero_id",
        label="Xero id",
        type="string",
        field_type="text",
        group_name="xero",
        has_unique_value=True,
    )
    assert core.create("contacts", property_create=wish).has_unique_value
    with pytest.raises(module.ApiException, match="PROPERTY_WITH_NAME_EXISTS") as refused:
        core.create("contacts", property_create=wish)
    assert refused.value.status == 409
    changed = core.update("contacts", "xero_id", property_update=module.PropertyUpdate(label="Ledger id"))
    assert (changed.label, changed.has_unique_value) == ("Ledger id", True)
    names = {found.name: found for found in core.get_all("contacts").results}
    assert names["lastmodifieddate"].modification_metadata.read_only_value
    assert not names["country"].modification_metadata.read_only_value
    with pytest.raises(module.ApiException, match="GROUP_WITH_ACTIVE_PROPERTIES"):
        groups.archive("contacts", "xero")
    core.archive("contacts", "xero_id")
    with pytest.raises(module.ApiException, match="OBJECT_NOT_FOUND"):
        core.get_by_name("contacts", "xero_id")
    assert core.create("contacts", property_create=wish).label == "Ledger id"


def test_associations_go_both_ways_and_know_the_primary_company(client: Any) -> None:
    from hubspot.crm import companies, contacts
    from hubspot.crm.associations import v4

    ada = _create(client.crm.contacts, contacts, email="ada@example.test")
    firm = _create(client.crm.companies, companies, name="Kiwi Ltd")
    links = client.crm.associations.v4
    links.basic_api.create_default("contacts", ada.id, "companies", firm.id)
    (linked,) = links.basic_api.get_page("companies", firm.id, "contacts").results
    assert linked.to_object_id == ada.id
    assert {type_.type_id for type_ in linked.association_types} == {2, 280}
    read = client.crm.contacts.basic_api.get_by_id(
        ada.id, properties=["associatedcompanyid"], associations=["companies"]
    )
    assert read.properties["associatedcompanyid"] == firm.id
    assert {entry.type for entry in read.associations["companies"].results} == {
        "contact_to_company",
        "contact_to_company_unlabeled",
    }
    many = links.batch_api.get_page(
        "contacts",
        "companies",
        batch_input_public_fetch_associations_batch_request=v4.BatchInputPublicFetchAssociationsBatchRequest(
            inputs=[{"id": ada.id}]
        ),
    )
    assert many.results[0].to[0].to_object_id == firm.id
    links.basic_api.archive("contacts", ada.id, "companies", firm.id)
    assert links.basic_api.get_page("contacts", ada.id, "companies").results == []


def test_owners_are_listed_and_found_by_email(client: Any) -> None:
    assert len(client.crm.owners.get_all()) == 2
    (found,) = client.crm.owners.owners_api.get_page(email="ben@example.test").results
    assert found.first_name == "Ben"


def test_privacy_deletion_leaves_nothing(contacts: Any, sandbox_http: Served) -> None:
    from hubspot.crm import contacts as module

    made = _create(contacts, module, email="erase@example.test", firstname="Erik")
    contacts.basic_api.purge(public_gdpr_delete_input=module.PublicGdprDeleteInput(object_id=made.id))
    record = sandbox_http.sandbox.hubspot.portals[PORTAL].book("contacts")[made.id]
    assert record.erased
    assert not record.values


def test_a_switch_turns_the_limits_off(contacts: Any, sandbox_http: Served) -> None:
    vendor = sandbox_http.sandbox.hubspot
    vendor.switches = dataclasses.replace(vendor.switches, limits=False)
    api = contacts.basic_api
    for _ in range(200):
        api.get_page(limit=1)


def test_batches_that_go_half_right_tell_which_half(contacts: Any) -> None:
    from hubspot.crm import contacts as module

    taken = _create(contacts, module, email="taken@example.test")
    inputs: list[dict[str, Any]] = [
        {"properties": {"email": mail}, "associations": [], "objectWriteTraceId": mail}
        for mail in ("new@example.test", "taken@example.test")
    ]
    wishes = module.BatchInputSimplePublicObjectBatchInputForCreate(inputs=inputs)
    made = contacts.batch_api.create(wishes)
    assert [one.object_write_trace_id for one in made.results] == ["new@example.test"]
    assert (made.num_errors, made.errors[0].category) == (1, "CONFLICT")
    assert taken.id in made.errors[0].message
    changes = [{"id": one, "properties": {"city": "Nelson"}} for one in (taken.id, "404")]
    changed = contacts.batch_api.update(module.BatchInputSimplePublicObjectBatchInput(inputs=changes))
    assert ([one.id for one in changed.results], changed.errors[0].context) == (
        [taken.id],
        {"ids": ["404"]},
    )
    del inputs[0]["objectWriteTraceId"]
    with pytest.raises(module.ApiException) as refused:
        contacts.batch_api.create(wishes)
    assert refused.value.status == 409


def test_labels_are_put_on_pairs_and_taken_off_in_batches(client: Any) -> None:
    from hubspot.crm import companies, contacts
    from hubspot.crm.associations import v4
    from hubspot.crm.associations.v4 import schema

    ada = _create(client.crm.contacts, contacts, email="ada@example.test")
    firm = _create(client.crm.companies, companies, name="Kiwi Ltd")
    both = {"_from": {"id": ada.id}, "to": {"id": firm.id}}
    links = client.crm.associations.v4.batch_api
    plain = v4.BatchInputPublicDefaultAssociationMultiPost(
        inputs=[v4.PublicDefaultAssociationMultiPost(**both)]
    )
    assert len(links.create_default("contacts", "companies", plain).results) == 2
    definitions = client.crm.associations.v4.schema.definitions_api
    wish = schema.PublicAssociationDefinitionCreateRequest(label="Pays", name="payer", inverse_label=None)
    payer = definitions.create("contacts", "companies", wish).results[0].type_id
    label = v4.AssociationSpec(association_category="USER_DEFINED", association_type_id=payer)
    labelled = v4.BatchInputPublicAssociationMultiPost(
        inputs=[v4.PublicAssociationMultiPost(types=[label], **both)]
    )
    assert "Pays" in links.create("contacts", "companies", labelled).results[0].labels
    asked = v4.BatchInputPublicFetchAssociationsBatchRequest(inputs=[{"id": ada.id}])

    def labels() -> set[str | None]:
        (read,) = links.get_page("contacts", "companies", asked).results
        return {kind.label for kind in read.to[0].association_types}

    assert "Pays" in labels()
    links.archive_labels("contacts", "companies", labelled)
    assert "Pays" not in labels()
    gone = v4.BatchInputPublicAssociationMultiArchive(
        inputs=[v4.PublicAssociationMultiArchive(_from={"id": ada.id}, to=[{"id": firm.id}])]
    )
    links.archive("contacts", "companies", gone)
    assert client.crm.associations.v4.basic_api.get_page("contacts", ada.id, "companies").results == []


def test_properties_are_made_and_archived_in_batches(client: Any) -> None:
    from hubspot.crm import properties as module

    api = client.crm.properties
    wishes = [
        module.PropertyCreate(name=name, label=name, type="string", field_type="text", group_name=group)
        for name, group in (("one", "contactinformation"), ("two", "nowhere"))
    ]
    made = api.batch_api.create("contacts", module.BatchInputPropertyCreate(inputs=wishes))
    assert ([one.name for one in made.results], made.num_errors) == (["one"], 1)
    asked = module.BatchReadInputPropertyName(inputs=[{"name": "one"}], archived=False)
    assert [one.name for one in api.batch_api.read("contacts", asked).results] == ["one"]
    api.batch_api.archive("contacts", module.BatchInputPropertyName(inputs=[{"name": "one"}]))
    assert "one" in [one.name for one in api.core_api.get_all("contacts", archived=True).results]
    renamed = api.groups_api.update(
        "contacts", "contactinformation", module.PropertyGroupUpdate(label="About", display_order=1)
    )
    assert renamed.label == "About"


def test_a_search_is_paged_to_its_end(contacts: Any, sandbox_http: Served) -> None:
    from hubspot.crm import contacts as module

    portal = sandbox_http.sandbox.hubspot.portals[PORTAL]
    ids = portal.bulk_load("contacts", [{"email": f"p{n:02}@example.test"} for n in range(25)])
    found, after = [], "0"
    while after:
        request = module.PublicObjectSearchRequest(
            filter_groups=[], properties=["email"], sorts=["-email"], limit=10, after=after
        )
        page = contacts.search_api.do_search(request)
        found += [one.id for one in page.results]
        after = page.paging.next.after if page.paging else ""
    assert found == ids[::-1]


def test_what_a_colleague_restores_is_listed_again(contacts: Any, sandbox_http: Served) -> None:
    from hubspot.crm import contacts as module

    made = _create(contacts, module, email="back@example.test")
    contacts.basic_api.archive(made.id)
    assert [one.id for one in contacts.get_all(archived=True)] == [made.id]
    sandbox_http.sandbox.hubspot.portals[PORTAL].person_restores("contacts", made.id)
    assert contacts.get_all(archived=True) == []
    assert [one.id for one in contacts.get_all()] == [made.id]
