"""Logging as the SDK sets it up, and its default where a variable says what cannot be done."""

from __future__ import annotations

import dataclasses
import logging
import logging.config
import os
from pathlib import Path
from typing import Any

from singer_sdk._logging import _load_yaml_logging_config, _setup_console_logging
from singer_sdk.metrics import Point

from target_linkedin_conversions.errors import LONGEST_MESSAGE
from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.settings.definitions import ENVIRONMENT_PREFIX

__all__ = ["TargetLogger", "set_up_logging"]

logger = logging.getLogger(__name__)

_PACKAGE = __name__.partition(".")[0] + "."
_OURS = (
    "target_linkedin_conversions",
    "target-linkedin-conversions",
    "tap-linkedin-conversions",
    "singer_sdk",
    "urllib3",
)
"""Loggers shown at every level; urllib3's too: our client's URLs hold no secret, and alerts go out in muted threads."""
_SINK = "target-linkedin-conversions."
"""What the SDK puts before a stream's name in the name of its sink's logger."""
_DRIVERS = "fsspecIO"
"""The name of the thread that fsspec starts for its drivers of S3, Google and Azure."""
_CONFIG = "SINGER_SDK_LOG_CONFIG"
_LEVELS = (f"{ENVIRONMENT_PREFIX}LOGLEVEL", "LOGLEVEL")


class TargetLogger(logging.LoggerAdapter[logging.Logger]):
    """The target's logger, which gives each sink one of its own.

    Python's registry knows none of those: of a name with dots it keeps every part, for as long as the process lives, and
    a tap's name of a stream may be nothing but dots.
    """

    def getChild(self, suffix: str) -> logging.Logger:  # noqa: N802 - as loggers call it
        """A logger whose messages go where the target's go."""
        child = logging.Logger(f"{self.logger.name}.{suffix}")  # noqa: LOG001 - not the registry's, see above
        child.parent = self.logger
        return child


def set_up_logging() -> None:
    """Log as the environment says; a variable that cannot be followed is removed from it and warned about once."""
    unusable = [name for name in _LEVELS if name in os.environ and not _is_level(os.environ[name])]
    for name in unusable:
        del os.environ[name]  # the SDK would read the variable again for its metrics, and fail
    level = next((os.environ[name].upper() for name in _LEVELS if os.environ.get(name)), "INFO")
    config = os.environ.pop(_CONFIG, None)
    _setup_console_logging(log_level=level)
    problem = None if config is None else _configure(config, level)
    for handler in logging.root.handlers:
        handler.addFilter(_shown)
    for name in unusable:
        logger.warning("%s names no log level and has no effect; DEBUG, INFO, WARNING and ERROR are some", name)
    if problem is not None:
        logger.warning("%s %s and has no effect; correct or remove it", _CONFIG, problem)


def _shown(record: logging.LogRecord) -> bool:
    """Let every record through that may be heard, and nothing in it that writes a line of its own: libraries log names as they come."""
    if not _is_heard(record):
        return False
    if not record.name.startswith(_PACKAGE):
        message = record.getMessage() if not isinstance(record.args, tuple) else _with_tags_shown(record)
        stream = record.name.removeprefix(_SINK)
        if stream not in {record.name, ""}:
            message = message.replace(stream, name_shown(stream))
            record.name = f"{_SINK}{name_shown(stream)}"
        record.msg, record.args = printable(message, LONGEST_MESSAGE), None
        record.name = printable(record.name)
    return True


def _is_heard(record: logging.LogRecord) -> bool:
    """Whether it is ours or the SDK's, or a library's warning.

    What storage drivers and HTTP clients log below that are URLs and headers, some of which hold a key or a token; the
    thread in which fsspec's drivers work is not heard at all, for their warnings name the URL too.
    """
    if record.threadName == _DRIVERS:
        return False
    return record.levelno >= logging.WARNING or record.name.startswith(_OURS)


def _with_tags_shown(record: logging.LogRecord) -> str:
    """The message, and the streams in the tags of the SDK's measurements as they may be told."""
    record.args = tuple(_point_shown(part) if isinstance(part, Point) else part for part in record.args or ())
    return record.getMessage()


def _point_shown(point: Point[Any]) -> Point[Any]:
    tags = {name: name_shown(tag) if isinstance(tag, str) else tag for name, tag in point.tags.items()}
    return dataclasses.replace(point, tags=tags)


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
