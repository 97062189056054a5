"""Exports of HubSpot, Salesforce, Pipedrive, Google and Excel, in their real shapes, sent without a config."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from target_linkedin_conversions.records.normalise import email

if TYPE_CHECKING:
    from tests.send.conftest import Send

FRENCH = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
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


IN_OTHER_WORDS = {
    "es.csv": (
        "Trato - ID;Persona - Correo electrónico;Trato - Valor;Trato - Moneda;Trato - Fecha de ganado;Acuerdo\n"
        "1;jose@empresa.es;1.200;EUR;@3:%d/%m/%Y %H:%M@;sí\n2;ana@empresa.es;300;EUR;@14:%d/%m/%Y %H:%M@;sí\n"
    ),
    "nl.csv": (
        "Klantnummer,E-mailadres,Bedrag,Valuta,Tijdstempel,Toestemming\n"
        '7,jan@bedrijf.nl,"€ 1.250,00",EUR,@3:%d-%m-%Y %H:%M:%S@,Ja\n8,p@bedrijf.nl,"€ 20,00",EUR,@20:%d-%m-%Y %H:%M:%S@,Ja\n'
    ),
    "forms.csv": (
        "Timestamp,What is your e-mail?\n"
        "@3:%Y/%m/%d %I:%M:%S %p@ GMT+1,a@corp.com\n@20:%Y/%m/%d %I:%M:%S %p@ GMT+1,b@corp.com\n"
    ),
    "fr.csv": (
        "Horodateur,Adresse e-mail\n@3:%d@ novembre 2026 à 14:05,a@corp.com\n@3:%d@ novembre 2026 à 9:05,b@corp.com\n"
    ),
}


@pytest.mark.parametrize("name", IN_OTHER_WORDS)
def test_an_export_in_other_words_is_understood_as_well(send: Send, name: str) -> None:
    month = f"{send.ago(3, '%d')} {('', *FRENCH)[int(send.ago(3, '%m'))]} {send.ago(3, '%Y')}"
    text = re.sub(
        r"@(\d+):([^@]*)@( novembre 2026)?",
        lambda found: month if found[3] else send.ago(int(found[1]), found[2]),
        IN_OTHER_WORDS[name],
    )
    path = send.file(name, text.encode("utf-16-le" if name == "es.csv" else "utf-8"))
    consent = "Acuerdo=sí" if name == "es.csv" else "not-required: a test"
    assert send.counts(path, "--rule", 101, "--consent", consent, *BERLIN, "--date-order", "dmy") == {"delivered": 2}
    assert len(send.received) == 2
    amounts = {event["conversionValue"]["amount"] for event in send.received if "conversionValue" in event}
    assert amounts == {"es.csv": {"1200", "300"}, "nl.csv": {"1250.00", "20.00"}}.get(name, set())
    assert send.counts(path) == {"already_delivered": 2}


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


@pytest.mark.parametrize(("cells", "sent"), [(("||Yes||", "||No||"), 1), (("||Mail||Ads, Yes||Yes||", "||||"), 1)])
def test_an_answer_that_stands_between_bars_grants_as_it_is_said(send: Send, cells: tuple[str, str], sent: int) -> None:
    rows = [f"{at},a{at}@corp.com,{send.ago(3)},{json.dumps(cell)}" for at, cell in enumerate(cells)]
    path = send.file("active.csv", "\n".join(("ID,Email,Won at,*Consent Ads", *rows)))
    counts = send.counts(path, "--rule", 101, "--consent", "*Consent Ads=Yes")
    assert counts == {"delivered": sent, "skipped": 2 - sent}
    assert send.counts(path) == {"already_delivered": sent, "skipped": 2 - sent}


def test_a_time_that_no_name_tells_is_asked_for_with_the_columns_that_hold_times(send: Send) -> None:
    path = send.file("leads.csv", f"Email,Nr,Zzz,Www\na@corp.com,17,{send.ago(3)},x\nb@corp.com,18,{send.ago(4)},y\n")
    code, _, err = send(path, "--rule", 101, "--consent", "not-required: a test", "--yes")
    assert code == 2
    assert "it may be 'Zzz'" in err
    assert not send.received
