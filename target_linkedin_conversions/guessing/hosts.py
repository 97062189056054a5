"""Columns about whoever holds an appointment or a webinar, beside those about its guests: the host never converts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from target_linkedin_conversions.guessing.candidates import Columns, Labels

__all__ = ["without_hosts"]

_HOSTS = frozenset(
    {"host", "organizer", "organiser", "presenter", "speaker", "moderator", "veranstalter", "gastgeber", "referent"}
)
_GUESTS = frozenset({"invitee", "attendee", "guest", "participant", "booker", "teilnehmer", "gast", "eingeladener"})
_MAIL = frozenset({"email", "mail"})


def without_hosts(columns: Columns, labels: Labels) -> Columns:
    """The columns that are not about a host; where a guest has an address, `user` is the host (Calendly)."""
    of_guests = {path for path in columns if not _GUESTS.isdisjoint(labels[path].all_words)}
    has_address = any(not _MAIL.isdisjoint(labels[path].words) for path in of_guests)
    hosts = _HOSTS | {"user"} if has_address else _HOSTS
    return {
        path: sample
        for path, sample in columns.items()
        if path in of_guests or hosts.isdisjoint(labels[path].all_words)
    }
