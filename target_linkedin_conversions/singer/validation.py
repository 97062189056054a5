"""Validation of records against the tap's own JSON schema, for `validate_records`."""

from __future__ import annotations

from typing import Any

from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.exceptions import Unresolvable
from singer_sdk.sinks.core import JSONSchemaValidator
from singer_sdk.typing import DEFAULT_JSONSCHEMA_VALIDATOR

from target_linkedin_conversions.singer.errors import InvalidLineError

__all__ = ["TapSchema"]


class TapSchema:
    """A stream's JSON schema; no reference in it is ever fetched."""

    def __init__(self, stream: str, schema: dict[str, Any]) -> None:
        """Compile a schema; raises `singer_sdk.exceptions.InvalidJSONSchema`."""
        self._stream = stream
        JSONSchemaValidator(schema)  # raises for what is no schema
        self._validate = DEFAULT_JSONSCHEMA_VALIDATOR(schema, registry=Registry()).validate

    def fits(self, record: dict[str, Any]) -> bool:
        """Whether a record is as the tap says; raises `InvalidLineError` where the schema refers to what it lacks."""
        try:
            self._validate(record)
        except ValidationError:
            return False
        except Unresolvable:
            raise InvalidLineError(
                f"the schema of stream {self._stream!r} refers to a part that is not in it, and nothing is fetched"
            ) from None
        return True
