"""What a run needs of the machine: enough open files, and a clock that is set."""

from __future__ import annotations

from datetime import UTC, datetime

from target_linkedin_conversions.durations import DAY_MS
from target_linkedin_conversions.errors import ConfigError, MachineError

__all__ = ["descriptors_needed", "ensure_clock", "ensure_descriptors"]

_FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""Before this program was written: an earlier date means that the clock was never set."""
_DAYS = 50 * 365
"""A date beyond these days means that the clock was set wrongly."""


_OF_THE_PROCESS = 24
"""Standard streams, wake pipe, ledger, rejects, outbox (measured: 11), and as many for what is open for a moment."""
_OF_A_SENDER = 2
"""A connection (measured: 1), and its name service or certificates while it is made."""


def descriptors_needed(senders: int) -> int:
    """How many open files a run with this many senders may need at once."""
    return _OF_THE_PROCESS + _OF_A_SENDER * senders


def ensure_descriptors(senders: int) -> None:
    """Raise the limit of open files to what the run needs; raises `ConfigError` where it may not be raised.

    With too few of them connections would fail as if LinkedIn could not be reached.
    """
    try:
        import resource  # noqa: PLC0415 - there is none on Windows, and no such limit
    except ImportError:
        return
    needed = descriptors_needed(senders)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
    except (OSError, ValueError):
        raise ConfigError(
            "max_concurrent_requests",
            f"{senders} at a time need {needed} open files, and this user may have {hard}",
            "raise the limit (ulimit -n, or LimitNOFILE= of a service), or set it lower",
        ) from None


def ensure_clock(now: int) -> None:
    """Raise `MachineError` where the clock is certainly wrong: every event would be refused as too old or as of the future."""
    days = (now - int(_FIRST_DAY.timestamp() * 1000)) // DAY_MS
    if 0 <= days < _DAYS:
        return
    raise MachineError(
        "the clock of this machine",
        "it shows a time before this program was written, or decades after",
        "set it, and let it be kept right (NTP)",
    )
