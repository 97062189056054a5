"""The file of people who must never be sent is read however it was saved, and no line of it is lost or shown."""

from __future__ import annotations

import hashlib

import pytest

from tests.singer.pipe import Ended, Pipe, record, schema

FIRST, SECOND = "row.1@example.com", "row.2@example.com"
HEX = hashlib.sha256(FIRST.encode()).hexdigest()


def run(pipe: Pipe, content: bytes) -> Ended:
    path = pipe.folder / "suppress.txt"
    path.write_bytes(content)
    now = pipe.linkedin.now()
    return pipe.run_here([schema(), record(now, 1), record(now, 2), record(now, 3)], suppress=str(path))


BOTH = f"{FIRST}\n{SECOND}\n"


@pytest.mark.parametrize(
    "content",
    [
        BOTH.encode(),
        BOTH.encode("utf-8-sig"),
        BOTH.encode("utf-16"),
        b"\xfe\xff" + BOTH.encode("utf-16-be"),
        BOTH.replace("\n", "\r\n").encode("utf-8-sig"),
        BOTH.replace("\n", "\r\n").encode("utf-16"),
        BOTH.replace("\n", "\r").encode(),
        f"\n\n  {FIRST} \n\t\n{SECOND}".encode(),
        f"{FIRST.upper()}\n{SECOND}\n{SECOND}\n".encode(),
    ],
    ids=["plain", "bom", "utf_16", "utf_16_be", "bom_crlf", "utf_16_crlf", "cr", "blank_lines", "upper_case"],
)
def test_it_is_read_however_it_was_saved(pipe: Pipe, content: bytes) -> None:
    done = run(pipe, content)
    assert (done.code, done.counts) == (0, {"delivered": 1, "skipped": 2}), done.stderr
    assert done.codes("skipped") == {"suppressed": 2}


@pytest.mark.parametrize("form", ["{}", "\\x{}", "0x{}", "\\X{}", "0X{}", " {} "])
@pytest.mark.parametrize("case", [str.lower, str.upper])
def test_a_hash_is_read_as_databases_write_it(pipe: Pipe, form: str, case: type[str]) -> None:
    written: str = case(HEX)
    done = run(pipe, form.format(written).encode())
    assert done.codes("skipped") == {"suppressed": 1}, done.stderr


@pytest.mark.parametrize(
    "header", ["email", "Email", "E-Mail Address", "sha256_email", '"email"', "# our staff", "# one\n\n  # two"]
)
def test_comments_and_a_header_name_nobody(pipe: Pipe, header: str) -> None:
    done = run(pipe, f"{header}\n{BOTH}# end\n".encode("utf-8-sig"))
    assert done.codes("skipped") == {"suppressed": 2}, done.stderr


@pytest.mark.parametrize("header", ["Name", "contact id", "jane doe", "emails of staff", "#canary@"])
def test_another_header_is_named_with_its_line_and_what_to_do(pipe: Pipe, header: str) -> None:
    done = run(pipe, f"{header}\n{BOTH}".encode("utf-8-sig"))
    assert done.code == 2
    assert "suppress: line 1 of the file is no e-mail and no SHA-256; remove it if it names the columns" in done.stderr
    assert header not in done.stderr.replace("is no e-mail", "")
    assert pipe.linkedin.received == []


@pytest.mark.parametrize("line", ["email", "E-Mail"])
def test_a_header_is_one_only_at_the_top(pipe: Pipe, line: str) -> None:
    done = run(pipe, f"{BOTH}{line}\n".encode())
    assert done.code == 2
    assert "line 3 of the file" in done.stderr


@pytest.mark.parametrize("line", ["canary at example.com", HEX[:-1], "canary@", "c;a;n;a;r;y"])
def test_a_line_that_names_nobody_is_never_said_to_be_worth_removing(pipe: Pipe, line: str) -> None:
    done = run(pipe, f"{BOTH}{line}\n".encode())
    assert done.code == 2
    assert "line 3 of the file" in done.stderr
    assert "removing it would let that person be sent" in done.stderr
    assert line not in done.stderr


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n \r\n\t", b"\xff\xfe"])
def test_a_file_that_names_nobody_is_a_warning(pipe: Pipe, content: bytes) -> None:
    done = run(pipe, content)
    assert (done.code, done.counts) == (0, {"delivered": 3})
    assert any("suppress names nobody" in warning for warning in done.report["warnings"])


def test_a_file_that_is_not_there_stops_the_run_and_the_mend_is_to_make_it(pipe: Pipe) -> None:
    done = pipe.run_here([schema(), record(pipe.linkedin.now(), 1)], suppress=str(pipe.folder / "suppress.txt"))
    assert done.code == 2
    assert "suppress: the file cannot be read (No such file or directory)" in done.stderr
    assert "an empty one where there are none yet" in done.stderr


@pytest.mark.parametrize("content", [b"\xff\xfe\xfa", b"row.1@example.com\n\xe4\n", b"\x80"])
def test_a_file_in_another_encoding_is_no_text(pipe: Pipe, content: bytes) -> None:
    done = run(pipe, content)
    assert done.code == 2
    assert "suppress: the file cannot be read as text" in done.stderr
