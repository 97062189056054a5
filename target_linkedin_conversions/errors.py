"""Every way a run can stop, cut by who has to react.

::

    TargetError                      exit 1   us: a fault in this program
    └── StopRun                      the run ends; STATE stays where delivery is
        ├── OperatorError            a person changes something
        │   ├── ConfigError          exit 2   a setting
        │   ├── MachineError         exit 2   this machine's way to LinkedIn: a CA bundle, a proxy
        │   ├── RuleError            exit 2   a conversion rule in LinkedIn
        │   ├── VersionError         exit 2   the LinkedIn version
        │   ├── LedgerError          exit 2   the ledger cannot be used
        │   ├── CredentialError      exit 3   token or scope
        │   ├── TooManyRejectsError  exit 6   the data or the mapping
        │   └── InputError           exit 7   what the tap wrote
        └── LaterError               the scheduler runs it again
            ├── QuotaError           exit 4   the day's requests are spent
            ├── UnreachableError     exit 5   LinkedIn, the ledger's database or the state folder's storage does not answer
            ├── InUseError           exit 5   another run or replay uses what is to be changed
            ├── OutputError          exit 5   nobody reads STATE
            └── Terminated           exit 143/130   a signal

No message carries a value that came from a record or a secret: a message says
the place, what was expected, and the mend.
"""

from __future__ import annotations

from typing import ClassVar

from target_linkedin_conversions.printable import printable

__all__ = [
    "LONGEST_MESSAGE",
    "ClockError",
    "ConfigError",
    "CredentialError",
    "InUseError",
    "InputError",
    "LaterError",
    "LedgerError",
    "MachineError",
    "OperatorError",
    "OutputError",
    "QuotaError",
    "RuleError",
    "StopRun",
    "TargetError",
    "Terminated",
    "TooManyRejectsError",
    "UnreachableError",
    "VersionError",
    "exit_code_of",
    "fault_of",
    "outcome_of",
]

LONGEST_MESSAGE = 2000
"""Characters of a sentence about an error or a warning."""


class TargetError(Exception):
    """A fault in this program: exit 1, please report it."""

    exit_code: ClassVar[int] = 1
    outcome: ClassVar[str] = "fault"

    def __init__(self, message: str = "") -> None:
        """Say it in one printable line, whatever names or answers stand in it."""
        super().__init__(printable(message, LONGEST_MESSAGE))


class StopRun(TargetError):  # noqa: N818 - it names what happens; its children are errors
    """The run ends here; STATE stays where delivery is."""


class OperatorError(StopRun):
    """A person has to change something before the next run can go on."""


class ConfigError(OperatorError):
    """A setting is wrong: exit 2, with the setting, what was expected, and the mend."""

    exit_code = 2
    outcome = "config"

    def __init__(self, setting: str, problem: str, mend: str, *, code: str = "setting") -> None:
        """Build the one sentence from the setting's name, the problem, and the mend; `code` is that of its finding."""
        self.setting = setting
        self.code = code
        super().__init__(f"{setting}: {problem}; {mend}")


class MachineError(OperatorError):
    """This machine cannot reach anybody as it is set up: exit 2, with the variable, the problem, and the mend."""

    exit_code = 2
    outcome = "machine"

    def __init__(self, place: str, problem: str, mend: str) -> None:
        """Build the one sentence from the variable's name, the problem, and the mend."""
        self.place = place
        super().__init__(f"{place}: {problem}; {mend}")


class ClockError(OperatorError):
    """This machine's clock is so wrong that events would be taken for too old, or for ones of the future: exit 2."""

    exit_code = 2
    outcome = "machine"


class RuleError(OperatorError):
    """A conversion rule cannot take events: exit 2."""

    exit_code = 2
    outcome = "rule"


class VersionError(OperatorError):
    """LinkedIn does not know the version that was sent: exit 2."""

    exit_code = 2
    outcome = "version"


class LedgerError(OperatorError):
    """The ledger cannot be opened, read or written: exit 2, nothing more is sent."""

    exit_code = 2
    outcome = "ledger"


class CredentialError(OperatorError):
    """The token is dead or lacks a scope: exit 3, a person must act."""

    exit_code = 3
    outcome = "credential"


class TooManyRejectsError(OperatorError):
    """More events were rejected than `max_reject_ratio` allows: exit 6."""

    exit_code = 6
    outcome = "rejects"


class InputError(OperatorError):
    """The Singer input is broken: exit 7, with the line's number, never its content."""

    exit_code = 7
    outcome = "input"


class LaterError(StopRun):
    """Nothing is wrong here; the next run goes on."""


class QuotaError(LaterError):
    """The day's requests are spent: exit 4."""

    exit_code = 4
    outcome = "quota"


class UnreachableError(LaterError):
    """LinkedIn, the ledger's database or the storage of a state folder does not answer as documented: exit 5."""

    exit_code = 5
    outcome = "unreachable"


class InUseError(LaterError):
    """Another program uses what this one was to change: exit 5, to be repeated once that has ended."""

    exit_code = 5
    outcome = "in_use"


class OutputError(LaterError):
    """Nobody reads our STATE any more: exit 5, like every end that the next run mends."""

    exit_code = 5
    outcome = "stdout_closed"


class Terminated(LaterError):  # noqa: N818 - a signal is no error
    """A signal asked the run to end: exit 143 (SIGTERM) or 130 (SIGINT)."""

    outcome = "terminated"

    def __init__(self, signal_number: int) -> None:
        """Keep the signal's number; the exit code is 128 more."""
        self.signal_number = signal_number
        super().__init__(f"signal {signal_number} received")

    @property
    def code(self) -> int:
        """The exit code: 128 plus the signal's number."""
        return 128 + self.signal_number


def fault_of(error: BaseException) -> TargetError:
    """The error that stands for a fault in this program: its kind alone, for its message may hold a record's values."""
    return TargetError(f"a fault in this program: {type(error).__name__}")


def exit_code_of(error: BaseException) -> int:
    """The exit code by which a process that stopped with this error ends."""
    if isinstance(error, Terminated):
        return error.code
    return error.exit_code if isinstance(error, TargetError) else TargetError.exit_code


def outcome_of(error: BaseException) -> str:
    """The word for this error in `outcome=…` and in the report."""
    return error.outcome if isinstance(error, TargetError) else TargetError.outcome
