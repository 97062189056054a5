"""A marketer reads words, never the names of our settings."""

from __future__ import annotations

from target_linkedin_conversions.cli.send import words
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.settings.entry_fields import FIELDS


def test_every_field_of_an_entry_and_every_ending_has_its_words() -> None:
    assert set(words.FIELDS) == set(FIELDS)
    assert set(words.ENDINGS) == set(Outcome)
