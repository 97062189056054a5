"""Exports of HubSpot, Salesforce, Pipedrive, Google and Excel, in their real shapes, sent without a config."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from target_linkedin_conversions.records.normalise import email

if TYPE_CHECKING:
    from tests.send.conftest import Send

BERLIN = ("--timezone", "Europe/Berlin")
CASES = [
    ("hubspot.csv", "utf-8", ("--consent", "Ads consent=yes", *BERLIN), 2),
    ("salesforce.csv", "cp1252", ("--consent", "Ads Consent=1", "--date-order", "mdy", "--timezone", "UTC"), 2),
    ("pipedrive.csv", "utf-8-sig", ("--consent", "Deal - Marketing consent=yes", *BERLIN), 2),
    ("google_ads.csv", "utf-8", ("--consent", "not-required: a test", "--date-order", "mdy"), 3),
    (
        "google_sheets.csv",
        "utf-16",
        ("--consent", "May we use this for advertising?=Yes", "--date-order", "mdy", *BERLIN),
        2,
    ),
    ("excel_german.csv", "cp1252", ("--consent", "Einwilligung Werbung=ja", *BERLIN), 2),
]


@pytest.mark.parametrize(("name", "encoding", "flags", "sent"), CASES, ids=[case[0] for case in CASES])
def test_an_export_is_understood_without_a_config(
    send: Send, name: str, encoding: str, flags: tuple[str, ...], sent: int
) -> None:
    path = send.export(name, encoding)
    counts = send.counts(path, "--rule", 101, *flags)
    assert counts == {"delivered": sent} | ({"skipped": 3 - sent} if sent < 3 else {})
    addresses = {
        one["idValue"] for event in send.received for one in event["user"]["userIds"] if one["idType"] == "SHA256_EMAIL"
    }
    first = "juergen.mueller@example.com" if name == "excel_german.csv" else "jana.novak@example.com"
    assert email(first) in addresses
    assert send.counts(path) == {"already_delivered": sent} | ({"skipped": 3 - sent} if sent < 3 else {})
    assert len(send.not_sent(path)) == 3 - sent


def test_the_clock_is_that_of_the_zone_and_the_amount_that_of_the_country(send: Send) -> None:
    send.counts(
        send.export("excel_german.csv", "cp1252"), "--rule", 101, "--consent", "Einwilligung Werbung=ja", *BERLIN
    )
    first = next(event for event in send.received if "1234.56" in str(event))
    assert first["conversionValue"] == {"currencyCode": "EUR", "amount": "1234.56"}
    written = datetime.strptime(send.ago(3, "%d.%m.%Y %H:%M"), "%d.%m.%Y %H:%M").replace(
        tzinfo=ZoneInfo("Europe/Berlin")
    )
    assert first["conversionHappenedAt"] == int(written.astimezone(UTC).timestamp() * 1000)
    assert first["user"]["userInfo"].keys() >= {"companyName"}


def test_the_zone_that_google_ads_writes_before_the_header_is_not_asked_for(send: Send) -> None:
    path = send.export("google_ads.csv")
    send.counts(path, "--rule", 101, "--consent", "not-required: a test", "--date-order", "mdy")
    assert "timezone: Europe/Berlin" in path.with_name("google_ads.csv.mapping.yml").read_text()
    assert {"currencyCode": "EUR", "amount": "1250.50"} in [event.get("conversionValue") for event in send.received]
