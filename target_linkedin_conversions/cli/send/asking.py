"""Questions that a file leaves open: asked on a terminal, elsewhere the flag is named that answers them."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

import click
import msgspec

from target_linkedin_conversions.cli.asking import heard, says_yes
from target_linkedin_conversions.cli.telling import as_told, tell_user
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.printable import printable_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Asking", "Question"]


class Question(msgspec.Struct, frozen=True):
    """A question; and where nobody can be asked the flag that answers it, what is open, and what to do."""

    words: str
    flag: str
    problem: str
    mend: str


class Asking:
    """Asks one question after another; where nobody can be asked, all that is open is one error."""

    def __init__(self, *, is_terminal: bool) -> None:
        """Nothing is asked before the first question."""
        self.is_terminal = is_terminal
        self._open: list[Question] = []
        self.remarks: list[str] = []
        """What nobody could be asked, and costs no row."""

    @classmethod
    def here(cls) -> Asking:
        """Questions for the person at the terminal, if there is one."""
        return cls(is_terminal=sys.stdin.isatty() and sys.stderr.isatty())

    def ask(self, question: Question, read: Callable[[str], object], default: str | None = None) -> object:
        """The answer as `read` has it, asked until it can be read; None where nobody can be asked, which is then noted."""
        if not self.is_terminal:
            self._open.append(question)
            return None
        while True:
            shown = default is not None
            words = as_told(printable_lines(question.words), err=True)
            answer = heard(question.flag, partial(click.prompt, words, default=default, err=True, show_default=shown))
            try:
                return read(str(answer).strip())
            except ConfigError as error:
                tell_user(f"  {error}", err=True)

    def ask_or_tell(self, question: Question, read: Callable[[str], str], default: str) -> str | None:
        """The answer; where nobody can be asked, which stops nothing, None and a remark."""
        if not self.is_terminal:
            self.remarks.append(f"{question.problem}; {question.mend}")
            return None
        return str(self.ask(question, read, default))

    def leave_open(self, flag: str, problem: str, mend: str) -> None:
        """Note what nobody can be asked here, and the flag that answers it."""
        self._open.append(Question("", flag, problem, mend))

    def choose(self, names: Sequence[str], answer: str) -> str:
        """The name that an answer means: by its number in a list, or as it is written; raises `ConfigError`."""
        if answer.isdigit() and 1 <= int(answer) <= len(names):
            return names[int(answer) - 1]
        found = next((name for name in names if name.casefold() == answer.casefold()), None)
        if found is None:
            raise ConfigError("answer", "that is none of them", "write its number or its name")
        return found

    def confirm(self, question: str) -> bool:
        """Whether the answer is yes; the default is no."""
        return heard("--yes", lambda: says_yes(printable_lines(question)))

    @property
    def is_open(self) -> bool:
        """Whether something is open that nobody could be asked."""
        return bool(self._open)

    def check(self) -> None:
        """Raise `ConfigError` with all that is open."""
        if not self._open:
            return
        first, *others = self._open
        more = "".join(f"; {one.flag}: {one.problem}, {one.mend}" for one in others)
        raise ConfigError(first.flag, first.problem, f"{first.mend}{more}")
