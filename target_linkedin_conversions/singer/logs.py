"""Logging as the SDK sets it up, and its default where a variable says what cannot be done."""

from __future__ import annotations

import logging
import logging.config
import os
from pathlib import Path

from singer_sdk._logging import _load_yaml_logging_config, _setup_console_logging

from target_linkedin_conversions.settings.definitions import ENVIRONMENT_PREFIX

__all__ = ["set_up_logging"]

logger = logging.getLogger(__name__)

_CONFIG = "SINGER_SDK_LOG_CONFIG"
_LEVELS = (f"{ENVIRONMENT_PREFIX}LOGLEVEL", "LOGLEVEL")


def set_up_logging() -> None:
    """Log as the environment says; a variable that cannot be followed is removed from it and warned about once."""
    unusable = [name for name in _LEVELS if os.environ.get(name) and not _is_level(os.environ[name])]
    for name in unusable:
        del os.environ[name]  # the SDK reads it again for its metrics, and would fail
    level = next((os.environ[name].upper() for name in _LEVELS if os.environ.get(name)), "INFO")
    config = os.environ.pop(_CONFIG, None)
    _setup_console_logging(log_level=level)
    problem = None if config is None else _configure(config, level)
    for name in unusable:
        logger.warning("%s names no log level and has no effect; DEBUG, INFO, WARNING and ERROR are some", name)
    if problem is not None:
        logger.warning("%s %s and has no effect; correct or remove it", _CONFIG, problem)


def _is_level(name: str) -> bool:
    return name.upper() in logging.getLevelNamesMapping()


def _configure(config: str, level: str) -> str | None:
    """Log as a file says; why not, and everything as it was, where it says nothing that can be done."""
    disabled = {
        name: one.disabled for name, one in logging.root.manager.loggerDict.items() if isinstance(one, logging.Logger)
    }
    try:
        if not config.strip() or not Path(config).is_file():
            return "names no file"
        logging.config.dictConfig(_load_yaml_logging_config(Path(config)))
    except Exception:  # noqa: BLE001 - YAML, logging and whatever the file imports have errors of their own
        for name, was in disabled.items():
            logging.getLogger(name).disabled = was
        logging.root.handlers.clear()
        _setup_console_logging(log_level=level)
        return "names a file that is no logging configuration"
    os.environ[_CONFIG] = config
    return None
