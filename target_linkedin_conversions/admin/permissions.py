"""What a token may do and what its member must be: LinkedIn's scopes and roles in an ad account (documented)."""

from __future__ import annotations

__all__ = ["EVENTS_SCOPE", "MEND", "REPORTING_SCOPE", "ROLES", "ROLES_TOLD", "SCOPES"]

EVENTS_SCOPE = "rw_conversions"
"""To send events, and to read and change conversion rules."""
ADS_SCOPE = "r_ads"
"""To list ad accounts and campaigns."""
REPORTING_SCOPE = "r_ads_reporting"
"""To read what LinkedIn counted."""
SCOPES = (EVENTS_SCOPE, ADS_SCOPE)
"""What every login asks for."""
ROLES = ("ACCOUNT_BILLING_ADMIN", "ACCOUNT_MANAGER", "CAMPAIGN_MANAGER", "CREATIVE_MANAGER")
"""The roles of which the member needs one; a VIEWER sends no events."""
ROLES_TOLD = f"{', '.join(ROLES[:-1])} or {ROLES[-1]}"

MEND = (
    f"make a token with the scopes {' and '.join(SCOPES)}: `linkedin-conversions login` asks for both, once the app has "
    "the product Conversions API"
)
"""What a person does whose token lacks a scope."""
