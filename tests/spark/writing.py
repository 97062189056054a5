"""What writers of rows have in common, with Spark and without: their options, and what is left behind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from target_linkedin_conversions.sandbox import Sandbox

__all__ = ["ENTRY", "Writing"]

ENTRY = {"stream": "leads", "conversion_rule": 101, "fields": {"external_id": "ref"}}


class Writing:
    """Rows of one folder on their way to a sandbox, one job after another."""

    def __init__(self, linkedin: Sandbox, folder: Path) -> None:
        self.linkedin, self.folder = linkedin, folder
        self.state_dir = folder / "delivery"
        self.at = linkedin.now() - 60_000
        """When the first row happened; the same whenever it comes again."""
        self.options: dict[str, Any] = {
            "api_url": linkedin.url,
            "oauth_url": linkedin.url,
            "access_token": "sandbox-token",
            "state_dir": str(self.state_dir),
            "streams": [ENTRY],
            "consent": {"not_required": "a test"},
            "key": "id",
        }

    def given(self, **more: Any) -> dict[str, str]:
        """Options as Spark takes them: text."""
        found = {name: value for name, value in {**self.options, **more}.items() if value is not None}
        return {name: value if isinstance(value, str) else json.dumps(value) for name, value in found.items()}

    def receipt(self) -> dict[str, Any]:
        """The last report."""
        found: dict[str, Any] = json.loads((self.state_dir / "runs" / "last.json").read_bytes())
        return found

    def held(self) -> list[dict[str, Any]]:
        """The payloads of all events that are held in doubt, by name, in the outbox."""
        lines = (
            line for path in (self.state_dir / "outbox").glob("*.jsonl") for line in path.read_bytes().splitlines()
        )
        found = [json.loads(line) for line in lines]
        return [line["event"] for line in found if line.get("outcome") == "in_doubt"]

    def taken(self) -> list[str]:
        """The references of all events that LinkedIn took, in the order of their names."""
        return sorted(event["user"]["externalIds"][0] for event in self.linkedin.received)
