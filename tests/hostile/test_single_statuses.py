"""A 200 that refuses events for what they share, a token, a role, a version or a rule, costs no row: it stops what it blames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.errors import CredentialError, VersionError
from target_linkedin_conversions.ledger import Status
from tests.delivery.world import Desk, events, taken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

UNKNOWN_RULE = {"status": 403, "error": {"message": "No ad accounts found"}}
DELETED_RULE = {"status": 400, "error": {"message": "associated to a conversion that's marked as deleted"}}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Callable[[Any], Desk]]:
    made: list[Desk] = []

    def make(answer: Callable[[list[dict[str, Any]]], Any]) -> Desk:
        made.append(Desk(tmp_path, answer))
        return made[-1]

    yield make
    for one in made:
        one.close()


def of_each(element: dict[str, Any]) -> Callable[[list[dict[str, Any]]], Any]:
    return lambda found: (200, {"elements": [element] * len(found)})


@pytest.mark.parametrize(
    ("element", "stops"),
    [
        ({"status": 401}, CredentialError),
        ({"status": 401, "error": {"serviceErrorCode": 65602}}, CredentialError),
        ({"status": 401, "error": "odd"}, CredentialError),
        ({"status": 403}, CredentialError),
        ({"status": 403, "error": {"message": "Not enough permissions to access: x", "code": 7}}, CredentialError),
        ({"status": 426}, VersionError),
    ],
)
def test_what_every_event_is_refused_for_stops_the_run_and_burns_no_row(
    desk: Any, element: dict[str, Any], stops: type[Exception]
) -> None:
    one = desk(of_each(element))
    with pytest.raises(stops):
        one.send(events(*range(5)))
    assert one.ear.counts() == {}
    assert set(one.statuses().values()) == {Status.WAITING}
    assert len(one.stub.sent) == 1


@pytest.mark.parametrize("element", [UNKNOWN_RULE, DELETED_RULE])
def test_what_blames_the_rule_stops_the_rule(desk: Any, element: dict[str, Any]) -> None:
    one = desk(of_each(element))
    one.send(events(*range(5)))
    assert one.ear.counts() == {}
    assert one.sender.is_stopped("101")


def test_where_others_were_taken_the_rest_goes_alone_and_that_answer_says_what_stops(desk: Any) -> None:
    def answer(found: list[dict[str, Any]]) -> Any:
        if len(found) < 4:
            return 401, {"status": 401, "serviceErrorCode": 65602}
        return 200, {"elements": [{"status": 201}, {"status": 401}, {"status": 201}, {"status": 401}]}

    one = desk(answer)
    with pytest.raises(CredentialError):
        one.send(events(*range(4)))
    assert one.stub.sent == [["0", "1", "2", "3"], ["1", "3"]]
    assert one.ear.ends() == {"0": "delivered", "2": "delivered"}
    assert set(one.statuses().values()) == {Status.DELIVERED, Status.WAITING}


@pytest.mark.parametrize("element", [{"status": 401}, {"status": 403}, {"status": 426}, UNKNOWN_RULE, DELETED_RULE])
def test_an_event_that_is_refused_whenever_others_are_taken_is_rejected_and_stops_nothing(
    desk: Any, element: dict[str, Any]
) -> None:
    """What all share cannot be bad where others of the request were taken; each run would stop at such an event for ever."""
    one = desk(lambda found: (200, {"elements": [element if e["eventId"] == "1" else {"status": 201} for e in found]}))
    one.send(events(*range(3)))
    one.send(events(*range(3, 6)))
    assert one.stub.sent == [["0", "1", "2"], ["1"], ["1"], ["3", "4", "5"]]
    assert one.ear.ends() == {"1": "rejected"} | dict.fromkeys("02345", "delivered")
    assert one.ear.reasons()["1"] == (element.get("error", {}).get("message") or f"status {element['status']}",)
    assert set(one.statuses().values()) == {Status.DELIVERED}


def test_what_is_busy_beside_it_is_not_taken_for_bad(desk: Any) -> None:
    answers: list[Any] = [{"0": 201, "1": 403, "2": 503}, {"1": 403}, {"2": 403}]

    def answer(found: list[dict[str, Any]]) -> Any:
        of = next(one for one in answers if set(one) == {each["eventId"] for each in found})
        return 200, {"elements": [{"status": of[each["eventId"]]} for each in found]}

    one = desk(answer)
    with pytest.raises(CredentialError):
        one.send(events(*range(3)))
    assert one.ear.ends() == {"0": "delivered", "1": "rejected"}


def test_a_permission_that_only_one_rule_lacks_stops_that_rule_and_no_other(desk: Any) -> None:
    one = desk(lambda found: taken(found) if found[0]["eventId"] != "1" else (200, {"elements": [{"status": 403}]}))
    one.send(events(0))
    one.send(events(1, rule="102"))
    one.send(events(2))
    assert one.ear.ends() == {"0": "delivered", "2": "delivered"}
    assert (one.sender.is_stopped("101"), one.sender.is_stopped("102")) == (False, True)


def test_a_token_that_ended_for_some_events_costs_none_when_it_is_good_again(desk: Any) -> None:
    answers = [(200, {"elements": [{"status": 201}, {"status": 403}, {"status": 400}]})]
    one = desk(lambda found: answers.pop() if answers else taken(found))
    one.send(events(*range(3)))
    assert one.ear.ends() == {"0": "delivered", "1": "delivered", "2": "rejected"}
