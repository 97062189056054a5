"""The list of people who must never be sent."""

from __future__ import annotations

from pathlib import Path

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.records import normalise

__all__ = ["suppress_list"]


def suppress_list(path: str | None) -> frozenset[str]:
    """The digests of a file of e-mails or hashes, one a line; raises `ConfigError`."""
    if path is None:
        return frozenset()
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise ConfigError(
            "suppress",
            "the file cannot be read as text",
            "name a file of e-mails or hashes, one a line",
        ) from None
    found = [(number, normalise.email(line)) for number, line in enumerate(lines, 1) if line.strip()]
    for number, digest in found:
        if not isinstance(digest, str):
            raise ConfigError(
                "suppress",
                f"line {number} of the file is no e-mail and no SHA-256",
                "mend or remove the line",
            )
    return frozenset(digest for _, digest in found if isinstance(digest, str))
