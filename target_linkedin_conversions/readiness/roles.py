"""What stands before the @ of an address that a role has, and no person."""

from __future__ import annotations

__all__ = ["ROLES"]

ROLES = frozenset(
    """
    abuse accounting accounts admin administrator anfrage anfragen auftrag bestellung bewerbung billing booking
    bookings buchhaltung careers compliance contact customer-service customercare customerservice datenschutz do-
    not-reply donotreply dpo einkauf empfang enquiries enquiry events feedback finance geschaeftsleitung hello
    help helpdesk hostmaster hr info information inquiries investors invoice invoices jobs kontakt legal mail
    mailer-daemon marketing media newsletter no-reply no_reply noc noreply office orders partners payments
    personal post postmaster poststelle press presse privacy purchase purchasing reception rechnung recruiting
    root sales security sekretariat service shop staff subscribe support team unsubscribe verkauf vertrieb
    verwaltung webmaster welcome zentrale
    """.split()  # noqa: SIM905 - a list of so many would fill the page
)
