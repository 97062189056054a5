"""`linkedin-conversions reconcile`."""

from target_linkedin_conversions.cli.reconcile.command import reconcile

__all__ = ["reconcile"]
