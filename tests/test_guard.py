"""The rules every test lives under."""

from __future__ import annotations

import os
import threading
from itertools import count

import pytest

from target_linkedin_conversions.delivery.client import Client
from target_linkedin_conversions.settings.secret import Secret
from tests.computing import TASKS, computing


@pytest.mark.parametrize("host", ["https://api.linkedin.com", "https://192.0.2.1", "https://nowhere.invalid"])
def test_a_request_to_another_machine_fails_the_test(host: str) -> None:
    client = Client(host, host, "202609")
    token = Secret("never-sent")
    with pytest.raises(pytest.fail.Exception, match="would have left this machine"):
        client.send_events(b"{}", token)
    with pytest.raises(pytest.fail.Exception, match="would have left this machine"):
        client.get("/rest/conversions", token)
    with pytest.raises(pytest.fail.Exception, match="would have left this machine"):
        client.post_form("/oauth/v2/accessToken", {})
    client.close()


def test_no_setting_of_the_caller_reaches_a_test() -> None:
    assert [name for name in os.environ if name.startswith("TARGET_LINKEDIN_CONVERSIONS_")] == []


@pytest.mark.skipif(not TASKS.exists(), reason="the system does not say what a thread computes")
def test_a_thread_that_computes_on_is_named_and_one_that_waits_is_not() -> None:
    done = threading.Event()
    threads = [
        threading.Thread(target=lambda: next(number for number in count() if done.is_set()), name="computes"),
        threading.Thread(target=done.wait, name="waits"),
    ]
    for thread in threads:
        thread.start()
    try:
        assert any("computes" in computing(looks=1) for _ in range(100))
        assert "waits" not in computing(looks=1)
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert not {"computes", "waits"} & set(computing(looks=1))
