"""A finding: what is wrong, how often, and the mend; and a counter that yields findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

from target_linkedin_conversions.readiness.catalogue import CATALOGUE, OF_FILES, SEVERITIES
from target_linkedin_conversions.records.looks import names_shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_linkedin_conversions.readiness.batch import Batch

__all__ = ["Counter", "Finding", "finding", "worst_first"]


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Names columns, counts and codes, never a value of a person; what does not apply is absent."""

    code: str
    severity: str
    sentence: str
    mend: str
    records: int = 0
    stream: str = ""
    rule: str = ""
    field: str = ""
    column: str = ""

    def __str__(self) -> str:
        """The finding as one line."""
        return f"{self.sentence}; {self.mend}"


class Counter(Protocol):
    """Sees every record of a stream once, many at a time, and yields what it found."""

    def see(self, batch: Batch) -> None:
        """Count what is wrong with records, by the values that are mapped, all their columns, and what they become."""

    def findings(self) -> Iterator[Finding]:
        """The findings so far, without the stream's name."""


_BETWEEN = ", "
"""Between the columns of a field that has several."""


def finding(code: str, records: int, *, field: str = "", column: str = "", about: str = "") -> Finding:
    """A finding of the catalogue; `about` is added to its sentence."""
    kind = CATALOGUE.get(code) or OF_FILES[code]
    sentence = f"{kind.sentence}: {about}" if about else kind.sentence
    return Finding(
        code=code,
        severity=kind.severity,
        sentence=sentence,
        mend=kind.mend,
        records=records,
        field=field,
        column=names_shown(column.split(_BETWEEN)) if column else "",
    )


def worst_first(findings: list[Finding]) -> list[Finding]:
    """Findings by severity, then by number of records."""
    return sorted(findings, key=lambda one: (SEVERITIES.index(one.severity), -one.records, one.code, one.column))
