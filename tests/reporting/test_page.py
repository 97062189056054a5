"""The page of a run: every figure is the report's, nothing of it is markup, and it is never too large."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from docs.page_sample import past, sample
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.readiness.catalogue import SEVERITIES
from target_linkedin_conversions.readiness.finding import Finding
from target_linkedin_conversions.reporting.comparison import KEPT_AS, last_comparison
from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.reporting.outcome_kinds import ACCEPTED
from target_linkedin_conversions.reporting.page import MOST_BYTES, index_page, run_page
from target_linkedin_conversions.reporting.report import (
    EarlierRun,
    JobRun,
    Line,
    Money,
    Repeated,
    RuleInRun,
)
from target_linkedin_conversions.reporting.verdict import headline, verdict
from target_linkedin_conversions.reporting.waterfall import waterfall
from tests.numbers import wrongly_many
from tests.reporting.page_samples import MARKUP, bare, cases, comparison, history, with_lines

if TYPE_CHECKING:
    from pathlib import Path

    from target_linkedin_conversions.reporting.report import Report

CASES = cases()
MORE = ("USD", "JPY", "KWD", "GBP", "CHF", "INR")
OUTCOMES = [outcome for outcome in Outcome if outcome is not Outcome.WOULD_SEND]

texts = st.text(max_size=300)
lines = st.builds(
    Line,
    stream=texts,
    rule=st.sampled_from(["", "101", "102"]),
    outcome=st.sampled_from(OUTCOMES),
    code=st.sampled_from(["", "bad_time", "linkedin", "<b>"]),
    events=st.integers(0, 10**12),
    meaning=texts,
)


class Page(HTMLParser):
    """The figures, tags and texts of a page."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.figures: list[tuple[int, str, str]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._open: list[str] = []
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "link", "br"}:
            self._open.append(tag)
        found = dict(attrs)
        if tag == "data":
            self.figures.append((int(found["value"] or ""), found["data-places"] or "", ""))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        tag = self._open[-1] if self._open else ""
        self.texts[tag] = self.texts.get(tag, "") + data
        if tag == "data":
            number, places, _ = self.figures[-1]
            self.figures[-1] = (number, places, data)


def value_at(report: Any, places: str) -> int:
    """The sum of what a report holds at `a.0.b+c`; a count that is not there is none."""
    total = 0
    for place in filter(None, places.split("+")):
        found = report
        for step in place.split("."):
            found = found[int(step)] if isinstance(found, list) else found.get(step, 0)
        total += found
    return total


def assert_figures(page: bytes, report: Report) -> None:
    data = msgspec.json.decode(msgspec.json.encode(report))
    figures = Page(page).figures
    assert figures
    for number, places, text in figures:
        assert places, text
        assert (number, text) == (value_at(data, places), f"{number:,}"), places


@pytest.mark.parametrize("name", CASES)
def test_every_figure_is_the_report_s(name: str) -> None:
    report, runs = CASES[name]
    assert_figures(run_page(report, runs), report)


@pytest.mark.parametrize("name", CASES)
def test_no_page_is_larger_than_it_may_be(name: str) -> None:
    assert len(run_page(*CASES[name])) <= MOST_BYTES


@pytest.mark.parametrize("name", CASES)
def test_a_title_says_accepted_only_where_something_was(name: str) -> None:
    report, runs = CASES[name]
    title = Page(run_page(report, runs)).texts["title"]
    assert re.search(r"\bsent\b", title.replace("nothing was sent", "").replace("Nothing was sent", "")) is None
    if not ACCEPTED.of(report):
        assert re.search(r"accepted (?!nothing)", title) is None


@given(st.lists(lines, max_size=12), texts, st.booleans(), st.sampled_from([0, 1, 2, 3, 4, 5, 6, 7]))
@settings(max_examples=8)
def test_whatever_a_report_says_it_is_text(found: list[Line], text: str, dry: bool, code: int) -> None:  # noqa: FBT001 - drawn
    report = with_lines(*found, message=text, warnings=[text] * 40, dry_run=dry, exit_code=code)
    page = run_page(report, history(report))
    plain = run_page(sample(), past())
    assert {tag for tag, _ in Page(page).tags} <= {tag for tag, _ in Page(plain).tags} | {"h3", "ul", "li", "svg"}
    assert not [
        found for _, found in Page(page).tags if any(name.startswith("on") or name == "style" for name in found)
    ]
    assert len(page) <= MOST_BYTES
    assert_figures(page, report)


@given(st.lists(lines, max_size=20), st.integers(0, 40), st.integers(1, 8))
@settings(max_examples=25)
def test_the_steps_lead_from_the_rows_to_what_was_accepted(found: list[Line], more: int, most: int) -> None:
    report = with_lines(*found)
    report = msgspec.structs.replace(report, records=max(0, report.records - more))
    first, *steps, last = waterfall(report, most)
    ways = [step for step in steps if step.name != "more conversions than rows"]
    added = sum(step.rows for step in steps) - sum(step.rows for step in ways)
    assert first.rows == report.records
    assert first.rows + added - sum(step.rows for step in ways) == last.rows == ACCEPTED.of(report)
    assert len(ways) <= most + 1
    for step in (first, *steps, last):
        assert 0 <= step.start <= step.start + step.width <= 100.01


@pytest.mark.parametrize(
    ("already", "repeated", "reason"),
    [
        (29, 0, "delivered by an earlier run, or twice in this one"),
        (29, 29, "another one of this run had the same key, time and value"),
        (
            1_230,
            1_200,
            "delivered by an earlier run, or twice in this one: of 1,200 another one of this run had the same key, time and value",
        ),
    ],
)
def test_rows_that_came_twice_are_told_where_they_leave_the_way(already: int, repeated: int, reason: str) -> None:
    report = with_lines(
        Line("s", "1", Outcome.DELIVERED, "", 1),
        Line("s", "1", Outcome.ALREADY_DELIVERED, "", already),
        Line("s", "1", Outcome.ALREADY_DELIVERED, "changed", 2, "with another value"),
        repeated=[Repeated("s", repeated, 1)] if repeated else [],
    )
    assert [step.reason for step in waterfall(report, 9) if step.name == "sent before"] == [
        reason,
        "with another value",
    ]
    assert_figures(run_page(report, history(report)), report)
    mend = verdict(report).mend
    assert (mend.rows if mend else 0, "stream s:" in (mend.sentence if mend else "")) == (repeated, repeated > 0)


def test_rows_whose_event_id_was_another_s_are_nowhere_told_as_sent_before() -> None:
    report = with_lines(
        Line("s", "1", Outcome.DELIVERED, "", 1),
        Line("s", "1", Outcome.ALREADY_DELIVERED, "", 2),
        Line("s", "1", Outcome.ALREADY_DELIVERED, "same_id_other_key", 29),
    )
    page = run_page(report, history(report))
    assert_figures(page, report)
    tiles = re.findall(r'<li class="card tile.*?>([0-9,]+)</data><span class="name">(.*?)</span>', page.decode())
    assert tiles == [("1", "accepted"), ("2", "sent before"), ("0", "left out on purpose"), ("29", "needs you")]
    steps = [(step.name, step.rows) for step in waterfall(report, 9)]
    assert steps == [("rows read", 32), ("sent before", 2), ("needs you", 29), ("accepted", 1)]
    assert verdict(report).mend is not None
    assert headline(history(report)[0]) == headline(report)


@pytest.mark.parametrize(
    ("earlier", "told"),
    [
        ([], ""),
        (
            [(300, 100)],
            "A run before this one ended without a report. LinkedIn had accepted 300 conversions by then; 100 others got no answer.",
        ),
        (
            [(1, 0), (0, 1)],
            "2 runs before this one ended without a report. LinkedIn had accepted 1 conversion by then; 1 other got no answer.",
        ),
    ],
)
def test_a_run_that_was_killed_before_is_told_before_the_fold(earlier: list[tuple[int, int]], told: str) -> None:
    runs = [EarlierRun(f"r{place}", delivered, 0, doubt) for place, (delivered, doubt) in enumerate(earlier)]
    page = run_page(bare(earlier=runs)).decode()
    assert re.findall(r'<p class="message">(.*?)</p>', page) == [told] * bool(told)
    listed = index_page(history(bare(earlier=runs), [])[:1], set()).decode()
    assert listed.count(f"{told.partition(' this one')[0]} it ended without a report.") == bool(told)


def test_a_run_of_a_job_that_was_killed_is_told_as_its_own() -> None:
    runs = [EarlierRun("r1", 300, 0, 1), EarlierRun("r2", 1, 0, 0)]
    job = bare(earlier=runs, runs=[JobRun("r1", 0, counted=False)])
    told = "2 runs of this job ended without a report. LinkedIn had accepted 301 conversions by then, which count here; 1 other got no answer."
    assert re.findall(r'<p class="message">(.*?)</p>', run_page(job).decode()) == [told]
    assert "2 runs of it ended without a report." in index_page(history(job, [])[:1], set()).decode()


def test_a_page_of_one_row_says_one_of_everything() -> None:
    one = with_lines(Line("s", "1", Outcome.DELIVERED, "", 1))
    assert not wrongly_many(run_page(one, *CASES["sample"][1:]).decode())
    assert not wrongly_many(index_page(past()[:1], set()).decode())


def test_what_is_one_more_than_a_page_shows_is_one_of_everything() -> None:
    rejected = [Line("s", str(n), Outcome.REJECTED, f"reason_{n}", 2, "why") for n in range(61)]
    report = with_lines(
        *rejected[:51],
        *(msgspec.structs.replace(line, rule="1") for line in rejected[51:]),
        findings=[Finding(code=f"code_{n}", severity="hint", sentence="a", mend="b", records=2) for n in range(31)],
        warnings=[f"warning {n}" for n in range(13)],
        at_stake=[Money("1", Outcome.REJECTED, currency, "2", 2) for currency in ("EUR", *MORE)],
    )
    text = run_page(report, history(report)).decode()
    assert not wrongly_many(text)
    for what in ("rule", "finding", "line", "warning", "currency"):
        assert f"1 more {what}" in text


def test_the_counts_of_a_rule_stand_in_the_order_of_the_tiles() -> None:
    report = with_lines(
        Line("s", "1", Outcome.REJECTED, "bad_time", 1),
        Line("s", "1", Outcome.ALREADY_DELIVERED, "", 1),
        Line("s", "1", Outcome.DELIVERED, "", 1),
    )
    card = run_page(report).decode().partition('aria-label="How its conversions ended"')[2].partition("</ul>")[0]
    assert re.findall(r"</data> ([a-z ]+)</li>", card) == ["accepted", "sent before", "needs you"]


@pytest.mark.parametrize(
    ("number", "words"), [(1, "1 needs you"), (2, "2 need you"), (10**9, "1,000,000,000 need you")]
)
def test_what_needs_somebody_is_counted_in_the_words_of_its_number(number: int, words: str) -> None:
    report = with_lines(Line("s", "1", Outcome.REJECTED, "bad_time", number))
    card = run_page(report).decode().partition('aria-label="How its conversions ended"')[2].partition("</ul>")[0]
    assert words in re.sub("<[^>]+>", "", card)


def test_a_sentence_stands_once_before_the_fold() -> None:
    told = "9 never became events that could be sent again"
    page = run_page(msgspec.structs.replace(CASES["sample"][0], comes_back=told)).decode()
    assert page.count(told) == 1


def test_how_much_hangs_on_a_finding_is_said_in_the_reader_s_words() -> None:
    findings = [Finding(code="c", severity=one, sentence="s", mend="m", stream="leads") for one in SEVERITIES]
    page = run_page(bare(findings=findings)).decode()
    badges = re.findall(r'<span class="badge">([^<]+)</span>', page)
    assert badges == ["mend first", "look into it", "good to know"]


def test_what_is_at_stake_is_summed_by_currency_and_told() -> None:
    page = run_page(*CASES["sample"]).decode()
    assert "4,800.00 EUR" in page


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("1234567", "JPY", "1,234,567 JPY"),
        ("10.5", "JPY", "10.5 JPY"),
        ("1234.5", "KWD", "1,234.500 KWD"),
        ("5", "EUR", "5.00 EUR"),
        ("0.10", "", "0.10 "),
    ],
)
def test_money_has_the_decimals_of_its_currency(amount: str, currency: str, shown: str) -> None:
    lost = Line("s", "101", Outcome.REJECTED, "linkedin", 1)
    report = with_lines(lost, at_stake=[Money("101", Outcome.REJECTED, currency, amount, 1)])
    assert f">{shown}<" in run_page(report, []).decode()


def test_what_is_written_in_a_tone_can_be_read_on_its_own_ground() -> None:
    css = files("target_linkedin_conversions.reporting").joinpath("page.css").read_text()
    light, dark = (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", part)) for part in css.split("@media (prefers", 1))
    for scheme in (light, dark):
        for tone in ("good", "warn", "bad", "calm"):
            for ink in (tone, "quiet", "text"):
                assert contrast(scheme[ink], scheme[f"{tone}-soft"]) >= 4.5, (ink, tone)


def contrast(one: str, other: str) -> float:
    """As WCAG 2 counts it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_rule_whose_name_is_blank_is_called_by_its_id() -> None:
    rule = RuleInRun("101", 1, "", "", "UTC", read=True, name="  ")
    assert (
        "<bdi>Rule 101</bdi>"
        in run_page(with_lines(Line("s", "101", Outcome.DELIVERED, "", 1), rules=[rule]), []).decode()
    )


def test_the_index_links_only_to_pages_that_are_there() -> None:
    runs = past()
    page = Page(index_page(runs, {runs[0].run}))
    links = [found["href"] for tag, found in page.tags if tag == "a"]
    assert links == ["last.html", f"{runs[0].run}.html"]
    assert [found["data-run"] for tag, found in page.tags if "data-run" in found] == [run.run for run in runs]
    assert len(index_page(runs * 3, set())) <= MOST_BYTES


@given(st.integers(0, 100), st.lists(texts, min_size=1, max_size=4))
@example(100, [MARKUP * 20])
@example(41, [""])
@settings(max_examples=8)
def test_a_comparison_is_figures_and_text_and_never_too_large(rules: int, names: list[str]) -> None:
    made = comparison(rules, names)
    page = index_page(past() * 3, set(), made)
    assert len(page) <= MOST_BYTES
    assert {tag for tag, _ in Page(page).tags}.isdisjoint({"script", "img", "b"})
    data = msgspec.json.decode(msgspec.json.encode(made))
    figures = Page(page).figures
    assert all((number, text) == (value_at(data, places), f"{number:,}") for number, places, text in figures)
    assert sum(places.startswith("totals.") for _, places, _ in figures) == 3 * min(rules, 40)
    assert re.findall(r"\b(\d+) more rules?\b", page.decode()) == ([f"{rules - 40}"] if rules > 40 else [])


@pytest.mark.parametrize(
    "broken", [b"", b"{", b"[]", b"\xff", b'{"from": "x"}', b"[" * 100_000, b'{"from": "2026-11-01", "totals": 3}']
)
def test_a_comparison_that_cannot_be_read_is_left_out(tmp_path: Path, broken: bytes) -> None:
    folder = Folder(str(tmp_path))
    assert last_comparison(folder) is None
    folder.write(KEPT_AS, msgspec.json.encode(comparison()))
    assert last_comparison(folder) == comparison()
    folder.write(KEPT_AS, broken)
    assert last_comparison(folder) is None


def test_a_style_that_is_not_ours_does_not_count() -> None:
    page = run_page(*CASES["strange-names"]).decode()
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]
