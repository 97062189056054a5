"""Columns that hold somebody else's address or name: the sales rep's, the owner's, the one's who wrote the row."""

from __future__ import annotations

from target_linkedin_conversions.nearest import folded_name

__all__ = ["is_staff_column"]

_PARTS = (
    *("owner", "ownedby", "soldby", "closedby", "handledby"),
    *("salesrep", "accountexec", "manager", "agent", "createdby", "updatedby", "modifiedby", "lastmodifiedby"),
    *("assign", "sender", "referr", "creator", "editor", "author", "staff", "employee", "betreuer", "zustaendig"),
    *("bearbeiter", "vertriebler", "inhaber", "repemail", "repmail", "repname"),
    *(
        "propietari",
        "propriétaire",
        "proprietaire",
        "proprietari",
        "eigenaar",
        "vendedor",
        "vendeur",
        "venditore",
        "verkoper",
    ),
    *(
        "verkäufer",
        "verkaeufer",
        "vertreter",
        "berater",
        "zuständig",
        "verantwortlich",
        "verantwoordelijk",
        "ducommercial",
    ),
    *("delcomercial", "conseiller", "gestionnaire", "supervisor", "recruiter", "właściciel", "vlastník", "ansvarig"),
)
"""What stands in the plain name of such a column."""


def is_staff_column(column: str) -> bool:
    """Whether the name of a column, or of a path, says that it is about another person than the one who converted."""
    name = folded_name(column)
    return any(part in name for part in _PARTS)
