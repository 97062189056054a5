"""Who must never be sent is not, by whatever other identifier real sources have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"


@pytest.mark.parametrize(
    "cell",
    [
        "held.back@example.com",
        "jane@example.org; HELD.BACK@example.com",
        ["jane@example.org", "held.back@example.com"],
        [{"value": "held.back@example.com"}],
        [{"mail": {"deep": "held.back@example.com"}}],
        "\u201cheld.back@example.com\u201d",
        "jane@example.org / held.back@example.com",
        "call held.back@example.com (work)",
        "Held <held.back@example.com>, Jane <jane@example.org>",
        "mailto:held.back@example.com",
        "held.back\uff20example.com",
        "held.back@example.com.",
        "held.back@example.com|jane@example.org",
        "held.back@@example.com",
        "aGVsZC5iYWNrQGV4YW1wbGUuY29t",
        "base64:aGVsZC5iYWNrQGV4YW1wbGUuY29t",
        "68656c642e6261636b406578616d706c652e636f6d",
        ["jane@example.org", " aGVsZC5iYWNrQGV4YW1wbGUuY29t "],
        "held.back_at_example.com",
        "held.back_AT_example_dot_com",
        "held.back-at-example-dot-com",
        "held.back@example,com",
        "held.back@example,com, jane@example.org",
    ],
    ids=repr,
)
def test_whoever_is_held_back_is_not_sent_by_another_identifier(
    stream: Callable[..., Any], sha: Callable[[str], str], cell: Any
) -> None:
    fields = {"email": "mail", "li_fat_id": "click"}
    listed = stream(fields=fields, suppressed=frozenset({sha("held.back@example.com")}))
    assert listed.skipped(mail=cell, click=ID) == "suppressed"
    staff = stream(fields=fields, settings={"exclude_email_domains": ["example.com"]})
    assert staff.skipped(mail=cell, click=ID) == "excluded"
    assert len(staff.events(mail="jane@example.org", click=ID)) == 1


@pytest.mark.parametrize("between", [":", " ", "-"])
@pytest.mark.parametrize("size", [2, 4, 8, 16, 32])
def test_a_hash_in_groups_holds_back_whom_it_is_of(
    stream: Callable[..., Any], sha: Callable[[str], str], between: str, size: int
) -> None:
    digest = sha("held.back@example.com")
    listed = stream(fields={"email": "mail", "li_fat_id": "click"}, suppressed=frozenset({digest}))
    grouped = between.join(digest[at : at + size] for at in range(0, len(digest), size))
    assert listed.skipped(mail=grouped, click=ID) == "suppressed"
    assert len(listed.events(mail=grouped[::-1], click=ID)) == 1
