from __future__ import annotations

import threading
from typing import Any

import msgspec
import pytest
import requests

from target_linkedin_conversions.sandbox import Rule, Sandbox


def test_it_can_be_down_and_come_back_on_its_port_with_its_state(client: Any, linkedin: Any) -> None:
    client.create(client.event())
    url = linkedin.url
    linkedin.stop()
    with pytest.raises(requests.exceptions.ConnectionError, match="refused"):
        client.create(client.event())
    linkedin.start()
    assert linkedin.url == url
    assert client.create(client.event()).status_code == 201
    assert len(linkedin.received) == 2


def test_reading_while_events_come_is_safe(client: Any, linkedin: Any) -> None:
    done = threading.Event()
    seen: list[int] = []

    def watch() -> None:
        while not done.is_set():
            seen.append(len(linkedin.received))
            linkedin.summary()

    watcher = threading.Thread(target=watch)
    watcher.start()
    for _ in range(20):
        client.batch([client.event()] * 10)
    done.set()
    watcher.join(10)
    assert not watcher.is_alive()
    assert all(count % 10 == 0 for count in seen), "a batch is seen whole or not at all"
    assert seen == sorted(seen)


def test_what_is_read_is_a_copy(client: Any, linkedin: Any) -> None:
    client.create(client.event())
    linkedin.received[0].clear()
    linkedin.received.clear()
    linkedin.requests.clear()
    linkedin.rules.clear()
    linkedin.tokens.clear()
    assert linkedin.received == [client.event()]
    assert (len(linkedin.requests), len(linkedin.rules)) == (1, 6)
    assert "sandbox-token" in linkedin.tokens


def test_rules_are_added_and_replaced(client: Any, linkedin: Any) -> None:
    made = linkedin.add_rule(555, type="PURCHASE", enabled=False)
    assert made == linkedin.rules[555]
    assert made.urn == "urn:lla:llaPartnerConversion:555"
    event = client.event(conversion=made.urn)
    assert client.create(event).status_code == 400
    linkedin.add_rule(Rule(555))
    assert client.create(event).status_code == 201


def test_tokens_can_be_given_to_accounts_and_taken_away(client: Any, linkedin: Any) -> None:
    linkedin.set_token("mine")
    assert client.create(client.event(), Authorization="Bearer mine").status_code == 201
    linkedin.set_token("mine", "revoked")
    assert client.create(client.event(), Authorization="Bearer mine").status_code == 401


@pytest.mark.parametrize("wrong", [{"requests_per_hour": 1}, {"lint": "maybe"}, {"loud": "yes"}, {"rules": [{}]}])
def test_a_wrong_setting_is_an_error_at_once(wrong: Any) -> None:
    with pytest.raises((msgspec.ValidationError, ValueError)):
        Sandbox(**wrong)


def test_a_wrong_fault_is_an_error_at_once(linkedin: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        linkedin.faults("earthquake")


def test_another_accounts_browser_takes_nothing_away(client: Any, linkedin: Any) -> None:
    linkedin.browser_saw("a", account="urn:li:sponsoredAccount:1")
    client.create(client.event(eventId="a"))
    assert linkedin.summary()["dropped_as_browser_duplicates"] == 0
