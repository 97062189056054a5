"""What a preview found, as tables for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from target_linkedin_conversions.cli.tables import print_table
from target_linkedin_conversions.cli.telling import tell_user
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.printable import printable_json
from target_linkedin_conversions.records.looks import name_shown, names_shown

if TYPE_CHECKING:
    from target_linkedin_conversions.run.preview.findings import Previewed, PreviewedStream

__all__ = ["tell"]


def tell(found: Previewed) -> None:
    """Print columns, ends, readiness, payloads and findings."""
    more = "" if found.complete else ", the first ones; --all reads all"
    click.echo(f"{how_many(found.records, 'record')}{more}. Nothing is sent.")
    for warning in found.warnings:
        tell_user(f"warning: {warning}")
    for stream in found.streams:
        _tell_stream(stream)
    if not found.findings:
        click.echo("\nno findings")
        return
    click.echo("\nfindings")
    print_table(
        ("severity", "records", "what", "where", "mend"),
        [
            (
                one.severity,
                f"{one.records:,}",
                f"{one.sentence} ({one.code})",
                " ".join(part for part in (one.stream and name_shown(one.stream), one.column or one.field) if part),
                one.mend,
            )
            for one in found.findings
        ],
        show_lines=True,
    )


def _tell_stream(stream: PreviewedStream) -> None:
    readiness = stream.readiness
    name = name_shown(stream.stream)
    click.echo(f"\nstream {name}: {how_many(stream.records, 'record')}, {how_many(stream.events, 'event')}")
    print_table(
        ("field", "from", "how", "filled"),
        [(one.field, names_shown(one.columns), one.how, f"{one.filled:,}") for one in stream.fields],
    )
    print_table(
        ("rule", "outcome", "why", "events"),
        [(one.rule, one.outcome, one.meaning or one.code, f"{one.events:,}") for one in stream.outcomes],
    )
    click.echo(
        f"match readiness: {readiness.strong:,} strong (e-mail or click id), "
        f"{readiness.supported:,} supported (names and company), {readiness.weak:,} weak"
    )
    print_table(
        ("identifier", "events"),
        [(name, f"{events:,}") for name, events in readiness.by_identifier.items()]
        + [(f"{number} on an event", f"{events:,}") for number, events in readiness.identifiers_per_event.items()],
    )
    for payload in stream.payloads:
        click.echo(printable_json(bytes(payload).decode()))
