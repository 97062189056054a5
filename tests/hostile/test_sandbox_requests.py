"""What anybody may ask of the sandbox, or start it with: an answer or a sentence, and it answers the next one."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from target_linkedin_conversions.cli.main import main as companion
from target_linkedin_conversions.sandbox.restli import BadSyntaxError, parsed
from tests.singer.pipe import call_here

if TYPE_CHECKING:
    from target_linkedin_conversions.sandbox import Sandbox

HEADERS = {
    "Authorization": "Bearer sandbox-token",
    "LinkedIn-Version": "202609",
    "X-Restli-Protocol-Version": "2.0.0",
}


@pytest.mark.parametrize("opening", ["(", "List(", "(a:", "List((a:"])
def test_a_value_that_is_nested_without_end_is_refused_at_once(opening: str, linkedin: Sandbox) -> None:
    with pytest.raises(BadSyntaxError):
        parsed(opening * 100_000)
    begun = time.monotonic()
    query = f"q=statistics&pivots={opening * 5000}"
    answer = requests.get(f"{linkedin.url}/rest/adAnalytics?{query}", headers=HEADERS, timeout=20)
    assert (answer.status_code, time.monotonic() - begun < 10) == (400, True)
    assert requests.get(f"{linkedin.url}/_sandbox/", timeout=20).status_code == 200


def test_many_short_lists_are_not_deep() -> None:
    assert parsed("List(" + ",".join(["(a:List(b))"] * 1000) + ")") == [{"a": ["b"]}] * 1000


@pytest.mark.parametrize(
    "asked",
    [
        ["--match-rate", "nan"],
        ["--click-rate", "nan"],
        ["--reporting-lag-hours", "inf"],
        ["--rules", "/dev/zero"],
        ["--rules", "rules.json"],
    ],
)
def test_what_it_cannot_start_with_is_a_sentence_about_that_option(
    asked: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rules.json").write_bytes(b"[" * 100_000)
    code, _, err = call_here("sandbox", "--port", "0", *asked, program=companion)
    assert code == 2, err
    assert [word for word in err.split() if word.strip("':").startswith("--")][:1] == [asked[0]] or asked[0] in err
    assert "Traceback" not in err
