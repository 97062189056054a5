"""The files beside the one that is sent: `FILE.mapping.yml` with the answers, `FILE.not-sent.csv` with the rest."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from target_linkedin_conversions.cli.unique_keys import DuplicateKeyError, RepeatsError, UniqueKeys
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.printable import printable, writable
from target_linkedin_conversions.private_files import mend_of, open_regular, write_private
from target_linkedin_conversions.records.looks import looks_personal
from target_linkedin_conversions.settings.files import decoded

__all__ = ["FilesBeside", "read_answers", "write_answers"]

_NOT_SENT = ".not-sent.csv"
_SET_ASIDE = re.compile(r"\.\d{8}T\d{6}Z-[0-9a-f]{8}$")
_LONGEST_ANSWERS = 1 << 20


class _Loader(UniqueKeys, yaml.BaseLoader):
    """Reads every scalar as the text that it is written as: in YAML's own reading `yes` would grant what `true` does."""


class FilesBeside:
    """What belongs to a file; of `FILE.not-sent.csv` it is what belongs to FILE, so that its answers are known."""

    def __init__(self, path: str) -> None:
        """Name them; nothing is opened."""
        given = Path(path)
        self.is_not_sent = given.name.endswith(_NOT_SENT)
        base = _SET_ASIDE.sub("", given.name.removesuffix(_NOT_SENT)) if self.is_not_sent else given.name
        self.base = given.with_name(base)
        stem = self.base.stem
        # `jane@example.com` of a file that has no ending is an address, `jane@example` no longer looks like one.
        self.stream = writable(base if looks_personal(base) and not looks_personal(stem) else stem)
        """What the rows are a stream of, where nobody names it."""
        self.answers = given.with_name(f"{base}.mapping.yml")
        self.not_sent = given if self.is_not_sent else given.with_name(f"{base}{_NOT_SENT}")

    @property
    def place(self) -> str:
        """Where the answers stand, as a message may say it that is kept: a file may be named after the person in it."""
        return "FILE.mapping.yml" if looks_personal(self.base.name) else writable(str(self.answers))

    def aside(self, run: str) -> Path:
        """Where rows that an earlier run left, and somebody may have mended, are kept when a run leaves others."""
        return self.base.with_name(f"{self.base.name}.{run}{_NOT_SENT}")


def read_answers(path: Path) -> dict[str, Any]:
    """The answers that were kept, every value as text; none where there is no file. Raises `ConfigError` with the line."""
    try:
        with open_regular(path) as file:
            data = file.read(_LONGEST_ANSWERS + 1)
        if len(data) > _LONGEST_ANSWERS:
            problem = f"it is larger than {_LONGEST_ANSWERS >> 20} MiB"
            raise ConfigError(str(path), problem, "keep only what differs, or remove it to be asked again")
        text = decoded(data)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError(
            str(path), f"it cannot be read ({error.strerror})", "make it readable, or remove it"
        ) from None
    except UnicodeError:
        raise ConfigError(str(path), "it is no text in UTF-8", "save it as UTF-8, or remove it") from None
    found = _answers_in(text, path)
    if found is None or found == "":
        return {}
    if not isinstance(found, dict) or not all(isinstance(name, str) for name in found):
        raise ConfigError(str(path), "it is no list of `name: value`", "mend it, or remove it to be asked again")
    return found


def _answers_in(text: str, path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    """What stands in the file; raises `ConfigError` with the line."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - it makes texts, lists and mappings only
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{path}, line {mark.line + 1}" if mark else str(path)
        if isinstance(error, DuplicateKeyError):
            raise ConfigError(place, str(error.problem), "keep one of the two") from None
        if isinstance(error, RepeatsError):
            raise ConfigError(str(path), str(error.problem), "write it out, or remove it to be asked again") from None
        mend = "mend that line, or remove the file to be asked again"
        raise ConfigError(place, "it is no YAML", mend) from None
    except (yaml.YAMLError, RecursionError):
        raise ConfigError(str(path), "it is no YAML", "mend it, or remove it to be asked again") from None


def write_answers(path: Path, answers: dict[str, Any], name: str) -> None:
    """Write the answers for the next run; raises `ConfigError` where that fails."""
    head = (
        f"# How `linkedin-conversions send` reads {printable(Path(name).name)}; it is asked no more what stands here.\n"
        "# Change it as you like: a flag wins over it. Each line is a key of an entry of `streams` (docs/mapping.md).\n"
    )
    text = head + yaml.safe_dump(answers, sort_keys=False, allow_unicode=True, default_flow_style=None, width=120)
    try:
        write_private(path, text.encode())
    except OSError as error:
        mend = mend_of(error, "send a copy of the file from a folder of your own")
        raise ConfigError(str(path), f"the answers cannot be written ({error.strerror})", mend) from None
