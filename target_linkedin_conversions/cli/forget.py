"""`linkedin-conversions forget`: takes a person out of what is kept here, and keeps that person from being sent again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from target_linkedin_conversions.cli.asking import agree, ask, heard
from target_linkedin_conversions.cli.completing import complete_files
from target_linkedin_conversions.cli.config import config_option, load_settings
from target_linkedin_conversions.cli.configured_ledger import key_of_ledger, runs_under_way
from target_linkedin_conversions.cli.json_output import json_option, print_json
from target_linkedin_conversions.cli.past_runs import outbox_of, warn
from target_linkedin_conversions.cli.telling import tell_user
from target_linkedin_conversions.errors import ConfigError, InUseError, TargetError, exit_code_of
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.ledger import pseudonym
from target_linkedin_conversions.reporting.data_subject import DataSubject, email_of
from target_linkedin_conversions.reporting.disclosure import LINKEDIN_DELETES, LINKEDIN_KEEPS
from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.reporting.forgetting import NOT_SENT, Forgetting
from target_linkedin_conversions.run.suppress import add_to_suppress_list, suppress_list
from target_linkedin_conversions.settings.definitions import ENVIRONMENT_PREFIX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_linkedin_conversions.settings import Settings

__all__ = ["forget"]

_STDIN = "-"
_LONGEST = 1_000_000
"""Characters that are read from stdin."""
_BYTE_ORDER_MARK = "\ufeff"
"""What spreadsheets write before a text in UTF-8."""
_WITHOUT_LIST = (
    "no suppress list is set, so the person is sent again where another record comes with consent; set suppress (without a "
    f"config the variable {ENVIRONMENT_PREFIX}SUPPRESS) to a file, and forget again, which is safe to repeat"
)
_NO_ADDRESS = (
    "no address of that key is known here, so nothing could be added to the suppress list, and the person may come "
    "again: forget by --email too, or remove the record at its source"
)
_NO_SUCH_KEY = (
    "nothing that is kept here has the key: it may be removed already; else see whether column and value are written as "
    "`linkedin-conversions rejects list` shows them"
)
_NO_FILES = (
    f"no file of rows that `send` did not send was named, so none was searched; where there are any, beside the tables as *{NOT_SENT}, "
    "forget again and name them, which is safe to repeat"
)


class Receipt(msgspec.Struct, frozen=True):
    """What was removed, and what stays: lines of rejects, lines of the outbox, rows of results and of files, added digests."""

    subjects: int
    rejects: int
    outbox: int
    results: int
    not_sent: int
    suppressed: int
    ledger: str
    linkedin: str
    in_use: list[str] = []
    under_way: list[str] = []
    notes: list[str] = []


@click.command()
@click.argument("files", metavar="[FILE]...", nargs=-1, shell_complete=complete_files)
@config_option
@click.option(
    "--email",
    metavar="-",
    help="`-` reads addresses, or their SHA-256, from stdin, one a line; asked for on a terminal.",
)
@click.option("--key", metavar="NAME=VALUE|-", help="A key column and its value; `-` reads such lines from stdin.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option("The receipt as one JSON object.")
def forget(
    files: tuple[str, ...], config: tuple[str, ...], email: str | None, key: str | None, yes: bool, as_json: bool
) -> None:
    r"""Forget a person: rejects, outbox, results, and FILEs of rows that `send` did not send (*.not-sent.csv).

    The address's SHA-256 goes to the suppress list, so that no later run sends the person again; what the outbox
    holds of the person also leads to lines that have only the key. Safe to repeat, and beside a load: a file that is
    in use stays, a load that goes on may still send the person; both are named, and the exit code is 5. An address never
    stands in the command, where others could read it.

    The ledger's keyed digests stay: they are pseudonymous, and keep events from being sent twice. What LinkedIn
    has stays with LinkedIn, as the receipt says.

    \b
    Examples:
      linkedin-conversions forget --email - --config config.json
      linkedin-conversions forget --email - --yes --json --config config.json < address.txt
      linkedin-conversions forget --key contact_id=4711 leads.csv.not-sent.csv --config config.json
    """
    settings = load_settings(config)
    paths = _checked(files)
    sought = _sought(settings, email, key)
    folder = Folder(settings.state_dir)
    folder.look()  # who is looked for where no folder can be is not forgotten
    forgetting = Forgetting(sought, folder, outbox_of(settings), warn)
    forgetting.learn()
    if not yes:
        _ask(_counted(forgetting, paths, remove=False), settings, sought)
    error: TargetError | None = None
    receipt = _forgotten(settings, sought, forgetting, paths)
    if receipt.in_use or receipt.under_way:
        error = InUseError(f"{_who_uses(receipt)}; forget again once that has ended")
    if as_json:
        print_json({"receipt": receipt})
    else:
        _tell(receipt)
    for note in receipt.notes:
        warn(note)
    if error is not None:
        tell_user(f"Error: {error}", err=True)
        sys.exit(exit_code_of(error))


def _forgotten(settings: Settings, sought: DataSubject, forgetting: Forgetting, paths: Sequence[Path]) -> Receipt:
    """Take the person out of everything: first so that nothing new is sent, then of what is kept."""
    digests = sought.digests | sought.digests_of_records
    notes = []
    added = 0
    if settings.suppress is None:
        notes.append(_WITHOUT_LIST)
    elif digests:
        added = add_to_suppress_list(settings.suppress, digests)
    else:
        notes.append(_NO_ADDRESS)
    under_way = runs_under_way(
        settings
    )  # from here on each run that begins keeps the person out, and one that ended writes no more
    if not paths:
        notes.append(_NO_FILES)
    outbox, rejects, results, not_sent = counts = _counted(forgetting, paths, remove=True)
    if sought.keys and not any((*counts, added, *forgetting.in_use)):
        notes.append(_NO_SUCH_KEY)
    return Receipt(
        subjects=len(sought.digests) + len(sought.keys),
        rejects=rejects,
        outbox=outbox,
        results=results,
        not_sent=not_sent,
        suppressed=added,
        ledger=_ledger(settings),
        linkedin=f"{LINKEDIN_KEEPS}; {LINKEDIN_DELETES}",
        in_use=forgetting.in_use,
        under_way=under_way,
        notes=notes,
    )


def _who_uses(receipt: Receipt) -> str:
    """What keeps the person from being forgotten altogether at this moment."""
    runs = (
        f"under way (or killed less than a minute ago), and may still send the person: run {', '.join(receipt.under_way)}"
        if receipt.under_way
        else ""
    )
    files = f"in use by a run or a replay: {', '.join(receipt.in_use)}" if receipt.in_use else ""
    return "; ".join(part for part in (files, runs) if part)


def _counted(forgetting: Forgetting, paths: Sequence[Path], *, remove: bool) -> tuple[int, int, int, int]:
    return (
        forgetting.outbox(remove=remove),
        forgetting.rejects(remove=remove),
        forgetting.results(remove=remove),
        sum(forgetting.not_sent(path, remove=remove) for path in paths),
    )


def _ledger(settings: Settings) -> str:
    """What stays in the ledger, and what would remove it."""
    return (
        "keyed digests of event ids stay (pseudonymous), until "
        f"{how_many(settings.ledger_keep_days, 'day')} after delivery (ledger_keep_days): they keep events from being sent twice; "
        "there is no address in it to remove"
    )


def _checked(files: Sequence[str]) -> list[Path]:
    """The files, each by its name one that `send` writes: no other is ever changed; raises `ConfigError`."""
    for name in files:
        if not name.endswith(NOT_SENT):
            problem = f"only files that end with {NOT_SENT} are changed"
            raise ConfigError("FILE", problem, "name what `send` has written; mend your own tables yourself")
    return [Path(name) for name in files]


def _sought(settings: Settings, email: str | None, key: str | None) -> DataSubject:
    """Who is to be forgotten; raises `ConfigError` where nobody is named, or an address stands in the command."""
    if email is None and key is None:
        raise ConfigError("forget", "nobody is named", "pass --email - or --key NAME=VALUE")
    if email == _STDIN and key == _STDIN:
        raise ConfigError(
            "forget", "stdin is asked for twice", "forget by --email - and by --key - one after the other"
        )
    if email not in {None, _STDIN}:
        problem = "an address in a command can be read by others on this machine"
        raise ConfigError("--email", problem, "write --email - and pipe it in, or type it when asked")
    emails = _emails(_of_stdin("E-mail address")) if email is not None else {}
    keys = [] if key is None else _of_stdin("NAME=VALUE") if key == _STDIN else [key]
    secret = key_of_ledger(settings)
    return DataSubject(
        emails, frozenset(map(_key, keys)), None if secret is None else lambda text: pseudonym(secret, text)
    )


def _emails(lines: Sequence[str]) -> dict[str, str]:
    found = {}
    for number, line in enumerate(lines, 1):
        digest = email_of(line)
        if digest is None:
            raise ConfigError(
                "--email", f"line {number} of stdin is no e-mail address and no SHA-256", "write one a line"
            )
        found[digest] = line
    return found


def _key(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not (name and separator and value):
        raise ConfigError("--key", "expected NAME=VALUE", "for example --key contact_id=4711")
    return name.strip(), value.strip()


def _of_stdin(what: str) -> list[str]:
    """The lines that a person types, unseen, or a file holds; raises `ConfigError` where there are none."""
    if sys.stdin.isatty():
        lines = [ask(what, "stdin", hidden=True, otherwise="pipe it in, one a line")]
    else:
        text = heard("stdin", lambda: sys.stdin.read(_LONGEST + 1))
        if len(text) > _LONGEST:  # what is cut would leave people unforgotten, or name another
            problem = f"it holds more than {_LONGEST:,} characters, and nobody is forgotten yet"
            raise ConfigError("stdin", problem, "pipe it in parts of whole lines")
        lines = text.removeprefix(_BYTE_ORDER_MARK).splitlines()
    lines = [line.strip() for line in lines if line.strip()]
    if not lines:
        raise ConfigError("stdin", "it holds nothing", "pipe one a line into it, or type it when asked")
    return lines


def _ask(counts: tuple[int, int, int, int], settings: Settings, sought: DataSubject) -> None:
    """Ask a person; raises `ConfigError` where nobody says yes."""
    outbox, rejects, results, not_sent = counts
    suppress_list(settings.suppress if settings.suppress and Path(settings.suppress).exists() else None)
    what = (
        f"{how_many(rejects, 'line')} of rejects, {outbox} of the outbox, {results} of results, "
        f"{how_many(not_sent, 'row')} not sent"
    )
    known = len(sought.digests | sought.digests_of_records)
    never = (
        f", and send {'this person' if known == 1 else 'these people'} never again"
        if settings.suppress and known
        else ""
    )
    agree(f"Remove {what}{never}?", yes=False)


def _tell(receipt: Receipt) -> None:
    sought = how_many(receipt.subjects, "person or key", "people or keys")
    found = (receipt.rejects, receipt.outbox, receipt.results, receipt.not_sent, receipt.suppressed)
    tell_user(
        f"{sought} forgotten" if any(found) else f"{sought} looked for: nothing is kept here that could be removed"
    )
    tell_user(f"  rejects: {how_many(receipt.rejects, 'line')} removed")
    tell_user(f"  outbox: {how_many(receipt.outbox, 'event or rejected row', 'events and rejected rows')} removed")
    tell_user(f"  results: {how_many(receipt.results, 'row')} removed")
    tell_user(f"  not sent: {how_many(receipt.not_sent, 'row')} removed of the files that were named")
    tell_user(f"  suppress list: {receipt.suppressed} added")
    tell_user(f"  ledger: {receipt.ledger}")
    tell_user(f"  LinkedIn: {receipt.linkedin}")
