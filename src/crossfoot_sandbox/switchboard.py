"""Both vendors' switches by name: read them, and set them from text or JSON with the mistakes explained."""

from collections.abc import Mapping
from dataclasses import fields, replace
from difflib import get_close_matches
from typing import Any, get_args, get_origin, get_type_hints

from crossfoot_sandbox.sandbox import Sandbox

VENDORS = ("hubspot", "xero")


def described(sandbox: Sandbox) -> dict[str, dict[str, Any]]:
    """Every switch of both vendors with its present value."""
    return {vendor: _values(getattr(sandbox, vendor).switches) for vendor in VENDORS}


def set_switch(sandbox: Sandbox, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The new `Switches` per vendor for `{"name": value}`; a name that both have needs `hubspot.` or `xero.` before it, or sets both.

    Values may be text ("off", "0.5"). Nothing is changed here; raises `ValueError` for an unknown name or an impossible value.
    """
    changes: dict[str, dict[str, Any]] = {vendor: {} for vendor in VENDORS}
    for name, value in wanted.items():
        vendor, dot, bare = name.partition(".")
        found = [
            one
            for one in ([vendor] if dot else VENDORS)
            if one in VENDORS and _has(sandbox, one, bare if dot else name)
        ]
        if not found:
            raise ValueError(
                f'There is no switch "{name}"{_hint(sandbox, name)}. `crossfoot-sandbox switches` lists them.'
            )
        for one in found:
            plain = bare if dot else name
            changes[one][plain] = _fitting(getattr(sandbox, one).switches, plain, value)
    return {
        vendor: replace(getattr(sandbox, vendor).switches, **changed)
        for vendor, changed in changes.items()
        if changed
    }


def _values(switches: Any) -> dict[str, Any]:
    return {one.name: getattr(switches, one.name) for one in fields(switches)}


def _has(sandbox: Sandbox, vendor: str, name: str) -> bool:
    return name in _values(getattr(sandbox, vendor).switches)


def _names(sandbox: Sandbox) -> list[str]:
    return [f"{vendor}.{name}" for vendor, values in described(sandbox).items() for name in values]


def _hint(sandbox: Sandbox, name: str) -> str:
    names = _names(sandbox)
    near = get_close_matches(name, [*names, *(one.partition(".")[2] for one in names)], n=1)
    return f'; did you mean "{near[0]}"' if near else ""


def _fitting(switches: Any, name: str, value: Any) -> Any:
    """The value in the switch's own type."""
    hint = get_type_hints(type(switches))[name]
    if get_origin(hint) is not None and all(not isinstance(one, type) for one in get_args(hint)):
        for allowed in get_args(hint):
            if str(allowed) == str(value):
                return allowed
        raise ValueError(
            f'"{name}" must be one of {", ".join(repr(one) for one in get_args(hint))}, not {value!r}.'
        )
    if hint is bool:
        chosen = {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}.get(
            str(value).lower()
        )
        if chosen is None:
            raise ValueError(f'"{name}" must be on or off, not {value!r}.')
        return chosen
    if hint in (int, float):
        try:
            return hint(str(value))
        except ValueError:
            raise ValueError(f'"{name}" must be a number, not {value!r}.') from None
    return value
