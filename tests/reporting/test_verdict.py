"""What a page says of a run first: how it went, in a sentence, and what mends most."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.reporting.report import (
    ConsentToNobody,
    Line,
    Repeated,
)
from target_linkedin_conversions.reporting.verdict import headline, verdict
from tests.reporting.page_samples import bare, cases, history, with_lines

CASES = cases()


@pytest.mark.parametrize(
    ("name", "tone", "sentence"),
    [
        ("empty", "calm", "Nothing came in, so nothing was sent."),
        ("all-skipped", "bad", "Nothing was sent: by the settings none of 34 rows has consent."),
        ("dry-run", "calm", "Dry run, nothing was sent: 30 of 34 rows would be."),
        ("failed", "bad", "The run stopped before it was done; LinkedIn accepted nothing, 34 are left."),
        ("in-doubt", "warn", "LinkedIn accepted 10 of 17 rows; 7 need you."),
        ("sample", "warn", "LinkedIn accepted 25 of 34 rows; 4 need you."),
    ],
)
def test_the_first_sentence_is_what_a_person_would_say(name: str, tone: str, sentence: str) -> None:
    found = verdict(CASES[name][0])
    assert (found.sentence, found.tone) == (sentence, tone)


@pytest.mark.parametrize(
    ("lines", "changes", "sentence"),
    [
        ([Line("s", "1", Outcome.DELIVERED, "", 1)], {}, "LinkedIn accepted the one row."),
        ([Line("s", "1", Outcome.DELIVERED, "", 2)], {}, "LinkedIn accepted all 2 rows."),
        (
            [Line("s", "1", Outcome.DELIVERED, "", 2), Line("s", "1", Outcome.ALREADY_DELIVERED, "", 1)],
            {"records": 2},
            "LinkedIn accepted 2 of 3 conversions: all that was new and meant for it.",
        ),
        ([Line("s", "1", Outcome.ALREADY_DELIVERED, "", 2)], {}, "Nothing new: all 2 rows were sent before."),
        (
            [Line("s", "", Outcome.SKIPPED, "deleted", 1)],
            {},
            "Nothing was sent: the one row was left out, by your settings or without consent.",
        ),
        ([Line("s", "1", Outcome.REJECTED, "bad_time", 1)], {}, "LinkedIn accepted nothing; 1 needs you."),
        ([Line("s", "1", Outcome.ALREADY_DELIVERED, "", 1)], {}, "Nothing new: the one row was sent before."),
        (
            [Line("s", "1", Outcome.ALREADY_DELIVERED, "", 27), Line("s", "1", Outcome.REJECTED, "bad_time", 4)],
            {},
            "Nothing new was accepted: 27 of 31 rows were sent before; 4 need you.",
        ),
        (
            [Line("s", "", Outcome.SKIPPED, "refund", 2)],
            {},
            "Nothing was sent: all 2 rows were left out, by your settings or without consent.",
        ),
        (
            [Line("s", "1", Outcome.IN_DOUBT, "no_answer", 3), Line("s", "1", Outcome.REJECTED, "bad_time", 1)],
            {},
            "LinkedIn gave no answer to 3 of 4 rows, so it is not known whether it took them; 1 needs you.",
        ),
        (
            [Line("s", "1", Outcome.IN_DOUBT, "no_answer", 3), Line("s", "1", Outcome.UNSENT, "", 1)],
            {"exit_code": 5},
            (
                "The run stopped before it was done; "
                "LinkedIn gave no answer to 3 of 4 rows, so it is not known whether it took them, 1 is left."
            ),
        ),
        (
            [Line("s", "1", Outcome.REJECTED, "bad_time", 33)],
            {"exit_code": 6},
            "The run stopped before it was done; LinkedIn accepted nothing; 33 need you.",
        ),
        (
            [Line("s", "1", Outcome.ALREADY_DELIVERED, "marked", 2), Line("s", "1", Outcome.ALREADY_DELIVERED, "", 1)],
            {"requests": 0},
            "2 noted as sent before; nothing was sent.",
        ),
        (
            [
                Line("s", "1", Outcome.DELIVERED, "", 1),
                Line("s", "1", Outcome.ALREADY_DELIVERED, "same_id_other_key", 29),
            ],
            {},
            "LinkedIn accepted 1 of 30 rows; 29 need you.",
        ),
        (
            [Line("s", "1", Outcome.ALREADY_DELIVERED, "same_id_other_key", 30)],
            {},
            "LinkedIn accepted nothing; 30 need you.",
        ),
        (
            [Line("s", "1", Outcome.DELIVERED, "", 150), Line("s", "1", Outcome.DELIVERED, "resent", 50)],
            {},
            "LinkedIn accepted all 200 rows; it may hold 50 of them twice.",
        ),
        (
            [Line("s", "1", Outcome.DELIVERED, "", 150), Line("s", "1", Outcome.UNSENT, "", 250)],
            {"exit_code": 4},
            "The run stopped before it was done; of 400 rows read so far LinkedIn accepted 150, 250 are left.",
        ),
        (
            [Line("s", "1", Outcome.DELIVERED, "", 100), Line("s", "2", Outcome.UNSENT, "", 100)],
            {"exit_code": 2, "outcome": "rule"},
            "A conversion rule takes no events; LinkedIn accepted 100 of 200 rows, 100 are left.",
        ),
        (
            [Line("s", "2", Outcome.UNSENT, "", 5)],
            {"exit_code": 2, "outcome": "rule"},
            "A conversion rule takes no events; LinkedIn accepted nothing, 5 are left.",
        ),
        (
            [Line("s", "1", Outcome.DELIVERED, "", 150)],
            {"exit_code": 4},
            "The run stopped before it was done; LinkedIn accepted all 150 rows read so far.",
        ),
        (
            [Line("s", "1", Outcome.ALREADY_DELIVERED, "", 2), Line("s", "", Outcome.SKIPPED, "deleted", 1)],
            {},
            "Nothing new: 2 were sent before, 1 left out on purpose.",
        ),
        (
            [Line("s", "1", Outcome.DELIVERED, "", 1), Line("s", "1", Outcome.ALREADY_DELIVERED, "", 29)],
            {"repeated": [Repeated("s", 29, 1)]},
            "LinkedIn accepted 1 of 30 rows; 29 were taken for the same row come twice.",
        ),
        (
            [Line("s", "1", Outcome.DELIVERED, "", 30), Line("s", "1", Outcome.ALREADY_DELIVERED, "", 29)],
            {"repeated": [Repeated("s", 29, 30)]},
            "LinkedIn accepted 30 of 59 rows: all that was new and meant for it.",
        ),
        (
            [Line("s", "1", Outcome.WOULD_SEND, "", 1), Line("s", "1", Outcome.ALREADY_DELIVERED, "", 29)],
            {"repeated": [Repeated("s", 29, 1)], "dry_run": True},
            "Dry run, nothing was sent: 1 of 30 rows would be; 29 were taken for the same row come twice.",
        ),
        (
            [
                Line("s", "1", Outcome.ALREADY_DELIVERED, "marked", 1),
                Line("s", "1", Outcome.ALREADY_DELIVERED, "", 29),
            ],
            {"requests": 0, "repeated": [Repeated("s", 29, 1)]},
            "1 noted as sent before; 29 were taken for the same row come twice; nothing was sent.",
        ),
        (
            [
                Line("s", "1", Outcome.ALREADY_DELIVERED, "", 1),
                Line("s", "1", Outcome.ALREADY_DELIVERED, "changed", 29),
            ],
            {},
            "Nothing was sent; 29 were taken for one sent before, whose time or value had changed.",
        ),
    ],
)
def test_every_way_to_end_has_a_sentence(lines: list[Line], changes: dict[str, Any], sentence: str) -> None:
    report = with_lines(*lines, **changes)
    assert headline(report)[0] == sentence
    assert headline(history(report)[0]) == headline(report)


def test_a_mend_brings_the_rows_of_all_rules_that_it_is_for() -> None:
    report = with_lines(
        *(Line("s", str(rule), Outcome.IN_DOUBT, "no_answer", 5, "no answer") for rule in range(40)),
        Line("s", "", Outcome.REJECTED, "bad_time", 9, "the time cannot be read"),
    )
    found = verdict(report).mend
    assert found is not None
    assert (found.rows, found.sentence) == (200, "no answer")


def test_what_comes_by_itself_is_no_mend_where_something_else_is() -> None:
    unsent, refused = Line("s", "1", Outcome.UNSENT, "", 110), Line("s", "1", Outcome.REJECTED, "bad_time", 40, "why")
    found = verdict(with_lines(unsent, refused, exit_code=5)).mend
    assert found is not None
    assert (found.rows, found.sentence) == (40, "why")


def test_consent_that_nobody_gave_says_what_came_in_its_place() -> None:
    report = msgspec.structs.replace(
        CASES["all-skipped"][0], consent_to_nobody=[ConsentToNobody("leads", ["agreed"], 34)]
    )
    found = verdict(report)
    assert found.mend is not None
    assert "what came: 'agreed'" in found.mend.sentence


def test_where_nothing_is_wrong_nothing_is_to_mend() -> None:
    assert verdict(with_lines(Line("s", "1", Outcome.DELIVERED, "", 1))).mend is None
    assert verdict(bare()).mend is None
