"""Of what a run that has ended alerts a person: counts and mends only, never anything of a record."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.errors import (
    ConfigError,
    CredentialError,
    InputError,
    LedgerError,
    MachineError,
    QuotaError,
    RuleError,
    TargetError,
    TooManyRejectsError,
    VersionError,
)
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.records.reasons import EARLIER_RUN
from target_linkedin_conversions.reporting.report import Report
from target_linkedin_conversions.settings.alerts import Alert

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Cause", "Ended", "Ending", "causes_of"]

_LONGEST_SENTENCE = 600
_NEARLY_SPENT = 0.9
_BY_A_PERSON = 128 + signal.SIGINT
"""The exit code of a run that somebody ended at the keyboard: they know."""
_MEANT = str.maketrans({"<": "‹", ">": "›", "@": "(at)"})  # noqa: RUF001 - to be read, not to be acted on
"""What chat services make a link or a call to everybody of."""


class Ending(msgspec.Struct, frozen=True):
    """What ends soon, and what is done about it."""

    alert: Alert
    sentence: str
    mend: str


class Ended(msgspec.Struct, frozen=True):
    """A run that has ended: its report, and what the report does not say of it.

    `used_today` is None where no request was counted; `unusually_empty` looks at earlier runs, which takes time.
    """

    report: Report
    endings: tuple[Ending, ...]
    has_too_many_rejects: bool
    used_today: int | None
    requests_per_day: int
    unusually_empty: Callable[[], str]


class Cause(msgspec.Struct, frozen=True):
    """One thing that a person should hear of; `about` tells causes of the same alert apart, `fault` those of the same outcome."""

    alert: Alert
    about: str
    sentence: str
    mend: str
    fault: str = ""

    @property
    def name(self) -> str:
        """What the cause is called."""
        return f"{self.alert}.{self.about}" if self.about else str(self.alert)

    @property
    def remembered_by(self) -> str:
        """What the cause is known by for the day: its name, and which fault it is."""
        return f"{self.name}.{self.fault}" if self.fault else self.name

    def __str__(self) -> str:
        """The cause in a paragraph."""
        return f"{self.sentence}\n→ {self.mend}"


def causes_of(ended: Ended, wanted: tuple[Alert, ...]) -> list[Cause]:
    """Every cause that is wanted, the worst first; an end that has an alert of its own is told by that, where it is wanted."""
    found = [*_rejects(ended), *_quota(ended), *_in_doubt(ended), *_nothing_sent(ended, wanted), *_endings(ended)]
    told = [cause for cause in found if cause.alert in wanted]
    if Alert.FAILED in wanted and _OWN_ALERT.get(ended.report.outcome, Alert.FAILED) not in {c.alert for c in told}:
        told[:0] = _failed(ended)
    return told


_OWN_ALERT = {TooManyRejectsError.outcome: Alert.REJECTS, QuotaError.outcome: Alert.QUOTA}
"""The ends of a run that have an alert of their own."""


def _failed(ended: Ended) -> Iterator[Cause]:
    report = ended.report
    if report.exit_code not in {0, _BY_A_PERSON}:
        why = f": {report.message}" if report.message else ""
        sentence = _readable(f"The load failed with exit {report.exit_code} ({report.outcome}){why}")
        mend = "mend what it says" if report.exit_code == ConfigError.exit_code else "see what the run says"
        yield Cause(
            Alert.FAILED,
            report.outcome,
            sentence,
            f"{mend}: linkedin-conversions runs show {report.run}, then run it again",
            _fault(report),
        )


_NAMES_IN_NUMBERS = frozenset({ConfigError.outcome, RuleError.outcome})
"""Outcomes whose message names what is wrong by a number: a rule's id, an entry's place."""
_NEEDS_A_PERSON = _NAMES_IN_NUMBERS | {
    one.outcome for one in (CredentialError, InputError, LedgerError, MachineError, TargetError, VersionError)
}
"""Outcomes of which each fault has a mend of its own; what passes by itself is one cause, whatever it says."""


def _fault(report: Report) -> str:
    """What tells this fault from others with the same outcome: a digest of its words, in whatever order they came.

    Numbers count only where they name something: a line or a size differs from run to run.
    """
    if report.outcome not in _NEEDS_A_PERSON or not report.message:
        return ""
    words = re.findall(r"\w+" if report.outcome in _NAMES_IN_NUMBERS else r"[^\W\d]+", report.message)
    return sha256(" ".join(sorted(words)).encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _rejects(ended: Ended) -> Iterator[Cause]:
    if ended.has_too_many_rejects or ended.report.outcome == TooManyRejectsError.outcome:
        rejected, sent = (ended.report.counts.get(outcome, 0) for outcome in (Outcome.REJECTED, Outcome.DELIVERED))
        sentence = f"{how_many(rejected, 'event or row was', 'events or rows were')} rejected and {sent:,} sent."
        mend = f"linkedin-conversions rejects list {ended.report.run} groups them by reason, with what mends each"
        yield Cause(Alert.REJECTS, "", sentence, mend)


def _quota(ended: Ended) -> Iterator[Cause]:
    most, used = ended.requests_per_day, ended.used_today or 0
    is_spent = ended.report.outcome == QuotaError.outcome or used >= most
    if is_spent or used >= most * _NEARLY_SPENT:
        how = (
            f"{how_many(most, 'request', 'requests')} of today (UTC) {'is' if most == 1 else 'are'} spent, which is all"
            if is_spent
            else f"{used:,} of today's {how_many(most, 'request')} {'is' if used == 1 else 'are'} spent"
        )
        unsent = ended.report.counts.get(Outcome.UNSENT, 0)
        left = f", and {how_many(unsent, 'event waits', 'events wait')} for the next run." if unsent else "."
        mend = "the day begins anew at midnight UTC; larger batches (batch_size_rows) need fewer requests"
        yield Cause(Alert.QUOTA, "" if is_spent else "nearly", how + left, mend)


def _in_doubt(ended: Ended) -> Iterator[Cause]:
    if number := _number_in_doubt(ended.report):
        sentence = (
            f"{how_many(number, 'event is', 'events are')} in doubt: sent, and LinkedIn has not said whether it took "
            + ("it." if number == 1 else "them.")
        )
        mend = (
            "linkedin-conversions rejects list shows those that are held, and rejects replay --in-doubt sends them again; "
            "LinkedIn may then count them twice"
        )
        yield Cause(Alert.IN_DOUBT, "", sentence, mend)


def _number_in_doubt(report: Report) -> int:
    """How many events are in doubt: those that this run met again are the killed runs' own, and count once."""
    held = report.counts.get(Outcome.IN_DOUBT, 0)
    met_again = sum(
        line.events for line in report.lines if (line.outcome, line.code) == (Outcome.IN_DOUBT, EARLIER_RUN)
    )
    return held + max(0, sum(run.in_doubt for run in report.earlier) - met_again)


def _nothing_sent(ended: Ended, wanted: tuple[Alert, ...]) -> Iterator[Cause]:
    report = ended.report
    if Alert.NOTHING_SENT not in wanted or report.exit_code or report.counts.get(Outcome.DELIVERED, 0):
        return
    if sentence := ended.unusually_empty():
        mend = (
            "look whether the source has new rows and whether their consent column is filled: "
            f"linkedin-conversions runs show {report.run}"
        )
        yield Cause(Alert.NOTHING_SENT, "", f"{sentence} {how_many(report.records, 'row')} came from the source.", mend)


def _endings(ended: Ended) -> Iterator[Cause]:
    for ending in ended.endings:
        sentence, mend = _readable(ending.sentence), _readable(ending.mend)
        yield Cause(ending.alert, "", f"{sentence[:1].upper()}{sentence[1:]}.", mend)


def _readable(text: str) -> str:
    """A text in which no chat service finds a link or somebody to call."""
    return printable(text, _LONGEST_SENTENCE).translate(_MEANT)
