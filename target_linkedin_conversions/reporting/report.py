"""A run's report: one struct, data first, written as JSON; everything people read is made of it."""

from __future__ import annotations

import msgspec

from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.readiness.finding import Finding
from target_linkedin_conversions.readiness.payloads import MatchedBy
from target_linkedin_conversions.reporting.way_back import FedBy

__all__ = [
    "ConsentToNobody",
    "EarlierRun",
    "End",
    "Field",
    "JobRun",
    "Latency",
    "Line",
    "Money",
    "QuotaUse",
    "Repeated",
    "Report",
    "RuleInRun",
    "Sending",
    "StreamCount",
    "Unmatched",
    "UnreachablePath",
]


class Line(msgspec.Struct, frozen=True):
    """How many events (or records without one) of a stream and rule ended with this outcome, and why."""

    stream: str
    rule: str
    outcome: Outcome
    code: str
    events: int
    meaning: str = ""


class StreamCount(msgspec.Struct, frozen=True):
    """What was read of a stream."""

    stream: str
    records: int
    events: int


class Field(msgspec.Struct, frozen=True):
    """A field that was left out of events, how often, and the mend."""

    stream: str
    field: str
    code: str
    records: int
    mend: str


class Unmatched(msgspec.Struct, frozen=True):
    """A value of the column that chooses the rule which no case fits."""

    stream: str
    value: str
    records: int


class ConsentToNobody(msgspec.Struct, frozen=True):
    """A stream of which no record's consent was granted, the values that came most often instead, and their column."""

    stream: str
    values: list[str]
    records: int
    column: str = ""


class Repeated(msgspec.Struct, frozen=True):
    """How many events of a stream had the key, time and value of another one of the run, beside those of it that were taken."""

    stream: str
    events: int
    taken: int


class UnreachablePath(msgspec.Struct, frozen=True):
    """A field whose path met a value that it could not enter, in so many records; its column where that is known."""

    stream: str
    field: str
    column: str
    records: int


class EarlierRun(msgspec.Struct, frozen=True):
    """A run that was killed before it could report, as the ledger knows it.

    `resent` of its `delivered` events had been sent before without an answer; of those
    `in_doubt` no later run has yet decided.
    """

    run: str
    delivered: int
    resent: int
    in_doubt: int


class Sending(msgspec.Struct, frozen=True):
    """How many batches of a stream and rule were sent how often; a request without an answer counts too."""

    stream: str
    rule: str
    sent: int
    batches: int


class Money(msgspec.Struct, frozen=True):
    """The sum of the values of a rule's events with this outcome, as exact decimal text; `events` counts those with a value."""

    rule: str
    outcome: Outcome
    currency: str
    amount: str
    events: int


class RuleInRun(msgspec.Struct, frozen=True):
    """A conversion rule of a run's events.

    `first` and `last` are when they happened, RFC 3339 in the `zone` of the entry; `read` says whether LinkedIn told the rest, windows
    in days.
    """

    rule: str
    events: int
    first: str
    last: str
    zone: str
    read: bool = False
    name: str = ""
    type: str = ""
    click_window: int | None = None
    view_window: int | None = None
    campaigns: int = 0


class Latency(msgspec.Struct, frozen=True):
    """How long LinkedIn took to answer requests for events, in seconds."""

    median: float
    slowest_twentieth: float
    longest: float


class QuotaUse(msgspec.Struct, frozen=True):
    """Requests of the UTC day under this quota, whoever sent them, as of the run's last one."""

    used_today: int
    per_day: int
    per_minute: int


class End(msgspec.Struct, frozen=True):
    """A day on which something ends that a person has to renew: the `access token`, the `refresh token`, the `version`."""

    what: str
    day: str
    days: int


class JobRun(msgspec.Struct, frozen=True):
    """One of the runs that tried a part of a job; `outcome` is empty where it was killed before it could report.

    Of several runs of a part, one is `counted` in the job's report: how all events of the part ended.
    """

    run: str
    part: int
    counted: bool
    outcome: str = ""
    exit_code: int | None = None
    counts: dict[str, int] = {}
    rejects: str = ""
    outbox: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The report of a run, for programs and people; also of a job of several runs, which are its `runs`.

    `replayed` are the ends of earlier runs that a replay took up: its own lines say what became of them; `replayed_nothing`
    is a replay that found none to take up, which says nothing of any load; `is_part` is one of the runs of a job, whose receipt counts
    the same events again.
    """

    run: str
    version: str
    started: str
    ended: str
    seconds: float
    outcome: str
    exit_code: int
    message: str = ""
    dry_run: bool = False
    linkedin_version: str = ""
    requests: int = 0
    sendings: list[Sending] = []
    records: int = 0
    events: int = 0
    counts: dict[str, int] = {}
    streams: list[StreamCount] = []
    lines: list[Line] = []
    replayed: list[Line] = []
    findings: list[Finding] = []
    readiness: list[MatchedBy] = []
    rules: list[RuleInRun] = []
    at_stake: list[Money] = []
    latency: Latency | None = None
    quota: QuotaUse | None = None
    ends: list[End] = []
    left_out: list[Field] = []
    unmatched: list[Unmatched] = []
    consent_to_nobody: list[ConsentToNobody] = []
    unreachable: list[UnreachablePath] = []
    repeated: list[Repeated] = []
    warnings: list[str] = []
    untyped_rules: list[str] = []
    earlier: list[EarlierRun] = []
    ledger: str = ""
    rejects: str = ""
    outbox: str = ""
    rows_kept: int = 0
    comes_back: str = ""
    fed_by: FedBy = FedBy.TAP
    replayed_nothing: bool = False
    is_part: bool = False
    runs: list[JobRun] = []
