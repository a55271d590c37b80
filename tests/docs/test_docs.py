"""The documentation is true: every example is understood, every link leads somewhere, every promise has its tests."""

import ast
import asyncio
import re
import tomllib
from dataclasses import replace

import pytest
from tests.docs import reference
from tests.docs.commands import PROGRAMS, mistake
from tests.docs.pages import ROOT, Page, pages
from tests.docs.source import said
from tests.simulation.oracle import INVARIANTS
from tests.systems.doors import (
    BASE,
    FixedTokens,
    RealBudget,
    VirtualClock,
    sandbox_send,
    stopped,
)

from crossfoot.app.opening import CAPABILITIES, CARRIES
from crossfoot.model.identity import Kind, Side
from crossfoot.model.problems import Cause
from crossfoot.settings import files
from crossfoot.systems.hubspot.defaults import CUSTOM_FIELDS
from crossfoot.systems.hubspot.system import HubSpotSystem
from crossfoot.systems.port import Description, FieldInfo
from crossfoot.systems.xero.system import XeroSystem
from crossfoot_sandbox import defaults

PAGES = pages()
PROMISES = Page(ROOT / "docs" / "promises.md")

READERS_OWN = ("customer_number", "vat_id", "billing_currency")
"""HubSpot properties that the examples take to be the reader's own."""

SHELL = ("pip", "uv", "curl", "python")
"""What a reader types besides our own programs."""


def everywhere(found: dict[Page, list[str]]) -> list[object]:
    return [
        pytest.param(page, each, id=f"{page}: {each[:60]}")
        for page, several in found.items()
        for each in several
    ]


# ── examples ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def accounts() -> dict[Side, Description]:
    """What HubSpot and Xero tell about themselves, with our fields and the reader's own."""
    return asyncio.run(_described())


async def _described() -> dict[Side, Description]:
    clock = stopped()
    world = defaults.world(clock)
    send, time = sandbox_send(world.sandbox), VirtualClock(clock)
    tokens = world.sandbox.xero.grant(defaults.XERO_CLIENT_ID, [world.organisation], defaults.XERO_SCOPES)
    hubspot = await HubSpotSystem(
        send, FixedTokens(defaults.HUBSPOT_TOKEN), time, RealBudget(time), base_url=f"{BASE}/hubspot"
    ).describe()
    xero = await XeroSystem(
        send=send,
        tokens=FixedTokens(tokens.access_token),
        clock=time,
        budget=RealBudget(time),
        tenant=world.organisation.tenant_id,
        base_url=f"{BASE}/xero",
    ).describe()
    own = {name: FieldInfo(name, name, custom=True) for name in READERS_OWN}
    fields = {
        kind: {
            **known,
            **{info.path: info for info in CUSTOM_FIELDS.get(kind, ())},
            **(own if kind is Kind.COMPANY else {}),
        }
        for kind, known in hubspot.fields.items()
    }
    return {Side.CRM: replace(hubspot, fields=fields), Side.LEDGER: xero}


@pytest.mark.parametrize(("page", "text"), everywhere({page: page.blocks("yaml") for page in PAGES}))
def test_every_settings_example_could_be_put_to_work(
    page: Page, text: str, accounts: dict[Side, Description]
) -> None:
    settings = files.load(text, str(page)).completed(CARRIES[Side.CRM], CARRIES[Side.LEDGER])
    needs = {side: able.kinds for side, able in CAPABILITIES.items()}
    assert [str(problem) for problem in files.validate(settings, accounts, needs)] == []
    assert settings.compile(CARRIES[Side.CRM], CARRIES[Side.LEDGER])


@pytest.mark.parametrize(("page", "line"), everywhere({page: list(page.commands()) for page in PAGES}))
def test_every_command_that_a_reader_would_type_is_understood(page: Page, line: str) -> None:
    tasks = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["poe"]["tasks"]
    for part in line.split(" && "):
        words = part.removeprefix("uv run ").removeprefix("--all-groups ").split()
        if words[0] in PROGRAMS:
            assert mistake(" ".join(words)) is None, page
        elif words[0] == "poe":
            assert words[1] in tasks
        elif words[0] == "pytest":
            assert all((ROOT / path).exists() for path in words[1:])
        else:
            assert words[0] in SHELL
        if words[:2] == ["python", "-m"]:
            module = (ROOT / words[2].replace(".", "/")).with_suffix(".py").read_text("utf-8")
            assert [word for word in words if word.startswith("--") and f'"{word}"' not in module] == []


@pytest.mark.parametrize(
    ("page", "line"),
    everywhere(
        {page: [code for code in page.code() if code.split(maxsplit=1)[0] in PROGRAMS] for page in PAGES}
    ),
)
def test_every_command_in_running_text_exists(page: Page, line: str) -> None:
    wrong = mistake(line)
    assert wrong is None or re.search(r"^Missing argument|needs a command$", wrong), page


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("crossfoot reconcile", "no command 'crossfoot reconcile'"),
        ("crossfoot review forgive 12345678", "no command 'crossfoot review forgive'"),
        ("crossfoot plan --quickly", "--quickly"),
        ("crossfoot connect --invoice nobody", "nobody"),
        ("crossfoot review accept", "Missing argument"),
        ("crossfoot syncs", "needs a command"),
    ],
)
def test_a_command_that_is_wrong_is_noticed(line: str, why: str) -> None:
    assert why in (mistake(line) or "")


# ── links ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("page", "target"), everywhere({page: page.links() for page in PAGES}))
def test_every_link_leads_somewhere(page: Page, target: str) -> None:
    path, _, anchor = target.partition("#")
    there = Page((page.path.parent / path).resolve() if path else page.path)
    assert there.path.exists()
    assert not anchor or anchor in there.anchors()


def test_every_page_can_be_reached_from_the_readme() -> None:
    seen: set[Page] = set()
    waiting = [Page(ROOT / "README.md")]
    while waiting:
        page = waiting.pop()
        if page in seen:
            continue
        seen.add(page)
        targets = [(page.path.parent / link.partition("#")[0]).resolve() for link in page.links()]
        waiting += [Page(path) for path in targets if path.suffix == ".md" and path.is_file()]
    assert [str(page) for page in PAGES if page not in seen] == []


# ── promises ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def named_tests() -> list[str]:
    return [code for page in PAGES for code in page.code() if code.startswith("tests/") and "::" in code]


@pytest.mark.parametrize("name", sorted(set(named_tests())))
def test_every_test_that_a_page_names_exists(name: str) -> None:
    path, _, function = name.partition("::")
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    assert function in {
        node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_every_promise_names_a_test() -> None:
    promises = re.split(
        r"^### ", PROMISES.text.partition("## When everything is quiet")[0], flags=re.MULTILINE
    )[1:]
    assert len(promises) >= 10
    assert [text.splitlines()[0] for text in promises if "`tests/" not in text] == []


def test_the_promises_name_every_invariant_of_the_simulation_and_no_other() -> None:
    told = set(re.findall(r"\b[A-Z][A-Z0-9]{2,}\b", PROMISES.prose)) - {"SQL", "API"}
    assert told == set(INVARIANTS)


# ── the reference ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", reference.PAGES)
def test_the_reference_says_what_the_code_says(name: str) -> None:
    written = (reference.FOLDER / name).read_text("utf-8")
    assert written == reference.PAGES[name](), "write it anew with: uv run --all-groups poe reference"


def test_the_reference_has_no_page_of_its_own_making() -> None:
    assert {path.name for path in reference.FOLDER.iterdir()} == reference.PAGES.keys()


def test_the_words_of_the_source_are_found_beside_and_below_a_name() -> None:
    assert said(Cause)["TAKEN"] == "a unique name, e-mail, code or number belongs to another record"
    assert said(FieldInfo)["custom"] == "Made by the account's own people (or by us), not by the vendor."
