"""What a person sees and types who makes a rule."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.terminal import Terminal, missing_from

if TYPE_CHECKING:
    from pathlib import Path

    from target_linkedin_conversions.sandbox import Sandbox

pytestmark = pytest.mark.slow


@pytest.fixture
def config(tmp_path: Path, linkedin: Sandbox) -> str:
    path = tmp_path / "config.json"
    settings = {
        "access_token": "sandbox-token",
        "account_id": 512345678,
        "api_url": linkedin.url,
        "oauth_url": linkedin.url,
    }
    path.write_text(json.dumps(settings))
    return str(path)


def test_a_rule_is_asked_for_shown_and_made_when_a_person_agrees(
    tmp_path: Path, linkedin: Sandbox, config: str
) -> None:
    with Terminal("rules", "create", "--config", config, folder=tmp_path) as terminal:
        terminal.until("Name of the rule").type("Demo booked")
        terminal.until("Types: ").until("Type of conversion").type("book_appointment")
        terminal.until("700001  Sandbox campaign (active)").until("Campaigns that get credit").type("700001")
        terminal.until("In ad account 512345678:").until("make rule 'Demo booked' of type BOOK_APPOINTMENT")
        terminal.until("linked to campaign 700001").until("Change the ad account so? [y/N]").type("y")
        assert terminal.end() == 0, terminal.transcript
    assert missing_from(terminal.transcript, "rules.md") == []
    assert [one.campaigns for one in linkedin.rules.values() if one.name == "Demo booked"] == [
        ("urn:li:sponsoredCampaign:700001",)
    ]


@pytest.mark.parametrize("answer", ["n", "", "\x04"])
def test_nothing_is_changed_where_the_person_does_not_agree(
    tmp_path: Path, linkedin: Sandbox, config: str, answer: str
) -> None:
    with Terminal("rules", "disable", "101", "--config", config, folder=tmp_path) as terminal:
        terminal.until("it takes no events until it is enabled again").until("[y/N]").type(answer)
        assert terminal.end() == 2
    assert "nothing is changed" in terminal.transcript
    assert linkedin.rules[101].enabled


def test_where_a_person_chooses_no_campaign_none_is_said_to_be_linked(tmp_path: Path, config: str) -> None:
    with Terminal("rules", "associate", "101", "--config", config, folder=tmp_path) as terminal:
        terminal.until("Campaigns that get credit").type("none")
        assert terminal.end() == 0, terminal.transcript
    assert "no campaign is chosen; nothing is changed" in terminal.transcript
    assert "linked to these already" not in terminal.transcript
