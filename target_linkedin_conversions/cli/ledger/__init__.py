"""`linkedin-conversions ledger`."""

from target_linkedin_conversions.cli.ledger.command import ledger

__all__ = ["ledger"]
