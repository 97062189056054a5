"""What `preview --expect` does: reads cases from a file, and tells which of them do not hold."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec
import yaml

from target_linkedin_conversions.cli.json_output import print_json
from target_linkedin_conversions.cli.unique_keys import DuplicateKeyError, RepeatsError, UniqueKeys
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.private_files import path_shown
from target_linkedin_conversions.records.looks import looks_personal
from target_linkedin_conversions.run.preview.cases import CaseResult, Cases, run_cases
from target_linkedin_conversions.settings.files import content_of
from target_linkedin_conversions.tables.schema import schema_of_rows
from target_linkedin_conversions.wall_clock import wall_clock

if TYPE_CHECKING:
    from target_linkedin_conversions.settings import Settings

__all__ = ["expect"]

_LONGEST = 16 << 20
_FAILED = 2

_decode_rows = msgspec.json.Decoder(float_hook=Decimal).decode


class _Loader(UniqueKeys, yaml.SafeLoader):
    """Reads YAML as a tap would write it: what looks like a date stays a text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def expect(settings: Settings, file: str, *, as_json: bool) -> None:
    """Print how the cases of a file ended; exits 2 where one does not hold."""
    held = run_cases(read_cases(file), settings, wall_clock(), schema_of_rows)
    failed = [one for one in held if not one.holds]
    if as_json:
        found = {"cases": len(held), "failed": len(failed), "results": [_as_json(one) for one in held]}
        print_json(found)
    else:
        _tell(held, failed)
    if failed:
        raise SystemExit(_FAILED)


def read_cases(file: str) -> Cases:
    """The cases of a YAML or JSON file; raises `ConfigError` with the place in it, without a value."""
    try:
        raw = content_of(Path(file), _LONGEST)
    except OSError as error:
        problem = f"{path_shown(file, 'the file')} cannot be read ({error.strerror or type(error).__name__})"
        raise ConfigError("--expect", problem, "check its name and who may read it") from None
    try:
        # A subclass of SafeLoader makes no objects of its own.
        written = yaml.load(raw, _Loader)  # noqa: S506
        cases = msgspec.convert(_decode_rows(msgspec.json.encode(written)), Cases)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" in line {mark.line + 1}" if mark is not None else ""
        if isinstance(error, RepeatsError):
            raise ConfigError("--expect", f"{error.problem}: {file}", "write the cases out") from None
        if isinstance(error, DuplicateKeyError):
            raise ConfigError("--expect", f"{error.problem}: {file}{place}", "keep one of the two") from None
        raise ConfigError("--expect", f"{file} is no YAML{place}", "mend it, or write it as JSON") from None
    except msgspec.ValidationError as error:
        mend = "docs/preview.md has an example of each key"
        if str(error).startswith("Expected `str`"):
            mend = f'YAML reads no, on, 1 and null as no texts: write it in quotes, as in name: "no"; {mend}'
        where = "" if looks_personal(str(error)) else f": {error}"
        raise ConfigError("--expect", f"{file} is no file of cases{where}", mend) from None
    except (TypeError, ValueError, RecursionError):
        raise ConfigError(
            "--expect", f"{file} holds what JSON does not know", "write texts, numbers, lists, objects"
        ) from None
    _check(cases, file)
    return cases


def _check(cases: Cases, file: str) -> None:
    """Stop at a file that would hold whatever happened."""
    if not cases.cases:
        raise ConfigError("--expect", f"{file} has no cases", "add one with a row and what is expected of it")
    for at, case in enumerate(cases.cases):
        place = f"cases[{at}]"
        if not (case.stream or cases.stream):
            raise ConfigError(place, "nothing says of which stream its row is", "add stream, to it or at the top")
        ends = (case.expect.payload, case.expect.payloads, case.expect.skipped, case.expect.rejected)
        if all(end is None for end in ends):
            raise ConfigError(place, "it expects nothing", "add payload, payloads, skipped or rejected")


def _as_json(one: CaseResult) -> dict[str, Any]:
    return {"case": one.case, "holds": one.holds, "differences": one.differences}


def _tell(held: list[CaseResult], failed: list[CaseResult]) -> None:
    for one in failed:
        click.echo(printable(one.case))
        for difference in one.differences:
            click.echo(f"  {printable(difference.path)}")
            click.echo(f"    expected  {printable(difference.expected)}")
            click.echo(f"    came      {printable(difference.came)}")
    is_one = len(held) == 1
    if failed:
        of_them = (
            "it does not hold"
            if is_one
            else f"{len(failed)} of {len(held)} {'does' if len(failed) == 1 else 'do'} not hold"
        )
    else:
        of_them = "it holds" if is_one else "all hold"
    click.echo(f"{how_many(len(held), 'case')}, {of_them}")
