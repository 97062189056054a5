"""`send`: each row once, however the file is called and the run ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from target_linkedin_conversions.reporting import live
from tests.send.conftest import AGREED, RULE, Send, as_csv

if TYPE_CHECKING:
    import pytest


def test_with_a_token_alone_a_file_is_sent(send: Send) -> None:
    path = send.file("leads.csv", send.leads(1, 2, 3))
    code, out, err = send(path, *RULE, *AGREED, "--yes")
    assert (code, len(send.received)) == (0, 3), err
    assert "3  sent" in out
    assert err.splitlines()[-1].startswith("outcome=done exit=0 run=")
    assert not send.not_sent(path)


def test_without_a_terminal_the_log_says_how_far_it_came_also_where_no_batch_leaves(
    send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = send.file("leads.csv", send.leads(1, 2, 3))
    send(path, *RULE, *AGREED, "--yes")
    monkeypatch.setattr(live, "_LOGGED_EVERY", 0.001)
    _, _, err = send(path, "--yes")
    assert "batch rule=" not in err
    assert "so far: " in err


def test_sent_twice_nothing_is_sent_twice_whatever_the_file_is_called(send: Send) -> None:
    assert send.counts(send.file("leads.csv", send.leads(1, 2)), *RULE, *AGREED) == {"delivered": 2}
    assert send.counts(send.file("other.csv", send.leads(2, 1, 3)), *RULE, *AGREED) == {
        "already_delivered": 2,
        "delivered": 1,
    }
    assert send.counts(send.folder / "leads.csv", "--stream", "other name") == {"already_delivered": 2}


def test_a_dead_token_ends_as_a_load_does_and_leaves_no_copy_of_the_file(
    send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TARGET_LINKEDIN_CONVERSIONS_ACCESS_TOKEN", "dead-token")
    path = send.file("leads.csv", send.leads(1))
    code, out, err = send(path, *RULE, *AGREED, "--yes")
    assert (code, err.splitlines()[-1].split()[:2]) == (3, ["outcome=credential", "exit=3"])
    assert "The run stopped" in out
    assert not send.not_sent(path)


def test_a_trial_needs_no_token_and_writes_no_rest(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TARGET_LINKEDIN_CONVERSIONS_ACCESS_TOKEN")
    path = send.file("leads.csv", send.leads(1, 2) + "3,,\n")
    code, out, _ = send(path, *RULE, *AGREED, "--dry-run")
    assert code == 0
    assert "2  would be sent" in out
    assert send.received == []
    assert not send.not_sent(path)


def test_the_entry_of_a_config_is_used_where_the_stream_is_its(send: Send) -> None:
    entry = {
        "stream": "crm",
        "conversion_rule": 102,
        "fields": {"email": "mail", "happened_at": "when"},
        "key": "nr",
        "consent": {"column": "ok"},
    }
    config = send.file("config.json", json.dumps({"streams": [entry]}))
    path = send.file(
        "export.csv", f"nr,mail,when,ok\n1,a@example.com,{send.ago(1)},yes\n2,b@example.com,{send.ago(1)},no\n"
    )
    arguments = (path, "--config", config, "--config", "ENV", "--stream", "crm")
    assert send.counts(*arguments) == {"delivered": 1, "skipped": 1}
    assert [event["conversion"][-3:] for event in send.received] == ["102"]
    assert not path.with_name("export.csv.mapping.yml").exists()


def test_several_files_are_one_run(send: Send) -> None:
    (send.folder / "more").mkdir()
    first, second = (
        send.file("leads.csv", send.leads(1) + "2,,\n"),
        send.file("more/leads.csv", send.leads(3) + "4,,\n"),
    )
    assert send.counts(first, second, *RULE, *AGREED) == {"delivered": 2, "rejected": 2}
    assert [[row["id"] for row in send.not_sent(path)] for path in (first, second)] == [["2"], ["4"]]


def test_an_amount_that_was_corrected_after_it_was_sent_is_told(send: Send) -> None:
    row = {"id": "7", "email": "row.7@example.com", "happened_at": send.ago(1), "currency": "EUR"}
    sent = (*RULE, *AGREED, "--yes")
    told = "1  of those sent before, now with another time or value, which LinkedIn cannot correct"
    assert told not in send(send.file("leads.csv", as_csv([row | {"amount": "10.50"}])), *sent)[1]
    assert told not in send(send.file("again.csv", as_csv([row | {"amount": "10.50"}])), *sent)[1]
    assert told in send(send.file("mended.csv", as_csv([row | {"amount": "12.50"}])), *sent)[1]


def test_people_who_share_the_number_of_an_order_are_all_sent(send: Send) -> None:
    """The first rows, by whose looks a file is read, tell nothing of it."""
    rows = [
        {"Order #": f"{n}", "Email": f"r{n}@example.com", "Order Date": send.ago(1), "Name": "x"} for n in range(1100)
    ]
    twice = [*rows, rows[7]]
    assert send.counts(send.file("once.csv", as_csv(twice)), *RULE, *AGREED) == {
        "delivered": 1100,
        "already_delivered": 1,
    }
    guests = [*rows, rows[7] | {"Email": "guest@example.com"}]
    path = send.file("guests.csv", as_csv(guests))
    assert send.counts(path, *RULE, *AGREED)["delivered"] == 1101
    _, out, _ = send(path, *RULE, *AGREED, "--map", "key=Order #", "--dry-run", "--yes")
    assert "1 person has the 'Order #' and the time of another one" in out
    assert '--map "key=Order #" --map "key=COLUMN"' in out


def test_a_file_whose_rows_a_stream_map_would_have_changed_is_not_sent_as_it_is(send: Send) -> None:
    config = send.file("config.json", json.dumps({"stream_maps": {"leads": {"__filter__": "False"}}}))
    configured = ("--config", config, "--config", "ENV")
    path = send.file("leads.csv", send.leads(1))
    code, _, err = send(path, *RULE, *AGREED, "--yes", *configured)
    assert (code, send.received) == (2, [])
    assert "stream_maps.leads: stream maps change what a tap sends" in err
    assert send.counts(path, *RULE, *AGREED, *configured, "--stream", "others") == {"delivered": 1}
