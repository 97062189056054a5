"""The published JSON Schema (2020-12) of one conversion event, for each version of LinkedIn.

Made from the wire types in `event`, whose names and types it shares; what a type cannot say
(patterns, codes, what must come together) is added here, where it does not slow encoding.
It is stricter than LinkedIn, which takes many values that it will never match.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from target_linkedin_conversions.records.codes import COUNTRIES, CURRENCIES
from target_linkedin_conversions.records.event import Conversion
from target_linkedin_conversions.urns import LEAD_URN, RULE_URN

if TYPE_CHECKING:
    from target_linkedin_conversions.records.versions import Version

__all__ = ["conversion_schema", "schema_file"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_Schema = dict[str, Any]

_EARLIEST_MS = 1_000_000_000_000
"""September 2001: a number below it is no time in milliseconds."""
_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"

_TEXT = {"minLength": 1}
_DIGEST = {"pattern": "^[0-9a-f]{64}$"}
_IPV4 = {"pattern": rf"^({_OCTET}\.){{3}}{_OCTET}$"}

_FIELDS: dict[str, dict[str, _Schema]] = {
    "Conversion": {
        "conversion": {"pattern": f"^{RULE_URN}[0-9]+$", "description": "The conversion rule."},
        "conversionHappenedAt": {
            "minimum": _EARLIEST_MS,
            "description": "Epoch milliseconds; LinkedIn takes the last 90 days.",
        },
        "eventId": {"minLength": 1, "maxLength": 64, "description": "Shared with the Insight Tag's event."},
    },
    "Amount": {
        "currencyCode": {"enum": sorted(CURRENCIES), "description": "ISO 4217."},
        "amount": {"pattern": r"^[0-9]+(\.[0-9]+)?$", "maxLength": 1000, "description": "A plain decimal, as text."},
    },
    "Identifier": {"idValue": _TEXT},
    "User": {
        "userIds": {
            "uniqueItems": True,
            "description": "Required, and may be empty where something else identifies the person.",
        },
        "externalIds": {"minItems": 1, "maxItems": 1, "items": {"type": "string", **_TEXT}},
        "lead": {"pattern": f"^{LEAD_URN}", "minLength": len(LEAD_URN) + 1},
    },
    "UserInfo": {
        "firstName": _TEXT,
        "lastName": _TEXT,
        "hashedFirstName": _DIGEST,
        "hashedLastName": _DIGEST,
        "companyName": _TEXT,
        "title": _TEXT,
        "countryCode": {"enum": sorted(COUNTRIES), "description": "ISO 3166 alpha-2."},
    },
}

_SOMEONE = [
    {"properties": {"userIds": {"minItems": 1}}},
    *({"required": [name]} for name in ("userInfo", "externalIds", "lead")),
]


def conversion_schema(version: Version) -> _Schema:
    """The schema of an event as `version` takes it."""
    _, parts = msgspec.json.schema_components([Conversion], ref_template="#/$defs/{name}")
    for name, part in parts.items():
        _close(part, _FIELDS[name])
    _identifiers(parts["Identifier"], version)
    _names(parts["UserInfo"], version)
    parts["User"]["anyOf"] = _SOMEONE
    event = parts.pop("Conversion")
    event |= {
        "title": f"Conversion event, LinkedIn-Version {version.name}",
        "description": "One element of a BATCH_CREATE to /rest/conversionEvents, or the body of a single CREATE.",
    }
    head = {"$schema": DIALECT, "$id": f"urn:target-linkedin-conversions:conversion:{version.name}"}
    return {**head, **event, "$defs": parts}


def schema_file(version: Version) -> str:
    """The same as the text of a file."""
    return msgspec.json.format(msgspec.json.encode(conversion_schema(version)), indent=2).decode() + "\n"


def _close(part: _Schema, constraints: dict[str, _Schema]) -> None:
    """Only the fields there are, none of them null, each with its constraints."""
    part["additionalProperties"] = False
    if not part["required"]:
        del part["required"]
    for name, field in part["properties"].items():
        given = next((kind for kind in field["anyOf"] if kind != {"type": "null"}), {}) if "anyOf" in field else field
        part["properties"][name] = {**given, **constraints.get(name, {})}


def _identifiers(part: _Schema, version: Version) -> None:
    """The types that the version knows, and the form of those whose values have one."""
    part["properties"]["idType"] = {"enum": sorted(version.id_types)}
    hashed = sorted(kind for kind in version.id_types if kind.startswith("SHA256_"))
    part["allOf"] = [
        {"if": {"properties": {"idType": {"enum": kinds}}}, "then": {"properties": {"idValue": form}}}
        for kinds, form in ((hashed, _DIGEST), (["PLAINTEXT_IP_ADDRESS"], _IPV4))
    ]


def _names(part: _Schema, version: Version) -> None:
    """Both names: plain, or where the version knows them hashed, each on its own."""
    hashed = {"firstName": "hashedFirstName", "lastName": "hashedLastName"}
    if version.hashed_names:
        part["allOf"] = [{"anyOf": [{"required": [plain]}, {"required": [digest]}]} for plain, digest in hashed.items()]
        return
    part["required"] = list(hashed)
    for digest in hashed.values():
        del part["properties"][digest]
