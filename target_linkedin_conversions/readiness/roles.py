"""What stands before the @ of an address that a role has, and no person."""

from __future__ import annotations

__all__ = ["is_role"]

_ROLES = frozenset(
    """
    abo abuse accounting accounts accueil admin administrator admins anfrage anfragen auftrag bestellung bewerbung
    bewerbungen billing booking bookings buchhaltung careers comercial commercial compliance contact contacto contactus
    customer customercare customerservice customersupport datenschutz direction donotreply dpo einkauf empfang
    enquiries enquiry events feedback finance geschaeftsleitung hallo hello help helpdesk hi hostmaster hr info
    information inquiries inquiry investors invoice invoices jobs kontakt kundenservice legal mail mailerdaemon
    marketing media newsletter noc noreply office order orders partners payments personal post postmaster poststelle
    press presse privacy purchase purchasing reception rechnung recruiting root sales secretariat secretary security
    sekretariat service servicio shop staff store subscribe support team unsubscribe ventas verkauf vertrieb verwaltung
    web webmaster welcome zentrale
    """.split()  # noqa: SIM905 - a list of so many would fill the page
)
"""Without the marks that people put between words: `do-not-reply`, `no_reply`."""
_BEGIN = frozenset(role[:2] for role in _ROLES)
"""Most mailboxes are of nobody whose name begins so: asked first, at the least cost."""
_NO_MARKS = str.maketrans("", "", "-_.")


def is_role(local: str) -> bool:
    """Whether a role has the mailbox of this name in lower case, whatever tag stands behind a plus."""
    return local[:2] in _BEGIN and (local in _ROLES or local.partition("+")[0].translate(_NO_MARKS) in _ROLES)
