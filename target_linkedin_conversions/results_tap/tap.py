"""The tap: the target's own settings, of which it needs those that say where runs leave what they did."""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING, Any, ClassVar

import click
from singer_sdk import Tap
from singer_sdk.plugin_base import _ConfigInput

from target_linkedin_conversions.errors import ConfigError, TargetError, exit_code_of
from target_linkedin_conversions.output import taken_output
from target_linkedin_conversions.results_tap.given import catalog_in, checked_state, state_in
from target_linkedin_conversions.results_tap.past import Past
from target_linkedin_conversions.results_tap.streams import STREAMS
from target_linkedin_conversions.settings import Settings
from target_linkedin_conversions.settings.definitions import BY_NAME, ENVIRONMENT_PREFIX
from target_linkedin_conversions.settings.files import FROM_ENVIRONMENT, named_files, read_config
from target_linkedin_conversions.standard_streams import hold_standard_streams

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

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

    @classmethod
    def cb_config(cls, _context: click.Context, _option: click.Option, value: tuple[str, ...]) -> _ConfigInput:
        """The settings of the files that `--config` names, read as the target reads them; raises `ConfigError`."""
        return _ConfigInput(config=read_config(named_files(value)), parse_env=FROM_ENVIRONMENT in value)

    @classmethod
    def get_singer_command(cls) -> click.Command:
        """The SDK's command line, of which the files are read here: the SDK ends with a traceback for one that it cannot read."""
        command = super().get_singer_command()
        for option in command.params:
            if option.name in {"state", "catalog"}:
                option.type = click.STRING
        return command

    @classmethod
    def invoke(  # type: ignore[override]  # paths where the SDK has open files
        cls,
        *,
        about: bool = False,
        about_format: str | None = None,
        config: _ConfigInput | None = None,
        state: str | None = None,
        catalog: str | None = None,
    ) -> None:
        """Sync every stream that is selected; raises `ConfigError`."""
        super(Tap, cls).invoke(about=about, about_format=about_format)
        cls.print_version(print_fn=cls.logger.info)
        given = config or _ConfigInput()
        # Not checked by the SDK, which repeats a value that has the wrong type; `Settings.load` checks it.
        tap = cls(
            config=given.config,
            state=state_in(state),
            catalog=catalog_in(catalog, [str(vars(stream)["name"]) for stream in STREAMS]),
            parse_env_config=given.parse_env,
            validate_config=False,
        )
        tap.sync_all()

    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the SDK's signature
        """End at a signal with its exit code, by which nobody takes a part for the whole as with the SDK's 0; the next sync begins again."""
        sys.exit(128 + signum)

    def load_state(self, state: dict[str, Any]) -> None:
        """Take a STATE that an earlier sync has printed; raises `ConfigError`."""
        super().load_state(checked_state(state))

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
    hold_standard_streams()
    command = TapLinkedInConversionsResults.cli
    command.help = _HELP
    try:
        if sys.stdout is None:
            raise ConfigError("stdout", "it is closed, so that no message can be written", "pipe the tap into a target")
        with taken_output():
            command(prog_name=TapLinkedInConversionsResults.name)
    except TargetError as error:
        logging.getLogger(TapLinkedInConversionsResults.name).error("%s", error)
        sys.exit(exit_code_of(error))
