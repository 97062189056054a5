"""Checks the Singer SDK's own settings early, because the SDK does so late and then blames the tap."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.settings import lists, values
from target_linkedin_conversions.settings.values import wrong

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["batch_config", "check_flattening", "faker_config", "stream_maps"]

_ELSE = "__else__"
_REMOVED: tuple[object, ...] = (None, "__NULL__")
"""What leaves out a stream or a column; the second, because Meltano drops nulls (measured)."""

_AS_TEXT = 'write it in quotes, such as "1" or "True", or null to leave it out'
_EXPRESSIONS = (
    "write expressions as Python has them, with texts in quotes and nothing before: mail.lower(), stage == 'won'"
)
_DOTTED = "if a column's name has a dot, write `\\.` for it, for Meltano takes names apart at dots"


def stream_maps(value: object, place: str) -> dict[str, object]:
    """A map for each stream, each of expressions by column; raises `ConfigError` with the place in it."""
    return {name: _map(found, f"{place}.{name}") for name, found in lists.json_object(value, place).items()}


def _map(value: object, place: str) -> object:
    found = lists.json_or(value, dict)
    if found in _REMOVED:
        return found
    if place.endswith(f".{_ELSE}"):
        raise _wrong_else(place)
    if place.rpartition(".")[2].startswith("__"):
        raise wrong(place, "the name of a stream", "write columns and __filter__ below the name of their stream")
    if not isinstance(found, dict):
        raise wrong(place, "an object of expressions by column", f"for example {place}: {{email: mail.lower()}}")
    return {str(column): _expression(str(column), item, f"{place}.{column}") for column, item in found.items()}


def _expression(column: str, value: object, place: str) -> object:
    """What stands for one column, or for one of the SDK's own words among them."""
    if column == _ELSE:
        if value not in _REMOVED:
            raise _wrong_else(place)
    elif column == "__key_properties__":
        value = lists.json_or(value, list)
        if value is not None and not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
            raise wrong(place, "a list of columns", f"for example {place}: [id]")
    elif column in {"__alias__", "__source__"}:
        if not isinstance(value, str) or not value:
            raise wrong(place, "the name of a stream", "write it as text")
    elif value is not None:
        _check_expression(value, place)
    return value


def _check_expression(value: object, place: str) -> None:
    """Refuse what is no expression as text, and one that would not do what it says."""
    if not isinstance(value, str):
        raise wrong(place, "an expression as text", _AS_TEXT if not isinstance(value, dict) else _DOTTED)
    parts = _parts(value)
    # Of an assignment the SDK takes the right side, and so no record is filtered out.
    if any(isinstance(part, ast.Assign | ast.AugAssign) for part in parts):
        raise ConfigError(place, "it assigns with =, which neither compares nor changes anything", "compare with ==")
    # Of several the SDK takes the first alone.
    if len(parts) != 1 or not isinstance(parts[0], ast.Expr):
        raise ConfigError(place, "it cannot be read as one expression", _EXPRESSIONS)


def _parts(expression: str) -> list[ast.stmt]:
    """What an expression consists of; nothing where it cannot be read, of which the SDK tells only when the stream comes."""
    try:
        return ast.parse(expression).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def check_flattening(read: Mapping[str, object]) -> None:
    """Refuse flattening that is switched on without saying how deep, which the SDK needs."""
    if read["flattening_enabled"] and read["flattening_max_depth"] is None:
        problem = "flattening_enabled is true, and nothing says how deep to flatten"
        raise ConfigError("flattening_max_depth", problem, "set flattening_max_depth: 1, or more")


def _wrong_else(place: str) -> Exception:
    return wrong(place, "null or __NULL__", "leave it away to keep what is not named")


def faker_config(value: object, place: str) -> dict[str, object]:
    """A seed, and a locale or several."""
    found = lists.json_object(value, place)
    if not isinstance(found.get("seed"), str | int | float | None):
        raise wrong(f"{place}.seed", "a number or a text", f"for example {place}: {{seed: 7}}")
    locale = lists.json_or(found.get("locale"), list)
    if locale is not None and not (isinstance(locale, str) or _are_texts(locale)):
        raise wrong(f"{place}.locale", "a locale or a list of them", f"for example {place}: {{locale: [de_DE]}}")
    return found if locale is None else {**found, "locale": locale}


def batch_config(value: object, place: str) -> dict[str, Any]:
    """How and where BATCH files are."""
    found: dict[str, Any] = lists.json_object(value, place)
    parts: dict[str, Callable[[object, str], object]] = {
        "encoding": lists.json_object,
        "storage": _storage,
        "batch_size": values.integer(1, example=10_000),
    }
    read = {
        name: reader(found[name], f"{place}.{name}") for name, reader in parts.items() if found.get(name) is not None
    }
    return {**found, **read}


def _storage(value: object, place: str) -> dict[str, object]:
    found = lists.json_object(value, place)
    root, prefix, params = (found.get(name) for name in ("root", "prefix", "params"))
    if not isinstance(root, str) or not root or not isinstance(prefix, str | None):
        raise wrong(
            place, "an object with root and, if needed, prefix and params", "for example {root: s3://bucket/batches}"
        )
    return found if params is None else {**found, "params": lists.json_object(params, f"{place}.params")}


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
