"""The court itself: it condemns, it is not deaf, and a run of tests in which it heard nothing fails."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from tests.simulation import run
from tests.systems.doors import stopped
from tests.witnesses.court import Court, in_recess, sit
from tests.witnesses.shapes import cut, shape
from tests.witnesses.verdicts import VerdictError
from tests.witnesses.xero_openapi import SPECS

from crossfoot_sandbox import jsontext
from crossfoot_sandbox.faults import Kind, Placed
from crossfoot_sandbox.recording import Recording
from crossfoot_sandbox.sandbox import Sandbox
from crossfoot_sandbox.wire import Dropped, Response
from crossfoot_sandbox.xero.ledger import Xero

ROOT = Path(__file__).resolve().parents[2]
SCOPES = ("accounting.contacts", "accounting.settings")

pytestmark = pytest.mark.skipif(
    not SPECS.is_dir(), reason="Xero's OpenAPI files are not beside the repository"
)

Call = Callable[..., Response]


@pytest.fixture
def court() -> Iterator[Court]:
    found = sit()
    assert found is not None
    yield found
    found.taken()  # what was condemned here was condemned on purpose


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(stopped())


@pytest.fixture
def call(sandbox: Sandbox) -> Call:
    organisation = sandbox.xero.add_organisation()
    sandbox.xero.add_app("app", "secret", SCOPES)
    token = sandbox.xero.grant("app", [organisation]).access_token
    always = {"Authorization": f"Bearer {token}", "xero-tenant-id": organisation.tenant_id}

    def made(method: str, target: str, body: Any = None, **headers: str) -> Response:
        sent = b"" if body is None else jsontext.dumps(body)
        return sandbox.call(
            method, f"/xero/api.xro/2.0{target}", {**always, "Accept": "application/json", **headers}, sent
        )

    return made


@contextmanager
def answering(change: Callable[[bytes], bytes]) -> Iterator[None]:
    """The stand-in says something else than it did."""
    api = Xero._api

    def changed(self: Xero, request: Any) -> Response:
        answer = api(self, request)
        return Response(answer.status, answer.headers, change(answer.body))

    with patch.object(Xero, "_api", changed):
        yield


def wrongly(body: bytes) -> bytes:
    return body.replace(b'"ContactStatus":"ACTIVE"', b'"ContactStatus":"AWAKE"')


@pytest.mark.parametrize("sparing", [False, True], ids=["every call", "each shape once"])
def test_a_wrong_answer_is_condemned_every_time_it_is_given(court: Court, call: Call, sparing: bool) -> None:
    with court.sparingly(sparing=sparing):
        call("PUT", "/Contacts", {"Name": "Ada"})
        call("GET", "/Contacts")
        assert court.taken() == []
        with answering(wrongly):
            for _ in range(2):
                call("GET", "/Contacts")
                (verdict,) = court.taken()
                assert "GET /Contacts answer 200" in verdict
                assert "'AWAKE' is not one of" in verdict
        call("GET", "/Contacts")
        assert court.taken() == []


@pytest.mark.parametrize("sparing", [False, True], ids=["every call", "each shape once"])
@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (("GET", "/Contacts?pages=1"), "no query parameter pages"),
        (("GET", "/Contacts?page=one"), "'one' is no integer"),
        (("PUT", "/Contacts", {"Name": "Ada", "Nmae": "A"}), "'Nmae' was unexpected"),
        (
            ("PUT", "/Contacts", {"Contacts": [{"Name": "A"}, {"Name": "B", "Age": 7}]}),
            "'Age' was unexpected",
        ),
    ],
)
def test_a_wrong_question_is_condemned(
    court: Court, call: Call, asked: tuple[Any, ...], text: str, sparing: bool
) -> None:
    with court.sparingly(sparing=sparing):
        call(*asked)
    assert [verdict for verdict in court.taken() if text in verdict]


@pytest.mark.parametrize(
    ("path", "answer", "text"),
    [
        ("/Contacts", b'{"Contacts":[{"ContactStatus":"GONE"}]}', "'GONE' is not one of"),
        ("/Contacts", b'{"Contacts":[{"ContactID":"7"}]}', "is not a 'uuid'"),
        ("/Contacts", b'{"Contacts":[{"UpdatedDateUTC":"yesterday"}]}', "does not match"),
        ("/Contacts", b'{"Contacts":[{"Name":7}]}', "is not of type 'string'"),
        ("/Contacts", b'{"Contracts":[]}', "'Contracts' was unexpected"),
        ("/Shoes", b"{}", "is not described"),
    ],
)
def test_xeros_judge_objects_to_what_xero_does_not_describe(
    court: Court, path: str, answer: bytes, text: str
) -> None:
    judge = court.judges["xero"]
    with pytest.raises(VerdictError, match=text):
        judge.answered(judge.described("GET", path, 200), 200, "application/json", answer)


OBJECT = b'{"id":"1","properties":{"email":"a"},"createdAt":"2026-11-02T09:00:00Z","updatedAt":"2026-11-02T09:00:00Z","archived":false}'


@pytest.mark.parametrize("version", ["2026-03", "2026-09"])
@pytest.mark.parametrize(
    ("call", "sent", "answer", "text"),
    [
        ("PATCH /contacts/1", b'{"properties":{"email":7}}', b"", "properties.email is no text"),
        ("PATCH /contacts/1", b'{"propertys":{}}', b"", "propertys is not known to the SDK"),
        ("POST /contacts/batch/upsert", b'{"inputs":[{"id":"1"}]}', b"", "inputs.0.properties is missing"),
        ("GET /contacts/1", b"", OBJECT.replace(b'"1"', b"1", 1), "id Input should be a valid string"),
        (
            "GET /contacts/1",
            b"",
            OBJECT.replace(b'"archived":false', b'"dead":false'),
            "archived Field required",
        ),
        ("GET /contacts/1", b"", OBJECT.replace(b'"id"', b'"vid":1,"id"'), "vid is not known to the SDK"),
        (
            "GET /contacts/1",
            b"",
            OBJECT.replace(b'"2026-11-02T09:00:00Z"', b'"today"'),
            "createdAt Input should be a valid",
        ),
        ("DELETE /contacts/1", b"", OBJECT, "should have no body"),
        ("POST /contacts/search", b'{"sort":[]}', b"", "sort is not known to the SDK"),
    ],
)
def test_hubspots_judge_objects_to_what_its_sdk_does_not_know(
    court: Court, version: str, call: str, sent: bytes, answer: bytes, text: str
) -> None:
    if "hubspot" not in court.judges:
        pytest.skip("HubSpot's SDK is not installed")
    judge, (method, path) = court.judges["hubspot"], call.split()
    described = judge.described(method, f"/crm/objects/{version}{path}", 200)
    judge.answered(judge.described("GET", f"/crm/objects/{version}/contacts/1", 200), 200, "", OBJECT)
    judging = (
        partial(judge.sent, described, sent) if sent else partial(judge.answered, described, 200, "", answer)
    )
    with pytest.raises(VerdictError, match=text):
        judging()


def test_a_header_that_an_operation_does_not_take_is_condemned(court: Court, call: Call) -> None:
    call("GET", "/Currencies", **{"If-Modified-Since": "2026-11-01T00:00:00"})
    assert court.taken() == ["GET /Currencies: no header if-modified-since"]


def test_what_was_refused_may_be_wrong_and_its_echo_too(court: Court, call: Call) -> None:
    long = "T" * 51
    answer = call(
        "PUT", "/Items?summarizeErrors=false", {"Items": [{"Code": "A"}, {"Code": "B", "Name": long}]}
    )
    assert answer.status == 200
    assert long.encode() in answer.body
    assert call("PUT", "/Items", {"Code": "C", "Name": long}).status == 400
    assert court.taken() == []


def test_a_fault_on_the_wire_is_not_blamed_on_xero(court: Court, sandbox: Sandbox, call: Call) -> None:
    before = court.heard_of(sandbox.xero)
    for kind in (Kind.GARBLED, Kind.HTML, Kind.REPLY_LOST):
        sandbox.faults.placed.append(Placed(kind, "xero"))
        try:
            call("GET", "/Contacts")
        except Dropped:
            assert kind is Kind.REPLY_LOST
    assert court.taken() == []
    assert court.heard_of(sandbox.xero) == before + 2, "the page of an edge server is no answer of Xero"


def test_in_a_recess_nothing_is_condemned(court: Court, call: Call) -> None:
    with in_recess():
        call("GET", "/Contacts?pages=1")
    assert court.taken() == []


def test_the_calls_to_another_process_are_judged_from_its_recording(
    court: Court, sandbox: Sandbox, call: Call, tmp_path: Path
) -> None:
    recorder = sandbox.journal.recorder = Recording(tmp_path / "calls.jsonl")
    with in_recess(), answering(wrongly):
        call("PUT", "/Contacts", {"Name": "Ada"})
        call("GET", "/Contacts")
    heard = court.heard.total()
    read = court.read(tmp_path / "calls.jsonl")
    assert len(court.taken()) == 2
    assert court.heard.total() == heard + 2
    with in_recess():
        call("GET", "/Contacts")
    recorder.close()
    assert court.read(tmp_path / "calls.jsonl", read) > read
    assert court.taken() == []


def test_a_campaign_fails_loudly_with_the_seed_and_what_was_wrong(
    court: Court, capsys: pytest.CaptureFixture[str]
) -> None:
    with answering(wrongly):
        code = run.main(["--seeds", "4", "--jobs", "2"])
    told = capsys.readouterr().out
    assert code == 1
    assert "breaks SPEC: What is asked of a vendor" in told
    assert "'AWAKE' is not one of" in told
    assert "--replay" in told


def test_a_campaign_in_which_nothing_was_judged_fails(
    court: Court, capsys: pytest.CaptureFixture[str]
) -> None:
    with patch.object(Court, "hear", lambda *_: None):
        code = run.main(["--seeds", "2"])
    assert code == 1
    assert "not one call was judged" in capsys.readouterr().out


TEST = """
import pytest
from tests.systems.doors import stopped
from crossfoot_sandbox.sandbox import Sandbox

@pytest.fixture
def sandbox():
    return Sandbox(stopped())

def test_that_talks_to_xero(sandbox):
    organisation = sandbox.xero.add_organisation()
    sandbox.xero.add_app("app", "secret", ["accounting.contacts"])
    token = sandbox.xero.grant("app", [organisation]).access_token
    headers = {"Authorization": "Bearer " + token, "xero-tenant-id": organisation.tenant_id}
    TALK
    portal = sandbox.hubspot.add_portal(1)
    token = sandbox.hubspot.static_token(1)
    headers = {"Authorization": "Bearer " + token}
    sandbox.call("GET", "/hubspot/crm/objects/2026-03/contacts?limit=1", headers)

def test_another(sandbox):
    pass
"""
CALL = 'sandbox.call("GET", "/xero/api.xro/2.0/Contacts?QUERY", headers)'


@pytest.mark.parametrize("processes", [(), ("-n", "2")], ids=["one process", "xdist"])
@pytest.mark.parametrize(
    ("talk", "code", "said"),
    [
        ("pass", 1, "FAILED tests/crash: Xero's OpenAPI files are present, yet not one call was judged"),
        (CALL.replace("QUERY", "page=1"), 0, "2 passed"),
        (CALL.replace("QUERY", "pages=1"), 1, "GET /Contacts: no query parameter pages"),
    ],
    ids=["silent", "heard", "condemned"],
)
def test_a_run_of_tests_fails_when_a_suite_was_silent_or_condemned(
    tmp_path: Path, processes: tuple[str, ...], talk: str, code: int, said: str
) -> None:
    folder = tmp_path / "tests" / "crash"
    folder.mkdir(parents=True)
    (folder / "test_it.py").write_text(TEST.replace("TALK", talk), encoding="utf-8")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "tests.witnesses.sitting", "-p", "no:cacheprovider"),
            *("--import-mode=importlib", "--rootdir", str(tmp_path), *processes, "tests/crash"),
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert said in done.stdout, done.stdout + done.stderr
    assert done.returncode == code


def test_a_shape_keeps_what_a_schema_could_object_to() -> None:
    one = b'{"A":"Ada, \\"x\\": 5","I":"7b2f0d6e-9f0a-4c55-8c4e-0d9b8a4d9a11","S":"ACTIVE","D":"/Date(12+0000)/","N":1.50,"L":[1,2]}'
    other = b'{"A":"Ben","I":"00000000-9f0a-4c55-8c4e-0d9b8a4d9a11","S":"ACTIVE","D":"/Date(7+0000)/","N":22.1,"L":[8,2]}'
    assert shape(one) == shape(other)
    for changed in (
        other.replace(b"ACTIVE", b"AWAKE"),
        other.replace(b"22.1", b'"22.1"'),
        other.replace(b"22.1", b"22"),
        other.replace(b"+0000", b""),
        other.replace(b'"A"', b'"B"'),
        other.replace(b"00000000-", b""),
        other.replace(b'"Ben"', b'""'),
    ):
        assert shape(changed) != shape(one)


def test_properties_are_of_one_shape_as_long_as_they_are_texts() -> None:
    one = b'{"id":"1","properties":{"email":"a\\"}","phone":null},"archived":false}'
    assert shape(one) == shape(b'{"id":"2","properties":{"city":"NZ"},"archived":false}')
    assert shape(one) != shape(one.replace(b"null", b"7"))
    assert shape(one) != shape(one.replace(b"null", b"{}"))


def test_a_body_is_cut_at_its_elements() -> None:
    body = cut(b'{"Status":"OK","Contacts":[{"Name":"A"},{"Name":"B"}]}')
    assert body.envelope == b'{"Status":"OK","Contacts":[]}'
    assert [body.whole(*element) for element in body.elements] == [
        b'{"Status":"OK","Contacts":[{"Name":"A"}]}',
        b'{"Status":"OK","Contacts":[{"Name":"B"}]}',
    ]
    rows = cut(b'[{"id":1}]')
    assert [rows.whole(*element) for element in rows.elements] == [b'[{"id":1}]']
