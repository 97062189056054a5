"""`send` on a terminal: what it asks, in which words, and what a marketer sees; docs/send.md shows the same."""

from __future__ import annotations

import os
import pty
import re
import select
import shlex
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest

if TYPE_CHECKING:
    from tests.send.conftest import Send

DOCS = Path(__file__).resolve().parents[2] / "docs" / "send.md"
PROGRAM = [sys.executable, "-c", "from target_linkedin_conversions.cli.main import main; main()"]
CONTROLS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")


class Terminal:
    """A program on a pseudo-terminal: `answer` waits for a question and types."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self._master, follower = pty.openpty()
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100", "LINES": "50"}
        self._process = subprocess.Popen(
            [*PROGRAM, *arguments], stdin=follower, stdout=follower, stderr=follower, cwd=folder, env=environment
        )
        os.close(follower)
        self.text = ""
        self._read_to = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        with suppress(OSError):
            os.close(self._master)

    def answer(self, question: str, typed: str) -> None:
        until = time.monotonic() + 60
        while question not in self.text[self._read_to :]:
            assert self._more(until), f"{question!r} was not asked: {self.text}"
        self._read_to = len(self.text)
        os.write(self._master, f"{typed}\n".encode())

    def end(self) -> int:
        until = time.monotonic() + 60
        while self._more(until):
            pass
        return self._process.wait(30)

    def _more(self, until: float) -> bool:
        if not select.select([self._master], [], [], max(0.0, until - time.monotonic()))[0]:
            return False
        try:
            found = os.read(self._master, 1 << 16)
        except OSError:  # nobody holds the other end any more
            return False
        self.text += CONTROLS.sub("", found.decode(errors="replace"))
        return bool(found)


@pytest.fixture
def lead_file(send: Send) -> Path:
    """Its dates can be read in two ways: the day is below 13."""
    day = next(day for back in range(1, 32) if int((day := send.ago(back, "%d/%m/%Y"))[:2]) <= 12)
    rows = [
        f"{n};Jana{n};Novak;jana.{n}@example.com;{day} 10:0{n};980,00;EUR;{'yes' if n < 4 else 'no'}"
        for n in range(1, 5)
    ]
    head = "Nr;Vorname;Nachname;E-Mail;Abschlussdatum;Betrag;Währung;Marketing consent"
    return send.file(
        "leads.csv", "\n".join([head, *rows, "5;Mia;Brown;mia@example.com;soon;75,00;EUR;yes"]).encode("cp1252")
    )


def test_what_the_file_leaves_open_is_asked_and_kept(send: Send, lead_file: Path) -> None:
    with Terminal(send.folder, "send", "leads.csv") as terminal:
        terminal.answer("Which column says who agreed", "")
        terminal.answer("Which of its values mean yes?", "")
        terminal.answer("Which conversion rule", "rule 101")
        terminal.answer("expected a numeric id", "101")
        terminal.answer("Which stands first, day or month?", "dmy")
        terminal.answer("Which is it?", "Berlin")
        terminal.answer("expected a time zone's name", "Europe/Berlin")
        terminal.answer("to LinkedIn, rule 101?", "n")
        assert terminal.end() == 0
    assert "Nothing was sent." in terminal.text
    assert send.received == []
    kept = lead_file.with_name("leads.csv.mapping.yml").read_text()
    assert all(word in kept for word in ("date_order: dmy", "timezone: Europe/Berlin", "granted: ['yes']", "'101'"))
    with Terminal(send.folder, "send", "leads.csv") as again:
        again.answer("to LinkedIn, rule 101?", "y")
        assert again.end() == 0
    assert "2 rows were not sent" in again.text
    assert "linkedin-conversions send leads.csv.not-sent.csv" in again.text


@pytest.mark.parametrize(("answers", "sent"), [(("ja", "vielleicht", "YES"), 1), (("oui", "No"), 0), (("x", " "), 0)])
def test_an_answer_that_is_neither_yes_nor_no_is_asked_for_again_in_words_that_say_how(
    send: Send, answers: tuple[str, ...], sent: int
) -> None:
    send.file("deals.csv", f"Record ID,Email,Close Date\n1,a@example.com,{send.ago(1)}\n")
    with Terminal(send.folder, "send", "deals.csv", "--rule", "101", "--consent", "not-required: a test") as terminal:
        for answer in answers:
            terminal.answer("to LinkedIn, rule 101? [y/N]:", answer)
        assert terminal.end() == 0, terminal.text
    assert terminal.text.count("answer y for yes, or n for no") == len(answers) - 1
    assert len(send.received) == sent


def test_a_file_that_changes_while_a_person_looks_at_its_rows_is_not_sent(send: Send) -> None:
    row = f"a@example.com,{send.ago(1)}\n"
    path = send.file("deals.csv", f"Record ID,Email,Close Date\n1,{row}")
    asked = ("send", "deals.csv", "--rule", "101", "--consent", "not-required: a test")
    with Terminal(send.folder, *asked) as terminal:
        terminal.answer("Send this 1 row", "perhaps")
        with path.open("a") as file:
            file.write(f"2,b{row}")
        terminal.answer("answer y for yes", "y")
        assert terminal.end() == 2, terminal.text
    assert "deals.csv: the file has changed since its rows were shown, so nothing was sent" in terminal.text
    assert send.received == []
    with Terminal(send.folder, *asked) as again:
        again.answer("Send these 2 rows", "perhaps")
        copy = path.with_name("copy.csv")
        copy.write_text(path.read_text() + f"3,c{row}")
        copy.replace(path)  # as most editors save: what was shown is still there to be read
        again.answer("answer y for yes", "y")
        assert again.end() == 0, again.text
    assert len(send.received) == 2


def test_the_docs_show_what_a_marketer_sees(send: Send) -> None:
    (shown,) = re.findall(r"```text\n\$ linkedin-conversions (send leads\.csv .*?)```", DOCS.read_text(), re.DOTALL)
    command, *lines = shown.splitlines()
    rows = [f"{n},jana.{n}@example.com,{send.ago(n)},{100 + n},EUR,{'yes' if n < 4 else 'no'}" for n in range(1, 5)]
    head = "Record ID,Email,Converted Date,Amount,Currency,Ads consent"
    send.file("leads.csv", "\n".join([head, *rows, "5,mia@example.com,soon,75,EUR,yes"]))
    with Terminal(send.folder, *shlex.split(command)) as terminal:
        terminal.answer("[y/N]", "y")
        assert terminal.end() == 0
    seen = {line.rstrip() for line in terminal.text.split("\n")}
    assert [line for line in lines if line.rstrip() not in seen] == [], terminal.text


def test_amounts_that_name_no_currency_are_asked_for_once(send: Send) -> None:
    row = f"1,a@example.com,99.50,{send.ago(1)}"
    path = send.file("deals.csv", f"Record ID,Email,Deal Amount,Close Date\n{row}\n")
    asked = ("send", "deals.csv", "--rule", "101", "--consent", "not-required: a test")
    with Terminal(send.folder, *asked) as terminal:
        terminal.answer("'Deal Amount' name no currency", "euros")
        terminal.answer("three letters", "eur")
        terminal.answer("to LinkedIn, rule 101?", "y")
        assert terminal.end() == 0, terminal.text
    (event,) = send.received
    assert event["conversionValue"] == {"currencyCode": "EUR", "amount": "99.50"}
    assert "currency: EUR" in path.with_name("deals.csv.mapping.yml").read_text()
    with Terminal(send.folder, "send", "deals.csv") as again:
        again.answer("to LinkedIn, rule 101?", "n")
        assert again.end() == 0
    assert "name no currency" not in again.text
