"""The sandbox over real HTTP: vendors behind their prefixes, connections that really break, and the controls."""

import base64
import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from tests.sandbox.served import Served, served

from crossfoot_sandbox import defaults
from crossfoot_sandbox.asgi import listening
from crossfoot_sandbox.clock import Clock
from crossfoot_sandbox.hubspot.books.webhooks import signature_v1
from crossfoot_sandbox.journal import KEPT_WORDS, Entry, Journal, Words

HUBSPOT = {"Authorization": f"Bearer {defaults.HUBSPOT_TOKEN}"}
CONTACTS = "/hubspot/crm/objects/2026-03/contacts"


@pytest.fixture
def sandbox() -> Iterator[Served]:
    clock = Clock(lambda: 1_790_000_000.0)
    clock.freeze()
    with served(defaults.world(clock)) as running:
        yield running


@pytest.fixture(scope="module")
def untouched() -> Iterator[Served]:
    """One sandbox for all requests that must not change anything."""
    with served(defaults.world(Clock(lambda: 1_790_000_000.0))) as running:
        yield running


def post(sandbox: Served, path: str, payload: Any, status: int = 200) -> Any:
    answer = sandbox.http.post(path, json=payload)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def get(sandbox: Served, path: str) -> Any:
    answer = sandbox.http.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def made(sandbox: Served) -> int:
    count: int = get(sandbox, "/sandbox/books/hubspot/contacts")["count"]
    return count


def create(sandbox: Served, email: str = "ada@home.example") -> httpx2.Response:
    return sandbox.http.post(CONTACTS, headers=HUBSPOT, json={"properties": {"email": email}})


# Vendors


def test_hubspot_answers_behind_its_prefix_with_its_own_headers(sandbox: Served) -> None:
    answer = create(sandbox)
    assert answer.status_code == 201
    assert answer.headers["X-HubSpot-RateLimit-Max"] == "190"
    assert "server" not in answer.headers


def test_xero_answers_xml_unless_json_is_asked_for(sandbox: Served) -> None:
    pair = sandbox.world.sandbox.xero.grant(defaults.XERO_CLIENT_ID, [sandbox.world.organisation])
    headers = {
        "Authorization": f"Bearer {pair.access_token}",
        "xero-tenant-id": sandbox.world.organisation.tenant_id,
    }
    as_xml = sandbox.http.get("/xero/api.xro/2.0/Organisation", headers={**headers, "Accept": "*/*"})
    as_json = sandbox.http.get(
        "/xero/api.xro/2.0/Organisation", headers={**headers, "Accept": "application/json"}
    )
    assert as_xml.headers["content-type"].startswith("text/xml")
    assert as_json.json()["Organisations"][0]["Name"] == defaults.ORGANISATION_NAME


def test_an_answer_without_content_has_no_body(sandbox: Served) -> None:
    record = create(sandbox).json()["id"]
    answer = sandbox.http.delete(f"{CONTACTS}/{record}", headers=HUBSPOT)
    assert (answer.status_code, answer.content) == (204, b"")
    assert create(sandbox, "ben@home.example").status_code == 201  # the connection is still in order


def test_encoded_paths_and_queries_arrive_as_they_were_sent(sandbox: Served) -> None:
    create(sandbox, "a+b@home.example")
    answer = sandbox.http.get(
        f"{CONTACTS}/a%2Bb%40home.example?idProperty=email&properties=email", headers=HUBSPOT
    )
    assert answer.json()["properties"]["email"] == "a+b@home.example"


def test_the_consent_page_of_xero_redirects_with_a_code_that_buys_tokens(sandbox: Served) -> None:
    redirect = defaults.REDIRECT_URIS[0]
    asked = {
        "response_type": "code",
        "client_id": defaults.XERO_CLIENT_ID,
        "redirect_uri": redirect,
        "scope": "offline_access accounting.contacts",
        "state": "s1",
        "consent": "yes",
    }
    answer = sandbox.http.get("/xero-login/identity/connect/authorize", params=asked)
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(redirect)
    code = httpx2.URL(answer.headers["location"]).params["code"]
    tokens = sandbox.http.post(
        "/xero-identity/connect/token",
        data={"grant_type": "authorization_code", "code": code, "redirect_uri": redirect},
        auth=(defaults.XERO_CLIENT_ID, defaults.XERO_CLIENT_SECRET),
    ).json()
    connections = sandbox.http.get(
        "/xero/connections", headers={"Authorization": f"Bearer {tokens['access_token']}"}
    ).json()
    assert [one["tenantId"] for one in connections] == [sandbox.world.organisation.tenant_id]


def test_an_unknown_host_is_not_found(sandbox: Served) -> None:
    assert sandbox.http.get("/elsewhere").status_code == 404


# Connections that break


def raw(sandbox: Served, request: bytes) -> bytes:
    parts = urlsplit(sandbox.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as connection:
        connection.sendall(request)
        received = b""
        try:
            while part := connection.recv(4096):
                received += part
        except ConnectionResetError:
            pass
        return received


@pytest.mark.parametrize(("fault", "records"), [("refused", 0), ("request lost", 0), ("reply lost", 1)])
def test_a_lost_call_breaks_the_connection_without_a_byte(sandbox: Served, fault: str, records: int) -> None:
    post(sandbox, "/sandbox/faults", {"placed": [{"fault": fault, "system": "hubspot"}]})
    body = b'{"properties":{"email":"ada@home.example"}}'
    head = f"POST {CONTACTS} HTTP/1.1\r\nHost: x\r\nAuthorization: {HUBSPOT['Authorization']}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    assert raw(sandbox, head.encode() + body) == b""
    assert made(sandbox) == records


def test_a_real_client_sees_a_broken_connection_and_can_go_on(sandbox: Served) -> None:
    post(sandbox, "/sandbox/faults", {"placed": [{"fault": "reply lost"}]})
    with pytest.raises(httpx2.RemoteProtocolError):
        create(sandbox)
    again = create(sandbox)
    assert again.status_code == 409
    assert "Contact already exists" in again.json()["message"]


def test_a_broken_connection_leaves_no_trace_in_the_servers_log(
    sandbox: Served, caplog: pytest.LogCaptureFixture
) -> None:
    post(sandbox, "/sandbox/faults", {"placed": [{"fault": "request lost", "nth": 0}]})
    for _ in range(3):
        with pytest.raises(httpx2.RemoteProtocolError):
            create(sandbox)
    assert caplog.records == []


def test_a_garbled_answer_has_an_honest_length(sandbox: Served) -> None:
    post(sandbox, "/sandbox/faults", {"placed": [{"fault": "garbled"}]})
    answer = create(sandbox)
    assert answer.status_code == 201
    with pytest.raises(ValueError, match=r".+"):
        answer.json()


# Answers that take time


def test_a_sixth_call_to_xero_at_once_is_too_many(sandbox: Served) -> None:
    sandbox.world.answer_seconds = 0.5
    pair = sandbox.world.sandbox.xero.grant(defaults.XERO_CLIENT_ID, [sandbox.world.organisation])
    headers = {
        "Authorization": f"Bearer {pair.access_token}",
        "xero-tenant-id": sandbox.world.organisation.tenant_id,
        "Accept": "application/json",
    }
    barrier = threading.Barrier(6)

    def call(_number: int) -> httpx2.Response:
        barrier.wait()
        return httpx2.get(
            f"{sandbox.url}/xero/api.xro/2.0/Organisation", headers=headers, timeout=10, trust_env=False
        )

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(call, range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [429]
    (refused,) = (answer for answer in answers if answer.status_code == 429)
    assert refused.headers["X-Rate-Limit-Problem"] == "concurrent"
    assert refused.content == b""


# Controls


def test_health_tells_the_time_and_the_number_of_calls(sandbox: Served) -> None:
    create(sandbox)
    assert get(sandbox, "/sandbox/health") == {"status": "ok", "now": "2026-09-21T14:13:20+00:00", "calls": 1}


def test_the_clock_is_moved_by_hand(sandbox: Served) -> None:
    moved = post(sandbox, "/sandbox/clock", {"advance": 3_600})
    assert moved["now"] == "2026-09-21T15:13:20+00:00"
    assert get(sandbox, "/sandbox/clock") == moved
    assert (
        post(sandbox, "/sandbox/clock", {"advance": 0.25, "freeze": True})["seconds"]
        == moved["seconds"] + 0.25
    )


def test_an_hour_later_an_access_token_is_dead(sandbox: Served) -> None:
    access, _ = sandbox.world.sandbox.hubspot.connect(defaults.HUBSPOT_CLIENT_ID, defaults.PORTAL_ID)
    headers = {"Authorization": f"Bearer {access}"}
    assert sandbox.http.get(CONTACTS, headers=headers).status_code == 200
    post(sandbox, "/sandbox/clock", {"advance": 3_600})
    assert sandbox.http.get(CONTACTS, headers=headers).json()["category"] == "EXPIRED_AUTHENTICATION"


def test_the_log_of_calls_can_be_filtered_and_counted(sandbox: Served) -> None:
    create(sandbox)
    create(sandbox)
    sandbox.http.get("/xero/connections")
    everything = get(sandbox, "/sandbox/journal")
    assert (everything["count"], len(everything["entries"])) == (3, 3)
    conflicts = get(sandbox, "/sandbox/journal?system=hubspot&status=409")
    assert [entry["operation"] for entry in conflicts["entries"]] == ["POST /crm/objects/contacts"]
    assert get(sandbox, "/sandbox/journal?since=2")["found"] == 1
    assert get(sandbox, "/sandbox/journal?limit=1")["entries"] == everything["entries"][-1:]
    counts = get(sandbox, "/sandbox/journal/counts")
    assert counts["hubspot"] == {"POST /crm/objects/contacts": 2}
    assert counts["xero"] == {"GET /connections": 1}


def test_the_log_keeps_what_is_said_when_asked_but_never_a_credential(sandbox: Served) -> None:
    create(sandbox)
    assert get(sandbox, "/sandbox/journal?words=true")["entries"][0]["words"] is None
    post(sandbox, "/sandbox/journal", {"words": "yes"}, 400)
    assert post(sandbox, "/sandbox/journal", {"words": True}) == {"count": 1, "words": True}
    create(sandbox)
    login = {"grant_type": "client_credentials"}
    client = (defaults.XERO_CUSTOM_CLIENT_ID, defaults.XERO_CUSTOM_CLIENT_SECRET)
    token = sandbox.http.post("/xero-identity/connect/token", data=login, auth=client).json()["access_token"]
    sandbox.http.get("/hubspot/oauth/v1/access-tokens/a-secret")
    sandbox.http.get(
        "/xero/api.xro/2.0/Contacts?page=1",
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
    )
    shown = get(sandbox, "/sandbox/journal?words=true&since=1")["entries"]
    refused, *secret, listed = (entry["words"] for entry in shown)
    assert json.loads(refused["sent"])["properties"]
    assert json.loads(refused["answer"])["category"] == "CONFLICT"
    assert secret == [None, None]
    assert listed["query"] == [["page", "1"]]
    assert listed["asked_with"]["accept"] == "application/json"
    assert "x-minlimit-remaining" in listed["answered_with"]
    assert "words" not in get(sandbox, "/sandbox/journal")["entries"][-1]
    for hidden in (token, defaults.HUBSPOT_TOKEN, "a-secret"):
        assert hidden not in json.dumps(shown)
    post(sandbox, "/sandbox/journal", {"words": False})
    create(sandbox)
    assert get(sandbox, "/sandbox/journal?words=true")["entries"][-1]["words"] is None


def test_only_the_last_words_stay_in_memory() -> None:
    journal = Journal()
    journal.keeps_words = True
    for number in range(KEPT_WORDS + 5):
        entry = Entry(Clock().now(), "xero", "GET", "/", "GET /", 200, "", str(number))
        journal.note(entry, Words((), {}, b"", {}, str(number).encode()))
    entries = journal.calls()
    assert journal.said(entries[4]) is None
    kept = journal.said(entries[5])
    assert kept is not None
    assert kept.answer == b"5"


def test_faults_are_placed_seen_and_taken_away(sandbox: Served) -> None:
    shown = post(
        sandbox,
        "/sandbox/faults",
        {
            "seed": 5,
            "rates": {"html": 0.5},
            "placed": [{"fault": "error before", "operation": "POST /crm/objects/contacts"}],
        },
    )
    assert (shown["seed"], shown["rates"], shown["placed"][0]["fault"]) == (5, {"html": 0.5}, "error before")
    assert create(sandbox).status_code == 503
    assert get(sandbox, "/sandbox/faults")["happened"]["error before"] == 1
    assert sandbox.http.delete("/sandbox/faults").json() == {
        "seed": 5,
        "rates": {},
        "placed": [],
        "happened": {},
    }
    assert create(sandbox).status_code == 201


def test_switches_are_seen_and_set_all_or_none(sandbox: Served) -> None:
    before = get(sandbox, "/sandbox/switches")
    post(sandbox, "/sandbox/switches", {"hubspot.lag_max": 0, "nonsense": 1}, 400)
    assert get(sandbox, "/sandbox/switches") == before
    after = post(
        sandbox,
        "/sandbox/switches",
        {"hubspot.lag_min": 0, "hubspot.lag_max": "0", "limits": "off", "half_cent": "even"},
    )
    assert after["hubspot"]["lag_max"] == 0
    assert not after["hubspot"]["limits"]
    assert not after["xero"]["limits"]
    assert after["xero"]["half_cent"] == "even"
    create(sandbox)
    found = sandbox.http.post(f"{CONTACTS}/search", headers=HUBSPOT, json={"query": "ada"}).json()
    assert found["total"] == 1


def test_colleagues_act_on_both_sides(sandbox: Served) -> None:
    def act(**words: Any) -> str:
        return str(post(sandbox, "/sandbox/people", words)["id"])

    ada = act(side="hubspot", act="create", kind="contacts", values={"email": "ada@home.example"})
    acme = act(side="hubspot", act="create", kind="companies", values={"name": "Acme"})
    act(side="hubspot", act="associate", contact=ada, company=acme)
    act(side="hubspot", act="edit", kind="contacts", id=ada, values={"city": "Napier"}, by="cleo")
    ben = act(side="hubspot", act="create", kind="contacts", values={"email": "ben@home.example"})
    act(side="hubspot", act="archive", kind="contacts", id=ben)
    act(side="hubspot", act="restore", kind="contacts", id=ben)
    survivor = act(side="hubspot", act="merge", kind="contacts", id=ada, other=ben)
    book = sandbox.world.portal.book("contacts")
    assert book[survivor].values["city"] == "Napier"
    assert [version.author for version in book[ada].versions][-1] in ("person:cleo", "person:ada", "vendor")

    first = act(side="xero", act="create", kind="Contacts", values={"Name": "Ada"})
    second = act(side="xero", act="create", kind="Contacts", values={"Name": "Ada B"})
    act(side="xero", act="edit", kind="Contacts", id=first, values={"EmailAddress": "ada@home.example"})
    act(side="xero", act="merge", id=first, other=second)
    assert sandbox.world.organisation.book("Contacts")[second].merged_to == first
    item = act(
        side="xero", act="create", kind="Items", values={"Code": "A", "SalesDetails": {"UnitPrice": 1.2345}}
    )
    act(side="xero", act="delete", id=item)
    rows = get(sandbox, "/sandbox/books/xero/Items")["records"]
    assert [(row["status"], str(row["values"]["SalesDetails"]["UnitPrice"])) for row in rows] == [
        ("DELETED", "1.2345")
    ]


def test_colleagues_deal_with_money_in_hubspot(sandbox: Served) -> None:
    def act(**words: Any) -> str:
        return str(post(sandbox, "/sandbox/people", {"side": "hubspot", **words})["id"])

    act(act="set up money", values={"processor": "hs_payments", "currencies": {"EUR": "1.8"}})
    ada = act(act="create", kind="contacts", values={"email": "ada@home.example"})
    deal = act(act="create", kind="deals", values={"dealname": "Tea", "dealstage": "qualifiedtobuy"})
    act(act="add line", kind="deals", id=deal, values={"name": "Tea", "price": "4.50", "quantity": "2"})
    act(act="edit", kind="deals", id=deal, values={"dealstage": "closedwon"})
    lines = [{"name": "Tea", "price": "4.50", "quantity": "2"}]
    invoice = act(act="draft invoice", values={"hs_currency": "EUR"}, contact=ada, deal=deal, lines=lines)
    act(act="finalise", id=invoice)
    act(act="record payment", id=invoice, amount="4.00")
    payment = act(act="pay", id=invoice, fee="0.10")
    act(act="refund", id=payment, amount="1.00")
    voided = act(act="draft invoice", values={}, contact=ada)
    act(act="link", kind="invoices", id=voided, other_kind="deals", other=deal)
    act(act="unlink", kind="invoices", id=voided, other_kind="deals", other=deal)
    act(act="void", id=voided)
    sandbox.world.sandbox.clock.advance(5)
    book = sandbox.world.portal.book("invoices")
    assert book[invoice].values["hs_balance_due"] == "1.00"
    assert book[voided].values["hs_invoice_status"] == "voided"
    assert post(sandbox, "/sandbox/people", {"side": "hubspot", "act": "finalise", "id": voided}, 400)


def test_what_workflows_did_is_visible(sandbox: Served) -> None:
    won = {
        "filterType": "PROPERTY",
        "property": "dealstage",
        "operation": {"operationType": "ENUMERATION", "operator": "IS_ANY_OF", "values": ["closedwon"]},
    }
    tell = {"user_ids": "9586504", "subject": "Won", "body": "Invoice it"}
    flow = {
        "type": "PLATFORM_FLOW",
        "flowType": "WORKFLOW",
        "objectTypeId": "0-3",
        "isEnabled": True,
        "startActionId": "1",
        "actions": [
            {
                "actionId": "1",
                "type": "SINGLE_CONNECTION",
                "actionTypeId": "0-9",
                "actionTypeVersion": 0,
                "fields": tell,
            }
        ],
        "enrollmentCriteria": {
            "type": "LIST_BASED",
            "shouldReEnroll": False,
            "listFilterBranch": {"filterBranchType": "AND", "filters": [won], "filterBranches": []},
        },
    }
    made_flow = sandbox.http.post("/hubspot/automation/v4/flows", headers=HUBSPOT, json=flow).json()
    deal = {"dealname": "Tea", "dealstage": "closedwon"}
    made_deal = post(
        sandbox, "/sandbox/people", {"side": "hubspot", "act": "create", "kind": "deals", "values": deal}
    )
    sandbox.world.sandbox.clock.advance(5)
    seen = get(sandbox, "/sandbox/workflows")
    assert [one["id"] for one in seen["flows"]] == [made_flow["id"]]
    (enrolment,) = seen["enrolments"]
    assert (enrolment["record"], enrolment["state"]) == (made_deal["id"], "done")
    assert [step["outcome"] for step in enrolment["steps"]] == ["done"]
    assert [one["subject"] for one in seen["notifications"]] == ["Won"]


def test_generate_answers_the_manifest(sandbox: Served) -> None:
    manifest = post(sandbox, "/sandbox/generate", {"contacts": 40, "seed": 2})
    assert made(sandbox) >= 40
    assert len(manifest["pairs"]) == sum(
        count for title, kinds in manifest["counts"].items() if "both" in title for count in kinds.values()
    )
    assert "pairs" not in post(sandbox, "/sandbox/generate", {"contacts": 10, "seed": 3, "detail": False})


def test_exports_are_loaded_or_their_problems_named(sandbox: Served) -> None:
    good = {"name": "people.csv", "text": "First Name,Email\nAda,ada@home.example\n"}
    bad = {"name": "items.csv", "base64": base64.b64encode(b"*ItemCode,SalesUnitPrice\nD,x\n").decode()}
    refused = post(sandbox, "/sandbox/load", {"files": [good, bad]}, 422)
    assert [(one["file"], one["line"], one["column"]) for one in refused["problems"]] == [
        ("items.csv", 2, '2 ("SalesUnitPrice")')
    ]
    assert made(sandbox) == 0
    loaded = post(sandbox, "/sandbox/load", {"files": [good]})
    assert loaded["records"] == [{"file": "people.csv", "kind": "HubSpot contacts", "count": 1}]
    assert made(sandbox) == 1


BAD = {
    "clock: backwards": ("/sandbox/clock", {"advance": -1}, "backwards"),
    "clock: not a finite number": ("/sandbox/clock", {"advance": "nan"}, "must be a number"),
    "clock: beyond a century": ("/sandbox/clock", {"advance": 1e12}, "advance must be"),
    "clock: no number": ("/sandbox/clock", {"advance": "soon"}, "must be a number"),
    "clock: unknown word": ("/sandbox/clock", {"advanced": 1}, "Unknown word advanced"),
    "faults: unknown kind": ("/sandbox/faults", {"placed": [{"fault": "meteor"}]}, "no kind of fault"),
    "faults: no kind": ("/sandbox/faults", {"placed": [{"system": "xero"}]}, '"fault" is missing'),
    "faults: unknown system": (
        "/sandbox/faults",
        {"placed": [{"fault": "html", "system": "sap"}]},
        '"system"',
    ),
    "faults: rate above one": ("/sandbox/faults", {"rates": {"html": 2}}, "share from 0 to 1"),
    "faults: no list": ("/sandbox/faults", {"placed": {}}, "list of objects"),
    "switches: unknown": ("/sandbox/switches", {"hubspot.lagmax": 1}, 'did you mean "hubspot.lag_max"'),
    "switches: wrong value": ("/sandbox/switches", {"merge": "other"}, "must be one of"),
    "switches: no number": ("/sandbox/switches", {"lag_max": "long"}, "must be a number"),
    "switches: neither on nor off": ("/sandbox/switches", {"limits": "maybe"}, "on or off"),
    "people: no side": ("/sandbox/people", {"act": "create"}, '"side" must be'),
    "people: unknown act": ("/sandbox/people", {"side": "xero", "act": "sing"}, '"act" must be one of'),
    "people: no id": ("/sandbox/people", {"side": "xero", "act": "delete"}, '"id" is missing'),
    "people: no values": (
        "/sandbox/people",
        {"side": "xero", "act": "create", "kind": "Items"},
        '"values" is missing',
    ),
    "people: unknown kind": (
        "/sandbox/people",
        {"side": "xero", "act": "create", "kind": "Deals", "values": {}},
        "no kind",
    ),
    "people: unknown record": (
        "/sandbox/people",
        {"side": "hubspot", "act": "archive", "kind": "contacts", "id": "1"},
        "no contacts 1",
    ),
    "people: no amount": (
        "/sandbox/people",
        {"side": "hubspot", "act": "record payment", "id": "1", "amount": "much"},
        "no amount: much",
    ),
    "people: lines that are none": (
        "/sandbox/people",
        {"side": "hubspot", "act": "draft invoice", "values": {}, "contact": "1", "lines": ["tea"]},
        '"lines" must be a list',
    ),
    "generate: no number": ("/sandbox/generate", {"contacts": "many"}, "whole number"),
    "generate: far too many": ("/sandbox/generate", {"contacts": 10**9}, "1,000,000 at most"),
    "generate: a seed that is none": ("/sandbox/generate", {"contacts": 1, "seed": []}, '"seed" must be'),
    "generate: nothing said": ("/sandbox/generate", {}, '"contacts" is missing'),
    "generate: too many companies": ("/sandbox/generate", {"contacts": 1, "companies": 2}, "do not fit"),
    "load: no files": ("/sandbox/load", {}, '"files" is missing'),
    "load: no content": ("/sandbox/load", {"files": [{"name": "a.csv"}]}, "needs either"),
    "load: broken base64": (
        "/sandbox/load",
        {"files": [{"name": "a.csv", "base64": "%"}]},
        "cannot be decoded",
    ),
    "webhooks: another machine": (
        "/sandbox/webhooks",
        {"xero": {"url": "https://elsewhere.example/hook"}},
        "this machine only",
    ),
    "webhooks: unknown type": (
        "/sandbox/webhooks",
        {"hubspot": {"url": "http://127.0.0.1:1/", "subscriptions": [{"type": "moon.creation"}]}},
        "no subscription",
    ),
}


@pytest.mark.parametrize(("path", "payload", "message"), BAD.values(), ids=BAD)
def test_a_mistake_is_a_400_with_one_clear_sentence(
    untouched: Served, path: str, payload: Any, message: str
) -> None:
    before = get(untouched, "/sandbox/switches"), get(untouched, "/sandbox/faults"), made(untouched)
    assert message in post(untouched, path, payload, 400)["error"]
    assert (get(untouched, "/sandbox/switches"), get(untouched, "/sandbox/faults"), made(untouched)) == before


def test_a_body_that_is_no_json_object_is_a_400(sandbox: Served) -> None:
    for body in ("{", "[1]"):
        answer = sandbox.http.post("/sandbox/clock", content=body)
        assert answer.status_code == 400
        assert "JSON" in answer.json()["error"]


def test_unknown_controls_and_books_are_not_found_as_json(sandbox: Served) -> None:
    for path in (
        "/sandbox/nothing",
        "/sandbox/books/xero/Moons",
        "/sandbox/books/hubspot/moons",
        "/sandbox/books/sap/x",
    ):
        answer = sandbox.http.get(path)
        assert answer.status_code == 404
        assert answer.json()["error"]
    assert sandbox.http.delete("/sandbox/people").status_code == 405


def test_the_page_for_people_has_every_id_token_and_url(sandbox: Served) -> None:
    page = sandbox.http.get("/")
    assert page.headers["content-type"].startswith("text/html")
    for needed in (
        defaults.HUBSPOT_TOKEN,
        str(defaults.PORTAL_ID),
        defaults.XERO_CLIENT_SECRET,
        sandbox.world.organisation.tenant_id,
        f"{sandbox.url}/xero-identity/connect/token",
        "Kauri &amp; Fern",
    ):
        assert needed in page.text
    assert get(sandbox, "/sandbox/world") == sandbox.world.card(sandbox.url)


# Webhooks


class Receiver(BaseHTTPRequestHandler):
    got: list[tuple[dict[str, str], bytes]]
    answers: list[int]
    arrived: threading.Event

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.answers.pop(0) if self.answers else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.arrived.set()

    def log_message(self, *_words: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]], list[int], threading.Event]]:
    got: list[tuple[dict[str, str], bytes]] = []
    answers: list[int] = []
    arrived = threading.Event()
    handler = type("Receiving", (Receiver,), {"got": got, "answers": answers, "arrived": arrived})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}/hook", got, answers, arrived
        running.shutdown()
        thread.join(5)


def test_hubspot_tells_of_a_change_with_a_signature_that_fits(sandbox: Served, receiver: Any) -> None:
    url, got, answers, _ = receiver
    post(sandbox, "/sandbox/switches", {"hubspot.webhook_duplicates": 0, "hubspot.webhook_late_share": 0})
    shown = post(
        sandbox,
        "/sandbox/webhooks",
        {"hubspot": {"url": url, "subscriptions": [{"type": "contact.creation"}]}},
    )
    assert shown["hubspot"][0]["url"] == url
    create(sandbox)
    post(sandbox, "/sandbox/clock", {"advance": 60})
    answers.append(500)
    assert post(sandbox, "/sandbox/webhooks/deliver", {})["posted"] == [
        {"system": "hubspot", "url": url, "status": 500, "events": 1}
    ]
    post(sandbox, "/sandbox/clock", {"advance": 120})
    assert [one["status"] for one in post(sandbox, "/sandbox/webhooks/deliver", {})["posted"]] == [200]
    assert len(got) == 2
    headers, body = got[-1]
    assert headers["x-hubspot-signature"] == signature_v1(defaults.HUBSPOT_CLIENT_SECRET, body)
    assert post(sandbox, "/sandbox/webhooks/deliver", {})["posted"] == []


def test_xero_tries_good_and_bad_signatures_before_it_tells_of_changes(
    sandbox: Served, receiver: Any
) -> None:
    url, got, answers, _ = receiver
    sandbox.world.sandbox.xero.grant(defaults.XERO_CLIENT_ID, [sandbox.world.organisation])
    post(sandbox, "/sandbox/webhooks", {"xero": {"url": url, "categories": ["CONTACT"]}})
    posted = post(sandbox, "/sandbox/webhooks/deliver", {})["posted"]
    assert len(posted) == 4
    assert {one["events"] for one in posted} == {0}
    assert get(sandbox, "/sandbox/webhooks")["xero"][0]["state"] == "intent to receive failed"
    assert len({headers["x-xero-signature"] for headers, _body in got}) == 4
    assert not answers


def test_a_receiver_that_is_not_there_counts_as_no_answer(sandbox: Served) -> None:
    post(sandbox, "/sandbox/switches", {"hubspot.webhook_duplicates": 0, "hubspot.webhook_late_share": 0})
    gone = listening("127.0.0.1", 0)
    url = f"http://127.0.0.1:{gone.getsockname()[1]}/"
    gone.close()
    post(
        sandbox,
        "/sandbox/webhooks",
        {"hubspot": {"url": url, "subscriptions": [{"type": "contact.creation"}]}},
    )
    create(sandbox)
    post(sandbox, "/sandbox/clock", {"advance": 60})
    assert [one["status"] for one in post(sandbox, "/sandbox/webhooks/deliver", {})["posted"]] == [0]


def test_delivery_can_run_by_itself_and_be_stopped(sandbox: Served, receiver: Any) -> None:
    url, got, _, arrived = receiver
    switches = {"hubspot.webhook_duplicates": 0, "hubspot.webhook_late_share": 0, "hubspot.webhook_delay": 0}
    post(sandbox, "/sandbox/switches", switches)
    wanted = {"hubspot": {"url": url, "subscriptions": [{"type": "contact.creation"}]}, "automatic": True}
    assert post(sandbox, "/sandbox/webhooks", wanted)["automatic"] is True
    create(sandbox)
    assert arrived.wait(10)
    assert len(got) == 1
    assert post(sandbox, "/sandbox/webhooks", {"automatic": False})["automatic"] is False
