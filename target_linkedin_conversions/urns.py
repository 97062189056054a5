"""How LinkedIn names what it keeps: one of these, and a number behind it."""

from __future__ import annotations

__all__ = ["ACCOUNT_URN", "CAMPAIGN_URN", "LEAD_URN", "RULE_URN"]

RULE_URN = "urn:lla:llaPartnerConversion:"
ACCOUNT_URN = "urn:li:sponsoredAccount:"
CAMPAIGN_URN = "urn:li:sponsoredCampaign:"
LEAD_URN = "urn:li:leadGenFormResponse:"
