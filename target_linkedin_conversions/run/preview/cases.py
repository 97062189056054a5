"""Cases of a mapping: a row each, and what must become of it; as unit tests of what LinkedIn would receive."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from target_linkedin_conversions.epoch import utc_of
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.event import Event, MissingKey, Refusal
from target_linkedin_conversions.records.looks import looks_personal
from target_linkedin_conversions.records.normalise import email
from target_linkedin_conversions.records.timestamps import milliseconds
from target_linkedin_conversions.run.stream_mapping import mapping_of
from target_linkedin_conversions.run.streams import Streams
from target_linkedin_conversions.run.suppress import suppress_list
from target_linkedin_conversions.urns import RULE_URN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from target_linkedin_conversions.run.stream_mapping import StreamMapping
    from target_linkedin_conversions.settings import Settings

__all__ = ["Case", "CaseResult", "Cases", "Difference", "Expected", "run_cases"]

_Payload = dict[str, Any]
_MADE = re.compile("[0-9a-f]{32}")
"""An event id as it is made where none is mapped: it looks like a hash, and is nobody's."""
_TOLD_MEMBERS = frozenset({"idType", "conversion", "conversionHappenedAt", "currencyCode", "amount", "countryCode"})
"""Members of an event that identify nobody, so that their values may be shown."""


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must become of a row: one or several payloads, or why there is none; codes of fields that are left out.

    Of a payload only the members that are named must be so. `rejected` is one code or all of them.
    """

    payload: _Payload | None = None
    payloads: list[_Payload] | None = None
    skipped: str | None = None
    rejected: str | list[str] | None = None
    left_out: list[str] | None = None


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row and what is expected of it; without a stream that of all cases."""

    row: dict[str, Any]
    expect: Expected
    name: str = ""
    stream: str = ""


class Cases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of cases. `now` is the present that rows are judged by, `key` are the key properties, `schema` is the tap's own."""

    cases: list[Case]
    stream: str = ""
    key: list[str] = []
    schema: dict[str, Any] | None = None
    now: str | None = None


class Difference(msgspec.Struct, frozen=True):
    """Where a case differs: a path into what was expected, that, and what came, as far as it says of nobody who it is."""

    path: str
    expected: str
    came: str


class CaseResult(msgspec.Struct, frozen=True):
    """How one case ended: without differences it holds."""

    case: str
    differences: list[Difference]

    @property
    def holds(self) -> bool:
        """Whether everything came as it was expected."""
        return not self.differences


def run_cases(
    cases: Cases, settings: Settings, now: int, schema_of: Callable[[list[Mapping[str, Any]]], Mapping[str, Any]]
) -> list[CaseResult]:
    """What became of each case, by the settings; `now`, in epoch milliseconds, where the file names no present.

    `schema_of` gives the schema of rows where the file has none. Raises `ConfigError` where an entry does not fit the rows.
    """
    present = _present(cases.now, now)
    streams = dict.fromkeys(case.stream or cases.stream for case in cases.cases)
    mappings = {stream: _mapping(stream, cases, settings, schema_of) for stream in streams}
    return [
        CaseResult(
            _name(case, at), [*map(_told_to_people, _differences(case, mappings[case.stream or cases.stream], present))]
        )
        for at, case in enumerate(cases.cases, 1)
    ]


def _present(written: str | None, now: int) -> int:
    found = now if written is None else milliseconds(written)
    if not isinstance(found, int):
        raise ConfigError("now", "it cannot be read", "write a time such as 2026-11-27T10:00:00Z")
    return found


def _mapping(
    stream: str, cases: Cases, settings: Settings, schema_of: Callable[[list[Mapping[str, Any]]], Mapping[str, Any]]
) -> StreamMapping:
    known = Streams(settings, lambda _warning: None)
    known.suppressed = suppress_list(settings.suppress)
    rows: list[Mapping[str, Any]] = [case.row for case in cases.cases if (case.stream or cases.stream) == stream]
    entries = known.entries_of(stream)
    if not entries:
        raise ConfigError("stream", f"no entry of streams fits {stream!r}, which cases name", "mend its name")
    schema = cases.schema if cases.schema is not None else schema_of(rows)
    return mapping_of(known.plans(stream, schema, cases.key, entries))


def _name(case: Case, at: int) -> str:
    return f"case {at}" if not case.name or looks_personal(case.name) else case.name


def _told_to_people(found: Difference) -> Difference:
    """The same without what of the file says who somebody is: the path leads to it."""
    path = f"{found.path.partition('.')[0]}.…" if looks_personal(found.path) else found.path
    is_an_id = found.path.endswith(".eventId") and _MADE.fullmatch(found.expected) is not None
    expected = found.expected if is_an_id or not looks_personal(found.expected) else "what the file says there"
    return msgspec.structs.replace(found, path=path, expected=expected)


# What differs


def _differences(case: Case, mapping: StreamMapping, now: int) -> Iterator[Difference]:
    made = mapping.made_of(mapping.row_type.of(case.row), now)
    if isinstance(made, MissingKey):
        yield Difference("row", f"the key property {made.name}", "nothing")
        return
    events, refusals = made
    yield from _of_ends(case.expect, events, refusals)
    yield from _of_left_out(case.expect.left_out, events, refusals)


def _of_ends(expected: Expected, events: Sequence[Event], refusals: Sequence[Refusal]) -> Iterator[Difference]:
    payloads = [expected.payload] if expected.payload is not None else expected.payloads or []
    if len(payloads) != len(events):
        yield Difference("payloads", _count(len(payloads)), _told(events, refusals))
        return
    for at, (payload, event) in enumerate(zip(payloads, events, strict=True)):
        path = "payload" if expected.payload is not None else f"payloads[{at}]"
        yield from _of_payload(payload, msgspec.json.decode(event.payload), path)
    if expected.skipped is not None and expected.skipped not in {one.skipped for one in refusals}:
        yield Difference(Outcome.SKIPPED, expected.skipped, _told(events, refusals))
    if expected.rejected is not None:
        wanted = {expected.rejected} if isinstance(expected.rejected, str) else set(expected.rejected)
        came = {reason.code for one in refusals for reason in one.reasons}
        if not wanted <= came or (isinstance(expected.rejected, list) and came != wanted):
            yield Difference(Outcome.REJECTED, ", ".join(sorted(wanted)), _told(events, refusals))


def _of_left_out(
    expected: Sequence[str] | None, events: Sequence[Event], refusals: Sequence[Refusal]
) -> Iterator[Difference]:
    if expected is None:
        return
    came = {reason.code for event in events for reason in event.left_out}
    came |= {reason.code for one in refusals for reason in one.noted}
    if came != set(expected):
        yield Difference("left_out", ", ".join(sorted(expected)) or "nothing", ", ".join(sorted(came)) or "nothing")


def _told(events: Sequence[Event], refusals: Sequence[Refusal]) -> str:
    """How a row ended, as codes."""
    parts = [_count(len(events))] if events else []
    for one in refusals:
        codes = ", ".join(dict.fromkeys(reason.code for reason in one.reasons))
        parts.append(f"{Outcome.SKIPPED}: {one.skipped}" if one.skipped else f"{Outcome.REJECTED}: {codes}")
    return "; ".join(parts) or "nothing"


def _count(payloads: int) -> str:
    return how_many(payloads, "payload") if payloads else "no payloads"


def _of_payload(expected: object, came: object, path: str) -> Iterator[Difference]:
    """Where a payload differs from what is expected: members that are not named are not compared, lists must match as a whole."""
    if isinstance(expected, Mapping):
        if not isinstance(came, Mapping):
            yield Difference(path, "an object", "nothing" if came is None else "something else")
            return
        for name, wanted in expected.items():
            of_an_id = came.get("idType") if name == "idValue" else None
            yield from _of_payload(_as_sent(str(name), wanted, of_an_id), came.get(name), f"{path}.{name}")
    elif isinstance(expected, list) and isinstance(came, list):
        if len(expected) != len(came):
            yield Difference(path, how_many(len(expected), "element"), how_many(len(came), "element"))
        for at, (wanted, element) in enumerate(zip(expected, came, strict=False)):
            yield from _of_payload(wanted, element, f"{path}[{at}]")
    elif not _same(expected, came):
        yield Difference(path, _shown(path, expected, expected=True), _shown(path, came, expected=False))


def _as_sent(member: str, wanted: object, id_type: object) -> object:
    """What a case may write in a form that people read, as it is sent: a rule's id, a time, a plain address for its hash."""
    if member == "conversion" and str(wanted).isdigit():
        return f"{RULE_URN}{wanted}"
    if member == "conversionHappenedAt" and isinstance(wanted, str):
        return milliseconds(wanted)
    if id_type == "SHA256_EMAIL" and isinstance(wanted, str) and "@" in wanted:
        return email(wanted)
    return wanted


def _same(expected: object, came: object) -> bool:
    """Equal in JSON; an amount may be written as a number where a text is sent."""
    if isinstance(expected, bool) or isinstance(came, bool):
        return expected is came
    return expected == came or (isinstance(came, str) and isinstance(expected, int | float) and came == str(expected))


def _shown(path: str, value: object, *, expected: bool) -> str:
    """A value as a difference may show it: of what came, only members that identify nobody."""
    member = path.rpartition(".")[2]
    if value is None:
        return "nothing"
    if member == "conversionHappenedAt" and isinstance(value, int):
        return utc_of(value).isoformat()
    return str(value) if expected or member in _TOLD_MEMBERS else "something else"
