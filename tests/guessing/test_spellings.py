"""Names as databases, APIs and forms spell them, and what is mapped of each."""

from __future__ import annotations

from typing import Any

import pytest

from target_linkedin_conversions.guessing.entry import guess_entry
from target_linkedin_conversions.guessing.samples import Sampling

EMAILS = ("jane@acme.io", "max@firma.de")
DAY = "2026-11-20T09:00:00Z"


def mapped(stream: str, key: list[str], *rows: dict[str, Any]) -> dict[str, Any]:
    sampling = Sampling({})
    for row in rows:
        sampling.see(row)
    guess = guess_entry(sampling.columns, stream=stream, key=key)
    found: dict[str, Any] = {field: list(one.columns) for field, one in guess.fields.items()}
    if guess.deleted:
        found["deleted"] = [mark.column for mark in guess.deleted]
    if guess.key:
        found["key"] = list(guess.key)
    return found


def form(address: str) -> dict[str, Any]:
    """A lead as Facebook's forms hand it over."""
    fields = {"email": address, "full_name": "Jane Doe", "company_name": "Acme", "job_title": "CMO"}
    return {
        "id": 1,
        "created_time": DAY,
        "field_data": [{"name": name, "values": [text]} for name, text in fields.items()],
    }


SOURCES: dict[str, tuple[str, list[str], list[dict[str, Any]], dict[str, Any]]] = {
    "shortened": (
        "CRM-OPPORTUNITIES",
        ["OPP_ID"],
        [
            {
                "OPP_ID": str(at),
                "CONTACT_EMAIL": address,
                "CONTACT_FIRST_NAME": "JANE",
                "CONTACT_LAST_NAME": "DOE",
                "ACCT_NM": "ACME",
                "CTRY_CD": "US",
                "CLOSE_DT": DAY,
                "AMT": "1200.5",
                "CURR_CD": "USD",
                "LAST_UPD": DAY,
            }
            for at, address in enumerate(EMAILS)
        ],
        {
            "email": ["CONTACT_EMAIL"],
            "first_name": ["CONTACT_FIRST_NAME"],
            "last_name": ["CONTACT_LAST_NAME"],
            "company": ["ACCT_NM"],
            "country": ["CTRY_CD"],
            "happened_at": ["CLOSE_DT"],
            "value": ["AMT"],
            "currency": ["CURR_CD"],
        },
    ),
    "flattened": (
        "registrations",
        ["data_id"],
        [
            {
                "data_id": at,
                "data_attributes_email": address,
                "data_attributes_first_name": "Jane",
                "data_attributes_last_name": "Doe",
                "data_attributes_registered_at": DAY,
                "data_attributes_order_total_amount": "49.90",
                "data_attributes_order_total_currency": "EUR",
            }
            for at, address in enumerate(EMAILS)
        ],
        {
            "email": ["data_attributes_email"],
            "first_name": ["data_attributes_first_name"],
            "last_name": ["data_attributes_last_name"],
            "happened_at": ["data_attributes_registered_at"],
            "value": ["data_attributes_order_total_amount"],
            "currency": ["data_attributes_order_total_currency"],
        },
    ),
    "questions of a form": (
        "leads",
        ["id"],
        [form(address) for address in EMAILS],
        {
            "email": ["field_data[name=email].values[]"],
            "full_name": ["field_data[name=full_name].values[0]"],
            "company": ["field_data[name=company_name].values[0]"],
            "title": ["field_data[name=job_title].values[0]"],
            "happened_at": ["created_time"],
        },
    ),
    "answers by their type": (
        "responses",
        ["token"],
        [
            {
                "token": at,
                "submitted_at": DAY,
                "answers": [
                    {"field": {"ref": "a"}, "type": "text", "text": "Jane"},
                    {"type": "email", "email": address},
                ],
            }
            for at, address in enumerate(EMAILS)
        ],
        {"email": ["answers[type=email].email"], "happened_at": ["submitted_at"]},
    ),
    "days of a stage beside identities": (
        "contacts",
        ["vid"],
        [
            {
                "vid": at,
                "properties": {
                    "email": {"value": address},
                    "hs_lifecyclestage_opportunity_date": {"value": DAY},
                    "hs_v2_date_exited_lead": {"value": DAY},
                },
                "identity-profiles": [{"identities": [{"type": "LEAD_GUID", "value": "x", "timestamp": DAY}]}],
            }
            for at, address in enumerate(EMAILS)
        ],
        {"email": ["properties.email.value"], "happened_at": ["properties.hs_lifecyclestage_opportunity_date.value"]},
    ),
    "small letters": (
        "leads",
        ["leadid"],
        [
            {
                "leadid": f"guid-{at}",
                "emailaddress1": address,
                "firstname": "Jane",
                "lastname": "Doe",
                "address1_country": "Netherlands",
                "createdon": DAY,
                "qualifiedon": DAY,
            }
            for at, address in enumerate(EMAILS)
        ],
        {
            "email": ["emailaddress1"],
            "first_name": ["firstname"],
            "last_name": ["lastname"],
            "country": ["address1_country"],
            "happened_at": ["qualifiedon"],
        },
    ),
    "a view without a key, and marks of two makers": (
        "fct_conversions",
        [],
        [
            {
                "CONVERSION_KEY": f"k{at}",
                "EMAIL": address,
                "SIGNUP_TS": DAY,
                "IS_DELETED": False,
                "_sdc_deleted_at": None,
            }
            for at, address in enumerate(EMAILS)
        ],
        {"email": ["EMAIL"], "happened_at": ["SIGNUP_TS"], "deleted": ["IS_DELETED"], "key": ["CONVERSION_KEY"]},
    ),
    "members of a campaign, and when each first answered": (
        "CampaignMember",
        ["Id"],
        [
            {
                "Id": f"00v{at}",
                "Email": address,
                "FirstName": "Jane",
                "LastName": "Doe",
                "CompanyOrAccount": "Acme",
                "FirstRespondedDate": "2026-11-20",
                "CreatedDate": DAY,
                "LastModifiedDate": DAY,
            }
            for at, address in enumerate(EMAILS)
        ],
        {
            "email": ["Email"],
            "first_name": ["FirstName"],
            "last_name": ["LastName"],
            "company": ["CompanyOrAccount"],
            "happened_at": ["FirstRespondedDate"],
        },
    ),
}


@pytest.mark.parametrize("source", SOURCES)
def test_of_any_spelling_is_mapped_what_a_person_would_map(source: str) -> None:
    stream, key, rows, right = SOURCES[source]
    assert mapped(stream, key, *rows) == right


def test_a_mark_of_the_tap_is_still_asked_beside_one_of_the_source() -> None:
    sampling = Sampling({"properties": {"is_deleted": {"type": "boolean"}, "_sdc_deleted_at": {"type": "string"}}})
    sampling.see({"email": EMAILS[0], "is_deleted": False})
    deleted = guess_entry(sampling.columns).deleted
    assert [mark.column for mark in deleted] == ["is_deleted", "_sdc_deleted_at"]


LANGUAGES = {
    "French": "Affaire - ID;Personne - Prénom;Personne - Nom de famille;Raison sociale;Affaire - Valeur;Affaire - Devise;Affaire - Date de gain",
    "Spanish": "ID;Nombre;Apellidos;Nombre empresa;Valor total;Divisa;Fecha de venta",
    "Portuguese": "ID;Nome;Sobrenome;Nome da empresa;Valor;Moeda;Data de ganho",
    "Italian": "ID;Nome;Cognome;Ragione sociale;Importo;Valuta;Data chiusura",
    "Polish": "Numer zamówienia;Imię;Nazwisko;Nazwa firmy;Wartość;Waluta;Data zamknięcia",
    "Czech": "Číslo;Jméno;Příjmení;Společnost;Částka;Měna;Datum uzavření",
    "Swedish": "ID;Förnamn;Efternamn;Företag;Belopp;Valuta;Köpdatum",
    "Danish": "Ordrenummer;Fornavn;Efternavn;Virksomhed;Beløb;Valuta;Købsdato",
    "Turkish": "Sipariş No;Adı;Soyadı;Şirket adı;Tutar;Para birimi;Satış tarihi",
    "Russian": "Номер заказа;Имя;Фамилия;Компания;Сумма сделки;Валюта;Дата завершения",
    "Greek": "ID;Όνομα;Επώνυμο;Εταιρεία;Ποσό;Νόμισμα;Ημερομηνία κλεισίματος",
    "Japanese": "注文番号;名;姓;会社名;受注金額;通貨;成約日",
    "Chinese": "订单号;名字;姓;公司名称;成交金额;货币;成交日期",
    "Korean": "주문번호;이름;성;회사명;금액;통화;계약일",
}
"""A table's columns: what tells rows apart, the names, the company, the amount and its currency, and when."""
MEANINGS = ("key", "first_name", "last_name", "company", "value", "currency", "happened_at")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("written", [str, str.upper, str.lower])
def test_columns_are_understood_in_the_languages_that_crms_are_in(language: str, written: Any) -> None:
    columns = [*map(written, LANGUAGES[language].split(";"))]
    rows = (
        dict(zip(columns, (f"A{at}", "Anna", "Berg", "Firma", f"{at}50.50", "EUR", DAY), strict=True)) for at in (1, 2)
    )
    assert mapped("file", [], *rows) == {meaning: [column] for meaning, column in zip(MEANINGS, columns, strict=True)}


def test_who_was_invited_is_the_person_and_not_the_host() -> None:
    rows = (
        {
            "User Email": f"rep{at}@acme.io",
            "Invitee Email": address,
            "Event Created Date & Time": f"2026-11-2{at} 04:50 PM",
        }
        for at, address in enumerate(EMAILS)
    )
    found = mapped("file", [], *rows)
    assert found["email"] == ["Invitee Email"]
    assert found["happened_at"] == ["Event Created Date & Time"]


def test_a_form_that_goes_on_asking_and_a_date_that_is_shortened_are_known() -> None:
    row = {"What's your *first name*?": "Jane", "And your last name?": "Doe", "email": "", "cdate": DAY}
    found = mapped("contacts", ["id"], *[row | {"email": address} for address in EMAILS])
    assert found["first_name"] == ["What's your *first name*?"]
    assert found["last_name"] == ["And your last name?"]
    assert found["happened_at"] == ["cdate"]


@pytest.mark.parametrize("name", ["Netto EUR", "Brutto (EUR)", "Nettobetrag", "Gesamtbetrag", "Auftragssumme"])
def test_amounts_of_german_invoices_are_found(name: str) -> None:
    rows = [{"E-Mail": address, "Rechnungsdatum": DAY, name: "12,50", "Währung": "EUR"} for address in EMAILS]
    assert mapped("rechnungen", [], *rows)["value"] == [name]


@pytest.mark.parametrize("name", ["Conversion Title", "Order title", "Form Title", "Page title"])
def test_the_title_of_something_else_is_no_job_title(name: str) -> None:
    row = {"First Name": "Jane", "Last Name": "Doe", name: "Demo", "Submission Date": DAY}
    assert "title" not in mapped("forms", [], *[row | {"Email": address} for address in EMAILS])


def test_the_id_of_a_lead_forms_answer_is_known_by_its_form() -> None:
    row = {"Email": "jane@acme.io", "Created at": DAY, "Lead ID": "5c0ffee1-aaaa-4bbb-8ccc-123456789012-3"}
    assert mapped("export", [], row)["lead"] == ["Lead ID"]
    assert "lead" not in mapped("export", [], row | {"Lead ID": "5c0ffee1-aaaa-4bbb-8ccc-123456789012"})
    assert "lead" not in mapped("export", [], row | {"Lead ID": "48213"})


def test_a_form_that_greets_before_it_asks_is_known() -> None:
    row = {"Hello, what's your first name?": "Jane", "And your last name?": "Doe", "Email": "jane@acme.io", "at": DAY}
    found = mapped("form", [], row)
    assert (found["first_name"], found["last_name"]) == (["Hello, what's your first name?"], ["And your last name?"])


@pytest.mark.parametrize(
    ("column", "answers", "counts"),
    [
        ("Mode", ("Live", "Test"), ("Live",)),
        ("Environment", ("production", "sandbox"), ("production",)),
        ("Test Lead", ("Yes", "No"), (False,)),
        ("Test Order", ("true", "false"), (False,)),
        ("Mode", ("Live", "Live"), None),
        ("Mode", ("Live", "Offline"), None),
        ("Mode", ("Test", "Test"), None),
    ],
)
def test_what_was_a_test_is_known_by_its_mark(
    column: str, answers: tuple[str, str], counts: tuple[str | bool, ...] | None
) -> None:
    sampling = Sampling({})
    for answer in answers:
        sampling.see({"email": "jane@acme.io", "paid_at": DAY, column: answer})
    only = guess_entry(sampling.columns).only
    assert (only and only.values) == counts


def test_the_address_of_a_sales_rep_or_a_deals_mailbox_is_not_the_persons() -> None:
    """As tap-pipedrive writes them: `user_id` is who owns the deal, and no word of it says so."""
    rows = [
        {
            "id": at,
            "won_time": DAY,
            "user_id": {"id": 1, "name": "Tom Sales", "email": f"rep{at % 2}@agency.com"},
            "person_id": {"name": "Jane Doe", "email": [{"value": f"jane{at}@acme.io", "primary": True}]},
            "cc_email": f"agency+deal{at}@pipedrivemail.com",
        }
        for at in range(12)
    ]
    assert mapped("deals", ["id"], *rows)["email"] == ["person_id.email[primary=true].value"]
    assert mapped("deals", ["id"], *rows[:3:2], rows[4])["email"] == ["person_id.email[primary=true].value"]


def test_customers_who_buy_often_keep_their_addresses() -> None:
    rows = [
        {"id": at, "paid_at": DAY, "email": f"jane{at % 3}@acme.io", "second_email": f"j{at % 2}@gmx.de"}
        for at in range(30)
    ]
    assert mapped("orders", ["id"], *rows)["email"] == ["email", "second_email"]
    few = [{"id": at, "paid_at": DAY, "email": "jane@acme.io", "owner": "Tom"} for at in range(3)]
    assert mapped("orders", ["id"], *few)["email"] == ["email"]


@pytest.mark.parametrize(
    "column",
    [
        *(
            "Correo del propietario",
            "E-mail du commercial",
            "E-mail propriétaire",
            "Vertreter E-Mail",
            "E-mail van eigenaar",
        ),
        *("Recruiter Email", "Verkäufer E-Mail", "Email vendedor", "E-Mail Kundenberater", "E-mail du gestionnaire"),
    ],
)
def test_the_address_of_whoever_sells_is_not_the_persons_in_any_language(column: str) -> None:
    row = {"id": 1, "paid_at": DAY, "Email": "jane@acme.io", column: "tom@agency.com"}
    assert mapped("export", [], row)["email"] == ["Email"]


@pytest.mark.parametrize(
    "column",
    [
        *("Entry Date", "Date Submitted", "Applied On", "Auftragsdatum", "Belegdatum", "Vertragsdatum"),
        *("Member First Responded Date", "Lead: First Responded Date"),
    ],
)
def test_the_moment_of_a_conversion_is_known_by_what_forms_and_erps_call_it(column: str) -> None:
    assert mapped("export", [], {"Email": "jane@acme.io", column: DAY})["happened_at"] == [column]


@pytest.mark.parametrize(
    ("column", "says_no"),
    [
        *(
            ("Individual: Don't Track", "1"),
            ("Do Not Sell My Data", "Yes"),
            ("Désinscrit", "Oui"),
            ("Werbesperre", "X"),
        ),
        *(("Do not allow Bulk Emails", "Do Not Allow"), ("Marketing Suspended", "1"), ("Uitgeschreven", "Ja")),
    ],
)
def test_a_column_of_who_refused_is_known_and_never_a_consent(column: str, says_no: str) -> None:
    sampling = Sampling({})
    for value in (says_no, "No", None):
        sampling.see({"email": "jane@acme.io", "paid_at": DAY, column: value})
    (found,) = guess_entry(sampling.columns).consent
    assert (found.column, found.is_refusal) == (column, True)


def test_an_amount_without_taxes_is_one_in_french_too() -> None:
    row = {
        "Email": "jane@acme.io",
        "paid_at": DAY,
        "Montant HT": "1 234,50 €",
        "Montant TVA": "246,90 €",
        "Devise": "EUR",
    }
    assert mapped("export", [], row)["value"] == ["Montant HT"]
