"""The line on a terminal that says how a run goes on."""

from __future__ import annotations

import io
import logging
import re
from threading import Event, Semaphore

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_linkedin_conversions.reporting import live
from target_linkedin_conversions.reporting.live import Status, line_of, live_line


class Terminal(io.StringIO):
    """What is written to a terminal, and what a person sees on it."""

    def isatty(self) -> bool:
        return True

    @property
    def screen(self) -> list[str]:
        return [re.split(r"\r\x1b\[2K", line)[-1] for line in self.getvalue().split("\n")]


def test_it_says_rate_counts_quota_and_what_is_waited_for() -> None:
    line = line_of(Status(34_000, 30_000, 12, 10.0, 299_990, "quota", 1_795_000_000_000), 3400.4)
    assert line.startswith("34,000 rows · 3,400 rows/s · 30,000 accepted · 12 rejected · 299,990 requests left today")
    assert re.search(r"waits for quota until \d\d:\d\d:\d\d$", line)
    assert line_of(Status(9, 8, 1, 1.0, sends=False), 9.0) == "9 rows · 9 rows/s · 8 would be sent · 1 rejected"
    assert line_of(Status(0, 0, 0, 0.0), 0.0) == "0 rows · 0 rows/s · 0 accepted · 0 rejected"


def test_what_is_logged_meanwhile_stands_on_lines_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_EVERY", 0.01)
    terminal, asked = Terminal(), Event()
    log = logging.getLogger("target_linkedin_conversions")
    handler = logging.StreamHandler(terminal)
    log.addHandler(handler)

    def status() -> Status:
        asked.set()
        return Status(5, 3, 1, 1.0, waits_for="LinkedIn (status 503)", until=0)

    try:
        with live_line(terminal, status):
            for number in range(3):
                asked.clear()
                assert asked.wait(30)
                log.warning("line %d", number)
    finally:
        log.removeHandler(handler)
    assert handler.stream is terminal
    assert terminal.screen == ["line 0", "line 1", "line 2", ""]
    assert "5 rows" in terminal.getvalue()


@given(
    st.integers(1, 200),
    st.integers(0, 10**9),
    st.none() | st.integers(0, 10**6),
    st.sampled_from(["", "quota", "LinkedIn (status 503)"]),
)
def test_where_it_is_too_narrow_whole_parts_are_left_out_and_what_is_waited_for_stays(
    width: int, number: int, quota: int | None, waits_for: str
) -> None:
    status = Status(number, number, number, 1.0, quota, waits_for)
    line = line_of(status, 1.0, width)
    parts = line.split(" · ")
    assert set(parts) <= set(line_of(status, 1.0).split(" · "))
    assert len(line) <= width or len(parts) == 1
    assert parts[-1].startswith("waits for " if waits_for else "") or not waits_for
    assert f"{number:,} accepted" in parts or waits_for


@pytest.mark.parametrize("term", ["xterm", "dumb", "unknown"])
def test_where_there_is_no_terminal_nothing_is_written(monkeypatch: pytest.MonkeyPatch, term: str) -> None:
    monkeypatch.setenv("TERM", term)
    stream = io.StringIO() if term == "xterm" else Terminal()
    with live_line(stream, lambda: pytest.fail("nobody asks")):
        pass
    assert stream.getvalue() == ""


def test_where_there_is_no_terminal_the_log_says_now_and_then_how_far_it_came(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(live, "_LOGGED_EVERY", 0.01)
    caplog.set_level(logging.INFO, live.__name__)
    asked = Semaphore(0)

    def status() -> Status:
        asked.release()
        return Status(9_000, 0, 3, 1.0)

    with live_line(io.StringIO(), status):
        for _ in range(3):  # the second line is out when it is asked a third time
            assert asked.acquire(timeout=30)
    told = [record.getMessage() for record in caplog.records]
    assert told[0] == "so far: 9,000 rows, 900,000 rows/s, 0 accepted, 3 rejected"
    assert told[1] == "so far: 9,000 rows, 0 rows/s, 0 accepted, 3 rejected"


def test_a_stream_that_is_closed_is_no_terminal() -> None:
    stream = io.StringIO()
    stream.close()
    with live_line(stream, lambda: pytest.fail("nobody asks")):
        pass


def test_a_terminal_that_goes_away_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_EVERY", 0.01)
    asked = Event()

    class Gone(Terminal):
        def write(self, _text: str) -> int:
            asked.set()
            raise OSError

    with live_line(Gone(), lambda: Status(1, 1, 0, 1.0)):
        assert asked.wait(30)


@pytest.mark.parametrize(("encoding", "between"), [("utf-8", " · "), ("cp1252", " · "), ("ascii", " | ")])
def test_a_line_is_written_as_the_terminal_can_and_never_longer(encoding: str, between: str) -> None:
    """stderr writes an escape of four characters for each that it cannot (measured): the line then takes two rows, and one is left behind."""
    written = io.BytesIO()
    shared = live._Shared(io.TextIOWrapper(written, encoding, errors="backslashreplace"))  # noqa: SLF001 - the only seam to an encoding
    shared.draw(line_of(Status(1, 1, 1, 1.0, 9), 1.0, 60, shared.between))
    line = written.getvalue().decode(encoding).removeprefix("\r\x1b[2K")
    assert line == between.join(("1 row", "1 accepted", "1 rejected", "9 requests left today"))


def test_a_narrow_terminal_gets_one_line_without_controls() -> None:
    terminal = Terminal()
    shared = live._Shared(terminal)  # noqa: SLF001 - the only seam to a width
    shared.draw("x" * 500 + "\n\x1b[31m")
    assert "\n" not in terminal.getvalue()
    assert len(terminal.screen[0]) < 80
