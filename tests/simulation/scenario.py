"""A scenario: everything that decides a run, as data. It is drawn from a seed, shrunk, and kept as a TOML file that a person can read."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Act:
    """What one person does at one moment. `record` is a name from the story ("person 3"), never an id."""

    at: float
    """Virtual seconds since the world began; 0 is before Crossfoot was connected."""
    side: str
    """`crm`, `ledger`; empty for what is done in Crossfoot itself (answering, releasing)."""
    what: str
    """create, edit, clear, archive, restore, erase, merge, join (a company), leave (it), answer; back up and put back (Crossfoot's memory)."""
    record: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    other: str = ""
    """The second record of a merge, or the company that is joined."""
    during: str = ""
    """The label of a call: it is done while that call is on its way to the vendor, whenever that is. `at` then only puts acts in order."""

    def __str__(self) -> str:
        told = ", ".join(f"{name} = {value or 'nothing'}" for name, value in self.values.items())
        return " ".join(
            part
            for part in (self.what, self.record, self.other and f"with {self.other}", told and f"({told})")
            if part
        )


@dataclass(frozen=True, slots=True)
class Config:
    """How the world is set up."""

    rule: str = "newest"
    """The conflict rule of all syncs."""
    deletion: str = "ignore"
    invoice: str = "both"
    only: str = ""
    """The one sync that is active, or several with commas between; empty: all but those of documents. Small worlds are quick, and most mishaps
    need no more."""
    workers: int = 1
    interval: float = 60.0
    """Seconds between the end of a worker's run and its next one."""
    until: float = 900.0
    """When faults and people stop."""
    lag: float = 30.0
    """The longest search lag."""
    merge: str = "new id"
    """Which id survives a merge in HubSpot."""
    shared_budget: bool = False
    limits: bool = True
    answers: float = 0.0
    """Seconds that both systems take to answer each call."""
    atomic: bool = True
    """Whether one bad element keeps the others of a Xero batch from being written."""
    guard: str = ""
    """A safeguard that is removed; empty: none."""
    preview: bool = False
    """Whether the first run is a preview that a person applies."""

    def runs(self, sync: str) -> bool:
        """Whether a sync is active."""
        return not self.only or sync in self.only.split(",")

    @property
    def about_money(self) -> bool:
        """Whether there are invoices, deals or payments in this world."""
        return not {"invoices", "deals", "payments"}.isdisjoint(self.only.split(","))


@dataclass(frozen=True, slots=True)
class Scenario:
    """One run. `rates` draw faults by name; when `faults` is given, exactly these happen and nothing is drawn."""

    seed: int
    config: Config = field(default_factory=Config)
    acts: tuple[Act, ...] = ()
    rates: Mapping[str, float] = field(default_factory=dict)
    faults: Mapping[str, str] | None = None
    """Label of an effect to what goes wrong with it."""
    invariant: str = ""
    """The invariant that it once violated."""
    sentence: str = ""
    """What the story tells."""

    def exactly(self, happened: Mapping[str, str]) -> "Scenario":
        """The same with the faults that were drawn, written down."""
        return replace(self, rates={}, faults=dict(happened))


def to_toml(scenario: Scenario) -> str:
    """The scenario as a file for people."""
    lines = [f"seed = {scenario.seed}"]
    if scenario.invariant:
        lines.append(f"invariant = {_toml(scenario.invariant)}")
    if scenario.sentence:
        lines.append(f"sentence = {_toml(scenario.sentence)}")
    lines += ["", "[config]"]
    plain = Config()
    for one in fields(Config):
        value = getattr(scenario.config, one.name)
        if value != getattr(plain, one.name):
            lines.append(f"{one.name} = {_toml(value)}")
    if scenario.rates:
        lines += ["", "[rates]"] + [f"{_toml(name)} = {rate}" for name, rate in scenario.rates.items()]
    for act in scenario.acts:
        lines += ["", "[[acts]]", f"at = {act.at}"]
        lines += [
            f"{name} = {_toml(value)}"
            for name, value in (
                ("side", act.side),
                ("what", act.what),
                ("record", act.record),
                ("other", act.other),
                ("during", act.during),
            )
            if value
        ]
        if act.values:
            lines.append(
                "values = { "
                + ", ".join(f"{_key(name)} = {_toml(value)}" for name, value in act.values.items())
                + " }"
            )
    if scenario.faults is not None:
        lines += ["", "[faults]"] + [
            f"{_toml(label)} = {_toml(kind)}" for label, kind in scenario.faults.items()
        ]
    return "\n".join(lines) + "\n"


def from_toml(text: str) -> Scenario:
    """The reverse of `to_toml`."""
    data: dict[str, Any] = tomllib.loads(text)
    return Scenario(
        seed=data["seed"],
        config=Config(**data.get("config", {})),
        acts=tuple(Act(**{"side": "", **act}) for act in data.get("acts", [])),
        rates=data.get("rates", {}),
        faults=data.get("faults"),
        invariant=data.get("invariant", ""),
        sentence=data.get("sentence", ""),
    )


def load(path: Path) -> Scenario:
    """A scenario file."""
    return from_toml(path.read_text(encoding="utf-8"))


def _key(name: str) -> str:
    """A key as a TOML file has it; the words of a line's parts begin with its mark."""
    return name if name.isidentifier() else _toml(name)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    text = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{text}"'
