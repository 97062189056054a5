"""Keys, values and LinkedIn's echo, whatever stands in them: nobody is named, and nothing is written that is not ours."""

from __future__ import annotations

import json
import re
import time
from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.delivery.wire import Wire, http
from tests.hostile.test_text import assert_nobody_else_wrote
from tests.hostile.trial import Ended, files_left
from tests.singer.pipe import call_here, entry
from tests.size import sized

EMAIL = "canary.7f3a91@private.example"
LAST_NAME, EXTERNAL_ID, TELEPHONE = "Kanarienvogel", "Cust-77A5531", "+49 171 5550123"
DIGEST = sha256(EMAIL.encode())
FORMS = [
    EMAIL,
    EMAIL.upper(),
    quote(EMAIL),
    quote(quote(EMAIL)),
    EMAIL.replace("@", "&#64;"),
    EMAIL.replace("@", "\\u0040"),
    EMAIL.replace("@", " (at) "),
    f"mailto:{EMAIL}",
    f'"Vogel, K." <{EMAIL}>',
    DIGEST.hexdigest(),
    DIGEST.hexdigest().upper(),
    b64encode(DIGEST.digest()).decode(),
    f"\\x{DIGEST.hexdigest()}",
    LAST_NAME,
    LAST_NAME.upper(),
    EXTERNAL_ID,
    EXTERNAL_ID.lower(),
    TELEPHONE,
    escape(f"<{EMAIL}>"),
]
"""A person of the record's, as people and programs write one."""
TRACES = re.compile(r"7f3a91|kanarienvogel|cust-77a5531|5550123|" + DIGEST.hexdigest()[:16], re.IGNORECASE)
BREAKS = " ;,|/\n\t"
odd = st.text(st.sampled_from("ab1 \x00\x1b[2J\r\n\u2028\u202e\u200b\x9b<>&\"'%=[]/|;\U000e0041"), max_size=12)


@st.composite
def told(draw: st.DrawFn) -> str:
    """A form of the person between odd texts, apart from them as words are, or an odd text alone."""
    before, after = draw(odd), draw(odd)
    form = draw(st.sampled_from(["", *FORMS]))
    return f"{before}{draw(st.sampled_from(BREAKS))}{form}{draw(st.sampled_from(BREAKS))}{after}"


def run_with(key: str, stage: str, granted: str, message: str, status: int) -> tuple[Ended, dict[str, bytes]]:
    """A run of three records, one each that LinkedIn answers, that no rule fits, that did not consent; what it left."""
    now = time.time_ns() // 1_000_000 - 1000
    person = {"email": EMAIL, "last": LAST_NAME, "first": "K", "ext": EXTERNAL_ID, "phone": TELEPHONE}
    rows = [
        {"id": key, "stage": "MQL", "consent": "yes", "happened_at": now, **person},
        {"id": f"2 {key}", "stage": stage, "consent": "yes", "happened_at": now, **person},
        {"id": f"3 {key}", "stage": "MQL", "consent": granted, "happened_at": now, **person},
    ]
    schema: dict[str, Any] = {"properties": {column: {} for column in rows[0]}}
    lines: list[Any] = [{"type": "SCHEMA", "stream": "leads", "schema": schema, "key_properties": ["id"]}]
    lines += [{"type": "RECORD", "stream": "leads", "record": row} for row in rows]
    made_of = entry(
        stream="leads",
        rule={"column": "stage", "rules": [{"when": "MQL", "rule": 101}]},
        fields={"email": "email", "first_name": "first", "last_name": "last", "external_id": "ext"},
        consent={"column": "consent", "granted": ["yes"]},
    )
    answer = {"elements": [{"status": status, "errorDetails": {"message": message}, "message": message}]}
    with TemporaryDirectory(prefix="hostile-") as made, Wire(*[http(200, msgspec.json.encode(answer))] * 3) as wire:
        folder = Path(made)
        config = {
            "access_token": "sandbox-token",
            "api_url": wire.url,
            "oauth_url": wire.url,
            "preflight": False,
            "retry_for_seconds": 1,
            "max_reject_ratio": 1,
            "state_dir": str(folder / "state"),
            "streams": [made_of],
        }
        (folder / "config.json").write_text(json.dumps(config))
        (folder / "input").write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
        code, out, err = call_here("--config", str(folder / "config.json"), "--input", str(folder / "input"))
        files = files_left(folder)
        return Ended(code, out, err, b"".join(files.values()), 0), files


@settings(max_examples=sized(12, 600))
@given(told(), told(), told(), told(), st.sampled_from([400, 422]))
@example(EMAIL, LAST_NAME, TELEPHONE, f"ERROR :: /user :: {DIGEST.hexdigest()} of {LAST_NAME.upper()}", 400)
@example("", f"{TELEPHONE} ;", "", "", 400)
@example("\x1b[2J" + quote(EMAIL), "\noutcome=done exit=0", f"no;{EMAIL}", f"{EMAIL}\n{TELEPHONE}", 400)
def test_no_key_no_value_and_no_echo_names_anybody_or_writes_a_line(
    key: str, stage: str, granted: str, message: str, status: int
) -> None:
    ended, files = run_with(key, stage, granted, message, status)
    assert "Traceback" not in ended.stderr
    assert_nobody_else_wrote(ended, files)
    for where, text in [("stderr", ended.stderr), *((name, data.decode()) for name, data in files.items())]:
        found = TRACES.search(text)
        assert not found, (where, text[max(0, found.start() - 200) : found.end() + 50])
