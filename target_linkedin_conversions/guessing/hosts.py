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
_BUYERS = frozenset({"buyer", "purchaser", "payer", "kaeufer"})
"""Who paid for the guests, such as an assistant: another person than the one in the columns beside (Eventbrite)."""
_OWN_ADDRESS = {("email",), ("mail",), ("email", "address"), ("e", "mail")}


def without_hosts(columns: Columns, labels: Labels) -> Columns:
    """The columns that are not about a host; where a guest has an address, `user` is the host (Calendly).

    Where a row is a guest's and has an address of its own, it says nothing of who paid either.
    """
    of_guests = {path for path in columns if not _GUESTS.isdisjoint(labels[path].all_words)}
    has_address = any(not _MAIL.isdisjoint(labels[path].words) for path in of_guests)
    hosts = _HOSTS | {"user"} if has_address else _HOSTS
    if of_guests and (has_address or any(labels[path].words in _OWN_ADDRESS for path in columns)):
        hosts |= _BUYERS
    return {
        path: sample
        for path, sample in columns.items()
        if path in of_guests or hosts.isdisjoint(labels[path].all_words)
    }
