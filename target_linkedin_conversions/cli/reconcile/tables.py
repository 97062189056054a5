"""A reconciliation for people: by day, by rule, then from the source's rows to what is counted, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.table import Column

from target_linkedin_conversions.cli.tables import print_table
from target_linkedin_conversions.cli.telling import tell_user
from target_linkedin_conversions.how_many import days_of_window, how_many
from target_linkedin_conversions.printable import printable

if TYPE_CHECKING:
    from target_linkedin_conversions.admin.figures import Row, Total
    from target_linkedin_conversions.admin.reconciliation import Reconciliation, RuleFacts

__all__ = ["show"]

_MEANING = (
    "LinkedIn counts a conversion where it knows the person, and the person clicked an ad of the rule's campaigns, or saw one, "
    "within the rule's windows before it. Its days are UTC's, and a conversion may count on the day of the click. Of most types a "
    "person counts once within the window, of PURCHASE and ADD_TO_CART each time. Up to 72 hours may pass until it is counted."
)


def show(made: Reconciliation) -> None:
    """Print the tables and sentences."""
    click.echo(f"{made.from_} to {made.to} (UTC); complete until {made.complete_until}\n")
    if not made.rows:
        click.echo("Nothing was sent, and nothing is counted, on these days.")
    else:
        _numbers("day", [(row.day, row) for row in made.rows])
        _numbers("", [("all days", total) for total in made.totals])
    click.echo("From the rows to what LinkedIn counts:")
    steps = [
        [
            f"= {step.events}" if step.is_sum else f"{step.events:+d}",
            f"{step.meaning}{f' ({step.code})' if step.code else ''}",
        ]
        for step in made.steps
    ]
    print_table([Column("events", justify="right", no_wrap=True), "what they are"], steps)
    if made.mends:
        click.echo("What would bring the most:")
        mends = [[str(mend.events), mend.mend] for mend in made.mends]
        print_table([Column("at most", justify="right", no_wrap=True), "what to do"], mends)
    for sentence in (*made.unknown, *map(_windows, made.rules), _MEANING):
        tell_user(printable(sentence, 2000))


def _numbers(first: str, rows: list[tuple[str, Row]] | list[tuple[str, Total]]) -> None:
    """One table of figures; the source's column only where it was given."""
    with_source = any(row.source is not None for _, row in rows)
    right = [Column(name, justify="right", no_wrap=True) for name in ("sent", "counted", "gap")]
    source = [Column("source", justify="right", no_wrap=True)] if with_source else []
    columns: list[str | Column] = [Column(first, no_wrap=True), "rule", *source, *right, "complete"]
    print_table(
        columns,
        [
            [
                day,
                f"{row.rule} {row.name}".strip(),
                *([str(row.source)] if with_source else []),
                str(row.sent),
                str(row.counted),
                "" if row.gap is None else f"{row.gap:.0%}",
                "yes" if row.complete else "not yet",
            ]
            for day, row in rows
        ],
    )


def _windows(rule: RuleFacts) -> str:
    """Of one rule, what its figures hang on."""
    click_days, view_days = map(days_of_window, (rule.click_window, rule.view_window))
    linked = (
        f"linked to {how_many(rule.campaigns, 'campaign')}"
        if rule.campaigns
        else "linked to no campaign, so nothing of it is counted"
    )
    return f"Rule {rule.id} {rule.name} ({rule.type or 'of no type'}): up to {click_days} after a click, {view_days} after a view; {linked}."
