"""The tap: the target's own settings, of which it needs those that say where runs leave what they did."""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING, Any, ClassVar

from singer_sdk import Tap

from target_linkedin_conversions.errors import TargetError, exit_code_of
from target_linkedin_conversions.results_tap.past import Past
from target_linkedin_conversions.results_tap.streams import STREAMS
from target_linkedin_conversions.settings import Settings
from target_linkedin_conversions.settings.definitions import BY_NAME, ENVIRONMENT_PREFIX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_linkedin_conversions.results_tap.streams import OfPast

__all__ = ["TapLinkedInConversionsResults", "main"]

_PLACES = ("state_dir", "ledger_url", "ledger_key")
"""The settings that say where to look; whatever else a config of the target holds is let be."""


_HELP = """Read what runs of target-linkedin-conversions have done, for tables of your own.

\b
Examples:
  tap-linkedin-conversions-results --config config.json --discover
  tap-linkedin-conversions-results --config config.json | target-jsonl
"""


def _property(name: str) -> dict[str, Any]:
    setting = BY_NAME[name]
    found: dict[str, Any] = {"type": ["string", "null"], "description": setting.description, "title": name}
    return found | ({"secret": True} if setting.secret else {})


class TapLinkedInConversionsResults(Tap):
    """Reads what runs of target-linkedin-conversions have done; safe beside one that is under way."""

    name = "tap-linkedin-conversions-results"
    package_name = "target-linkedin-conversions"
    config_jsonschema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {name: _property(name) for name in _PLACES},
    }

    def __init__(self, *args: Any, parse_env_config: bool = False, **options: Any) -> None:  # noqa: ANN401 - the SDK's
        """With `parse_env_config` the target's own variables count too."""
        self._environment = _target_environment() if parse_env_config else None
        super().__init__(*args, parse_env_config=parse_env_config, **options)

    def discover_streams(self) -> Sequence[OfPast]:
        """Every stream; nothing is read before one is synced. Raises `ConfigError`."""
        past = Past(self._settings(), self.logger.warning)
        return [stream(self, past) for stream in STREAMS]

    def _settings(self) -> Settings:
        """The target's settings, as far as they are needed here; raises `ConfigError`."""
        raw: dict[str, object] = {name: self.config[name] for name in _PLACES if self.config.get(name)}
        # Neither token nor outbox is needed, whatever they are set to.
        return Settings.load({**raw, "dry_run": True, "private_dir": "."}, self._environment)


def _target_environment() -> dict[str, str]:
    """The target's variables that say where to look."""
    names = [f"{ENVIRONMENT_PREFIX}{name.upper()}" for name in _PLACES]
    return {name: os.environ[name] for name in names if name in os.environ}


def main() -> None:
    """Run the tap; a fault is one sentence in the log and its exit code."""
    os.umask(0o077)
    command = TapLinkedInConversionsResults.cli
    command.help = _HELP
    try:
        command(prog_name=TapLinkedInConversionsResults.name)
    except TargetError as error:
        logging.getLogger(TapLinkedInConversionsResults.name).error("%s", error)
        sys.exit(exit_code_of(error))
