"""Config files, as `--config FILE` names them."""

from __future__ import annotations

import json
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["read_config"]


def read_config(paths: Sequence[PurePath | str]) -> dict[str, Any]:
    """The settings of one file after another, a later one over an earlier one."""
    config: dict[str, Any] = {}
    for path in paths:
        config |= _read(Path(path))
    return config


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(
            "--config",
            f"the file {path} cannot be read ({error.strerror})",
            "name a readable JSON file, or ENV",
        ) from None
    except json.JSONDecodeError as error:
        raise ConfigError("--config", f"the file {path} is no JSON (line {error.lineno})", "mend the file") from None
    except (ValueError, RecursionError):  # no Unicode, an endless number, endless nesting
        raise ConfigError("--config", f"the file {path} is no JSON text", "mend the file") from None
    if not isinstance(found, dict):
        raise ConfigError("--config", f"the file {path} holds no JSON object", 'write {"setting": value, …}')
    return found
