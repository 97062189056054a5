"""`linkedin-conversions sandbox`: LinkedIn on localhost, for trying things out."""

from __future__ import annotations

import json
import math
import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from target_linkedin_conversions.cli.completing import complete_files
from target_linkedin_conversions.cli.json_output import json_option
from target_linkedin_conversions.extras import install
from target_linkedin_conversions.sandbox import Sandbox
from target_linkedin_conversions.settings.files import content_of

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["sandbox"]

DEFAULT_PORT = 8765
_YYYYMM = 6
_LONGEST_RULES = 16 << 20
MISSING = f"The sandbox needs starlette and uvicorn: {install('sandbox')}"
EPILOG = """\b
Example:
  linkedin-conversions sandbox --port 8765 --rules 101,102
  then set api_url and oauth_url to http://127.0.0.1:8765
  and access_token to sandbox-token
"""


class StartError(click.ClickException):
    """The sandbox could not start; exit 2, like every fault of configuration."""

    exit_code = 2


class FiniteRange(click.FloatRange):
    """A number from a range; click's own takes `nan`, which lies in every one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401 - click's signature
        """The number; fails for one that is none, or has no end."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is no number that can be counted with", param, ctx)
        return number


@click.command(epilog=EPILOG)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    help="0 takes a free one.",
)
@click.option(
    "--rules",
    "rules",
    metavar="IDS|FILE",
    shell_complete=complete_files,
    help="Rule ids with commas between, or a JSON file with a list of ids or rule objects. "
    "Default: 101 to 104, a disabled 901, a browser's 902.",
)
@click.option(
    "--requests-per-minute",
    type=click.IntRange(min=0),
    default=600,
    show_default=True,
    help="LinkedIn's limit for one token.",
)
@click.option(
    "--requests-per-day",
    type=click.IntRange(min=0),
    default=500_000,
    show_default=True,
    help="LinkedIn's limit for one token on a UTC day.",
)
@click.option(
    "--lint/--no-lint",
    default=True,
    show_default=True,
    help="Count values that LinkedIn would take and never match.",
)
@click.option(
    "--also-version",
    "also_versions",
    multiple=True,
    metavar="YYYYMM",
    help="A LinkedIn version that came after this package; may be repeated.",
)
@click.option(
    "--match-rate",
    type=FiniteRange(0, 1),
    default=1.0,
    show_default=True,
    help="Share of people that the report's LinkedIn knows.",
)
@click.option(
    "--click-rate",
    type=FiniteRange(0, 1),
    default=1.0,
    show_default=True,
    help="Share of those who clicked an ad before.",
)
@click.option(
    "--view-rate",
    type=FiniteRange(0, 1),
    default=0.0,
    show_default=True,
    help="Share of the others who saw one before.",
)
@click.option(
    "--reporting-lag-hours",
    type=FiniteRange(min=0),
    default=72.0,
    show_default=True,
    help="How long after an event the report may lack it.",
)
@click.option("--client-id", help="The only OAuth client that may log in and refresh. Default: any.")
@json_option("Print one JSON line when ready.")
def sandbox(
    port: int,
    rules: str | None,
    requests_per_minute: int,
    requests_per_day: int,
    lint: bool,
    also_versions: Sequence[str],
    match_rate: float,
    click_rate: float,
    view_rate: float,
    reporting_lag_hours: float,
    client_id: str | None,
    as_json: bool,
) -> None:
    """Run a strict LinkedIn on 127.0.0.1 until Ctrl-C.

    It takes conversion events as LinkedIn does, refuses them in LinkedIn's words, shows what it
    took at /_sandbox/, and fails in the ways you order. No event leaves this machine.
    """
    if not all(len(version) == _YYYYMM and version.isascii() and version.isdecimal() for version in also_versions):
        raise StartError("--also-version takes a LinkedIn version as YYYYMM; for example --also-version 202703")
    ended = _ended_by_signal()
    try:
        linkedin = Sandbox(
            port=port,
            rules=None if rules is None else read_rules(rules),
            versions=dict.fromkeys(also_versions),
            lint="report" if lint else "off",
            requests_per_minute=requests_per_minute,
            requests_per_day=requests_per_day,
            match_rate=match_rate,
            click_rate=click_rate,
            view_rate=view_rate,
            reporting_lag_hours=reporting_lag_hours,
            client_id=client_id,
        ).start()
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in {"starlette", "uvicorn"}:
            raise StartError(MISSING) from error
        raise
    except OSError as error:
        raise StartError(
            f"--port {port} cannot be used ({error.strerror}); name another, or 0 for a free one"
        ) from error
    except (ValueError, msgspec.MsgspecError) as error:
        raise StartError(f"--rules: {error}") from error
    _announce(linkedin.url, as_json=as_json)
    ended.wait()
    linkedin.stop()


def read_rules(given: str) -> list[Any]:
    """Read the value of `--rules`.

    Raises:
        StartError: it is neither ids nor a JSON file of rules.

    """
    ids = [part.strip() for part in given.split(",")]
    if all(part.rpartition(":")[2].isdecimal() for part in ids):
        return list(ids)
    try:
        content = json.loads(content_of(Path(given), _LONGEST_RULES).decode())
    except (OSError, ValueError, RecursionError) as error:
        why = f" ({error.strerror})" if isinstance(error, OSError) and error.strerror else ""
        raise StartError(
            f"--rules takes ids with commas between, or a JSON file of rules, and this is neither{why}; for example --rules 101,102"
        ) from error
    return content if isinstance(content, list) else [content]


def _announce(url: str, *, as_json: bool) -> None:
    ready = {"url": url, "oauth_url": url, "pid": os.getpid(), "access_token": "sandbox-token"}
    click.echo(json.dumps(ready) if as_json else f"LinkedIn sandbox: {url}")


def _ended_by_signal() -> threading.Event:
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    return ended
