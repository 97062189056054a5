"""What `send` shows: how a file is read and mapped, what its rows would become, and in the end what became of them."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from target_linkedin_conversions.cli.send.answer_values import as_answer
from target_linkedin_conversions.cli.send.words import ENDINGS, FIELDS, FINDING_MENDS, explained
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.printable import as_argument, printable, printable_lines
from target_linkedin_conversions.records.reasons import CHANGED

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from target_linkedin_conversions.cli.send.run import Left, Sendable
    from target_linkedin_conversions.reporting.report import Report
    from target_linkedin_conversions.run.preview.findings import Previewed, PreviewedStream
    from target_linkedin_conversions.settings.streams import StreamEntry

__all__ = ["show_ended", "show_file", "show_left"]

_MOST_FINDINGS = 5
_WIDE = 22
_ORDERS = {
    "dmy": "day before month (31/12/2026)",
    "mdy": "month before day (12/31/2026)",
    "ymd": "year, month, day (2026/12/31)",
}


def show_file(file: Sendable, found: Previewed, most: int, say: Callable[[str], None]) -> None:
    """How a file is read, what its columns are taken for, and what would end how."""
    table = file.table
    say(f"{printable(table.name)}: {how_many(file.rows, 'row')}, {table.reading}")
    for note in table.notes:
        say(f"  note: {printable_lines(note)}")
    for entry in file.entries:
        for line in _writing(entry):
            say(f"  {line}")
    for stream in found.streams:
        say("")
        _show_fields(stream, file.entries, say)
        say("")
        _show_endings(stream, most, say, is_part=found.records < file.rows)
    _show_findings(found, file.oddities, say)


def _writing(entry: StreamEntry) -> Iterator[str]:
    """How dates and numbers are read, where that is no matter of course."""
    if entry.date_order:
        yield f"dates: {_ORDERS[entry.date_order]}"
    if entry.timezone != "UTC":
        yield f"times without a zone are in {entry.timezone}"
    if entry.decimal_comma:
        yield "amounts: with a decimal comma (1.234,56)"
    elif entry.thousands:
        yield f"amounts: {entry.thousands!r} between the thousands"
    if entry.minor_units:
        yield "amounts: in cents"


def _show_fields(stream: PreviewedStream, entries: Sequence[StreamEntry], say: Callable[[str], None]) -> None:
    say(f"  {'what is sent':{_WIDE}}  your column")
    sent = {one.field for one in stream.fields}
    for one in stream.fields:
        if one.field == "currency" and "value" not in sent:
            continue  # LinkedIn takes both or neither
        columns = ", ".join(map(printable, one.columns))
        filled = f" ({one.filled:,} filled)" if one.columns and one.filled < stream.records else ""
        constants = [str(entry.constants[one.field]) for entry in entries if one.field in entry.constants]
        say(f"  {FIELDS.get(one.field, one.field):{_WIDE}}  {columns or f'{constants[0]} for every row'}{filled}")
    for entry in entries:
        consent = entry.consent
        granting = (
            str(value).lower() if value is True else str(value) for value in consent.contains or consent.granted
        )
        values = as_answer(map(printable, dict.fromkeys(granting)))
        why = (
            f"{printable(consent.column)} = {values}"
            if consent.column
            else f"not needed: {printable(consent.not_required)}"
        )
        say(f"  {'only with consent':{_WIDE}}  {why}")


def _show_endings(stream: PreviewedStream, most: int, say: Callable[[str], None], *, is_part: bool) -> None:
    where = f"of the first {most:,} rows" if is_part else "of these rows"
    say(f"  What would become {where}")
    for one in sorted(stream.outcomes, key=lambda one: -one.events):
        outcome = Outcome(one.outcome)
        rule = f" to rule {one.rule}" if one.rule and outcome is Outcome.WOULD_SEND else ""
        why = f": {explained(one.code, outcome)[0]}" if one.code else ""
        say(f"  {one.events:>9,}  {ENDINGS[outcome]}{rule}{why}")
    ready = stream.readiness
    say("")
    say(f"  How well LinkedIn can find the people of {how_many(ready.events, 'conversion')}")
    say(f"  {ready.strong:>9,}  strong: an e-mail address or a click id")
    say(f"  {ready.supported:>9,}  supported: a name and a company")
    say(f"  {ready.weak:>9,}  weak: less than that")


def _show_findings(found: Previewed, oddities: Collection[str], say: Callable[[str], None]) -> None:
    """What is wrong with the rows, and which lines of the file are read as none."""
    worth = [one for one in found.findings if one.severity != "hint" or one.code in oddities]
    if worth:
        say("")
        say("  Worth a look")
    for one in worth[:_MOST_FINDINGS]:
        where = f"{printable(one.column)}: " if one.column else ""
        mend = FINDING_MENDS.get(one.code, one.mend)
        say(f"  {one.records:>9,}  {where}{printable_lines(one.sentence)}; {printable_lines(mend)}")
    if len(worth) > _MOST_FINDINGS:
        say(f"             and {len(worth) - _MOST_FINDINGS} more, shown once these are mended")


def show_ended(report: Report, say: Callable[[str], None]) -> None:
    """What became of all conversions."""
    counts = [(outcome, report.counts[outcome]) for outcome in Outcome if report.counts.get(outcome)]
    say("")
    if not counts:
        say("Nothing was sent." if report.message else "Nothing was sent: there were no rows.")
    for outcome, events in counts:
        say(f"{events:>9,}  {ENDINGS[outcome]}")
    if changed := sum(line.events for line in report.lines if line.code == CHANGED):
        say(f"{changed:>9,}  of those sent before, now with another time or value, which LinkedIn cannot correct")
    if report.message:
        say(f"The run stopped: {printable_lines(report.message)}")


def show_left(left: Sequence[Left], report: Report, say: Callable[[str], None]) -> None:
    """Where the rows are that were not sent, and what to do with them."""
    is_wrong = any(report.counts.get(outcome) for outcome in (Outcome.REJECTED, Outcome.IN_DOUBT, Outcome.UNSENT))
    for one in left:
        if one.rows:
            each, all_were, them = ("It says", "It was", "it") if one.rows == 1 else ("Each says", "All were", "them")
            on_purpose = f"{all_were} left out on purpose. Where that is wrong, mend {them}"
            say(f"{how_many(one.rows, 'row was', 'rows were')} not sent. {each} why, and what to do, in")
            say(f"  {printable(str(one.file), 500)}")
            command = " ".join(("linkedin-conversions send", as_argument(str(one.file)), *map(_quoted, one.options)))
            say(f"{'Mend what can be mended' if is_wrong else on_purpose} and send that file: {command}")
        if one.aside is not None:
            say(f"The rows that an earlier run left there are now in {printable(str(one.aside), 500)}")
        if one.is_done:
            say(f"All rows of {printable(str(one.file), 500)} were sent, so it is removed.")
    if report.dry_run:
        say("Nothing was sent: this was a trial (--dry-run).")


def _quoted(word: str) -> str:
    """An option or its value as it stands in a command that a person copies."""
    return shlex.quote(printable(word, 500))
