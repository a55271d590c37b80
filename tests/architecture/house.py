"""The rules of the house as functions from source text to broken rules. Most of them keep the picture of who may import whom."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

SRC = Path(__file__).resolve().parents[2] / "src"

ROOMS: Mapping[str, frozenset[str]] = {
    "model": frozenset(),
    "settings": frozenset({"model"}),
    "systems.port": frozenset({"model"}),
    "systems.sending": frozenset({"systems.port"}),
    "systems.keeping": frozenset({"model", "systems.port"}),
    "systems.computed": frozenset({"model", "systems.port"}),
    "sync": frozenset({"model", "settings", "systems.port"}),
    "store": frozenset({"model"}),
    "runtime": frozenset({"model", "settings", "sync", "systems.port", "store"}),
    "proof": frozenset({"model", "settings", "sync", "systems.port", "store", "runtime"}),
    "console": frozenset(
        {"model", "settings", "sync", "systems.port", "store", "runtime", "proof", "app", "cli"}
    ),
    "cli": frozenset(
        # The demo asks its sandbox over the same network as everybody; that is no system.
        {"model", "settings", "sync", "systems.port", "systems.sending", "store", "runtime", "proof", "app"}
    ),
}
"""Room to the rooms that it may import from, besides itself. `app` knows them all; a folder of `systems` is ruled by `SYSTEM`."""

SYSTEM = frozenset({"model", "systems.port", "systems.computed"})
"""What a connector may import. Never another system: adding one touches one folder."""

FLOORS: Mapping[str, tuple[str, ...]] = {
    "hubspot": ("books", "behaviours", "acts", "pages", "api", "hub"),
    "xero": ("books", "kinds", "pages", "api", "ledger"),
}
"""The floors of each stand-in, from the ground up. Beneath them lie the other files of its folder."""

PURE = frozenset({"model", "settings", "sync", "systems.port"})
IMPURE = frozenset(
    {"asyncio", "httpx2", "sqlite3", "psycopg", "time", "random", "secrets", "os", "socket", "threading"}
)
"""What the rooms that only decide may not import."""

DOORS: Mapping[str, frozenset[str]] = {
    "crossfoot.runtime.clock": frozenset({"datetime.datetime.now", "asyncio.sleep"}),
    "crossfoot.app.opening": frozenset({"secrets.token_bytes"}),
    # The machine's own randomness for keys and nonces, handed in as a parameter's default.
    "crossfoot.store.secrets": frozenset({"os.urandom"}),
    # Another process holds the file: what is waited for is not in our time.
    "crossfoot.store.sqlite": frozenset({"asyncio.sleep"}),
    # What a browser must bring back from the consent page, made up where the browser is waited for.
    "crossfoot.cli.consent": frozenset({"secrets.token_urlsafe"}),
    # The demo shows how long it took, and waits for the sandbox, which is another process.
    "crossfoot.cli.demo": frozenset({"time.monotonic"}),
    "crossfoot.cli.demo_sandbox": frozenset({"asyncio.sleep"}),
}
"""Time and randomness come in here and nowhere else."""

_TIME_AND_CHANCE = frozenset(
    {
        "datetime.datetime.now",
        "datetime.datetime.utcnow",
        "datetime.datetime.today",
        "datetime.date.today",
        "time.time",
        "time.time_ns",
        "time.monotonic",
        "time.perf_counter",
        "time.sleep",
        "asyncio.sleep",
        "uuid.uuid1",
        "uuid.uuid4",
        "os.urandom",
    }
)
_CHANCE = ("random.", "secrets.")
_NO_CHANCE = "secrets.compare_digest"

LINES_MAX = 400

SHARED_FILES = ("auth", "contacts", "defaults", "errors", "http", "limits", "listing", "system", "webhooks")
"""Whoever knows one connector finds the same thing under the same name in the other."""


@dataclass(frozen=True)
class Source:
    """One module: its dotted name and its text."""

    module: str
    text: str
    package: bool = False
    tree: ast.Module = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tree", ast.parse(self.text))


def sources(package: str) -> list[Source]:
    """Every module of a package."""
    found = []
    for file in sorted((SRC / package).rglob("*.py")):
        parts = file.relative_to(SRC).with_suffix("").parts
        packed = parts[-1] == "__init__"
        found.append(
            Source(".".join(parts[:-1] if packed else parts), file.read_text("utf-8"), package=packed)
        )
    return found


def _imported(source: Source) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The dotted names that it imports, relative ones resolved, and what it takes from each."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                here = source.module.split(".")
                up = here[: len(here) - node.level + source.package]
                base = ".".join([*up, *([base] if base else [])])
            yield base, tuple(alias.name for alias in node.names)


def imports(source: Source) -> Iterator[str]:
    """The dotted names that it imports, relative ones resolved. Of `from a import b` both `a` and `a.b`, as `b` may be a module."""
    for base, taken in _imported(source):
        yield base
        yield from (f"{base}.{name}" for name in taken)


def circles(found: Iterable[Source]) -> list[str]:
    """The imports that close a circle, or lead from one circle to another.

    Imports for types alone, and those within a function, count too: whoever reads a file has to know what it names. What is left
    when, again and again, the modules are taken away that import none of the others, or that none of the others imports.
    """
    known = {source.module: source for source in found}
    arrows = {
        (here, there)
        for here, source in known.items()
        for base, taken in _imported(source)
        for there in {f"{base}.{name}" if f"{base}.{name}" in known else base for name in taken} or {base}
        if there in known and there != here
    }
    while True:
        importing, imported = {here for here, _ in arrows}, {there for _, there in arrows}
        kept = {(here, there) for here, there in arrows if here in imported and there in importing}
        if kept == arrows:
            return sorted(f"{here} imports {there}" for here, there in arrows)
        arrows = kept


def room(dotted: str) -> str:
    """`crossfoot.systems.xero.http` is in `systems.xero`, `crossfoot.sync.plan` in `sync`; the empty room is `crossfoot` itself."""
    parts = dotted.split(".")[1:]
    return ".".join(parts[:2] if parts[:1] == ["systems"] else parts[:1])


def wrong_imports(source: Source) -> Iterator[str]:
    """Imports that lead against the direction of the house."""
    here = room(source.module)
    if here in ("app", "", "systems", "__main__"):
        return
    allowed = ROOMS.get(here, SYSTEM if here.startswith("systems.") else None)
    if allowed is None:
        yield f"{source.module} stands in no room of the house"
        return
    for name in imports(source):
        if name == "crossfoot" or not name.startswith("crossfoot."):
            continue
        there = room(name)
        if there not in ("systems", here) and there not in allowed:
            yield f"{source.module} imports {name}"


def wrong_floors(source: Source) -> Iterator[str]:
    """In a stand-in, imports of what stands on a higher floor, and imports of the other stand-in."""

    def floor(dotted: str) -> tuple[str, int]:
        _, vendor, name, *_ = [*dotted.split("."), "", ""]
        floors = FLOORS.get(vendor, ())
        return vendor, floors.index(name) + 1 if name in floors else 0

    here, height = floor(source.module)
    if here in FLOORS:
        for name in imports(source):
            there, above = floor(name)
            if (
                name.startswith("crossfoot_sandbox.")
                and there in FLOORS
                and (there != here or above > height)
            ):
                yield f"{source.module} imports {name}"


def impure_imports(source: Source) -> Iterator[str]:
    """Whatever a room that only decides has from the world outside."""
    if room(source.module) in PURE:
        for name in imports(source):
            if name.partition(".")[0] in IMPURE:
                yield f"{source.module} imports {name}"


def imports_of(source: Source, package: str) -> Iterator[str]:
    """Imports of a package that it must not know at all."""
    for name in imports(source):
        if name.partition(".")[0] == package:
            yield f"{source.module} imports {name}"


def floats(source: Source) -> Iterator[str]:
    """Where an exact number would go through a float, or an inexact one would become a Decimal."""
    if room(source.module) not in ("model", "settings", "sync", "store"):
        return
    for node in ast.walk(source.tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        inexact = [arg for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, float)]
        if node.func.id == "float" or (node.func.id == "Decimal" and inexact):
            yield f"{source.module}:{node.lineno} {ast.unparse(node)}"


def time_and_chance(source: Source) -> set[str]:
    """The ways to the machine's time and randomness that it uses, by their full names."""
    names: dict[str, str] = {}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    used = set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute | ast.Name):
            root, _, rest = ast.unparse(node).partition(".")
            dotted = f"{names.get(root, '')}.{rest}".strip(".") if root in names else ""
            if dotted in _TIME_AND_CHANCE or (dotted.startswith(_CHANCE) and dotted != _NO_CHANCE):
                used.add(dotted)
    return used


def back_doors(source: Source) -> Iterator[str]:
    """Time and randomness that come in elsewhere than through a door."""
    for name in sorted(time_and_chance(source) - DOORS.get(source.module, frozenset())):
        yield f"{source.module} uses {name}"


def undocumented(source: Source) -> Iterator[str]:
    """Public functions and classes that do not say what they mean. A method may leave that to the class or to what it overrides."""
    if not ast.get_docstring(source.tree) and source.text.strip():
        yield source.module
    for node in source.tree.body:
        if (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
        ):
            yield f"{source.module}.{node.name}"


def too_long(source: Source) -> bool:
    """Whether a person cannot take it in at one sitting."""
    return len(source.text.splitlines()) > LINES_MAX


def missing_files(folder: Iterable[str]) -> list[str]:
    """The files that every connector has and this one lacks."""
    there = set(folder)
    return [name for name in SHARED_FILES if name not in there]


def unused_queries(known: Iterable[str], texts: Iterable[Source]) -> list[str]:
    """Named queries that no text asks for. A placeholder in a name stands for any word, as in `links.by_{side}_ids`."""
    exact: set[str] = set()
    patterns: list[tuple[str, str]] = []
    for source in texts:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                exact.add(node.value)
            elif isinstance(node, ast.JoinedStr) and len(node.values) in (2, 3):
                fixed = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
                if isinstance(fixed[0], str) and "." in fixed[0] and fixed[1] is None:
                    patterns.append((fixed[0], str(fixed[2]) if len(fixed) == 3 else ""))
    return sorted(
        name
        for name in known
        if name not in exact
        and not any(
            name.startswith(start) and name.endswith(end) and len(name) > len(start) + len(end)
            for start, end in patterns
        )
    )
