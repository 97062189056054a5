"""Validation of records against the tap's own JSON schema, for `validate_records`."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from jsonschema import Draft7Validator, TypeChecker
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.exceptions import Unresolvable
from singer_sdk.exceptions import InvalidJSONSchema
from singer_sdk.typing import DEFAULT_JSONSCHEMA_VALIDATOR

from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.singer.errors import InvalidLineError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["TapSchema"]

_MOST_DIGITS = 1000
"""Before or behind the point of a number that `multipleOf` is asked of; a longer one is a multiple of anything."""


class TapSchema:
    """A stream's JSON schema; no reference in it is ever fetched."""

    def __init__(self, stream: str, schema: dict[str, Any]) -> None:
        """Compile a schema; raises `singer_sdk.exceptions.InvalidJSONSchema`."""
        self._stream = stream
        modern = _modern(schema)
        self._validate = _validator_of(modern)(modern, registry=Registry()).validate

    def fits(self, record: dict[str, Any]) -> bool:
        """Whether a record is as the tap says; raises `InvalidLineError` where the schema refers to what it lacks."""
        try:
            self._validate(record)
        except ValidationError:
            return False
        except Unresolvable:
            raise InvalidLineError(
                f"the schema of stream {name_shown(self._stream)!r} refers to a part that is not in it, and nothing is fetched"
            ) from None
        except RecursionError:
            raise InvalidLineError(
                f"the schema of stream {name_shown(self._stream)!r} refers to itself for ever, or a record is too deep for it"
            ) from None
        return True


def _modern(schema: Any) -> Any:  # noqa: ANN401 - a part of a JSON schema
    """The same without draft 4's flags beside a bound, which many taps still write: `exclusiveMaximum: true`."""
    if isinstance(schema, list):
        return [_modern(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _modern(part) for name, part in schema.items()}
    for flag, bound in (("exclusiveMaximum", "maximum"), ("exclusiveMinimum", "minimum")):
        if isinstance(made.get(flag), bool):
            is_exclusive = made.pop(flag)
            if is_exclusive and bound in made:
                made[flag] = made.pop(bound)
    return made


def _validator_of(schema: dict[str, Any]) -> Any:  # noqa: ANN401 - a class that jsonschema makes
    """The newest draft that a schema is one of: some taps still write lists of `items`, as before 2020."""
    for kind in (_NEWEST, _DRAFT_7):
        try:
            kind.check_schema(schema)
        except SchemaError:
            continue
        return kind
    raise InvalidJSONSchema


def _is_number(_checker: TypeChecker, value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _is_integer(_checker: TypeChecker, value: object) -> bool:
    """7.0 is an integer in every draft since the sixth, and Python's taps write it so."""
    if isinstance(value, Decimal):
        return value.is_finite() and value == value.to_integral_value()
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())


def _multiple_of(_validator: object, step: Any, value: Any, _schema: object) -> Iterator[ValidationError]:  # noqa: ANN401
    """Exact, for steps as small as 1e-38, where a division of decimals gives up."""
    if not _is_number(_CHECKER, value):
        return
    number, divisor = _exact(value), _exact(step)
    if number is not None and divisor and number % divisor:
        yield ValidationError("it is no multiple")


def _never(_validator: object, _constraint: Any, _value: Any, _schema: object) -> tuple[()]:  # noqa: ANN401
    """Report no fault: a pattern of the tap's may take for ever, and nothing could end it."""
    return ()


def _additional_properties(validator: Any, allowed: Any, value: Any, schema: Any) -> Iterable[ValidationError]:  # noqa: ANN401
    """As every draft has it, but where only patterns could say which properties are additional."""
    if "patternProperties" in schema:
        return ()
    check = Draft7Validator.VALIDATORS["additionalProperties"]
    return check(validator, allowed, value, schema) or ()


def _exact(value: float | Decimal) -> Fraction | None:
    """A number as a fraction; None for what is none, or has too many digits to ask."""
    number = Decimal(repr(value) if isinstance(value, float) else value)
    return Fraction(number) if number.is_finite() and abs(number.adjusted()) < _MOST_DIGITS else None


_OURS = {
    "multipleOf": _multiple_of,
    "additionalProperties": _additional_properties,
    **dict.fromkeys(("pattern", "patternProperties", "unevaluatedProperties"), _never),
}
_CHECKER = DEFAULT_JSONSCHEMA_VALIDATOR.TYPE_CHECKER.redefine_many({"number": _is_number, "integer": _is_integer})
_NEWEST = extend(DEFAULT_JSONSCHEMA_VALIDATOR, _OURS, type_checker=_CHECKER)  # type: ignore[no-untyped-call]  # jsonschema has no types here
_DRAFT_7 = extend(Draft7Validator, _OURS, type_checker=_CHECKER)  # type: ignore[no-untyped-call]  # the same
