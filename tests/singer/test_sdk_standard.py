"""The Singer SDK's own tests of a target, none left out, against a sandbox and as a dry run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from singer_sdk.testing import SuiteConfig, get_target_test_class
from singer_sdk.testing.suites import SingerTestSuite, target_tests
from singer_sdk.testing.target_tests import TargetRecordMissingRequiredProperty

from target_linkedin_conversions.singer.target import TargetLinkedInConversions
from tests.singer.pipe import entry

if TYPE_CHECKING:
    from pathlib import Path

    from target_linkedin_conversions.sandbox import Sandbox

# Filled in before each test: the sandbox's port is not known when this file is read. The SDK's
# records say neither who nor when, so all are rejected; `max_reject_ratio` must let that pass.
SENDING: dict[str, Any] = {"streams": [entry()], "access_token": "sandbox-token", "max_reject_ratio": 1}
REHEARSING: dict[str, Any] = {"streams": [entry()], "dry_run": True, "max_reject_ratio": 1}


@pytest.fixture(autouse=True)
def _at_the_sandbox(linkedin: Sandbox, tmp_path: Path) -> None:
    for config in (SENDING, REHEARSING):
        config |= {"api_url": linkedin.url, "oauth_url": linkedin.url, "state_dir": str(tmp_path / "delivery")}


def more() -> list[SingerTestSuite[Any]]:
    return [SingerTestSuite(kind="target", tests=[TargetRecordMissingRequiredProperty])]


Sending: Any = get_target_test_class(
    TargetLinkedInConversions, config=SENDING, custom_suites=more(), suite_config=SuiteConfig()
)
Rehearsing: Any = get_target_test_class(
    TargetLinkedInConversions, config=REHEARSING, custom_suites=more(), suite_config=SuiteConfig()
)


class TestSending(Sending):  # type: ignore[misc]  # the SDK builds the class as it runs
    """Every standard test, with requests to the sandbox."""


class TestRehearsing(Rehearsing):  # type: ignore[misc]  # the SDK builds the class as it runs
    """Every standard test as a dry run."""


def test_no_standard_test_is_left_out() -> None:
    for tested in (TestSending, TestRehearsing):
        names = {f"test_target_{test.name}" for test in target_tests.tests} | {
            f"test_target_{TargetRecordMissingRequiredProperty.name}"
        }
        assert names == {name for name in dir(tested) if name.startswith("test_")}
