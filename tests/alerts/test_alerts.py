"""A run that needs a person says so, once a cause and day, whatever becomes of who should hear it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions import ConfigError, deliver
from target_linkedin_conversions.alerts import alerts
from target_linkedin_conversions.alerts.alerts import Alerts
from target_linkedin_conversions.alerts.causes import Cause
from target_linkedin_conversions.alerts.deduplication import Deduplication
from target_linkedin_conversions.alerts.messengers import Messengers
from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.settings import Secret
from target_linkedin_conversions.settings.alerts import Alert
from tests.alerts.receivers import service, silent_port
from tests.alerts.test_causes import ended, report
from tests.singer.pipe import MODULE, environment, record, schema, state

if TYPE_CHECKING:
    from pathlib import Path

    from tests.alerts.receivers import MailServer, WebHook
    from tests.singer.pipe import Pipe

CANARIES = ("canary7f3a", "canary7f3b", "canary7f3c", "row.1", "example.com")


def load(pipe: Pipe, *numbers: int, urls: list[str], **more: Any) -> Any:
    settings = {**pipe.config, "alert_urls": urls, **more}
    return deliver(pipe.rows(*numbers), settings, stream="leads", key=("id",))


def doomed(pipe: Pipe, *numbers: int, urls: list[str], **more: Any) -> Any:
    """A load that ends with a dead token."""
    return load(pipe, *numbers, urls=urls, access_token="revoked", preflight=False, **more)


def test_a_failed_load_is_told_in_counts_and_mends(pipe: Pipe, hook: WebHook) -> None:
    receipt = doomed(pipe, 1, 2, urls=[hook.url])
    assert receipt.exit_code == 3
    (told,) = hook.told
    assert told.startswith("LinkedIn conversions: failed\nThe load failed with exit 3 (credential)")
    assert f"runs show {receipt.run}" in told
    assert "2 unsent" in told
    assert not [canary for canary in CANARIES if canary in told]


def test_a_load_that_needs_nobody_tells_nobody(pipe: Pipe, hook: WebHook) -> None:
    assert load(pipe, 1, urls=[hook.url]).exit_code == 0
    assert hook.told == []


def test_a_cause_is_told_once_a_day_and_another_one_beside_it(pipe: Pipe, hook: WebHook) -> None:
    for _ in range(3):
        doomed(pipe, 1, urls=[hook.url])
    assert len(hook.told) == 1
    load(pipe, 1, urls=[hook.url], requests_per_day=1)
    load(pipe, 2, urls=[hook.url], requests_per_day=1)
    assert [text.partition("\n")[0] for text in hook.told[1:]] == ["LinkedIn conversions: quota"]


def test_another_rule_that_fails_on_the_same_day_is_told_and_the_first_one_is_not_again(
    pipe: Pipe, hook: WebHook
) -> None:
    for number, rule in enumerate((901, 902, 901)):
        load(pipe, number, urls=[hook.url], conversion_rule=rule, account_id=512345678)
    assert [("901" in text, "902" in text) for text in hook.told] == [(True, False), (False, True)]


def test_several_causes_of_a_load_are_one_message(pipe: Pipe, hook: WebHook) -> None:
    pipe.linkedin.faults("drop_after", times=1)
    load(pipe, 1, urls=[hook.url], on_in_doubt="hold", requests_per_day=1)
    (told,) = hook.told
    assert told.startswith("LinkedIn conversions: quota, in doubt\n")
    assert "rejects replay --in-doubt" in told


def test_what_is_not_wanted_is_not_told(pipe: Pipe, hook: WebHook) -> None:
    doomed(pipe, 1, urls=[hook.url], alert_on=["quota"])
    doomed(pipe, 1, urls=[hook.url], alert_on=[])
    assert hook.told == []


def test_a_dry_run_alerts_nobody_and_asks_nothing_of_its_urls(pipe: Pipe, hook: WebHook) -> None:
    load(pipe, 1, urls=[hook.url, "nonsense://x"], dry_run=True, alert_on=["failed"])
    assert hook.told == []


def test_slack_is_told_in_its_own_form(pipe: Pipe, hook: WebHook, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = type(service("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/"))
    monkeypatch.setattr(plugin, "webhook_url", f"http://127.0.0.1:{hook.port}/services")
    doomed(pipe, 1, urls=["slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#loads"])
    ((path, body),) = hook.requests
    assert path == "/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
    assert body["channel"] == "#loads"
    assert "exit 3 (credential)" in str(body["attachments"])


def test_a_mail_is_sent(pipe: Pipe, mail: MailServer) -> None:
    doomed(pipe, 1, urls=[f"mailto://127.0.0.1:{mail.port}?from=load@example.org&to=ops@example.org"])
    (message,) = mail.messages
    assert "Subject: LinkedIn conversions: failed" in message
    assert "exit 3" in message


def test_all_are_told_and_one_that_cannot_be_is_a_warning_by_its_position(
    pipe: Pipe, hook: WebHook, caplog: pytest.LogCaptureFixture
) -> None:
    receipt = doomed(pipe, 1, urls=["json://127.0.0.1:1/canary7f3a", hook.url])
    assert receipt.exit_code == 3
    assert len(hook.told) == 1
    assert "alert_urls[0] was not reached in time or refused the alert" in caplog.text
    assert "alert_urls[1]" not in caplog.text


def test_what_nobody_could_be_told_is_told_by_the_next_run(pipe: Pipe, hook: WebHook) -> None:
    hook.status = 500
    doomed(pipe, 1, urls=[hook.url])
    hook.status = 200
    doomed(pipe, 1, urls=[hook.url])
    doomed(pipe, 1, urls=[hook.url])
    assert len(hook.told) == 2


def test_a_service_that_hangs_takes_no_more_than_the_time_of_all(
    pipe: Pipe, hook: WebHook, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert alerts.MOST_SECONDS == 10
    monkeypatch.setattr(alerts, "MOST_SECONDS", 1.0)
    hook.seconds = 30
    with silent_port() as port:
        begun = time.monotonic()
        receipt = load(
            pipe,
            1,
            urls=[f"{hook.url}?rto=60", f"mailto://127.0.0.1:{port}?from=a@example.org&to=b@example.org"],
            requests_per_day=1,
        )
    assert time.monotonic() - begun < 10  # not the minute that the URL allows
    assert receipt.exit_code == 0
    assert {"alert_urls[0]", "alert_urls[1]"} <= {line.split()[0] for line in caplog.messages}


def test_loads_that_usually_send_something_tell_when_they_send_nothing(pipe: Pipe, hook: WebHook) -> None:
    for number in range(5):
        load(pipe, number, urls=[hook.url])
    assert hook.told == []
    load(pipe, urls=[hook.url])
    (told,) = hook.told
    assert told.startswith(
        "LinkedIn conversions: nothing sent\nNothing was accepted in this run, though there usually is: in 5 of the 5 runs"
    )


def test_no_alert_goes_through_a_proxy_to_this_machine(
    pipe: Pipe, hook: WebHook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "example.com")
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    doomed(pipe, 1, urls=[hook.url])
    assert len(hook.told) == 1


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense://canary7f3a", "knows no service"),
        ("slack://canary7f3a", "knows no service"),
        ("jsons://hooks.example.com/canary7f3a?verify=no", "remove verify=no"),
        ("json://canary7f3a@hooks.example.com/x", "write jsons:// instead"),
        ("mailto://canary7f3a:secret@mail.example.com:25?from=a@example.com", "write mailtos:// instead"),
    ],
)
def test_a_url_that_cannot_be_used_stops_the_run_at_its_start_by_position(
    pipe: Pipe, hook: WebHook, url: str, said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load(pipe, 1, urls=[hook.url, url])
    assert caught.value.setting == "alert_urls[1]"
    assert said in str(caught.value)
    assert "canary" not in str(caught.value)
    assert pipe.linkedin.received == []
    assert hook.told == []


def test_without_the_package_it_stops_with_the_extra_to_install(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(ConfigError, match=r"alert_urls: .*target-linkedin-conversions\[alerts\]"):
        load(pipe, 1, urls=["json://127.0.0.1"])


def test_no_log_and_no_file_holds_a_url_at_any_level(pipe: Pipe, hook: WebHook) -> None:
    now = pipe.linkedin.now()
    lines = [schema(), record(now, 1), state(at=1)]
    path = pipe.file(alert_urls=[hook.url, "json://canary7f3d:canary7f3a@127.0.0.1:1"], access_token="revoked")
    done = subprocess.run(
        [*MODULE, "--config", str(path)],
        input="\n".join(json.dumps(line) for line in lines).encode(),
        capture_output=True,
        check=False,
        cwd=pipe.folder,
        env={**environment(), "LOGLEVEL": "DEBUG"},
    )
    assert done.returncode == 3
    assert len(hook.told) == 1
    kept = [file.read_bytes() for file in pipe.state_dir.rglob("*") if file.is_file()]
    said = [*done.stdout.splitlines(), *done.stderr.splitlines(), *kept]
    assert not [text for text in said if b"canary7f3" in text]


def test_without_urls_and_a_collector_nothing_is_imported(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from target_linkedin_conversions import deliver\n"
        "import target_linkedin_conversions.singer.target\n"
        "deliver([], {'dry_run': True, 'consent': {'not_required': 'x'}, 'conversion_rule': 1, 'state_dir': sys.argv[1]}, stream='s')\n"
        "sys.exit(any(name.partition('.')[0] in {'apprise', 'opentelemetry'} for name in sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", program, "state"], check=False, capture_output=True, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")


def cause(alert: Alert, about: str = "") -> Cause:
    return Cause(alert, about, "It is so.", "do this")


@pytest.mark.parametrize("place", ["local", "memory"])
def test_what_was_told_is_remembered_for_the_day(place: str, tmp_path: Path) -> None:
    folder = Folder(str(tmp_path) if place == "local" else f"memory://{tmp_path.name}-told")
    now = datetime(2026, 11, 23, 23, 59, tzinfo=UTC)
    today, tomorrow, later = (Deduplication(folder, now + timedelta(days=days)) for days in (0, 1, 4))
    both = [cause(Alert.FAILED, "credential"), cause(Alert.QUOTA)]
    assert today.new(both[:1]) == both[:1]
    assert today.new(both) == both[1:]
    assert today.new(both) == []
    assert tomorrow.new(both) == both
    tomorrow.forget(both[1:])
    assert tomorrow.new(both) == both[1:]
    later.tidy()
    assert folder.names("alerts") == []


def test_a_cause_is_told_on_the_day_on_which_it_is_told_however_long_before_the_run_began(
    tmp_path: Path, hook: WebHook
) -> None:
    now = datetime(2026, 11, 23, 23, 59, tzinfo=UTC)
    runs = [
        Alerts((Secret(hook.url),), (Alert.QUOTA,), Folder(str(tmp_path)), lambda folder: Deduplication(folder, now))
        for _ in range(3)
    ]
    for run in runs:
        run.begin()
    runs[0].tell(ended(report("quota", 4)))
    now += timedelta(minutes=2)
    for run in runs[1:]:
        run.tell(ended(report("quota", 4)))
    assert len(hook.told) == 2


def test_of_processes_that_end_together_one_tells(tmp_path: Path, hook: WebHook) -> None:
    runs = [Alerts((Secret(hook.url),), (Alert.QUOTA,), Folder(str(tmp_path))) for _ in range(4)]
    for run in runs:
        run.begin()
    threads = [Thread(target=run.tell, args=(ended(report("quota", 4)),)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(hook.told) == 1


@pytest.mark.parametrize("url", ["kodi://127.0.0.1", "xbmc://127.0.0.1", "kodis://hooks.example.com"])
def test_a_service_that_uses_a_name_of_apprise_s_for_something_else_can_be_told_all_the_same(url: str) -> None:
    Messengers((Secret(url),))


def test_where_nothing_can_be_remembered_it_is_told_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("no folder")
    assert Deduplication(Folder(str(tmp_path / "state"))).new([cause(Alert.QUOTA)]) == [cause(Alert.QUOTA)]
