"""The named queries of `sql/*.sql`, read once, in the spelling of each database.

A query is a line `-- name: <file>.<query>`, at least one line of comment that says what it answers or does, and one statement::

    -- name: links.end
    -- These links end; they stay remembered.
    update links set state = 'ended' where connection = :connection and id in each(:ids);

There is one text for both databases. What the loader translates is all of the difference:

    :name           a parameter; `%(name)s` for psycopg
    each(:names)    the members of a list of texts, to stand after `in`; the list travels as one JSON parameter
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_NAME = re.compile(r"^-- name: (\S+)[ \t]*$", re.MULTILINE)
_COMMENT = re.compile(r"--[^\n]*")
_EACH = re.compile(r"\beach\(:(\w+)\)")
_PARAMETER = re.compile(r"(?<!:):([a-z]\w*)")


@dataclass(frozen=True, slots=True)
class Query:
    """One statement in both spellings."""

    name: str
    about: str
    """What it answers or does, for people."""
    sqlite: str
    postgres: str


def for_sqlite(sql: str) -> str:
    """Our SQL as SQLite reads it."""
    return _EACH.sub(r"(select value from json_each(:\1))", sql)


def for_postgres(sql: str) -> str:
    """Our SQL as psycopg reads it."""
    # Casts keep PostgreSQL from guessing a parameter's type; a literal % must not look like the start of a parameter.
    members = _EACH.sub(r"(select json_array_elements_text(cast(:\1 as json)))", sql.replace("%", "%%"))
    return _PARAMETER.sub(r"%(\1)s", members)


def parse(subject: str, text: str) -> list[Query]:
    """The queries of one file. Raises ValueError when one does not say what it is for, or bears another file's name."""
    parts = _NAME.split(text)
    if _COMMENT.sub("", parts[0]).strip():
        raise ValueError(f"{subject}.sql: a statement stands before the first name line.")
    found = []
    for name, body in zip(parts[1::2], parts[2::2], strict=True):
        lines = body.strip("\n").splitlines()
        about = " ".join(line.removeprefix("--").strip() for line in lines[: _comment_length(lines)])
        sql = _COMMENT.sub("", body).strip().removesuffix(";").rstrip()
        if not name.startswith(f"{subject}."):
            raise ValueError(f"{subject}.sql: '{name}' must be named '{subject}.<query>'.")
        if not about or not sql or ";" in sql:
            raise ValueError(f"{subject}.sql: '{name}' needs a sentence and exactly one statement.")
        found.append(Query(name, about, for_sqlite(sql), for_postgres(sql)))
    return found


def _comment_length(lines: list[str]) -> int:
    return next((n for n, line in enumerate(lines) if not line.startswith("--")), len(lines))


@cache
def queries() -> Mapping[str, Query]:
    """Every query by its name."""
    found: dict[str, Query] = {}
    for file in sorted(files("crossfoot.store").joinpath("sql").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".sql"):
            for query in parse(file.name.removesuffix(".sql"), file.read_text("utf-8")):
                if query.name in found:
                    raise ValueError(f"{file.name}: '{query.name}' stands there twice.")
                found[query.name] = query
    return found
