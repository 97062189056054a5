"""What stands before the @ of an address that a role has, and no person."""

from __future__ import annotations

__all__ = ["ROLES"]

ROLES = frozenset(
    {
        *("abuse", "accounting", "accounts", "admin", "administrator", "bewerbung", "billing", "booking"),
        *("bookings", "buchhaltung", "careers", "contact", "customerservice", "do-not-reply", "donotreply"),
        *("einkauf", "enquiries", "enquiry", "feedback", "finance", "hello", "help", "helpdesk", "hostmaster"),
        *("hr", "info", "information", "inquiries", "invoice", "invoices", "jobs", "kontakt", "legal", "mail"),
        *("mailer-daemon", "marketing", "media", "newsletter", "no-reply", "no_reply", "noc", "noreply", "office"),
        *("orders", "postmaster", "press", "presse", "privacy", "purchasing", "reception", "rechnung"),
        *("recruiting", "sales", "security", "service", "shop", "support", "team", "vertrieb", "webmaster"),
        "welcome",
    }
)
