"""LinkedIn's refusals, word for word: status, code and message of each.

LinkedIn answers in four shapes on one endpoint (measured), so each refusal keeps its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.sandbox.call import Answer, json_answer

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "empty_body",
    "length_required",
    "no_account",
    "no_identifier",
    "no_role",
    "no_scope",
    "not_found",
    "not_supported",
    "outside_window",
    "plain",
    "rule_disabled",
    "throttled",
    "token",
    "too_many",
    "unparsable",
    "version_missing",
    "version_not_active",
    "wrong_method",
]

ANY_IDENTIFIER = (
    "The request must contain one of these fields: SHA256_EMAIL or "
    "LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID or ACXIOM_ID or PLAINTEXT_IP_ADDRESS or GOOGLE_AID or "
    "(firstName and lastName) or externalIds or lead, and the input shouldn't be empty string"
)

_TOKEN_REFUSALS = {
    "unknown": (65600, "INVALID_ACCESS_TOKEN", "Invalid access token"),
    "revoked": (
        65601,
        "REVOKED_ACCESS_TOKEN",
        "The token used in the request has been revoked by the user",
    ),
    "expired": (65602, "EXPIRED_ACCESS_TOKEN", "The token used in the request has expired"),
    "empty": (65604, "EMPTY_ACCESS_TOKEN", "Empty oauth2 access token"),
}


def version_missing() -> Answer:
    """400: no `LinkedIn-Version` header (measured)."""
    return _gateway(
        400,
        "VERSION_MISSING",
        "A version must be present. Please specify a version by adding the LinkedIn-Version header.",
    )


def version_not_active(version: str) -> Answer:
    """426: a version that is retired, not yet released or never was (measured).

    LinkedIn prints a month as its first day: `202504` becomes `20250401`.
    """
    return _gateway(426, "NONEXISTENT_VERSION", f"Requested version {dated(version)} is not active")


def dated(version: str) -> str:
    """A month as LinkedIn prints it, anything else as it came."""
    return f"{version}01" if len(version) == len("YYYYMM") else version


def token(kind: str) -> Answer:
    """401: a token that is `unknown`, `revoked`, `expired` or `empty` (measured, documented)."""
    number, code, message = _TOKEN_REFUSALS[kind]
    return json_answer(
        401,
        {"status": 401, "serviceErrorCode": number, "code": code, "message": message},
        origin="gateway",
    )


def no_scope(resource: str, method: str, version: str) -> Answer:
    """403: the token lacks the scope (measured on other endpoints, the resource name inferred)."""
    message = f"Not enough permissions to access: {resource}.{method}.{dated(version)}"
    return json_answer(
        403,
        {"status": 403, "serviceErrorCode": 100, "code": "ACCESS_DENIED", "message": message},
        origin="gateway",
    )


def no_role() -> Answer:
    """403: the member's role in the account does not allow it (the code is documented, the text ours)."""
    message = "Member does not have permission to perform this action on the ad account"
    return json_answer(403, {"status": 403, "code": "USER_NOT_AUTHORIZED", "message": message}, origin="service")


def throttled(*, day: bool) -> Answer:
    """429 without `Retry-After` (seen on LinkedIn's other endpoints)."""
    window = "APPLICATION DAY " if day else ""
    message = f"Resource level throttle {window}limit for calls to this resource is reached."
    return json_answer(429, {"message": message, "serviceErrorCode": 101, "status": 429}, origin="gateway")


def plain(status: int, message: str) -> Answer:
    """LinkedIn's two-field shape: `message` and `status`."""
    return json_answer(status, {"message": message, "status": status}, origin="service")


def no_account() -> Answer:
    """403: the rule does not exist or is not visible to this token (measured)."""
    return plain(403, "No ad accounts found")


def unparsable() -> Answer:
    """400: the body is no JSON object (Rest.li)."""
    return plain(400, "Cannot parse request entity")


def wrong_method(indices: Sequence[int]) -> Answer:
    """400: the rule is fed by a browser tag, not by this API (captured by peers)."""
    return plain(
        400,
        "Incorrect conversions information provided. Conversion's method should be "
        f"CONVERSIONS_API, indices {list(indices)} (0-indexed)",
    )


def rule_disabled() -> Answer:
    """400: the rule is disabled, which LinkedIn calls deleted (documented)."""
    return plain(
        400,
        "Invalid Conversion information provided, this event(s) is associated to a conversion "
        "that's marked as deleted. Conversion enabled should be true",
    )


def outside_window(indices: Sequence[int]) -> Answer:
    """400: too old or in the future (measured; it names indices for a single event too)."""
    return plain(
        400,
        f"Conversion time should be within 90 days and not exceed current time, indices {list(indices)} (0-indexed).",
    )


def no_identifier(indices: Sequence[int]) -> Answer:
    """400: nothing to match a person by, or an empty string (documented; `field` inferred)."""
    reasons = ", ".join(
        f"{{field=Invalid User Identification, batchIndex={index}, "
        f"type=INVALID_USER_IDENTIFICATION_FIELD_VALUE, message={ANY_IDENTIFIER}}}"
        for index in indices
    )
    return plain(400, f"Validation failed because [{reasons}]")


def too_many(count: int, limit: int) -> Answer:
    """400: more events than a batch may hold (the text is Rest.li's, inferred)."""
    return plain(
        400,
        f"The request batch size: {count} is larger than the allowed max batch size: {limit} for method: batch_create",
    )


def empty_body(method: str) -> Answer:
    """400: a POST without a body (Rest.li)."""
    return plain(400, f"Empty entity body is not allowed for {method} method request")


def length_required() -> Answer:
    """411: a POST without `Content-Length` (documented)."""
    return plain(411, "Content-Length is required")


def not_supported(method: str, resource: str) -> Answer:
    """400: a method the resource does not know (the production form is unknown)."""
    return plain(400, f"{method} operation is not supported for resource {resource}")


def not_found(path: str) -> Answer:
    """404: nothing lives there."""
    return json_answer(
        404,
        {
            "status": 404,
            "code": "RESOURCE_NOT_FOUND",
            "message": f"No virtual resource found for {path}",
        },
        origin="gateway",
    )


def _gateway(status: int, code: str, message: str) -> Answer:
    return json_answer(status, {"status": status, "code": code, "message": message}, origin="gateway")
