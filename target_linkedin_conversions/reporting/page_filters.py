"""How numbers, times and names are written on a page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.how_many import days_of_window, how_many
from target_linkedin_conversions.records.money import decimals_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from decimal import Decimal

__all__ = ["FILTERS", "lines_of"]

_TONES = {"stops": "bad", "warning": "warn"}
_URGENCIES = {"stops": "mend first", "warning": "look into it", "hint": "good to know"}
"""What the severities of findings are to the reader."""
_MINUTE, _HOUR = 60, 3600
_LONGEST_AMOUNT = 30


def _grouped(number: int) -> str:
    return f"{number:,}"


def _money(amount: Decimal, currency: str) -> str:
    """An amount with the currency's decimals, or with up to two of its own where these are more."""
    written = len(f"{amount:f}".partition(".")[2].rstrip("0"))
    text = f"{amount:,.{max(decimals_of(currency), min(2, written))}f}"
    return text if len(text) <= _LONGEST_AMOUNT else f"{amount:.3e}"


def _moment(at: str | datetime, zone: str = "UTC") -> str:
    """A time by the clock of its own zone, to the minute; as it stands where it cannot be read."""
    try:
        moment = at if isinstance(at, datetime) else datetime.fromisoformat(at)
    except ValueError:
        return str(at)
    if zone == "UTC":
        moment = moment.astimezone(UTC)
    return f"{_day(moment.date())}, {moment:%H:%M} {zone}"


def _day(day: str | date) -> str:
    found = day if isinstance(day, date) else date.fromisoformat(day)
    return f"{found.day} {found:%b %Y}"


def _seconds(seconds: float) -> str:
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    minutes, left = divmod(round(seconds), _MINUTE)
    return f"{minutes} min {left} s" if seconds < _HOUR else f"{minutes // 60} h {minutes % 60} min"


def _percent(share: float) -> str:
    return f"{share:.0%}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!", "…")) else ".")


def _words(constant: str) -> str:
    return constant.replace("_", " ").lower()


def _tone(severity: str) -> str:
    return _TONES.get(severity, "calm")


def _urgency(severity: str) -> str:
    return _URGENCIES.get(severity, severity)


def lines_of(places: Iterable[int]) -> str:
    """Which lines of a report a number is the sum of, as the page says it to programs."""
    return "+".join(f"lines.{place}.events" for place in places)


FILTERS: dict[str, Callable[..., Any]] = {
    "day": _day,
    "days": days_of_window,
    "grouped": _grouped,
    "how_many": how_many,
    "lines": lines_of,
    "moment": _moment,
    "money": _money,
    "percent": _percent,
    "seconds": _seconds,
    "sentence": _sentence,
    "tone": _tone,
    "urgency": _urgency,
    "words": _words,
}
"""What the templates call, by name."""
