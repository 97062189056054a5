"""Every wrong setting exits 2 with one sentence: the setting, the mend, and never the value."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.singer.pipe import MODULE, SCRIPT, Ended, Pipe, entry, record, schema

if TYPE_CHECKING:
    from pathlib import Path

    from target_linkedin_conversions.sandbox import Sandbox

CANARY = "canary-91c2"
PREFIX = "TARGET_LINKEDIN_CONVERSIONS_"


def stream(**keys: Any) -> list[dict[str, Any]]:
    return [entry(**{"stream": "leads", **keys})]


# Setting, what is wrong with it, and words of the sentence: the place, then the mend.
FAULTS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "unknown_setting": ({"acess_token": CANARY}, ("'acess_token'", "did you mean 'access_token'")),
    "no_credentials": ({"access_token": None}, ("access_token", "set access_token")),
    "empty_token": ({"access_token": ""}, ("access_token", "set access_token")),
    "token_in_two_lines": ({"access_token": f"{CANARY}\nx"}, ("access_token", "line breaks")),
    "token_is_a_list": ({"access_token": [CANARY]}, ("access_token", "as text")),
    "refresh_token_alone": ({"refresh_token": CANARY}, ("client_id", "set client_id")),
    "urn_of_another_kind": ({"conversion_rule": f"urn:li:{CANARY}:101"}, ("conversion_rule", "Campaign Manager")),
    "rule_is_text": ({"conversion_rule": CANARY}, ("conversion_rule", "Campaign Manager")),
    "account_is_text": ({"account_id": CANARY}, ("account_id", "Campaign Manager")),
    "bad_version": ({"linkedin_version": CANARY}, ("linkedin_version", "202609")),
    "http_elsewhere": ({"api_url": f"http://{CANARY}.example"}, ("api_url", "https://")),
    "http_elsewhere_for_oauth": ({"oauth_url": f"http://{CANARY}.example"}, ("oauth_url", "https://")),
    "user_in_url": ({"api_url": f"https://{CANARY}:{CANARY}@127.0.0.1"}, ("api_url", "without credentials")),
    "no_url": ({"api_url": CANARY}, ("api_url", "https")),
    "port_is_text": ({"api_url": f"https://127.0.0.1:{CANARY}"}, ("api_url", "https")),
    "batch_too_large": ({"batch_size_rows": 5001}, ("batch_size_rows", "from 1 to 5000")),
    "number_is_text": ({"retry_for_seconds": CANARY}, ("retry_for_seconds", "a number")),
    "not_a_number": ({"retry_for_seconds": "nan"}, ("retry_for_seconds", "a number")),
    "ratio_above_1": ({"max_reject_ratio": 1.5}, ("max_reject_ratio", "from 0 to 1")),
    "neither_true_nor_false": ({"dry_run": "flase"}, ("dry_run", "true or false")),
    "unknown_word": ({"on_too_old": CANARY}, ("on_too_old", "skip, reject")),
    "no_date": ({"not_before": CANARY}, ("not_before", "RFC 3339")),
    "hold_without_ledger": ({"on_in_doubt": "hold", "send_once": False}, ("on_in_doubt", "send_once: true")),
    "url_without_ledger": ({"state_dir": f"s3://{CANARY}/x"}, ("ledger_url", "PostgreSQL")),
    "ledger_is_no_url": ({"ledger_url": CANARY}, ("ledger_url", "postgresql")),
    "ledger_is_mysql": ({"ledger_url": f"mysql://u:{CANARY}@h/d"}, ("ledger_url", "PostgreSQL")),
    "no_ledger_yet": ({"require_ledger": True}, ("require_ledger", "state_dir")),
    "suppress_is_missing": ({"suppress": f"/nowhere/{CANARY}"}, ("suppress", "name a file")),
    "streams_is_text": ({"streams": CANARY}, ("streams", "a list")),
    "streams_is_an_object": ({"streams": {CANARY: {}}}, ("streams", "a list")),
    "entry_is_text": ({"streams": [CANARY]}, ("streams[0]", "an object")),
    "entry_without_stream": ({"streams": [{"conversion_rule": 101}]}, ("streams[0]", "stream:")),
    "entry_without_rule": ({"streams": [{"stream": "leads"}]}, ("streams[0].conversion_rule", "set it here")),
    "unknown_key_of_an_entry": ({"streams": stream(feilds={})}, ("'feilds'", "did you mean 'fields'")),
    "unknown_field": ({"streams": stream(fields={"emial": "x"})}, ("'emial'", "did you mean 'email'")),
    "unknown_time_zone": ({"streams": stream(timezone=CANARY)}, ("streams[0].timezone", "Europe/Berlin")),
    "case_without_rule": (
        {"streams": stream(conversion_rule={"column": "s", "rules": [{"when": CANARY}]})},
        ("streams[0].conversion_rule.rules[0]", "skip"),
    ),
    "column_that_a_closed_schema_lacks": (
        {"streams": stream(fields={"email": "emial"})},
        ("streams[0].fields.email", "did you mean 'email'"),
    ),
    "no_entry_and_no_rule": ({"streams": None}, ("streams", "add an entry")),
    "stream_maps_is_text": ({"stream_maps": CANARY}, ("stream_maps", "an object")),
    "stream_map_that_is_no_expression": ({"stream_maps": {"leads": {"x": "1 +"}}}, ("stream_maps", "expressions")),
    "stream_map_with_an_unknown_name": ({"stream_maps": {"leads": {"x": CANARY}}}, ("stream_maps", "expressions")),
    "stream_map_that_fails": ({"stream_maps": {"leads": {"x": "email + 1"}}}, ("stream_maps", "expressions")),
    "stream_map_is_a_list": ({"stream_maps": {"leads": [CANARY]}}, ("stream_maps.leads", "an object")),
    "stream_map_is_text": ({"stream_maps": {"leads": CANARY}}, ("stream_maps.leads", "an object")),
    "expression_is_a_number": ({"stream_maps": {"leads": {"x": 7}}}, ("stream_maps.leads.x", "in quotes")),
    "filter_is_true": ({"stream_maps": {"leads": {"__filter__": True}}}, ("stream_maps.leads.__filter__", "in quotes")),
    "alias_that_fails": ({"stream_maps": {"leads": {"__alias__": "1 + 'x'"}}}, ("stream_maps", "expressions")),
    "zero_byte": ({"stream_maps": {"leads": {"x": "a\0b"}}}, ("stream_maps", "expressions")),
    "key_that_is_removed": ({"stream_maps": {"leads": {"id": None}}}, ("stream_maps", "expressions")),
    "stream_map_config_is_a_list": ({"stream_map_config": [CANARY]}, ("stream_map_config", "an object")),
    "batch_storage_is_text": ({"batch_config": {"storage": CANARY}}, ("batch_config.storage", "an object")),
    "faker_seed_is_a_list": (
        {"faker_config": {"seed": [CANARY]}, "stream_maps": {"leads": {"x": "fake.name()"}}},
        ("faker_config.seed", "a number"),
    ),
    "token_in_quotes": ({"access_token": f"'{CANARY}'"}, ("access_token", "remove the quotes")),
    "token_is_a_variable": ({"access_token": "$CANARY"}, ("access_token", "placeholder")),
    "token_with_bearer": ({"access_token": f"Bearer {CANARY}"}, ("access_token", "`Bearer`")),
    "token_cut_off": ({"access_token": f"{CANARY}…"}, ("access_token", "cut off")),
    "token_with_something_unseen": ({"access_token": f"{CANARY}\u200b"}, ("access_token", "not seen")),
    "state_dir_with_a_variable": ({"state_dir": f"$HOME/{CANARY}"}, ("state_dir", "write the path itself")),
    "suppress_in_quotes": ({"suppress": f"'{CANARY}'"}, ("suppress", "remove the quotes")),
    "state_dir_is_a_file": ({"state_dir": "config.json"}, ("state_dir", "name a folder")),
}


def assert_one_sentence(done: Ended, words: tuple[str, ...]) -> None:
    assert done.code == 2, done.stderr
    assert done.last.startswith("outcome=config exit=2")
    (sentence,) = [line for line in done.stderr.splitlines() if "| ERROR" in line]
    for word in words:
        assert word in sentence
    assert "canary" not in done.stderr.lower()
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def run_with(pipe: Pipe, now: int, *arguments: str) -> Ended:
    messages = pipe.folder / "input.singer"
    lines = [schema(additionalProperties=False), record(now, 1)]
    messages.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return pipe.call("--input", str(messages), *arguments)


@pytest.mark.parametrize(("settings", "words"), FAULTS.values(), ids=FAULTS)
def test_a_wrong_setting_in_a_file(
    pipe: Pipe, linkedin: Sandbox, now: int, settings: dict[str, Any], words: tuple[str, ...]
) -> None:
    config = {name: value for name, value in {**pipe.config, **settings}.items() if value is not None}
    if config["state_dir"] == "config.json":
        config["state_dir"] = str(pipe.folder / "config.json")
    path = pipe.folder / "config.json"
    path.write_text(json.dumps(config))
    assert_one_sentence(run_with(pipe, now, "--config", str(path)), words)
    assert linkedin.received == []


IN_TEXT = {
    name: (settings, words)
    for name, (settings, words) in FAULTS.items()
    if None not in settings.values()
    and name not in {"unknown_setting", "empty_token", "token_is_a_list", "state_dir_is_a_file", "zero_byte"}
}


@pytest.mark.parametrize(("settings", "words"), IN_TEXT.values(), ids=IN_TEXT)
def test_a_wrong_setting_in_the_environment(
    pipe: Pipe, now: int, monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any], words: tuple[str, ...]
) -> None:
    for name, value in {**pipe.config, **settings}.items():
        monkeypatch.setenv(PREFIX + name.upper(), value if isinstance(value, str) else json.dumps(value))
    assert_one_sentence(run_with(pipe, now, "--config", "ENV"), words)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{" + CANARY.encode(), ("is no JSON (line 1)", "mend the file")),
        (b'["' + CANARY.encode() + b'"]', ("holds no JSON object", "setting")),
        (b"\xff\xfe\xfa" + CANARY.encode(), ("is no JSON text", "mend the file")),
        (b'{"client_id": "caf\xe9 ' + CANARY.encode() + b'"}', ("is not in UTF-8", "save it in UTF-8")),
        (b'{"batch_size_rows": ' + b"9" * 5_000 + b"}", ("holds a number of thousands of digits", "take it out")),
        (b"[" * 100_000, ("is no JSON", "mend the file")),
        (b"", ("is no JSON", "mend the file")),
        (b"# guessed\n\nstreams:\n- stream: leads\n", ("is no JSON (line 1)", "as in meltano.yml", "--init --json")),
        (b"---\r\naccess_token: " + CANARY.encode(), ("is no JSON", "as in meltano.yml")),
        (None, ("cannot be read", "name a readable JSON file")),
    ],
    ids=[
        "broken",
        "list",
        "no_text",
        "latin_1",
        "long_number",
        "deep",
        "empty",
        "yaml",
        "yaml_with_a_secret",
        "missing",
    ],
)
def test_a_config_file_that_cannot_be_read(pipe: Pipe, now: int, content: bytes | None, words: tuple[str, ...]) -> None:
    path = pipe.folder / "config.json"
    if content is not None:
        path.write_bytes(content)
    assert_one_sentence(run_with(pipe, now, "--config", str(path)), ("--config", str(path), *words))


@pytest.mark.parametrize(
    "given", [json.dumps({"access_token": CANARY}), f"access_token={CANARY}", CANARY, f"{CANARY}\nx", CANARY * 10_000]
)
def test_what_config_is_given_that_is_no_path_is_never_repeated(pipe: Pipe, now: int, given: str) -> None:
    assert_one_sentence(run_with(pipe, now, "--config", given), ("--config: ", "ENV"))


@pytest.mark.parametrize("program", [MODULE, SCRIPT], ids=["module", "script"])
def test_the_process_itself_exits_2(pipe: Pipe, program: list[str]) -> None:
    done = pipe.run([], program=program, access_token=None)
    assert_one_sentence(done, ("access_token",))


def test_without_any_config_it_says_what_is_missing(pipe: Pipe, now: int) -> None:
    assert_one_sentence(run_with(pipe, now), ("access_token", "set access_token"))


def test_of_several_files_the_last_one_counts_and_the_environment_above_all(
    pipe: Pipe, linkedin: Sandbox, now: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = pipe.file("first.json", access_token="sandbox-revoked", streams=[entry(rule=901)])
    second = pipe.folder / "second.json"
    second.write_text(json.dumps({"access_token": "sandbox-2", "streams": [entry(rule=102)]}))
    monkeypatch.setenv(PREFIX + "BATCH_SIZE_ROWS", "1")
    monkeypatch.setenv(PREFIX + "STREAMS", json.dumps([entry(rule=103)]))
    files = ("--config", str(first), "--config", str(second))
    assert run_with(pipe, now, *files).code == 0
    assert run_with(pipe, now, *files, "--config", "ENV").code == 0
    assert [event["conversion"][-3:] for event in linkedin.received] == ["102", "103"]


def test_the_environment_counts_only_where_it_is_asked_for(
    pipe: Pipe, now: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PREFIX + "BATCH_SIZE_ROWS", CANARY)
    assert run_with(pipe, now, "--config", str(pipe.file())).code == 0


def test_an_unknown_variable_of_our_prefix_warns(pipe: Pipe, now: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PREFIX + "TYPO", CANARY)
    done = run_with(pipe, now, "--config", str(pipe.file()), "--config", "ENV")
    assert done.code == 0
    assert done.report["warnings"][0].startswith(f"{PREFIX}TYPO is no setting")
    assert CANARY not in done.stderr


def test_settings_of_other_targets_are_accepted_and_named_once(pipe: Pipe, now: int) -> None:
    names = ("add_record_metadata", "load_method", "hard_delete", "default_target_schema")
    more = dict.fromkeys((*names, "process_activate_version_messages"), "x")
    done = run_with(pipe, now, "--config", str(pipe.file(**more)))
    assert (done.code, done.counts) == (0, {"delivered": 1})
    for name in more:
        assert done.stderr.count(f"{name} has no effect") == 1


def test_every_scalar_is_taken_typed_and_as_text(pipe: Pipe, linkedin: Sandbox, now: int, tmp_path: Path) -> None:
    typed: dict[str, Any] = {
        "account_id": 512345678,
        "linkedin_version": 202608,
        "batch_size_rows": 5000.0,
        "retry_for_seconds": 1,
        "send_once": 1,
        "dry_run": "off",
        "preflight": "No",
    }
    assert run_with(pipe, now, "--config", str(pipe.file(**typed))).code == 0
    as_text = {name: str(value) for name, value in typed.items()} | {"state_dir": str(tmp_path / "other")}
    assert run_with(pipe, now, "--config", str(pipe.file(**as_text))).code == 0
    posts = [request for request in linkedin.requests if request.method == "POST"]
    assert [request.version for request in posts] == ["202608", "202608"]
