"""One event, taken without an answer: `by_rule` sends it again only where the rule's type is known and counts once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.cli.main import main as companion
from tests.singer.pipe import entry, record, schema, state

if TYPE_CHECKING:
    from tests.singer.pipe import Ended, Pipe

ACCOUNT = 512345678
PURCHASE, LEAD = 103, 101
UNKNOWN: dict[str, dict[str, Any]] = {
    "no account": {},
    "no preflight": {"preflight": False, "account_id": ACCOUNT},
    "an account that is not visible": {"account_id": 7},
    "a token that may not read rules": {"account_id": ACCOUNT},
}


def loaded(pipe: Pipe, rule: int = PURCHASE, **settings: Any) -> Ended:
    """A load of one row, whose event LinkedIn takes without an answer."""
    pipe.linkedin.faults("drop_after", times=1, path="/rest/conversionEvents")
    pipe.linkedin.set_token("sandbox-token", accounts=[ACCOUNT])
    lines = [schema(), record(pipe.linkedin.now(), 1), state(at=1)]
    return pipe.run_here(lines, streams=[entry(rule=rule)], retry_for_seconds=5, **settings)


def held(report: dict[str, Any]) -> list[str]:
    """The warnings that say that events in doubt are held."""
    return [text for text in report["warnings"] if "in doubt are held" in text]


@pytest.mark.parametrize("why", UNKNOWN)
def test_an_event_of_a_rule_of_unknown_type_is_held_and_one_warning_names_the_mend(pipe: Pipe, why: str) -> None:
    if why == "a token that may not read rules":
        refusal = {
            "status": 403,
            "code": "ACCESS_DENIED",
            "message": "Not enough permissions to access: conversions.FINDER",
        }
        pipe.linkedin.faults("answer", status=403, body=refusal, path="/rest/conversions")
    done = loaded(pipe, **UNKNOWN[why])
    assert (done.code, done.counts, done.codes("in_doubt")) == (0, {"in_doubt": 1}, {"no_answer": 1})
    assert len(pipe.linkedin.received) == 1
    assert done.report["untyped_rules"] == [str(PURCHASE)]
    (warning,) = held(done.report)
    assert "account_id" in warning or "r_ads" in warning
    assert "on_in_doubt: resend" in warning
    assert done.stderr.count(warning) == 1


def in_doubt(report: dict[str, Any]) -> list[str]:
    """The warnings that say that events were not answered."""
    return [text for text in report["warnings"] if " in doubt, for " in text]


def test_a_run_that_holds_what_it_sent_is_done_and_warns_of_it(pipe: Pipe) -> None:
    now = pipe.linkedin.now()
    pipe.linkedin.faults("drop_after", times=2, path="/rest/conversionEvents")
    lines = [schema(), *(record(now, number) for number in range(4)), state(at=1)]
    streams = [entry(rule=PURCHASE)]
    held_ones = {"streams": streams, "on_in_doubt": "hold", "batch_size_rows": 1, "max_concurrent_requests": 1}
    done = pipe.run_here(lines, **held_ones)
    assert (done.code, done.counts) == (0, {"delivered": 2, "in_doubt": 2})
    (warning,) = in_doubt(done.report)
    assert warning.startswith("stream leads: 2 events are in doubt, for what was sent was not answered by LinkedIn")
    assert "`linkedin-conversions rejects replay --in-doubt`" in warning
    assert done.stderr.count(warning) == 1
    again = pipe.run_here(lines, **held_ones)
    assert (again.counts, in_doubt(again.report)) == ({"already_delivered": 2, "in_doubt": 2}, [])


@pytest.mark.parametrize(
    ("events", "words"), [(1, ["1 event is", "taken it or not"]), (2, ["2 events are", "taken them"])]
)
def test_what_is_in_doubt_is_told_in_the_words_of_its_number(pipe: Pipe, events: int, words: list[str]) -> None:
    now = pipe.linkedin.now()
    pipe.linkedin.faults("drop_after", path="/rest/conversionEvents")
    lines = [schema(), *(record(now, number) for number in range(events))]
    done = pipe.run_here(lines, streams=[entry(rule=PURCHASE)], on_in_doubt="hold")
    (warning,) = in_doubt(done.report)
    assert all(part in warning for part in words)


@pytest.mark.parametrize("why", UNKNOWN)
def test_resend_sends_it_again_whatever_is_known(pipe: Pipe, why: str) -> None:
    done = loaded(pipe, **UNKNOWN[why], on_in_doubt="resend")
    assert (done.code, done.codes("delivered")) == (0, {"resent": 1})
    assert len(pipe.linkedin.received) == 2
    assert done.report["untyped_rules"] == held(done.report) == []


@pytest.mark.parametrize(("rule", "received", "outcome"), [(PURCHASE, 1, "in_doubt"), (LEAD, 2, "delivered")])
def test_a_type_that_is_known_decides(pipe: Pipe, rule: int, received: int, outcome: str) -> None:
    done = loaded(pipe, rule, account_id=ACCOUNT)
    assert (done.counts, len(pipe.linkedin.received)) == ({outcome: 1}, received)
    assert done.report["untyped_rules"] == held(done.report) == []


def test_without_identities_by_rule_is_resend(pipe: Pipe) -> None:
    done = loaded(pipe, send_once=False)
    assert (done.counts, len(pipe.linkedin.received)) == ({"delivered": 1}, 2)
    assert held(done.report) == []


def test_an_event_of_a_run_that_was_killed_is_held_too(pipe: Pipe) -> None:
    """What an earlier run left in doubt stays so while the type is unknown, and leaves once it is known."""
    row = record(pipe.linkedin.now(), 1)
    pipe.linkedin.faults("drop_after", times=1, path="/rest/conversionEvents")
    pipe.run_here([schema(), row], retry_for_seconds=5)
    assert pipe.run_here([schema(), row]).codes("in_doubt") == {"earlier_run": 1}
    assert pipe.run_here([schema(), row], account_id=ACCOUNT).codes("delivered") == {"resent": 1}
    assert len(pipe.linkedin.received) == 2


@pytest.mark.parametrize(("policy", "received", "outcome"), [("by_rule", 1, "in_doubt"), ("resend", 2, "delivered")])
def test_a_replay_holds_it_too(
    pipe: Pipe, capsys: pytest.CaptureFixture[str], policy: str, received: int, outcome: str
) -> None:
    pipe.linkedin.faults("element_failures", statuses={0: 400}, times=1)
    settings: dict[str, Any] = {"streams": [entry(rule=PURCHASE)], "on_in_doubt": policy, "retry_for_seconds": 5}
    pipe.run_here([schema(), record(pipe.linkedin.now(), 1)], **settings)
    pipe.linkedin.faults("drop_after", times=1, path="/rest/conversionEvents")
    with pytest.raises(SystemExit) as end:
        companion(["rejects", "replay", "--json", "--config", str(pipe.file(**settings))])
    report = json.loads(capsys.readouterr().out)
    assert (end.value.code, report["counts"]) == (0, {outcome: 1})
    assert len(pipe.linkedin.received) == received
    assert report["untyped_rules"] == (["103"] if policy == "by_rule" else [])
    assert len(held(report)) == (policy == "by_rule")


def test_a_dry_run_warns_of_nothing_that_it_cannot_do(pipe: Pipe) -> None:
    done = pipe.run_here([schema(), record(pipe.linkedin.now(), 1)], dry_run=True)
    assert (done.counts, held(done.report), done.report["untyped_rules"]) == ({"would_send": 1}, [], [])
