"""The command line is the SDK's own, and answers without the SDK where it can."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

from target_linkedin_conversions.singer.main import command
from target_linkedin_conversions.singer.target import TargetLinkedInConversions

PROGRAM = """
import sys
from target_linkedin_conversions.singer.main import main
try:
    main(sys.argv[1:])
finally:
    heavy = {"singer_sdk", "sqlalchemy", "requests", "msgspec"} & set(sys.modules)
    assert not heavy, heavy
"""


def test_the_options_are_the_sdks_own() -> None:
    theirs = TargetLinkedInConversions.get_singer_command()
    found, expected = (
        {(parameter.name, tuple(parameter.opts), parameter.multiple) for parameter in one.params}
        for one in (command, theirs)
    )
    assert found == expected


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_a_quick_question_imports_nothing_that_it_does_not_use(option: str) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM, option], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    if option == "--version":
        ours, sdk = version("target-linkedin-conversions"), version("singer-sdk")
        assert done.stdout == f"target-linkedin-conversions v{ours}, Meltano SDK v{sdk}\n"
