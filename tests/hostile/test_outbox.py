"""The outbox as somebody else left it, a purge beside a replay, and a key that nobody may read from a command."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.cli import asking
from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.reporting.outbox_file import OutboxFile
from tests.cli.conftest import before_a_terminal, companion, past, running_for_replays

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Past

__all__ = ["before_a_terminal", "companion", "past", "running_for_replays"]


def _another_rule(line: dict[str, Any]) -> None:
    line["event"]["conversion"] = "urn:lla:llaPartnerConversion:999"


def _another_line_s_rule(line: dict[str, Any]) -> None:
    line["rule"] = "999"


def _an_address(line: dict[str, Any]) -> None:
    line["event"]["user"]["userIds"] = [{"idType": "SHA256_EMAIL", "idValue": "jane@example.com"}]


def _a_hash_in_capitals(line: dict[str, Any]) -> None:
    line["event"]["user"]["userIds"][0]["idValue"] = "A" * 64


def _an_unknown_kind(line: dict[str, Any]) -> None:
    line["event"]["user"]["userIds"].append({"idType": "PASSPORT", "idValue": "X123"})


def _a_name_that_is_no_hash(line: dict[str, Any]) -> None:
    line["event"]["user"]["userInfo"] = {"hashedFirstName": "Jane", "hashedLastName": "Doe"}


def _an_address_as_a_title(line: dict[str, Any]) -> None:
    line["event"]["user"]["userInfo"] = {"firstName": "J", "lastName": "D", "title": "jane@example.com"}


def _an_address_as_an_external_id(line: dict[str, Any]) -> None:
    line["event"]["user"]["externalIds"] = ["jane%40example.com"]


def _an_extra_member(line: dict[str, Any]) -> None:
    line["event"]["note"] = "jane@example.com"


def _an_extra_member_of_the_user(line: dict[str, Any]) -> None:
    line["event"]["user"]["phone"] = "+49 171 5550123"


def _no_origin(line: dict[str, Any]) -> None:
    del line["origin"]


def _an_empty_origin(line: dict[str, Any]) -> None:
    line["origin"] = ""


FORGED: list[Callable[[dict[str, Any]], None]] = [
    *(_another_rule, _another_line_s_rule, _an_address, _a_hash_in_capitals, _an_unknown_kind, _a_name_that_is_no_hash),
    *(_an_address_as_a_title, _an_address_as_an_external_id, _an_extra_member, _an_extra_member_of_the_user),
    *(_no_origin, _an_empty_origin),
]


def outbox_of(past: Past, run: str) -> Path:
    return past.state_dir / "outbox" / f"{run}.jsonl"


@pytest.mark.parametrize("forge", FORGED)
def test_a_forged_line_is_never_sent_and_stays_and_the_others_are(past: Past, forge: Callable[..., None]) -> None:
    path = outbox_of(past, past.rejected(1, 2))
    first, second = map(json.loads, path.read_text().splitlines())
    forge(first)
    path.write_text(f"{json.dumps(first)}\n{json.dumps(second)}\n")
    assert past.replay() == (0, {"delivered": 1})
    assert len(past.linkedin.received) == 1
    assert "jane" not in json.dumps(past.linkedin.received)
    assert list(map(json.loads, path.read_text().splitlines())) == [first]


@pytest.mark.parametrize("deep", ["[", '{"a":', '{"outcome":"rejected","event":' + "[" * 10])
def test_a_deep_line_ends_no_replay(past: Past, deep: str) -> None:
    path = outbox_of(past, past.rejected(1))
    sound = path.read_text()
    path.write_text(deep * 100_000 + "\n" + sound)
    assert past.replay() == (0, {"delivered": 1})
    code, _, err = past.companion("rejects", "list")
    assert (code, "Traceback" in err) == (0, False)


def test_what_is_sent_is_encoded_anew(past: Past) -> None:
    path = outbox_of(past, past.rejected(1))
    line = json.loads(path.read_text())
    path.write_text(json.dumps(line, indent=None, separators=(" , ", " :\t")) + "\n")
    assert past.replay() == (0, {"delivered": 1})
    assert past.linkedin.received == [line["event"]]


@pytest.mark.usefixtures("before_a_terminal")
def test_a_replay_that_begins_while_a_purge_asks_writes_nothing_back(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = past.rejected(1, 2)
    path = outbox_of(past, run)
    replaying = OutboxFile(Folder(str(past.state_dir)), run)
    monkeypatch.setattr(asking, "says_yes", lambda *_, **__: replaying.hold())
    code, _, err = past.companion("rejects", "purge", run)
    assert code == 0
    assert f"{run}.jsonl is in use" in err
    assert path.exists()
    replaying.drop(b"\x01")
    replaying.release()
    assert len(path.read_text().splitlines()) == 1


@pytest.mark.usefixtures("before_a_terminal")
def test_what_was_changed_while_a_purge_asked_stays(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    run = past.rejected(1, 2)
    path = outbox_of(past, run)

    def agreed(*_: object, **__: object) -> bool:
        path.write_text(path.read_text().splitlines()[0] + "\n")
        return True

    monkeypatch.setattr(asking, "says_yes", agreed)
    _, _, err = past.companion("rejects", "purge", run)
    assert "was changed" in err
    assert path.exists()


def test_nobody_has_a_file_that_a_purge_is_deleting(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    run = past.rejected(1)
    tried: list[bool] = []
    remove = Folder.remove

    def watched(folder: Folder, name: str) -> bool:
        if name.startswith("outbox/"):
            tried.append(OutboxFile(folder, run).hold())
        return remove(folder, name)

    monkeypatch.setattr(Folder, "remove", watched)
    past.companion("rejects", "purge", run, "--yes")
    assert tried == [False]
    assert not outbox_of(past, run).exists()


@pytest.mark.parametrize("typed", ["{}\n", "{}\r\n", "{}"])
def test_a_key_is_read_from_stdin(past: Past, monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    past.rejected(1)
    (key,) = past.kept()
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed.format(key)))
    code, out, _ = past.companion("rejects", "show", "--key", "-", "--json")
    assert code == 0
    assert json.loads(out)["rejects"][0]["key"] == {"id": key}


def test_no_key_on_stdin_is_a_mistake(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n"))
    code, _, err = past.companion("rejects", "show", "--key", "-")
    assert (code, "--key" in err) == (2, True)
