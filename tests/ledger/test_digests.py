"""What an event is known by: 16 bytes that tell no one who it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from target_linkedin_conversions.ledger import Ledger, pseudonym

if TYPE_CHECKING:
    from pathlib import Path

parts = st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
hours = st.none() | st.integers(0, 40_000)


class Keyed(Ledger):
    def __init__(self, key: bytes = b"k" * 32) -> None:
        self.database = type("Database", (), {"key": key})()

    def digest(self, origin: str, rule: str, identity: str, hour: int | None) -> bytes:
        (found,) = self.digests(origin, rule, [(identity, hour)])
        return found


@given(parts, parts, parts, hours)
def test_a_digest_is_16_bytes_and_the_same_every_time(origin: str, rule: str, identity: str, hour: int | None) -> None:
    found = Keyed().digest(origin, rule, identity, hour)
    assert len(found) == 16
    assert found == Keyed().digest(origin, rule, identity, hour)
    assert found != Keyed(b"other" * 6).digest(origin, rule, identity, hour)


@given(st.tuples(parts, parts, parts, hours), st.tuples(parts, parts, parts, hours))
def test_events_of_another_origin_rule_identity_or_hour_are_others(one: Any, other: Any) -> None:
    assert (Keyed().digest(*one) == Keyed().digest(*other)) == (one == other)


@given(parts, st.integers(0, 40_000))
def test_the_hour_leads_where_the_time_is_part_of_the_identity(identity: str, hour: int) -> None:
    this_hour, next_hour = (Keyed().digest("o", "1", identity, d) for d in (hour, hour + 1))
    assert this_hour[:2] == hour.to_bytes(2, "big")
    assert this_hour < next_hour
    assert this_hour[2:] == next_hour[2:]


def test_each_ledger_has_a_key_of_its_own_and_keeps_it(workers: Any, tmp_path_factory: Any) -> None:
    one, again = workers(), workers("again")
    assert len(one.database.key) == 32
    assert one.database.key == again.database.key
    assert one.database.created == again.database.created
    other = Ledger(None, tmp_path_factory.mktemp("other"), run="r", quota_key="q", per_minute=1, per_day=1)
    other.open()
    assert other.database.key != one.database.key
    other.close()


def test_nothing_in_the_file_is_the_identity_it_stands_for(sqlite: Any, tmp_path: Path) -> None:
    one = sqlite()
    (digest,) = one.digests("https://api.linkedin.com", "101", [("canary-identity", None)])
    one.claims.claim("101", [digest], [5], resend=True)
    one.close()
    files = [path.read_bytes() for path in tmp_path.iterdir()]
    assert any(digest in content for content in files)
    assert not any(b"canary" in content for content in files)


@given(parts)
def test_a_pseudonym_is_no_digest_of_the_ledger(text: str) -> None:
    key = b"k" * 32
    assert pseudonym(key, text) == pseudonym(key, text)
    assert pseudonym(key, text) != pseudonym(b"x" * 32, text)
    assert pseudonym(key, text) != Keyed(key).digest("", "", text, None).hex()
