"""What stands around the code: the commands of the README, the locks, the licences, and what no file may name."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from tests.docs.pages import ROOT, Page

README = Page(ROOT / "README.md")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = sorted(ROOT.glob("requirements*.lock"))

FORBIDDEN = {
    "a path of somebody's machine": re.compile(r"(?<![\w.$}/])/(?:work|root|tmp|home/\w+)/\w"),
    "a registry": re.compile(
        r"(?:pypi|python[h]osted|artifactory|nexus)\.\w+|/simple/|index[-_]url", re.IGNORECASE
    ),
}


def committed() -> list[Path]:
    """Everything that is or will be committed; without git, the files of a source distribution."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    names = listed.stdout.splitlines() if listed.returncode == 0 else []
    found = [ROOT / name for name in names] or [
        path for path in ROOT.rglob("*.*") if ".venv" not in path.parts
    ]
    return [path for path in found if path.is_file() and path != Path(__file__)]


def pinned(lock: Path) -> dict[str, str]:
    return dict(
        re.findall(r"^([a-z0-9.\-]+)(?:\[[\w,]+\])?==([^\s;]+)", lock.read_text("utf-8"), re.MULTILINE)
    )


def meets(need: Requirement, lock: dict[str, str]) -> bool:
    return need.specifier.contains(lock[canonicalize_name(need.name)], prereleases=True)


def test_the_readme_has_the_two_commands() -> None:
    assert list(README.commands()) == [
        "pip install uv && uv run crossfoot demo",
        "pip install uv && uv run --all-groups poe test",
    ]


def test_ci_runs_the_readmes_test_command_and_nothing_after_it() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert script.rstrip().splitlines()[-1] == list(README.commands())[-1]
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


def test_the_demo_installs_no_development_tools() -> None:
    assert PROJECT["tool"]["uv"]["default-groups"] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.name))
def test_a_lock_names_versions_and_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert "://" not in text
    assert pinned(lock)
    assert len(pinned(lock)) == len(re.findall(r"^\S+==.* \\\n    --hash=sha256:", text, re.MULTILINE))


def test_the_locks_hold_what_the_project_needs() -> None:
    runtime, everything = (pinned(ROOT / name) for name in ("requirements.lock", "requirements-dev.lock"))
    assert runtime.items() <= everything.items()
    needs = [Requirement(each) for each in PROJECT["project"]["dependencies"]]
    tools = [Requirement(each) for group in PROJECT["dependency-groups"].values() for each in group]
    assert [str(need) for need in needs if not meets(need, runtime)] == []
    assert [str(need) for need in tools if not meets(need, everything)] == []


def test_every_package_that_is_installed_with_crossfoot_is_in_the_notice() -> None:
    named = {canonicalize_name(word) for word in re.findall(r"[\w.-]+", (ROOT / "NOTICE").read_text("utf-8"))}
    assert pinned(ROOT / "requirements.lock").keys() - named == set()


@pytest.mark.parametrize(("what", "pattern"), FORBIDDEN.items())
def test_no_file_names(what: str, pattern: re.Pattern[str]) -> None:
    found = []
    for path in committed():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {hit.group()}" for hit in pattern.finditer(text)]
    assert found == [], what


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a path of somebody's machine", "see " + "/work" + "/main/docs"),
        ("a path of somebody's machine", "open('" + "/home" + "/ada/notes')"),
        ("a registry", "--index" + "-url"),
        ("a registry", "https://files.python" + "hosted.org/packages"),
    ],
)
def test_a_planted_name_is_noticed(what: str, text: str) -> None:
    assert FORBIDDEN[what].search(text)


def test_every_fragment_of_the_changelog_is_a_sentence() -> None:
    kinds = {each["directory"] for each in PROJECT["tool"]["towncrier"]["type"]}
    fragments = sorted((ROOT / "changelog.d").glob("*.md"))
    assert [path.name for path in fragments if path.suffixes[-2].lstrip(".") not in kinds] == []
    assert [path.name for path in fragments if not path.read_text("utf-8").strip().endswith(".")] == []
