"""`linkedin-conversions completion`: the script is the shell's own, and what it completes is what there is."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from target_linkedin_conversions.cli.main import COMMANDS, program
from tests.singer.pipe import environment

if TYPE_CHECKING:
    from pathlib import Path

SHELLS = ("bash", "zsh", "fish")
BASH = """
source {script}
COMP_WORDS=(linkedin-conversions {words})
COMP_CWORD={count}
_linkedin_conversions_completion linkedin-conversions
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
ZSH = """
autoload -Uz compinit && compinit -u -d {folder}/dump
compadd() {{ eval "print -rl -- \\${{${{@[-1]}}[@]}}" }}
_describe() {{ eval "print -rl -- \\${{$3[@]}}" }}
source {script}
words=(linkedin-conversions {words}) CURRENT={current}
_linkedin_conversions_completion
"""
FISH = "source {script}; complete -C 'linkedin-conversions {line}'"


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A PATH with the program on it."""
    here = tmp_path / "linkedin-conversions"
    here.write_text(f"#!{sys.executable}\nfrom target_linkedin_conversions.cli.main import main\nmain()\n")
    here.chmod(0o755)
    return f"{tmp_path}:/usr/local/bin:/usr/bin:/bin"


def script(shell: str) -> str:
    done = CliRunner().invoke(program, ["completion", shell])
    assert done.exit_code == 0
    return done.stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_printed_and_names_the_program(shell: str) -> None:
    assert "_LINKEDIN_CONVERSIONS_COMPLETE" in script(shell)
    assert "linkedin-conversions" in script(shell)


@pytest.mark.parametrize("shell", SHELLS)
def test_what_the_program_says_beside_does_not_stand_in_the_line_that_is_written(shell: str) -> None:
    assert script(shell).count("2>/dev/null") == 1


def test_another_shell_is_exit_2() -> None:
    assert CliRunner().invoke(program, ["completion", "tcsh"]).exit_code == 2


@pytest.mark.slow
@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", set(COMMANDS)),
        ("rules ", {"list", "show", "create", "update", "enable", "disable", "associate"}),
        ("rules create --type PURCH", {"PURCHASE"}),
        ("login --no-b", {"--no-browser"}),
        ("send leads.csv --timezone europe/berl", {"Europe/Berlin"}),
        ("check --config EN", {"ENV"}),
    ],
)
def test_the_shell_completes_commands_options_and_values(
    tmp_path: Path, path: str, shell: str, line: str, expected: set[str]
) -> None:
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"{shell} is not installed")
    file = tmp_path / "script"
    file.write_text(script(shell))
    words = [*line.split(), *([""] if not line or line.endswith(" ") else [])]
    quoted = " ".join(f"'{word}'" for word in words)
    program_of = {
        "bash": BASH.format(script=file, words=quoted, count=len(words)),
        "zsh": ZSH.format(script=file, words=quoted, current=len(words) + 1, folder=tmp_path),
        "fish": FISH.format(script=file, line=line),
    }
    done = subprocess.run(
        [found, "-c", program_of[shell]],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=tmp_path,
        env=environment(PATH=path, HOME=str(tmp_path)),
    )
    told = {part.partition(":")[0] for row in done.stdout.splitlines() for part in row.split("\t")[:1]}
    assert expected <= told, done.stderr


def example(shell: str) -> str:
    """The line of the help that sets completion up."""
    shown = CliRunner().invoke(program, ["completion", "--help"]).stdout
    return next(line.partition(":")[2].strip() for line in shown.splitlines() if line.strip().startswith(f"{shell}:"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shell", "completed"),
    [
        ("bash", ". ~/.bashrc; complete -p linkedin-conversions"),
        ("zsh", ". ~/.zshrc; print $_comps[linkedin-conversions]"),
        ("fish", ". ~/.config/fish/config.fish; complete -C 'linkedin-conversions ledger st'"),
    ],
)
def test_the_line_of_the_help_sets_completion_up_for_a_user_who_has_configured_nothing(
    tmp_path: Path, path: str, shell: str, completed: str
) -> None:
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"{shell} is not installed")
    for typed in (":", example(shell), completed):  # the first: a shell that begins makes the folders it wants
        done = subprocess.run(
            [found, "-ic", typed],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env=environment(PATH=path, HOME=str(tmp_path), TERM="dumb"),
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # an interactive shell takes no terminal from the tests
        )
        assert done.returncode == 0, done.stderr
    assert done.stdout.strip(), done.stderr
    assert "not found" not in done.stderr


FILES = [
    "send le",
    "preview le",
    "privacy le",
    "forget le",
    "check --config le",
    "privacy --diff le",
    "preview --expect le",
    "reconcile --source le",
    "ledger import le",
]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("line", FILES)
def test_where_a_file_goes_the_shell_is_told_to_complete_files(shell: str, line: str) -> None:
    program_name = "linkedin-conversions"
    words = [program_name, *line.split()]
    answered = CliRunner().invoke(
        program,
        prog_name=program_name,
        env={
            "_LINKEDIN_CONVERSIONS_COMPLETE": f"{shell}_complete",
            "COMP_WORDS": " ".join(words),
            "COMP_CWORD": "le" if shell == "fish" else str(len(words) - 1),
        },
    )
    assert answered.stdout.replace("\n", ",").split(",")[:2] == ["file", "le"], answered.stdout


@pytest.mark.slow
def test_fish_shows_the_whole_of_a_help_that_holds_a_comma(tmp_path: Path, path: str) -> None:
    found = shutil.which("fish")
    if found is None:
        pytest.skip("fish is not installed")
    (tmp_path / "script").write_text(script("fish"))
    done = subprocess.run(
        [found, "-c", FISH.format(script=tmp_path / "script", line="ledger st")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=tmp_path,
        env=environment(PATH=path, HOME=str(tmp_path)),
    )
    assert done.stdout == "stats\tWhat the ledger holds, by status and rule;...\n", done.stderr
