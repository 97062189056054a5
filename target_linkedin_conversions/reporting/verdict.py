"""The first sentence about a run: how it went, how bad that is, and what mends most."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.errors import RuleError
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.reasons import CHANGED, MARKED, RESENT
from target_linkedin_conversions.reporting.outcome_kinds import (
    ACCEPTED,
    BEFORE,
    LEFT_OUT,
    NEEDS_YOU,
    REASONS,
    WOULD_BE_SENT,
    kind_of,
    with_code,
)
from target_linkedin_conversions.reporting.repeats import (
    FEWEST,
    MEND_OF_CHANGED,
    MEND_OF_REPEATED,
    changed_often,
    repeated_often,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from target_linkedin_conversions.readiness.finding import Finding
    from target_linkedin_conversions.reporting.history import PastRun
    from target_linkedin_conversions.reporting.report import Line, Money, Report

__all__ = ["Mend", "Verdict", "at_stake", "headline", "reason_of", "verdict"]

_PROGRAM = "linkedin-conversions"
_AGAIN = {2: "check", 3: "check", 4: "quota"}
"""The command that tells more of a run that ended with such an exit code."""
_COMMANDS = re.compile(rf"`({_PROGRAM} [^`]+)`").findall
_ASIDE = frozenset({Outcome.REJECTED, Outcome.IN_DOUBT})


class Mend(msgspec.Struct, frozen=True):
    """The mend that concerns most rows, with its command where there is one."""

    sentence: str
    rows: int
    command: str


class Verdict(msgspec.Struct, frozen=True):
    """The first sentence, its tone (`good`, `calm`, `warn`, `bad`), and the mend that brings most."""

    sentence: str
    tone: str
    mend: Mend | None


class _Counts(msgspec.Struct, frozen=True):
    """The kinds of a run, and what they are counted in."""

    total: int
    accepted: int
    would: int
    before: int
    left: int
    unsent: int
    doubt: int
    needs: int
    twice: int
    """Of those accepted: sent again, because the first time no answer came."""
    repeated: int
    """Of those sent before: so like another one of this run, where these are many."""
    changed: int
    """Of those sent before: with another time or value than the one that was sent, where these are most."""
    noun: str
    """In the singular."""


def headline(run: Report | PastRun) -> tuple[str, str]:
    """The sentence of a run and its tone, by its counts alone."""
    counts = _counts(run)
    if run.outcome == RuleError.outcome:  # the other rules' events were sent
        return f"A conversion rule takes no events; {_stopped(counts, '')}.", "bad"
    if run.exit_code:
        return f"The run stopped before it was done; {_stopped(counts, ' so far')}.", "bad"
    if run.dry_run:
        sentence = f"Dry run, nothing was sent: {_of(counts.would, counts)} would be{_taken_for_others(counts)}"
        return f"{sentence}{_and_needs(counts)}.", "warn" if counts.needs or _taken_for_others(counts) else "calm"
    return _done(counts) if counts.accepted else _nothing(run, counts)


def _done(counts: _Counts) -> tuple[str, str]:
    """The sentence of a run that went well and of which LinkedIn accepted something."""
    others = _taken_for_others(counts)
    if counts.needs or others:
        return f"LinkedIn accepted {_of(counts.accepted, counts)}{others}{_and_needs(counts)}.", "warn"
    twice = f"; it may hold {counts.twice:,} of them twice" if counts.twice else ""
    if counts.accepted == counts.total:
        return f"LinkedIn accepted {_all(counts)}{twice}.", "good"
    return f"LinkedIn accepted {_of(counts.accepted, counts)}: all that was new and meant for it{twice}.", "good"


def _nothing(run: Report | PastRun, counts: _Counts) -> tuple[str, str]:
    """The sentence of a run that went well and of which LinkedIn accepted nothing."""
    if not counts.total:
        return "Nothing came in, so nothing was sent.", "calm"
    others = _taken_for_others(counts)
    if noted := with_code(run, MARKED):
        return (
            f"{noted:,} noted as sent before{others}; nothing was sent{_and_needs(counts)}.",
            "warn" if counts.needs or others else "calm",
        )
    if counts.needs:
        return _none_but_needs(counts)
    return (f"Nothing was sent{others}.", "warn") if others else _nothing_new(counts)


def _nothing_new(counts: _Counts) -> tuple[str, str]:
    """The sentence of such a run of which every row was sent before, or left out on purpose."""
    if counts.before == counts.total:
        return f"Nothing new: {_all_were(counts)} sent before.", "calm"
    if counts.left == counts.total:
        return f"Nothing was sent: {_all_were(counts)} left out, by your settings or without consent.", "warn"
    return f"Nothing new: {_were(counts.before)} sent before, {counts.left:,} left out on purpose.", "calm"


def _none_but_needs(counts: _Counts) -> tuple[str, str]:
    """The sentence of such a run of which something needs somebody: bad, unless the rest was sent before."""
    if counts.before and not counts.doubt:
        before = f"{_of(counts.before, counts)} {_was(counts.before)} sent before{_taken_for_others(counts)}"
        return f"Nothing new was accepted: {before}{_and_needs(counts)}.", "warn"
    done, told = (_unanswered(counts), counts.doubt) if counts.doubt else ("LinkedIn accepted nothing", 0)
    return f"{done}{_and_needs(counts, counts.needs - told)}.", "bad"


def _counts(run: Report | PastRun) -> _Counts:
    total = sum(run.counts.values())
    left, changed = LEFT_OUT.of(run), with_code(run, CHANGED)
    return _Counts(
        total=total,
        accepted=ACCEPTED.of(run) if run.requests else 0,
        would=WOULD_BE_SENT.of(run),
        before=BEFORE.of(run),
        left=left,
        unsent=run.counts.get(Outcome.UNSENT, 0),
        doubt=run.counts.get(Outcome.IN_DOUBT, 0),
        needs=NEEDS_YOU.of(run),
        twice=with_code(run, RESENT),
        repeated=sum(one.events for one in repeated_often(run.repeated)),
        changed=changed if changed >= max(FEWEST, total - left - changed) else 0,
        noun="row" if total == run.records else "conversion",
    )


def _stopped(counts: _Counts, so_far: str) -> str:
    """What a run that was stopped did: what is left comes by itself, what was refused or not answered does not.

    `so_far` is said of what was accepted where the run may not have read everything.
    """
    if counts.accepted:
        done, told = _accepted(counts, so_far), 0
    elif counts.doubt:
        done, told = _unanswered(counts), counts.doubt
    else:
        done, told = "LinkedIn accepted nothing", 0
    left = f", {counts.unsent:,} {'is' if counts.unsent == 1 else 'are'} left" if counts.unsent else ""
    return f"{done}{left}{_and_needs(counts, counts.needs - counts.unsent - told)}"


def _accepted(counts: _Counts, so_far: str) -> str:
    """The words for what was accepted before a run was stopped."""
    if not so_far:
        return f"LinkedIn accepted {_of(counts.accepted, counts)}"
    read = " read" if counts.noun == "row" else ""
    if counts.accepted == counts.total:
        return f"LinkedIn accepted {_all(counts)}{read}{so_far}"
    return f"of {how_many(counts.total, counts.noun)}{read}{so_far} LinkedIn accepted {counts.accepted:,}"


def _taken_for_others(counts: _Counts) -> str:
    """The words for those that were not sent because others of the same key were: many, so that the key may be at fault."""
    said = ""
    if counts.repeated:
        said += f"; {counts.repeated:,} were taken for the same {counts.noun} come twice"
    if counts.changed:
        said += f"; {counts.changed:,} were taken for one sent before, whose time or value had changed"
    return said


def _was(number: int) -> str:
    return "was" if number == 1 else "were"


def _unanswered(counts: _Counts) -> str:
    """The words for events without an answer, of which it is unknown whether LinkedIn accepted them."""
    return f"LinkedIn gave no answer to {_of(counts.doubt, counts)}, so it is not known whether it took them"


def _of(number: int, counts: _Counts) -> str:
    if number == counts.total == 1:
        return _all(counts)
    return f"{number:,} of {how_many(counts.total, counts.noun)}"


def _all(counts: _Counts) -> str:
    return f"the one {counts.noun}" if counts.total == 1 else f"all {how_many(counts.total, counts.noun)}"


def _all_were(counts: _Counts) -> str:
    return f"{_all(counts)} {_was(counts.total)}"


def _were(number: int) -> str:
    return f"{number:,} {_was(number)}"


def _and_needs(counts: _Counts, number: int | None = None) -> str:
    """How many need somebody: all, or so many of them where the others are told already."""
    needs = counts.needs if number is None else number
    return f"; {needs:,} {'needs' if needs == 1 else 'need'} you" if needs else ""


def verdict(report: Report) -> Verdict:
    """What to tell first of a run: its headline, worse where a finding stops what it is for."""
    sentence, tone = headline(report)
    if tone != "bad" and any(finding.severity == "stops" for finding in report.findings):
        nobody = sum(finding.records for finding in report.findings if finding.code == "consent_to_nobody")
        tone = "bad" if nobody else "warn"
        if nobody and nobody == sum(report.counts.values()):
            sentence = f"Nothing was sent: by the settings none of {how_many(nobody, 'row')} has consent."
    return Verdict(sentence, tone, _mend(report))


def _mend(report: Report) -> Mend | None:
    """The mend of most rows: of those that need somebody, else of what is worth a warning."""
    if report.exit_code in _AGAIN:
        # What stopped it mends no row that was refused: only those that it left.
        unsent = report.counts.get(Outcome.UNSENT, 0)
        named = _named_in(report.message) if report.exit_code == RuleError.exit_code else ""
        return Mend(report.message, unsent, named or f"{_PROGRAM} {_AGAIN[report.exit_code]}")
    mends = _once_a_reason(
        _of_line(line, report.run)
        for line in report.lines
        if line.events and kind_of(line.outcome, line.code) == NEEDS_YOU
    )
    mends += [_of_finding(one, report) for one in report.findings if one.severity == "stops"]
    if not mends:
        mends = [_of_finding(one, report) for one in report.findings if one.severity == "warning"]
        mends += _of_keys(report)
    return max(mends, key=lambda mend: (bool(mend.command), mend.rows), default=None)  # what is unsent comes by itself


def _named_in(message: str) -> str:
    """The command that a message names last as its mend, if it can be run as it stands there."""
    named = _COMMANDS(message)
    return named[-1] if named and named[-1] == named[-1].lower() else ""


def _once_a_reason(mends: Iterable[Mend]) -> list[Mend]:
    """The mends of several rules and streams, put together where they are the same one."""
    rows: dict[tuple[str, str], int] = {}
    for mend in mends:
        rows[mend.sentence, mend.command] = rows.get((mend.sentence, mend.command), 0) + mend.rows
    return [Mend(sentence, number, command) for (sentence, command), number in rows.items()]


def _of_line(line: Line, run: str) -> Mend:
    if line.outcome is Outcome.IN_DOUBT:
        command = f"{_PROGRAM} rejects replay {run} --in-doubt"
    elif line.outcome is Outcome.UNSENT:
        command = ""
    elif line.outcome is Outcome.ALREADY_DELIVERED:
        command = f"{_PROGRAM} preview"
    else:
        command = f"{_PROGRAM} rejects {'replay' if line.code == 'linkedin' else 'list'} {run}"
    return Mend(reason_of(line), line.events, command)


def _of_finding(one: Finding, report: Report) -> Mend:
    values = [
        repr(value)
        for nobody in report.consent_to_nobody
        if one.code == "consent_to_nobody" and nobody.stream == one.stream
        for value in nobody.values
    ]
    came = f" (what came: {', '.join(values)})" if values else ""
    return Mend(f"{one.sentence}{came}; {one.mend}", one.records, f"{_PROGRAM} preview")


def _of_keys(report: Report) -> list[Mend]:
    """The mends of streams of which so many events were taken for others that their key may be at fault."""
    found = [
        *(
            (one.stream, one.events, "another one of this run", "", MEND_OF_REPEATED)
            for one in repeated_often(report.repeated)
        ),
        *(
            (stream, events, "one sent before", " but another time or value", MEND_OF_CHANGED)
            for stream, events in changed_often(report.lines).items()
        ),
    ]
    return [
        Mend(f"stream {stream}: {events:,} had the key of {whose}{but}; {mend}", events, f"{_PROGRAM} preview")
        for stream, events, whose, but, mend in found
    ]


def reason_of(line: Line) -> str:
    """Why the events of a line ended so, in words."""
    return line.meaning or REASONS.get((line.outcome, line.code)) or REASONS.get((line.outcome, ""), "")


def at_stake(tallied: Iterable[Money]) -> list[tuple[str, Decimal]]:
    """What LinkedIn did not accept is worth, by currency, the most first; only where events name a value."""
    sums: dict[str, Decimal] = {}
    for money in tallied:
        if money.outcome in _ASIDE:
            sums[money.currency] = sums.get(money.currency, Decimal(0)) + Decimal(money.amount)
    return sorted(sums.items(), key=lambda item: (-item[1], item[0]))
