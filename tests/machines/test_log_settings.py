"""A variable that says how to log, and says it wrong, costs a warning and nothing else."""

from __future__ import annotations

import json
import logging
import os
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from target_linkedin_conversions.singer.logs import set_up_logging
from tests.singer.pipe import Ended, Pipe, record, schema

if TYPE_CHECKING:
    from pathlib import Path

    from target_linkedin_conversions.sandbox import Sandbox

CONFIG = "SINGER_SDK_LOG_CONFIG"
OWN = "TARGET_LINKEDIN_CONVERSIONS_LOGLEVEL"


def run(pipe: Pipe, now: int) -> Ended:
    return pipe.run_here([schema(), record(now, 1)])


def warnings_on(done: Ended, variable: str) -> list[str]:
    return [line for line in done.stderr.splitlines() if "| WARNING" in line and f"| {variable} " in line]


@pytest.mark.parametrize("variable", ["LOGLEVEL", OWN])
@pytest.mark.parametrize("level", ["nonsense", "10", "INFO,DEBUG", "$LEVEL", "verbose ", ""])
def test_an_unknown_level_is_named_once_and_the_run_goes_on(
    pipe: Pipe, linkedin: Sandbox, monkeypatch: pytest.MonkeyPatch, variable: str, level: str
) -> None:
    monkeypatch.setenv(variable, level)
    done = run(pipe, linkedin.now())
    assert (done.code, done.counts) == (0, {"delivered": 1})
    assert len(warnings_on(done, variable)) == 1
    assert "| INFO" in done.stderr
    assert "| DEBUG" not in done.stderr
    assert not level or f" {level} " not in done.stderr


@pytest.mark.parametrize("variable", ["LOGLEVEL", OWN])
def test_trace_is_no_level_in_a_process_of_its_own(
    pipe: Pipe, linkedin: Sandbox, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """Here uvicorn has made it one."""
    monkeypatch.setenv(variable, "trace")
    done = pipe.run([schema(), record(linkedin.now(), 1)])
    assert (done.code, done.counts) == (0, {"delivered": 1})
    assert len(warnings_on(done, variable)) == 1


@pytest.mark.parametrize(
    ("own", "general", "debug"), [("debug", "error", True), ("bad", "DEBUG", True), ("", "warn", False)]
)
def test_the_targets_own_level_counts_before_the_general_one(
    pipe: Pipe, linkedin: Sandbox, monkeypatch: pytest.MonkeyPatch, *, own: str, general: str, debug: bool
) -> None:
    monkeypatch.setenv(OWN, own)
    monkeypatch.setenv("LOGLEVEL", general)
    done = run(pipe, linkedin.now())
    assert done.code == 0
    assert ("| DEBUG" in done.stderr) is debug


CONFIGS: dict[str, bytes | None] = {
    "missing": None,
    "empty": b"",
    "bad_yaml": b"version: [1",
    "no_text": bytes([255, 254, 250]),
    "a_list": b"[1, 2]",
    "no_version": b"root: {level: INFO}",
    "bad_handler": b"version: 1\nhandlers: {h: {class: nowhere.Handler}}\nroot: {handlers: [h]}\n",
    "unknown_handler": b"version: 1\nroot: {handlers: [nobody]}\n",
    "bad_formatter": b"version: 1\nformatters: {f: {(): nowhere.Formatter}}\n",
    "bad_level": b"version: 1\nroot: {level: LOUD}\n",
    "bad_file": b"version: 1\nhandlers: {h: {class: logging.FileHandler, filename: /nowhere/x.log}}\nroot: {handlers: [h]}\n",
}


@pytest.mark.parametrize("content", CONFIGS.values(), ids=CONFIGS)
def test_a_log_configuration_that_cannot_be_followed_is_named_once_and_the_default_stays(
    pipe: Pipe, linkedin: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "logging.yml"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv(CONFIG, str(path))
    done = run(pipe, linkedin.now())
    assert (done.code, done.counts) == (0, {"delivered": 1})
    assert len(warnings_on(done, CONFIG)) == 1
    assert "Traceback" not in done.stderr
    told = [line for line in done.stderr.splitlines() if "records=1 events=1" in line]
    assert len(told) == 1
    assert "| INFO" in told[0]


@pytest.mark.parametrize("value", ["", " ", ".", "/nowhere/canary.yml", "canary" * 1000])
def test_a_variable_that_names_no_file_is_named_once(
    pipe: Pipe, linkedin: Sandbox, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv(CONFIG, value)
    done = run(pipe, linkedin.now())
    assert done.code == 0
    assert len(warnings_on(done, CONFIG)) == 1
    assert "canary" not in done.stderr


def test_a_log_configuration_that_can_be_followed_is(
    pipe: Pipe, linkedin: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The one that Meltano writes for a plugin with structured logging."""
    path = tmp_path / "logging.json"
    console = {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}
    config = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "singer_sdk.logging.StructuredFormatter"}},
        "handlers": {"console": console},
        "root": {"handlers": ["console"], "level": "WARNING"},
    }
    path.write_text(json.dumps(config))
    monkeypatch.setenv(CONFIG, str(path))
    done = pipe.run_here([schema(), record(linkedin.now(), 1)], load_method="x")
    *lines, last = done.stderr.splitlines()
    assert (done.code, last.split()[0]) == (0, "outcome=done")
    told = [json.loads(line) for line in lines]
    assert "load_method has no effect in this target" in [one["message"] for one in told if one["level"] == "warning"]
    assert os.environ[CONFIG] == str(path)


def test_of_libraries_only_warnings_are_heard_and_of_the_drivers_thread_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(logging.root, "handlers", [])
    monkeypatch.setattr(logging.root, "level", logging.root.level)
    monkeypatch.setenv("LOGLEVEL", "DEBUG")
    set_up_logging()
    for name in ("s3fs", "botocore.auth", "aiohttp.client", "a_driver_of_tomorrow"):
        logging.getLogger(name).debug("x-amz-security-token: canary7f3a")
    driver = Thread(target=lambda: logging.getLogger("s3fs").warning("bucket canary7f3a"), name="fsspecIO")
    driver.start()
    driver.join()
    logging.getLogger("urllib3").warning("heard")
    logging.getLogger("target_linkedin_conversions.trial").info("heard too")
    told = capsys.readouterr().err
    assert "canary7f3a" not in told
    assert told.count("heard") == 2
